"""How values are written where they stand: each with a short text and the token of its card, in columns."""

from collections.abc import Sequence
from itertools import repeat
from typing import Any

from sandbox.worker.ages import Ages
from sandbox.worker.identity import Tokens
from sandbox.worker.labels import Labels
from sandbox.worker.raw import address
from sandbox.worker.scene import Scene
from sandbox.worker.values import SIMPLE, TEXT_LIMIT, kinds_of, namespace_of, simple_text

_NO_SPACE = "names of a module that is gone", 0
_LARGE = 1 << 64
"""Lesser numbers are written out at once."""
_PLACED = -1
"""The card has no token but for each place where it stands: see `Tokens.of_place`."""
Links = tuple[list[str], list[int], list[int], list[bool]]
"""Of objects: their texts, the tokens of their cards, those that are known of them, and whether they are stale."""


class Writer:
    """For one picture: each object's text is made once."""

    def __init__(self, scene: Scene, tokens: Tokens, ages: Ages) -> None:
        self._tokens, self._ages, self._labels = tokens, ages, Labels()
        self._texts: dict[int, str] = {}
        """By address, as the following."""
        self._refs: dict[int, int] = {}
        """The tokens of cards; not those that have none."""
        self._known: dict[int, tuple[int, bool]] = {}
        """Of objects to which names refer, and of those with cards: the token, and whether it is stale."""
        self._spaces: dict[int, tuple[str, int]] = {}
        """By the address of the names."""
        for space in scene.spaces:
            names = address(namespace_of(space.module))
            self._spaces[names] = space.name, space.token
            for at in (names, address(space.module)):
                self._texts[at], self._refs[at] = space.name, space.token
        self._tell_cards(scene)

    def _tell_cards(self, scene: Scene) -> None:
        objects = scene.objects
        values, kinds, tokens = (
            [seen.value for seen in objects],
            [seen.kind for seen in objects],
            [seen.token for seen in objects],
        )
        self.labels, self.stale = self._labels.of(values, kinds), self._ages.are_old(values, kinds, tokens)
        """Of the cards, in their order."""
        places = [*map(address, values)]
        self._texts.update(zip(places, self.labels, strict=True))
        self._refs.update(zip(places, [token or _PLACED for token in tokens], strict=True))
        self._known.update(zip(places, zip(tokens, self.stale, strict=True), strict=True))

    def write_links(self, values: list[Any], space: int, names: list[str]) -> Links:
        """Objects to which these names of a space refer."""
        places, known = [*map(address, values)], self._known
        self._tell([value for value, at in zip(values, places, strict=True) if at not in known])
        texts, refs = [*map(self._texts.__getitem__, places)], [*map(self._refs.get, places, repeat(0))]
        self.place(values, refs, space, names)
        found = [*map(known.__getitem__, places)]
        tokens = [token or max(ref, 0) for (token, _), ref in zip(found, refs, strict=True)]
        return texts, refs, tokens, [is_stale for _, is_stale in found]

    def _tell(self, values: list[Any]) -> None:
        """What has no card."""
        kinds, tokens = kinds_of(values), self._tokens.peek_all(values)
        self._label(values, kinds)
        stale = self._ages.are_old(values, kinds, tokens)
        self._known.update(zip(map(address, values), zip(tokens, stale, strict=True), strict=True))

    def _label(self, values: list[Any], kinds: list[str]) -> None:
        texts = self._texts
        for value, label in zip(values, self._labels.of(values, kinds), strict=True):
            texts.setdefault(address(value), label)

    def write_all(self, values: list[Any]) -> tuple[list[str], list[int]]:
        """The texts and tokens of any values, where a card has one wherever it stands."""
        places, find = [*map(address, values)], self._texts.get
        texts = [
            repr(value)
            if (cls := type(value)) is int and -_LARGE < value < _LARGE
            else repr(value)
            if cls is str and len(value) <= TEXT_LIMIT and value.isascii()
            else find(at) or (simple_text(value) if address(cls) in SIMPLE else "")
            for value, at in zip(values, places, strict=True)
        ]
        rest = [index for index, text in enumerate(texts) if not text]
        unknown = [values[index] for index in rest if places[index] not in self._texts]
        self._label(unknown, kinds_of(unknown))
        for index in rest:
            texts[index] = self._texts[places[index]]
        return texts, [*map(self._refs.get, places, repeat(0))]

    def place(self, values: list[Any], refs: list[int], holder: int, keys: Sequence[str]) -> None:
        """Put in the tokens that objects have where the object with the token `holder` has them at these keys."""
        for index, ref in enumerate(refs):
            if ref == _PLACED:
                refs[index] = self._tokens.of_place(values[index], (holder, keys[index]))

    def write_globals(self, names: dict[str, Any]) -> tuple[str, int]:
        """The names that a function has for its own."""
        return self._spaces.get(address(names), _NO_SPACE)


def write_scalars(values: list[Any]) -> list[str]:
    """Values that have no card and are no objects to speak of; "" for others."""
    return [
        repr(value)
        if (cls := type(value)) is float or (cls is int and -_LARGE < value < _LARGE)
        else simple_text(value)
        if address(cls) in SIMPLE
        else ""
        for value in values
    ]
