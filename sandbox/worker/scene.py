"""What stands before the camera: the spaces with their names, the objects reached from there with their parts.

Gathered once a picture and let go of at once. Its signature tells whether anything is other than before. Knows no mark.
"""

from dataclasses import dataclass
from itertools import islice
from types import ModuleType
from typing import Any

from sandbox.worker.identity import Tokens
from sandbox.worker.memory import IMPORT_SYSTEM, Memory
from sandbox.worker.ownership import Ownership
from sandbox.worker.parts import PARTS_LIMIT, Parts
from sandbox.worker.raw import address
from sandbox.worker.safe import class_name
from sandbox.worker.values import CONTAINERS, SIMPLE, code_of, count_of, is_inline, namespace_of, prints_of

NAMES_LIMIT = 2000
"""Of one space."""
OBJECTS_LIMIT = 300
DEPTH_LIMIT = 6
ROWS_LIMIT = 2500
"""Names and parts in all: what is looked at, and so what a picture may cost."""
_LEAST_NAMES = 20
_LONGEST_NAME = 200


@dataclass(slots=True)
class Space:
    """A module's namespace: its names as far as they are shown, and how many it has."""

    name: str
    module: ModuleType
    token: int
    names: Parts
    size: int
    is_whole: bool
    """Whether all of its names were looked at."""


class Seen:
    """An object that gets a card."""

    __slots__ = ("kind", "more", "parts", "token", "value")

    def __init__(self, value: object, kind: str, token: int) -> None:
        self.value, self.kind = value, kind
        self.token = token
        """0 for what takes no weak reference."""
        self.parts: Parts = []
        self.more = 0
        """How many parts there are besides."""


class Scene:
    """Looks at everything, within bounds."""

    def __init__(
        self, spaces: list[tuple[str, ModuleType]], tokens: Tokens, memory: Memory, ownership: Ownership
    ) -> None:
        self._tokens, self._memory, self._ownership = tokens, memory, ownership
        self.truncated = False
        self.objects: list[Seen] = []
        """In the order in which they were come upon."""
        self.namespaces = {address(namespace_of(module)) for _, module in spaces}
        self._known: dict[int, Seen | None] = dict.fromkeys(self.namespaces)
        """By address; None for what gets no card."""
        self._all: Parts = []
        """All names and parts, one after the other."""
        self._marks: list[object] = [ownership.cache_signature]
        sizes = [len(namespace_of(module)) for _, module in spaces]
        share = _share(sizes)
        self._rows = ROWS_LIMIT - sum(min(size, share) for size in sizes)
        self.spaces = [self._enter(name, module, tokens.give(module), share) for name, module in spaces]
        self._look_around()

    def card_of(self, value: object) -> Seen | None:
        """The card that shows this object."""
        return self._known.get(address(value))

    def signature(self) -> list[object]:
        """Equal to another scene's if all that is seen is the same."""
        values = [value for _, value in self._all]
        return [self._marks, [key for key, _ in self._all], [*map(address, values)], prints_of(values)]

    def _enter(self, name: str, module: ModuleType, token: int, share: int) -> Space:
        names = namespace_of(module)
        hidden = IMPORT_SYSTEM - self._memory.leftovers(token)
        items = [item for item in list(islice(names.items(), share)) if type(item[0]) is str]
        items = [item for item in items if item[0] not in hidden and len(item[0]) <= _LONGEST_NAME]
        self.truncated = self.truncated or len(names) > share
        self._marks += (token, len(names))
        self._all += items
        return Space(name, module, token, items, len(names), len(names) <= share)

    def _look_around(self) -> None:
        """Go from what was come upon to what that refers to, ever deeper."""
        level, depth = self._reach(self._all, 1), 1
        while level:
            depth += 1
            begin = len(self._all)
            for seen in level:
                self._look_into(seen)
            level = self._reach(self._all[begin:], depth)

    def _look_into(self, seen: Seen) -> None:
        value, kind = seen.value, seen.kind
        parts = self._ownership.parts_of(value, kind)
        count = count_of(value) if kind in CONTAINERS else len(parts)
        if count > PARTS_LIMIT or self._rows < count:
            parts = parts[: min(PARTS_LIMIT, max(self._rows, 1))]
            seen.more = count - len(parts)
            self.truncated = self.truncated or seen.more > 0
        seen.parts = parts
        self._rows -= len(parts)
        self._marks += (seen.token or -address(value), kind, count, _own_name(value, kind))
        self._all += parts

    def _reach(self, parts: Parts, depth: int) -> list[Seen]:
        """The cards of those values that are come upon for the first time."""
        known = self._known
        level: list[Seen] = []
        values = [
            one for _, one in parts if type(one) is not int and type(one) is not str and address(one) not in known
        ]
        for value in values:
            if address(type(value)) in SIMPLE or address(value) in known:
                continue
            kind = self._ownership.card_of(value, self.namespaces)
            if kind and (depth > DEPTH_LIMIT or len(self.objects) + len(level) >= OBJECTS_LIMIT):
                self.truncated = True
            elif kind:
                seen = known[address(value)] = Seen(value, kind, self._tokens.give(value))
                level.append(seen)
            elif not is_inline(value):
                known[address(value)] = None
        self.objects += level
        return level


def _own_name(value: Any, kind: str) -> object:
    """What its text is made of, where that can change."""
    if kind == "function":
        return value.__name__, address(code_of(value))
    if kind == "generator":
        return value.__name__
    return class_name(value) if kind == "class" else None


def _share(sizes: list[int]) -> int:
    """So many names of each space fit into all the rows there may be."""
    share = NAMES_LIMIT
    while share > _LEAST_NAMES and sum(min(size, share) for size in sizes) > ROWS_LIMIT:
        share = share * 3 // 4
    return share
