"""The names of a space in columns, each with its mark: the one place where marks are made.

What is the same scalar as before and cannot have a mark is told in bulk; only the others are looked at one by one.
"""

from dataclasses import dataclass, field
from itertools import compress, count
from operator import and_, eq, not_
from typing import Any, Protocol

from sandbox.worker.books import Present
from sandbox.worker.listing import constants, strings
from sandbox.worker.memory import Memory
from sandbox.worker.modules import is_submodule
from sandbox.worker.raw import address
from sandbox.worker.scene import Names
from sandbox.worker.values import is_frozen
from sandbox.worker.writing import Links, write_scalars


@dataclass(slots=True)
class Rows:
    """The names of a space as they were drawn, in columns: few things for the collector, however many names."""

    names: list[str] = field(default_factory=list)
    addresses: list[int] = field(default_factory=list)
    """Of what they referred to; 0 where there was no such name."""
    stamps: list[int | None] = field(default_factory=list)
    """With the address: which value it was."""
    tokens: list[int] = field(default_factory=list)
    """The object's, 0 where it has none that is known."""
    texts: list[str] = field(default_factory=list)
    refs: list[int] = field(default_factory=list)
    stale: set[str] = field(default_factory=set)
    """The names of what is stale by itself."""

    def line_up(self, names: list[str]) -> "Rows":
        """Each row where its name stands now, with nothing in it where the name is new."""
        if names == self.names:
            return self
        if not self.names:
            none = [0] * len(names)
            return Rows(names, none, [*none], none, [""] * len(names), none)
        at = {name: index for index, name in enumerate(self.names)}
        places = [at.get(name, -1) for name in names]
        addresses, stamps, tokens, refs = (
            [*map([*column, 0].__getitem__, places)] for column in (self.addresses, self.stamps, self.tokens, self.refs)
        )
        return Rows(names, addresses, stamps, tokens, [*map([*self.texts, ""].__getitem__, places)], refs, self.stale)


class Teller(Protocol):
    """Says how the objects are written to which names refer."""

    def write_links(self, values: list[Any], space: int, names: list[str]) -> Links:
        """These, under these names of a space."""


class Sheet:
    """On which the names of one space are drawn, over what was there before."""

    def __init__(self, space: int, before: Rows, writer: Teller) -> None:
        self._space, self._before, self._writer = space, before, writer
        self.news = False
        """Whether any name is new or rebound."""

    def draw(self, names: Names, marks: "Marks") -> str:
        """The columns of `picture.SpaceColumns` that are as long as there are names, as JSON, and what was before."""
        before = self._before.line_up(names.names)
        rows = self.rows = Rows(
            names.names, [*map(address, names.values)], names.stamps, [*before.tokens], [*before.texts], [*before.refs]
        )
        same = [*map(and_, map(eq, rows.addresses, before.addresses), map(eq, rows.stamps, before.stamps))]
        self._write_scalars(names.values, same)
        self._write_links(names, same)
        drawn, origins = self._mark(names.values, same, before.addresses, marks)
        self.news = not {"new", "rebound"}.isdisjoint(drawn)
        rebound = [*compress(count(), map("rebound".__eq__, drawn))]
        was_texts, was_refs = [before.texts[index] for index in rebound], [before.refs[index] for index in rebound]
        return (
            f'"names":{strings(rows.names)},"texts":{strings(rows.texts)},"refs":{constants(rows.refs)},'
            f'"marks":{strings(drawn)},"origins":{strings(origins)},'
            f'"was_texts":{strings(was_texts)},"was_refs":{constants(was_refs)}'
        )

    def _write_scalars(self, values: list[Any], same: list[bool]) -> None:
        texts, refs = self.rows.texts, self.rows.refs
        due = [*compress(count(), map(not_, same))]
        for index, text in zip(due, write_scalars([values[index] for index in due]), strict=True):
            texts[index], refs[index] = text, 0

    def _write_links(self, names: Names, same: list[bool]) -> None:
        """What the names of objects are written as, and which of them are stale."""
        rows, linked = self.rows, names.linked
        values, linking = [names.values[index] for index in linked], [rows.names[index] for index in linked]
        links = self._writer.write_links(values, self._space, linking)
        for index, text, ref, token, value in zip(linked, *links[:3], values, strict=True):
            before, rows.tokens[index] = rows.tokens[index], token
            if (before != token and before and token) or (text != rows.texts[index] and is_frozen(value)):
                same[index] = False
            rows.texts[index], rows.refs[index] = text, ref
        rows.stale = {*compress(linking, links[3])}

    def _mark(
        self, values: list[Any], same: list[bool], were: list[int], marks: "Marks"
    ) -> tuple[list[str], list[str]]:
        """The marks, and where from-imports got the values."""
        names, stale = self.rows.names, self.rows.stale
        drawn = ["" if is_same else "rebound" if was else "new" for is_same, was in zip(same, were, strict=True)]
        origins = [""] * len(names)
        odd = marks.odd | stale
        for index in [*compress(count(), map(odd.__contains__, names))] if odd else ():
            name = names[index]
            origins[index], mark = marks.of(name, values[index], name in stale)
            drawn[index] = mark or drawn[index]
        return drawn, origins


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
