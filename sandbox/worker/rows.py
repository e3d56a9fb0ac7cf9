"""The names of a space in columns, each with its mark: the one place where marks are made.

What is as before, needs no card and cannot have a mark is told in bulk; only the others are looked at one by one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import compress, count
from operator import and_, eq, ne
from typing import Any, Protocol

from sandbox.worker.books import Present
from sandbox.worker.listing import constants, strings
from sandbox.worker.memory import Memory
from sandbox.worker.modules import is_submodule
from sandbox.worker.raw import address
from sandbox.worker.scene import Names
from sandbox.worker.writing import Linked


@dataclass(slots=True)
class Rows:
    """The names of a space as they were drawn, in columns: few things for the collector, however many names."""

    names: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    """The addresses of what they referred to; 0 where there was no such name."""
    inline: list[str] = field(default_factory=list)
    """With the address: which value it was; "" for what may have a card."""
    stamps: dict[str, object] = field(default_factory=dict)
    """See `Names`."""
    tokens: list[int] = field(default_factory=list)
    """The object's, 0 where it has none that is known."""
    texts: list[str] = field(default_factory=list)
    refs: list[int] = field(default_factory=list)
    stale: set[str] = field(default_factory=set)
    """The names of what is stale by itself."""
    written: dict[str, tuple[list[Any], str]] = field(default_factory=dict)
    """Columns as JSON: most are the same from picture to picture."""

    def refer_as(self, before: "Rows") -> bool:
        """Whether these names, which are the same, refer to the very same, and that is written the same."""
        is_there = self.places == before.places and self.texts == before.texts
        return is_there and self.tokens == before.tokens and self.stamps == before.stamps

    def line_up(self, names: list[str]) -> "Rows":
        """Each row where its name stands now, with nothing in it where the name is new."""
        if names == self.names:
            return self
        at = {name: index for index, name in enumerate(self.names)}
        rows = [at.get(name, -1) for name in names]
        inline, texts = ([*map([*column, ""].__getitem__, rows)] for column in (self.inline, self.texts))
        numbers = self.places, self.tokens, self.refs
        places, tokens, refs = ([*map([*column, 0].__getitem__, rows)] for column in numbers)
        return Rows(names, places, inline, self.stamps, tokens, texts, refs, self.stale)


class Teller(Protocol):
    """Says how the objects are written to which names refer."""

    def write_links(self, names: Names, space: int) -> Linked:
        """The objects to which names of a space refer."""


class Sheet:
    """On which the names of one space are drawn, over what was there before."""

    def __init__(self, space: int, before: Rows, writer: Teller) -> None:
        self._space, self._before, self._writer = space, before, writer
        self.news = False
        """Whether any name is new or rebound."""

    def draw(self, names: Names, marks: "Marks") -> str:
        """The columns of `picture.SpaceColumns` that are as long as there are names, as JSON, and what was before."""
        rows, before = self._write(names), self._before
        if before.names:
            before = before.line_up(names.names)
            drawn = _compare(rows, before)
        else:
            drawn = ["new"] * len(rows.names)
        origins = _mark(rows, names.values, drawn, marks)
        self.rows = rows
        self.news = "new" in drawn or "rebound" in drawn
        rebound = [*compress(count(), map("rebound".__eq__, drawn))] if self.news else []
        was_texts, was_refs = [before.texts[index] for index in rebound], [before.refs[index] for index in rebound]
        texts = {"names": rows.names, "texts": rows.texts, "marks": drawn, "origins": origins, "was_texts": was_texts}
        numbers = {"refs": rows.refs, "was_refs": was_refs}
        told = [self._list(key, column, strings) for key, column in texts.items()]
        return ",".join(told + [self._list(key, column, constants) for key, column in numbers.items()])

    def _list(self, key: str, column: list[Any], write: Callable[[list[Any]], str]) -> str:
        known = self._before.written.get(key)
        text = known[1] if known is not None and known[0] == column else f'"{key}":{write(column)}'
        self.rows.written[key] = column, text
        return text

    def _write(self, names: Names) -> Rows:
        told, none = self._writer.write_links(names, self._space), [0] * len(names.names)
        texts, refs, tokens = [*names.texts], none, [*none]
        for index, text, ref, token in zip(names.linked, told.texts, told.refs, told.tokens, strict=True):
            texts[index], refs[index], tokens[index] = text, ref, token
        stale = {*compress(names.linking, told.stale)}
        places = [*map(address, names.values)]
        return Rows(names.names, places, names.texts, names.stamps, tokens, texts, refs, stale)


def _compare(rows: Rows, before: Rows) -> list[str]:
    """Which names are new and rebound, "" for those that refer to the same as before."""
    if rows.refer_as(before):
        return [""] * len(rows.names)
    same = [*map(and_, map(eq, rows.places, before.places), map(eq, rows.inline, before.inline))]
    if rows.tokens != before.tokens:  # one is 0 where what takes no weak reference had a card, or has one now
        for index in compress(count(), map(ne, rows.tokens, before.tokens)):
            same[index] = same[index] and not (rows.tokens[index] and before.tokens[index])
    drawn = ["" if is_same else "rebound" if was else "new" for is_same, was in zip(same, before.places, strict=True)]
    if rows.stamps != before.stamps:
        for index, name in enumerate(rows.names):
            if not drawn[index] and rows.stamps.get(name) != before.stamps.get(name):
                drawn[index] = "rebound"
    return drawn


def _mark(rows: Rows, values: list[Any], drawn: list[str], marks: "Marks") -> list[str]:
    """Put in the other marks; where from-imports got the values."""
    origins = [""] * len(values)
    odd = marks.odd | rows.stale
    for index in [*compress(count(), map(odd.__contains__, rows.names))] if odd else ():
        name = rows.names[index]
        origins[index], mark = marks.of(name, values[index], name in rows.stale)
        drawn[index] = mark or drawn[index]
    return origins


class Marks:
    """What a space's names are besides new and rebound."""

    def __init__(self, memory: Memory, present: Present, space: int, names: list[str]) -> None:
        self._memory, self._present, self._space = memory, present, space
        self._leftovers = memory.books.leftovers(space)
        self._origins = memory.books.origins(space)
        self._unbound = memory.books.unbound(space, names)
        self.odd = self._leftovers | self._origins.keys() | self._unbound
        """Names that may have a mark though their value needs no card."""

    def of(self, name: str, value: object, is_stale: bool) -> tuple[str, str]:
        """Where a from-import got it, "" for nowhere; and stale, leftover, added or "" for none of these."""
        if name not in self.odd:
            return "", "stale" if is_stale else ""
        origin = self._memory.imports.check(self._origins, name, value)
        if origin is None:
            return "", "stale" if is_stale else self._find(name, value)
        is_stale = is_stale or self._memory.imports.is_outdated(origin, value, self._present)
        return ".".join(origin), "stale" if is_stale else self._find(name, value)

    def _find(self, name: str, value: object) -> str:
        if name in self._leftovers:
            return "leftover"
        return "added" if name in self._unbound and not self._is_submodule(name, value) else ""

    def _is_submodule(self, name: str, value: object) -> bool:
        book = self._memory.books.find(self._space)
        return book is not None and is_submodule(book.name, name, value)


class NoMarks(Marks):
    """Of the rows of the import cache, which no load binds."""

    def __init__(self) -> None:
        self.odd = set()

    def of(self, name: str, value: object, is_stale: bool) -> tuple[str, str]:
        """None."""
        return "", ""
