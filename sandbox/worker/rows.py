"""The names of a space as JSON, each with its mark, in the form of `protocol.Name`: the one place where marks are made.

What is the same scalar as before and cannot have a mark is told in bulk, and its row taken over; only the others are
looked at one by one.
"""

from dataclasses import dataclass, field
from itertools import compress, count
from json.encoder import encode_basestring as quote
from operator import and_, eq
from typing import Any, Protocol

from sandbox.worker.books import Present
from sandbox.worker.memory import Memory
from sandbox.worker.modules import is_submodule
from sandbox.worker.raw import address
from sandbox.worker.scene import Names
from sandbox.worker.values import is_frozen
from sandbox.worker.writing import Told, scalar

_PLAIN = "", ""


@dataclass(slots=True)
class Rows:
    """The names of a space as they were drawn, in columns: few things for the collector, however many names."""

    names: list[str] = field(default_factory=list)
    addresses: list[int] = field(default_factory=list)
    stamps: list[int | None] = field(default_factory=list)
    """With the address: which value it was."""
    tokens: list[int] = field(default_factory=list)
    """The object's, 0 where it has none that is known."""
    values: list[str] = field(default_factory=list)
    """As they were written; "" where there was no such name."""
    plain: list[str] = field(default_factory=list)
    """The whole row, of those without a mark and not from a from-import; "" of others."""
    stale: set[str] = field(default_factory=set)
    """The names of what is stale by itself."""

    def line_up(self, names: list[str]) -> "Rows":
        """A copy in which each row stands where its name stands now, with nothing in it where the name is new."""
        if not self.names:
            none, nothing = [0] * len(names), [""] * len(names)
            return Rows(names, none, [*none], [*none], nothing, [*nothing])
        if names == self.names:
            return Rows(names, self.addresses, self.stamps, [*self.tokens], [*self.values], [*self.plain])
        at = {name: index for index, name in enumerate(self.names)}
        places = [at.get(name, -1) for name in names]
        addresses, stamps, tokens = (
            [*map([*column, 0].__getitem__, places)] for column in (self.addresses, self.stamps, self.tokens)
        )
        values, plain = ([*map([*column, ""].__getitem__, places)] for column in (self.values, self.plain))
        return Rows(names, addresses, stamps, tokens, values, plain)


class Teller(Protocol):
    """Says how the objects are written to which names refer."""

    told: dict[int, Told]

    def tell(self, values: list[Any]) -> None:
        """What is to be said of these, as far as it is the same wherever they stand."""

    def write_named(self, value: object, space: int, name: str) -> Told:
        """What is to be said of one that is not told."""


class Sheet:
    """On which the names of one space are drawn, over what was there before."""

    def __init__(self, space: int, before: Rows, writer: Teller) -> None:
        self._space, self._before = space, before
        self._writer = writer
        self.news = False
        """Whether any name is new or rebound."""

    def draw(self, names: Names, marks: "Marks") -> list[str]:
        """A row for each name."""
        before, values = self._before.line_up(names.names), names.values
        rows = self.rows = Rows(before.names, [*map(address, values)], names.stamps)
        rows.tokens, rows.values, rows.plain = before.tokens, before.values, before.plain
        same = [*map(and_, map(eq, rows.addresses, before.addresses), map(eq, rows.stamps, before.stamps))]
        texts, stale = self._write_links(names, same)
        odd = [*compress(count(), map(marks.odd.__contains__, rows.names))] if marks.odd else []
        for index in odd:
            rows.plain[index] = ""
        due = [
            index for index, (row, is_same) in enumerate(zip(rows.plain, same, strict=True)) if not row or not is_same
        ]
        for index in due:
            if not texts[index]:
                texts[index] = rows.values[index] if same[index] else scalar(values[index])
        special = dict.fromkeys(stale, ("", "stale"))
        special |= {index: marks.of(rows.names[index], values[index], index in special) for index in odd}
        return self._draw_rows(due, texts, same, special)

    def _write_links(self, names: Names, same: list[bool]) -> tuple[list[str], list[int]]:
        """What the names of objects are written as, "" for scalars, and which of them are stale."""
        rows, told, values = self.rows, self._writer.told, names.values
        texts, stale = [""] * len(values), []
        self._writer.tell([values[index] for index in names.linked])
        for index in names.linked:
            known = told.get(rows.addresses[index])
            text, token, is_stale = known or self._writer.write_named(values[index], self._space, rows.names[index])
            before, rows.tokens[index] = rows.tokens[index], token
            if (before != token and before and token) or (text != rows.values[index] and is_frozen(values[index])):
                same[index] = False
            if text != rows.values[index] or is_stale:
                rows.plain[index] = ""
            if is_stale:
                stale.append(index)
            texts[index] = text
        rows.stale = {rows.names[index] for index in stale}
        return texts, stale

    def _draw_rows(
        self, due: list[int], texts: list[str], same: list[bool], special: dict[int, tuple[str, str]]
    ) -> list[str]:
        rows, drawn, marks = self.rows, [*self.rows.plain], {""}
        for index in due:
            text, was, (origin, mark) = texts[index], rows.values[index], special.get(index, _PLAIN)
            mark = mark or ("" if same[index] else "rebound" if was else "new")
            marks.add(mark)
            row = drawn[index] = (
                f'{{"name":{quote(rows.names[index])},"value":{text},"mark":"{mark}",'
                f'"was":{was if mark == "rebound" else "null"},"origin":{quote(origin)}}}'
            )
            rows.values[index], rows.plain[index] = text, row if not mark and not origin else ""
        self.news = not marks.isdisjoint(("new", "rebound"))
        return drawn


class Marks:
    """What a space's names are besides new and rebound."""

    def __init__(self, memory: Memory, present: Present, space: int, names: list[str]) -> None:
        self._memory, self._present, self._space = memory, present, space
        self._leftovers = memory.books.leftovers(space)
        self._origins = memory.books.origins(space)
        self._unbound = memory.books.unbound(space, names)
        self.odd = self._leftovers | self._origins.keys() | self._unbound
        """Names that may have a mark though their value is a scalar."""

    def of(self, name: str, value: object, is_stale: bool) -> tuple[str, str]:
        """Where a from-import got it, "" for nowhere; and stale, leftover, added or "" for none of these."""
        if name not in self.odd:
            return "", "stale" if is_stale else ""
        origin = self._memory.imports.origin(self._space, name, value) if name in self._origins else None
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
