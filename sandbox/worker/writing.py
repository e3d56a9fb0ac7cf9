"""How values are written where they stand: each with a short text and the token of its card, in columns."""

from collections.abc import Iterable
from itertools import compress, count
from typing import Any

from sandbox.worker.ages import Ages
from sandbox.worker.identity import Tokens
from sandbox.worker.labels import Labels
from sandbox.worker.raw import address
from sandbox.worker.scene import Column, Names, Scene
from sandbox.worker.values import kinds_of, namespace_of

_NO_SPACE = "names of a module that is gone", 0
PLACED = -1
"""For the token of a card that has one only where it stands: see `Tokens.of_place`."""


def placed(refs: list[int]) -> list[int]:
    """Where these are `PLACED`."""
    return [*compress(count(), map(PLACED.__eq__, refs))]


class Linked:
    """What is told of objects to which names refer, in columns."""

    __slots__ = ("refs", "stale", "texts", "tokens")

    def __init__(self, texts: list[str], refs: list[int], tokens: list[int], stale: list[bool]) -> None:
        self.texts, self.refs, self.tokens, self.stale = texts, refs, tokens, stale
        """Short texts, the tokens of their cards, those that are known of the objects, and whether these are stale."""


class Writer:
    """For one picture: what is to be said of an object is found out once."""

    def __init__(self, scene: Scene, tokens: Tokens, ages: Ages) -> None:
        self._tokens = tokens
        cards, rest = scene.objects, [*scene.rest.values()]
        values, kinds = [seen.value for seen in cards] + rest, [seen.kind for seen in cards] + kinds_of(rest)
        known = [seen.token for seen in cards]
        refs = [token or PLACED for token in known] + [0] * len(rest)
        known += tokens.give_all(rest)
        self.told = Linked(Labels().of(values, kinds), refs, known, ages.are_old(values, kinds, known))
        """First of those that have cards, in their order."""
        self._rows = dict(zip(map(address, values), count(), strict=False))
        """By address."""
        self._spaces: dict[int, tuple[str, int]] = {}
        """By the address of the names."""
        for space in scene.spaces:
            self._tell_space(space.name, space.token, address(space.module))
            names = address(namespace_of(space.module))
            self._tell_space(space.name, space.token, names)
            self._spaces[names] = space.name, space.token

    def _tell_space(self, name: str, token: int, place: int) -> None:
        row = self._rows.get(place)
        if row is not None:
            self.told.texts[row], self.told.refs[row] = name, token
            return
        self._rows[place] = len(self.told.texts)
        for column, item in zip(self._columns(), (name, token, 0, False), strict=True):
            column.append(item)

    def _columns(self) -> Iterable[list[Any]]:
        return self.told.texts, self.told.refs, self.told.tokens, self.told.stale

    def write_links(self, names: Names, space: int) -> Linked:
        """The objects to which names of a space refer."""
        rows = [*map(self._rows.__getitem__, names.places)]
        texts, refs, tokens, stale = ([*map(column.__getitem__, rows)] for column in self._columns())
        if PLACED in refs:
            for index in placed(refs):
                place = space, names.names[names.linked[index]]
                refs[index] = tokens[index] = self._tokens.of_place(names.links[index], place)
        return Linked(texts, refs, tokens, stale)

    def write_parts(self, parts: Column) -> tuple[list[str], list[int]]:
        """All parts of all objects: their texts, and the tokens of their cards, where these are not `PLACED`."""
        texts, refs = [*parts.texts], [0] * len(parts.texts)
        rows = [*map(self._rows.__getitem__, parts.places)]
        found = map(self.told.texts.__getitem__, rows), map(self.told.refs.__getitem__, rows)
        for index, text, ref in zip(parts.linked, *found, strict=True):
            texts[index], refs[index] = text, ref
        return texts, refs

    def write_globals(self, names: dict[str, Any]) -> tuple[str, int]:
        """The names that a function has for its own."""
        return self._spaces.get(address(names), _NO_SPACE)
