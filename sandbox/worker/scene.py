"""What stands before the camera: the spaces with their names, the objects reached from there with their parts.

Gathered once a picture and let go of at once. Knows no mark.
"""

from dataclasses import dataclass
from itertools import islice
from types import ModuleType

from sandbox.worker.identity import Tokens
from sandbox.worker.memory import Memory
from sandbox.worker.modules import IMPORT_SYSTEM
from sandbox.worker.ownership import Ownership
from sandbox.worker.parts import PARTS_LIMIT, Parts
from sandbox.worker.raw import address
from sandbox.worker.values import CONTAINERS, SIMPLE, count_of, namespace_of

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
    links: Parts
    """Of the names those that refer to more than a scalar."""
    size: int
    is_whole: bool
    """Whether all of its names were looked at."""


class Seen:
    """An object that gets a card."""

    __slots__ = ("is_stale", "kind", "label", "links", "more", "parts", "text", "token", "value")

    def __init__(self, value: object, kind: str, token: int) -> None:
        self.value, self.kind = value, kind
        self.token = token
        """0 for what takes no weak reference."""
        self.parts: Parts = []
        self.links: Parts = []
        """Of the parts those that are more than a scalar."""
        self.more = 0
        """How many parts there are besides."""
        self.label = self.text = ""
        """What it is called, and of what has a token how it is written wherever it stands; as JSON, see `Writer`."""
        self.is_stale = False


class Scene:
    """Looks at everything, within bounds."""

    def __init__(
        self, spaces: list[tuple[str, ModuleType]], tokens: Tokens, memory: Memory, ownership: Ownership
    ) -> None:
        self._tokens, self._memory, self._ownership = tokens, memory, ownership
        self.truncated = False
        self.objects: list[Seen] = []
        """In the order in which they were come upon."""
        self._namespaces = {address(namespace_of(module)) for _, module in spaces}
        self.cards: dict[int, Seen | None] = dict.fromkeys(self._namespaces)
        """By address; None for what gets none."""
        sizes = [len(namespace_of(module)) for _, module in spaces]
        share = _share(sizes)
        self._rows = ROWS_LIMIT - sum(min(size, share) for size in sizes)
        self.spaces = [self._enter(name, module, tokens.give(module), share) for name, module in spaces]
        self._look_around()

    def _enter(self, name: str, module: ModuleType, token: int, share: int) -> Space:
        names = namespace_of(module)
        hidden = IMPORT_SYSTEM - self._memory.books.leftovers(token)
        items = [
            item
            for item in list(islice(names.items(), share))
            if type(item[0]) is str and item[0] not in hidden and len(item[0]) <= _LONGEST_NAME
        ]
        self.truncated = self.truncated or len(names) > share
        return Space(name, module, token, items, _links(items), len(names), len(names) <= share)

    def _look_around(self) -> None:
        """Go from what was come upon to what that refers to, ever deeper."""
        level, depth = [seen for space in self.spaces for seen in self._reach(space.links, 1)], 1
        while level:
            depth += 1
            for seen in level:
                self._look_into(seen)
            level = [inner for seen in level for inner in self._reach(seen.links, depth)]

    def _look_into(self, seen: Seen) -> None:
        value, kind = seen.value, seen.kind
        parts = self._ownership.parts_of(value, kind)
        count = count_of(value) if kind in CONTAINERS else len(parts)
        if count > PARTS_LIMIT or self._rows < count:
            parts = parts[: min(PARTS_LIMIT, max(self._rows, 1))]
            seen.more = count - len(parts)
            self.truncated = self.truncated or seen.more > 0
        seen.parts, seen.links = parts, _links(parts)
        self._rows -= len(parts)

    def _reach(self, links: Parts, depth: int) -> list[Seen]:
        """The cards of those values that are come upon for the first time."""
        known, namespaces = self.cards, self._namespaces
        fresh: list[Seen] = []
        for _, value in links:
            if self.truncated and len(self.objects) >= OBJECTS_LIMIT:
                break
            key = address(value)
            if key in known or address(type(value)) in SIMPLE:
                continue
            kind = self._ownership.card_of(value, namespaces)
            if not kind:
                known[key] = None
            elif depth > DEPTH_LIMIT or len(self.objects) >= OBJECTS_LIMIT:
                self.truncated = True
            else:
                seen = known[key] = Seen(value, kind, self._tokens.give(value))
                self.objects.append(seen)
                fresh.append(seen)
        return fresh


def _links(parts: Parts) -> Parts:
    return [
        part
        for part in parts
        if (cls := type(part[1])) is not int
        and cls is not str
        and cls is not float
        and cls is not bool
        and part[1] is not None
    ]


def _share(sizes: list[int]) -> int:
    """So many names of each space fit into all the rows there may be."""
    share = NAMES_LIMIT
    while share > _LEAST_NAMES and sum(min(size, share) for size in sizes) > ROWS_LIMIT:
        share = share * 3 // 4
    return share
