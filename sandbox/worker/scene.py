"""What stands before the camera: the spaces with their names, the objects reached from there with their parts.

Gathered once a picture and let go of at once. Its signature tells whether anything is other than before. Knows no mark.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from types import ModuleType

from sandbox.worker.identity import Tokens
from sandbox.worker.memory import IMPORT_SYSTEM, Memory
from sandbox.worker.ownership import Ownership
from sandbox.worker.parts import PARTS_LIMIT, Parts
from sandbox.worker.raw import address
from sandbox.worker.values import count_of, is_simple, namespace_of, print_of, text_of

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


@dataclass(slots=True)
class Seen:
    """An object that gets a card."""

    value: object
    kind: str
    depth: int
    text: str
    parts: Parts = field(default_factory=list)
    more: int = 0
    """How many parts there are besides."""


class Scene:
    """Looks at everything, within bounds."""

    def __init__(
        self, spaces: list[tuple[str, ModuleType]], tokens: Tokens, memory: Memory, ownership: Ownership
    ) -> None:
        self._tokens, self._memory, self._ownership = tokens, memory, ownership
        self.truncated = False
        self.objects: dict[int, Seen] = {}
        """By address, in the order in which they were come upon."""
        self.namespaces = {address(namespace_of(module)) for _, module in spaces}
        self._rejected: set[int] = set()
        self.signature: list[object] = [ownership.cache_signature]
        sizes = [len(namespace_of(module)) for _, module in spaces]
        share = _share(sizes)
        self.spaces = [self._enter(name, module, tokens.give(module), share) for name, module in spaces]
        self._rows = ROWS_LIMIT - sum(min(size, share) for size in sizes)
        for space in self.spaces:
            self._reach([value for _, value in space.names], 1)
            self._sign(space.token, "", space.size, space.names)
        self._go_on()

    def _enter(self, name: str, module: ModuleType, token: int, share: int) -> Space:
        names = namespace_of(module)
        hidden = IMPORT_SYSTEM - self._memory.leftovers(token)
        items = [item for item in list(islice(names.items(), share)) if type(item[0]) is str]
        items = [item for item in items if item[0] not in hidden and len(item[0]) <= _LONGEST_NAME]
        self.truncated = self.truncated or len(names) > share
        return Space(name, module, token, items, len(names), len(names) <= share)

    def _reach(self, values: list[object], depth: int) -> None:
        for value in values:
            if is_simple(value):
                continue
            key = address(value)
            if key in self.objects or key in self._rejected or key in self.namespaces:
                continue
            kind = self._ownership.card_of(value)
            if not kind:
                self._rejected.add(key)
            elif depth > DEPTH_LIMIT or len(self.objects) >= OBJECTS_LIMIT:
                self.truncated = True
            else:
                self._tokens.give(value)
                self.objects[key] = Seen(value, kind, depth, text_of(value))

    def _go_on(self) -> None:
        """Look into what was come upon; more is come upon meanwhile."""
        for seen in _as_they_come(self.objects):
            parts = self._ownership.parts_of(seen.value, seen.kind)
            shown = min(PARTS_LIMIT, max(self._rows, 1))
            seen.parts = parts[:shown]
            seen.more = max(count_of(seen.value), len(parts)) - len(seen.parts)
            self._rows -= len(seen.parts)
            self.truncated = self.truncated or seen.more > 0
            self._reach([part for _, part in seen.parts], seen.depth + 1)
            self._sign(self._tokens.peek(seen.value) or -address(seen.value), seen.text, seen.more, seen.parts)

    def _sign(self, which: int, text: str, size: int, parts: Parts) -> None:
        peek = self._tokens.peek
        self.signature += (which, text, size, [key for key, _ in parts], [print_of(part, peek) for _, part in parts])


def _as_they_come(objects: dict[int, Seen]) -> Iterator[Seen]:
    done = 0
    while done < len(objects):
        batch = list(islice(objects.values(), done, None))
        done += len(batch)
        yield from batch


def _share(sizes: list[int]) -> int:
    """So many names of each space fit into all the rows there may be."""
    share = NAMES_LIMIT
    while share > _LEAST_NAMES and sum(min(size, share) for size in sizes) > ROWS_LIMIT:
        share = share * 3 // 4
    return share
