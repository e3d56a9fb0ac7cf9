"""What stands before the camera: the spaces with their names, the objects reached from there with their parts.

Gathered once a picture and let go of at once. Knows no mark.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from types import ModuleType
from typing import Any

from sandbox.worker.columns import Columns
from sandbox.worker.identity import Tokens
from sandbox.worker.memory import Memory
from sandbox.worker.modules import IMPORT_SYSTEM
from sandbox.worker.ownership import Ownership
from sandbox.worker.parts import PARTS_LIMIT, Parts
from sandbox.worker.raw import address, has_plain_keys
from sandbox.worker.values import CONTAINERS, SIMPLE, count_of, namespace_of, stamps_of

NAMES_LIMIT = 2000
"""Of one space."""
OBJECTS_LIMIT = 300
DEPTH_LIMIT = 6
ROWS_LIMIT = 2500
"""Names and parts in all: what is looked at, and so what a picture may cost."""
_LEAST_NAMES = 20
_LONGEST_NAME = 200


class Names:
    """Names in columns, each with what it refers to."""

    __slots__ = ("linked", "names", "stamps", "values")

    def __init__(self, names: list[str], values: list[Any]) -> None:
        self.names, self.values = names, values
        self.stamps = stamps_of(values)
        """Of scalars which they are: see `stamps_of`."""
        self.linked = [index for index, stamp in enumerate(self.stamps) if stamp is None]
        """Where those are that refer to more than a scalar."""

    @property
    def links(self) -> Parts:
        """Those, with their names."""
        return [(self.names[index], self.values[index]) for index in self.linked]


@dataclass(slots=True)
class Space:
    """A module's namespace: its names as far as they are shown, and how many it has."""

    name: str
    module: ModuleType
    token: int
    names: Names
    links: Parts
    """Of the names those that refer to more than a scalar."""
    size: int
    is_whole: bool
    """Whether all of its names were looked at."""


class Seen:
    """An object that gets a card."""

    __slots__ = ("keys", "kind", "more", "token", "value", "values")

    keys: Sequence[str]
    values: list[Any]
    """The parts in columns; there may be more keys."""

    def __init__(self, value: object, kind: str) -> None:
        self.value, self.kind = value, kind
        self.token = 0
        """0 for what takes no weak reference."""
        self.more = 0
        """How many parts there are besides."""

    @property
    def parts(self) -> Iterable[tuple[str, Any]]:
        """Keys with values."""
        return zip(self.keys, self.values, strict=False)


class Scene:
    """Looks at everything, within bounds."""

    def __init__(
        self, spaces: list[tuple[str, ModuleType]], tokens: Tokens, memory: Memory, ownership: Ownership
    ) -> None:
        self._tokens, self._memory, self._ownership = tokens, memory, ownership
        self._columns = Columns(ownership)
        self.truncated = False
        self.objects: list[Seen] = []
        """In the order in which they were come upon."""
        self.values: list[Any] = []
        """The parts of all of them, one after the other."""
        self._namespaces = {address(namespace_of(module)) for _, module in spaces}
        self.cards: dict[int, Seen | None] = dict.fromkeys(self._namespaces)
        """By address; None for what gets none."""
        sizes = [len(namespace_of(module)) for _, module in spaces]
        self.share = _share(sizes)
        """So many names at most are looked at of each space."""
        self.room = ROWS_LIMIT - sum(min(size, self.share) for size in sizes)
        """So many rows may still be there."""
        self.spaces = [self._enter(name, module, tokens.give(module), self.share) for name, module in spaces]
        self._look_around()

    def _enter(self, name: str, module: ModuleType, token: int, share: int) -> Space:
        space = enter(name, module, token, share, self._memory)
        self.truncated = self.truncated or not space.is_whole
        return space

    def links(self) -> list[Any]:
        """Parts that are more than scalars."""
        return [value for value in self.values if address(type(value)) not in SIMPLE]

    def _look_around(self) -> None:
        """Go from what was come upon to what that refers to, ever deeper."""
        level, depth = self._reach([value for space in self.spaces for _, value in space.links], 1), 1
        while level:
            depth += 1
            values = self._look_into(level)
            self.values += values
            level = self._reach(values, depth)

    def _look_into(self, level: list[Seen]) -> list[Any]:
        """All their parts."""
        columns_of, rows = self._columns.of, self.room
        found: list[Any] = []
        for seen in level:
            seen.keys, values = columns_of(seen.value, seen.kind)
            count = len(values)
            if count > PARTS_LIMIT or rows < count:
                values = values[: min(PARTS_LIMIT, max(rows, 1))]
                seen.more = (count_of(seen.value) if seen.kind in CONTAINERS else count) - len(values)
                self.truncated = self.truncated or seen.more > 0
            seen.values = values
            found += values
            rows -= len(values)
        self.room = rows
        return found

    def _reach(self, values: list[Any], depth: int) -> list[Seen]:
        """The cards of those values that are come upon for the first time."""
        room = OBJECTS_LIMIT - len(self.objects) if depth <= DEPTH_LIMIT else 0
        if not room and self.truncated:
            return []
        fresh = self._find(values, room)
        for seen, token in zip(fresh, self._tokens.give_all([seen.value for seen in fresh]), strict=True):
            seen.token = token
        self.objects += fresh
        return fresh

    def _find(self, values: list[Any], room: int) -> list[Seen]:
        known, namespaces, kinds, card_of = self.cards, self._namespaces, self._ownership.kinds, self._ownership.card_of
        fresh: list[Seen] = []
        for value in values:
            key, of_class = address(value), address(type(value))
            if key in known or of_class in SIMPLE:
                continue
            kind = kinds.get(of_class) or card_of(value, namespaces)
            if not kind:
                known[key] = None
            elif len(fresh) < room:
                known[key] = seen = Seen(value, kind)
                fresh.append(seen)
            else:
                self.truncated = True
                break
        return fresh


def enter(name: str, module: ModuleType, token: int, share: int, memory: Memory) -> Space:
    """A module's namespace, with as many names as are its share."""
    names = namespace_of(module)
    found = _first(names, share)
    for hidden in IMPORT_SYSTEM - memory.books.leftovers(token):
        found.pop(hidden, None)
    columns = Names([*found], [*found.values()])
    return Space(name, module, token, columns, columns.links, len(names), len(names) <= share)


def _first(names: dict[Any, Any], count: int) -> dict[str, Any]:
    """So many of the names, those left out that are no plain strings, or too long."""
    if has_plain_keys(names):
        found = names.copy() if len(names) <= count else dict(islice(names.items(), count))
        if max(map(len, found), default=0) <= _LONGEST_NAME:
            return found
    items = list(islice(names.items(), count))
    return {name: value for name, value in items if type(name) is str and len(name) <= _LONGEST_NAME}


def _share(sizes: list[int]) -> int:
    """So many names of each space fit into all the rows there may be."""
    share = NAMES_LIMIT
    while share > _LEAST_NAMES and sum(min(size, share) for size in sizes) > ROWS_LIMIT:
        share = share * 3 // 4
    return share
