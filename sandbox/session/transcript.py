"""The transcript: what a learner did and what came of it, bounded, so that a page can be drawn again.

Knows no session and no socket. Oldest output goes first when it grows too long, and a line in its place says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sandbox.protocol import Loaded, Message, Noted, Output

LIMIT = 1024 * 1024
"""Most text that is kept, in characters, with `NOTE_COST` for each entry."""
NOTE_COST = 64
MERGE_LIMIT = 64 * 1024
"""Adjacent outputs of a run are one entry up to this many characters."""
PIECES_LIMIT = 64
SOURCES_LIMIT = 256 * 1024
"""Most characters of sources that were loaded; the oldest loads go on without theirs."""


@dataclass(slots=True)
class _Tail:
    """The output that may still grow."""

    run: int = 0
    at: float = 0.0
    size: int = 0
    pieces: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.size += len(text)
        self.pieces.append(text)
        if len(self.pieces) > PIECES_LIMIT:
            self.pieces = [self.text()]

    def text(self) -> str:
        return "".join(self.pieces)


class Transcript:
    """Entries in the order they happened. Adjacent outputs of one run are merged."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._entries: list[Noted] = []
        self._size = 0
        self._tail = _Tail()
        self._sources = 0
        self._without = 0
        """So many entries from the first on have no source any more: none of them is looked at again."""
        self._marker: Noted | None = None
        self._cut = 0

    @property
    def size(self) -> int:
        """Characters kept, with a cost for each entry."""
        return self._size + self._tail.size

    def note(self, seq: int, at: float, message: Message) -> None:
        """Add what was taken (`seq` from the journal) or sent (`seq` 0) at Unix time `at`."""
        if isinstance(message, Output):
            self._note_output(at, message)
            return
        self._close_tail()
        self._add(Noted(seq, at, message))
        if isinstance(message, Loaded) and message.source is not None:
            self._sources += len(message.source)
            self._forget_sources()

    def read(self) -> tuple[Noted, ...]:
        """Everything kept, oldest first."""
        self._close_tail()
        return tuple(self._entries)

    def _note_output(self, at: float, output: Output) -> None:
        if output.run != self._tail.run or not 0 < self._tail.size < MERGE_LIMIT:
            self._close_tail()
            self._tail = _Tail(output.run, at)
        self._tail.add(output.text)

    def _forget_sources(self) -> None:
        while self._sources > SOURCES_LIMIT:
            noted = self._entries[self._without]
            if isinstance(noted.message, Loaded) and noted.message.source is not None:
                self._sources -= len(noted.message.source)
                self._size -= len(noted.message.source)
                self._entries[self._without] = replace(noted, message=replace(noted.message, source=None))
            self._without += 1

    def _close_tail(self) -> None:
        tail, self._tail = self._tail, _Tail()
        if tail.size:
            self._add(Noted(0, tail.at, Output(tail.run, tail.text())))

    def _add(self, noted: Noted) -> None:
        self._entries.append(noted)
        self._size += _cost(noted)
        if self._size > self._limit:
            self._shrink()

    def _shrink(self) -> None:
        """Drop a quarter at once, so that looking for what to drop costs little for each entry."""
        doomed = set(self._oldest(self._size - self._limit * 3 // 4))
        dropped = [index for index in doomed if self._entries[index] is not self._marker]
        self._cut += sum(_cost(self._entries[index]) - NOTE_COST for index in dropped)
        place = max(dropped)
        text = f"[{self._cut:,} earlier characters are no longer kept]\n"
        self._marker = Noted(0, self._entries[place].at, Output(0, text))
        self._entries[place] = self._marker
        self._entries = [noted for index, noted in enumerate(self._entries) if index == place or index not in doomed]
        self._size = sum(map(_cost, self._entries))
        self._without = 0
        self._sources = sum(len(one.message.source or "") for one in self._entries if isinstance(one.message, Loaded))

    def _oldest(self, surplus: int) -> Iterator[int]:
        """Which entries to drop to save `surplus`: the marker, output from the oldest on, then anything."""
        indices = sorted(range(len(self._entries)), key=self._worth)
        for index in indices:
            if surplus <= 0:
                return
            surplus -= _cost(self._entries[index])
            yield index

    def _worth(self, index: int) -> tuple[int, int]:
        noted = self._entries[index]
        return (0 if noted is self._marker else 1 if isinstance(noted.message, Output) else 2, index)


def _cost(noted: Noted) -> int:
    return NOTE_COST + sum(map(len, texts_of(noted.message)))


def texts_of(message: Message) -> Iterator[str]:
    """The texts that a message holds directly, which is where its size is."""
    names: tuple[str, ...] = message.__slots__
    values = (getattr(message, name) for name in names)
    return (value for value in values if isinstance(value, str))
