"""The names of a space as JSON, each with its mark, in the form of `protocol.Name`: the one place where marks are made.

What is the same scalar as before and cannot have a mark is told in bulk, and its row taken over; only the others are
looked at one by one.
"""

from dataclasses import dataclass, field
from json.encoder import encode_basestring as quote
from operator import and_, eq

from sandbox.worker.books import Present
from sandbox.worker.memory import Memory
from sandbox.worker.modules import is_submodule
from sandbox.worker.parts import Parts
from sandbox.worker.raw import address
from sandbox.worker.values import SIMPLE, stamps_of
from sandbox.worker.writing import Writer, scalar


@dataclass(slots=True)
class Rows:
    """The names of a space as they were drawn, in columns: few things for the collector, however many names."""

    names: list[str] = field(default_factory=list)
    addresses: list[int] = field(default_factory=list)
    stamps: list[int] = field(default_factory=list)
    """With the address: which value it was."""
    tokens: list[int] = field(default_factory=list)
    """The object's, 0 where it has none that is known."""
    values: list[str] = field(default_factory=list)
    """As they were written; "" where there was no such name."""
    plain: list[str] = field(default_factory=list)
    """The whole row, of those without a mark and not from a from-import; "" of others."""

    def line_up(self, names: list[str]) -> "Rows":
        """A copy in which each row stands where its name stands now, with nothing in it where the name is new."""
        if names == self.names:
            return Rows(names, self.addresses, self.stamps, [*self.tokens], [*self.values], [*self.plain])
        at = {name: index for index, name in enumerate(self.names)}
        places = [at.get(name, -1) for name in names]
        addresses, stamps, tokens = (
            [*map([*column, 0].__getitem__, places)] for column in (self.addresses, self.stamps, self.tokens)
        )
        values, plain = ([*map([*column, ""].__getitem__, places)] for column in (self.values, self.plain))
        return Rows(names, addresses, stamps, tokens, values, plain)


class Sheet:
    """On which the names of one space are drawn, over what was there before."""

    def __init__(self, space: int, before: Rows, writer: Writer) -> None:
        self._space, self._before = space, before
        self._writer = writer
        self.news = False
        """Whether any name is new or rebound."""

    def draw(self, names: Parts, marks: "Marks") -> list[str]:
        """A row for each name."""
        before, values = self._before.line_up([name for name, _ in names]), [value for _, value in names]
        rows = self.rows = Rows(before.names, [*map(address, values)], stamps_of(values))
        rows.tokens, rows.values, rows.plain = before.tokens, before.values, before.plain
        same = [*map(and_, map(eq, rows.addresses, before.addresses), map(eq, rows.stamps, before.stamps))]
        drawn = [*rows.plain]
        for index, (name, value) in enumerate(names):
            is_same, is_stale = same[index], False
            if address(type(value)) in SIMPLE:
                if is_same and drawn[index] and name not in marks.odd:
                    continue
                text = rows.values[index] if is_same else scalar(value)
            else:
                text, token, is_stale = self._writer.write_named(value, self._space, name)
                is_same = self._is_token_same(index, token) and is_same
                if is_same and drawn[index] and text == rows.values[index] and not is_stale and name not in marks.odd:
                    continue
            drawn[index] = self._draw_row(index, text, is_same, *marks.of(name, value, is_stale))
        return drawn

    def _is_token_same(self, index: int, token: int) -> bool:
        """As far as both are known."""
        before, self.rows.tokens[index] = self.rows.tokens[index], token
        return before == token or not before or not token

    def _draw_row(self, index: int, text: str, is_same: bool, origin: str, mark: str) -> str:
        rows, before = self.rows, self.rows.values[index]
        mark = mark or ("" if is_same else "rebound" if before else "new")
        self.news = self.news or mark in ("new", "rebound")
        row = (
            f'{{"name":{quote(rows.names[index])},"value":{text},"mark":"{mark}",'
            f'"was":{before if mark == "rebound" else "null"},"origin":{quote(origin)}}}'
        )
        rows.values[index], rows.plain[index] = text, row if not mark and not origin else ""
        return row


class Marks:
    """What a space's names are besides new and rebound."""

    def __init__(self, memory: Memory, present: Present, space: int, names: Parts) -> None:
        self._memory, self._present, self._space = memory, present, space
        self._leftovers = memory.books.leftovers(space)
        self._origins = memory.books.origins(space)
        self._unbound = memory.books.unbound(space, [name for name, _ in names])
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
