"""What stands before the camera: the spaces with their names, the objects reached from there with their parts.

Gathered once a picture and let go of at once. Knows no mark.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from types import ModuleType
from typing import Any

from sandbox.worker.budget import DEPTH_LIMIT, NAMES_LIMIT, Budget, cost_of, costs, find_share
from sandbox.worker.columns import Columns
from sandbox.worker.identity import Tokens
from sandbox.worker.memory import Memory
from sandbox.worker.modules import IMPORT_SYSTEM
from sandbox.worker.ownership import Ownership
from sandbox.worker.raw import address, has_plain_keys
from sandbox.worker.values import CONTAINERS, count_of, cut_texts, inline_texts, lasting_prints, namespace_of, print_of

_LONGEST_NAME = 200


class Column:
    """Values: how those are written that need no card (see `is_inline`), and which may need one."""

    __slots__ = ("linked", "links", "places", "texts", "values")

    def __init__(self, values: list[Any]) -> None:
        self.values, self.texts = values, inline_texts(values)
        """The texts are "" for what may need a card."""
        self.linked = [index for index, text in enumerate(self.texts) if not text]
        """Where these are."""
        self.links = [*map(values.__getitem__, self.linked)]
        self.places = [*map(address, self.links)]
        """Their addresses."""

    def extend(self, other: "Column") -> None:
        """Put another behind this one."""
        start = len(self.values)
        self.linked += [start + index for index in other.linked]
        self.values += other.values
        self.texts += other.texts
        self.links += other.links
        self.places += other.places


class Names(Column):
    """Names in columns, each with what it refers to."""

    __slots__ = ("names", "stamps")

    def __init__(self, names: list[str], values: list[Any]) -> None:
        super().__init__(values)
        self.names = names
        self.stamps = {names[index]: print_of(values[index]) for index in cut_texts(self.texts)}
        """Of what is not written in full, which it is; of objects what tells one from another."""
        self.stamps.update((names[self.linked[index]], one) for index, one in lasting_prints(self.links))

    @property
    def linking(self) -> list[str]:
        """The names of what may need a card."""
        return [*map(self.names.__getitem__, self.linked)]


@dataclass(slots=True)
class Space:
    """A module's namespace: its names as far as they are shown, and how many it has."""

    name: str
    module: ModuleType
    token: int
    names: Names
    size: int
    is_whole: bool
    """Whether all of its names were looked at."""


class Seen:
    """An object that gets a card."""

    __slots__ = ("keys", "kind", "more", "token", "value", "values")

    keys: Sequence[str]
    values: list[Any]
    """The parts in columns."""

    def __init__(self, value: object, kind: str) -> None:
        self.value, self.kind = value, kind
        self.token = 0
        """0 for what takes no weak reference."""
        self.more = 0
        """How many parts there are besides."""

    @property
    def parts(self) -> Iterable[tuple[str, Any]]:
        """Keys with values."""
        return zip(self.keys, self.values, strict=True)


class Scene:
    """Looks at everything, within bounds."""

    def __init__(
        self, spaces: list[tuple[str, ModuleType]], tokens: Tokens, memory: Memory, ownership: Ownership
    ) -> None:
        self._tokens, self._memory, self._ownership = tokens, memory, ownership
        self._columns = Columns(ownership)
        self.budget = Budget()
        self.objects: list[Seen] = []
        """In the order in which they were come upon."""
        self.parts = Column([])
        """The parts of all of them, one after the other."""
        self.rest: dict[int, Any] = {}
        """What needs a card and has none, by address."""
        self.namespaces = {address(namespace_of(module)) for _, module in spaces}
        """The addresses of what the spaces show."""
        self.cards: dict[int, Seen | None] = dict.fromkeys(self.namespaces)
        """By address; None for what gets none."""
        self.costs = [costs(namespace_of(module)) for _, module in spaces]
        """Of the names of each space."""
        self.share = find_share(self.costs)
        """So many names at most are looked at of each space."""
        self.spaces = self._enter_all(spaces)
        self.truncated = not all(space.is_whole for space in self.spaces)
        self._look_around()
        self.starts = [*accumulate([len(seen.values) for seen in self.objects], initial=0)]
        """Where the parts of each object begin; and where the last end."""
        self.cache = self._enter_cache(ownership.modules)
        """The rows of the import cache that are the learner's."""

    def _enter_all(self, spaces: list[tuple[str, ModuleType]]) -> list[Space]:
        """As many names of each as there is room for."""
        self.budget.spend_on_names(sum(cost_of(names, self.share) for names in self.costs))
        return [enter(name, module, self._tokens.give(module), self.share, self._memory) for name, module in spaces]

    def _enter_cache(self, modules: dict[str, Any]) -> Names:
        """None of these gets a card for that."""
        names = Names([*modules][:NAMES_LIMIT], [*modules.values()][:NAMES_LIMIT])
        self.truncated = self.truncated or len(modules) > NAMES_LIMIT
        self._let_go(zip(names.links, names.places, strict=True))
        return names

    def _look_around(self) -> None:
        """Go from what was come upon to what that refers to, ever deeper."""
        links: list[Any] = []
        places: list[int] = []
        for space in self.spaces:
            links += space.names.links
            places += space.names.places
        level, depth = self._reach(links, places, 1), 1
        while level:
            depth += 1
            parts = Column(self._look_into(level))
            self.parts.extend(parts)
            level = self._reach(parts.links, parts.places, depth)

    def holder(self, index: int) -> tuple[Seen, str]:
        """The object of which that is a part which stands there among all parts, and its key."""
        which = bisect_right(self.starts, index) - 1
        seen = self.objects[which]
        return seen, seen.keys[index - self.starts[which]]

    def _look_into(self, level: list[Seen]) -> list[Any]:
        """All their parts."""
        found: list[Any] = []
        for seen in level:
            keys, values = self._columns.of(seen.value, seen.kind)
            shown = self.budget.spend_on_parts(values)
            if shown < len(values):
                seen.more = (count_of(seen.value) if seen.kind in CONTAINERS else len(values)) - shown
                self.truncated = True
                keys, values = keys[:shown], values[:shown]
            seen.keys, seen.values = keys, values
            found += values
        return found

    def _reach(self, links: list[Any], places: list[int], depth: int) -> list[Seen]:
        """The cards of those objects that are come upon for the first time."""
        fresh = self._find(links, places, depth)
        for seen, token in zip(fresh, self._tokens.give_all([seen.value for seen in fresh]), strict=True):
            seen.token = token
        self.objects += fresh
        return fresh

    def _find(self, links: list[Any], places: list[int], depth: int) -> list[Seen]:
        known, namespaces, kinds, card_of = self.cards, self.namespaces, self._ownership.kinds, self._ownership.card_of
        fresh: list[Seen] = []
        pairs = zip(links, places, strict=True)
        for value, place in pairs:
            if place in known:
                continue
            kind = kinds.get(address(type(value))) or card_of(value, namespaces)
            if kind and depth <= DEPTH_LIMIT and self.budget.spend_on_card(kind):
                known[place] = seen = Seen(value, kind)
                fresh.append(seen)
                continue
            known[place] = None
            self.rest[place] = value
            if kind:
                self.truncated = True
                break
        self._let_go(pairs)
        return fresh

    def _let_go(self, pairs: Iterable[tuple[Any, int]]) -> None:
        """These get no cards."""
        unknown = {place: value for value, place in pairs if place not in self.cards}
        self.rest |= unknown
        self.cards.update(dict.fromkeys(unknown))


def enter(name: str, module: ModuleType, token: int, share: int, memory: Memory) -> Space:
    """A module's namespace, with as many names as are its share."""
    names = namespace_of(module)
    found = _first(names, share)
    for hidden in IMPORT_SYSTEM - memory.books.leftovers(token):
        found.pop(hidden, None)
    columns = Names([*found], [*found.values()])
    return Space(name, module, token, columns, len(names), len(names) <= share)


def _first(names: dict[Any, Any], count: int) -> dict[str, Any]:
    """So many of the names, those left out that are no plain strings, or too long."""
    if has_plain_keys(names):
        found = names.copy() if len(names) <= count else dict(islice(names.items(), count))
        if max(map(len, found), default=0) <= _LONGEST_NAME:
            return found
    items = list(islice(names.items(), count))
    return {name: value for name, value in items if type(name) is str and len(name) <= _LONGEST_NAME}
