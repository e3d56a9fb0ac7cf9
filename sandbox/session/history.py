"""What has happened to an interpreter since it was fresh: all that is needed to bring another one to the same state.

Made from the rows of the journal, one after the other, live as well as read back. Which text was on the disk when an
entry began follows from the order of the rows; what came while it ran stands after the output that preceded it.
Knows no worker and no store.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from sandbox.protocol import (
    Answer,
    Delete,
    Exited,
    Files,
    Finished,
    Interrupt,
    Loaded,
    Output,
    Rebuilt,
    Restart,
    Run,
    Save,
)
from sandbox.store.interface import Row, Stored

KEPT = 128 * 1024
"""Characters of an entry's output that are journalled and compared."""
COST = 400
"""Bytes that an act takes besides its text, about."""
ENDS = ("quit", "stopped")
"""Causes of an end that the learner has asked for: what was in memory is not wanted any more."""

Trace = tuple[str, str, int, str, bool, bytes]
"""A load, to be compared: module, path, number, cause, whether it was well, and the digest of its source."""

Texts = dict[str, tuple[str, int]]
"""Files by path, each with its time of modification in nanoseconds, 0 where any will do."""


@dataclass(frozen=True, slots=True)
class Change:
    """A file was saved or deleted."""

    command: Save | Delete
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Moment:
    """What came while an entry ran: after so many characters of output, and so many seconds after the last of them."""

    seq: int
    act: Change | Answer | Interrupt
    printed: int
    seconds: float


def trace_of(load: Loaded) -> Trace:
    source = blake2b((load.source or "").encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return load.module, load.path, load.load, load.cause, load.ok, source


class Print:
    """An output to be compared: its length and digest, of its first `KEPT` characters."""

    def __init__(self) -> None:
        self.length = 0
        self._digest = blake2b(digest_size=16)

    def add(self, text: str) -> None:
        """One more piece."""
        text = text[: KEPT - self.length]
        self.length += len(text)
        self._digest.update(text.encode("utf-8", "surrogatepass"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Print) and self._mark() == other._mark()

    __hash__ = None  # type: ignore[assignment]  # it changes

    def _mark(self) -> tuple[int, bytes]:
        return self.length, self._digest.digest()


@dataclass(slots=True)
class Entry:
    """An entry that was handed to the interpreter, or an interrupt that dropped an incomplete one."""

    seq: int
    command: Run | Interrupt
    printed_at: float
    moments: list[Moment] = field(default_factory=list)
    printed: Print = field(default_factory=Print)
    loads: list[Trace] = field(default_factory=list)
    wrote: list[Files] = field(default_factory=list)
    finished: Finished | None = None

    @property
    def answers(self) -> list[tuple[int, Answer]]:
        """Each with its number in the journal."""
        return [(moment.seq, moment.act) for moment in self.moments if isinstance(moment.act, Answer)]

    def changes(self) -> list[Change]:
        return [moment.act for moment in self.moments if isinstance(moment.act, Change)]


class History:
    """Grows with each row. `files` are those of now, `start` those of the fresh interpreter."""

    def __init__(self, files: Mapping[str, str] | None = None) -> None:
        self.files: Texts = {path: (text, 0) for path, text in (files or {}).items()}
        self.start: Texts = {}
        self.acts: list[Entry | Change] = []
        self.waiting: dict[int, Run] = {}
        """Entries that wait for their turn, by their number in the journal."""
        self.highest = 0
        """The highest number of a run."""
        self._open: Entry | None = None
        self._begun = False

    @property
    def size(self) -> int:
        """Bytes of memory it takes, about, without the files of now."""
        texts = sum(len(text) for path, (text, _) in self.start.items() if self.files.get(path, ("", 0))[0] is not text)
        return texts + sum(map(_cost, self.acts))

    @property
    def worth(self) -> bool:
        """Whether an interpreter has done anything that another one would have to do again."""
        return any(isinstance(act, Entry) for act in self.acts)

    @property
    def beginning(self) -> Texts:
        """The files that the interpreter began with; those of now, where it is still to begin."""
        return self.start if self._begun else self.files

    @property
    def unfinished(self) -> Entry | None:
        """The entry that runs, or ran when all ended without a word."""
        return self._open

    def to_do(self) -> list[Entry | Change]:
        """What has to be done again, but for the entry that is unfinished; files changed while it ran are changed."""
        return [one for act in self.acts for one in (act.changes() if act is self._open else [act])]

    def cut(self) -> None:
        """What was in memory is not wanted any more."""
        self.acts, self._open, self._begun = [], None, False

    def leave_unfinished(self) -> Entry | None:
        """Take out the entry that has not ended; files that were changed while it ran stay changed."""
        entry, self._open = self._open, None
        if entry is not None and entry in self.acts:
            place = self.acts.index(entry)
            self.acts[place : place + 1] = entry.changes()
        return entry

    def take(self, row: Row) -> None:
        """What has happened next."""
        message = row.message
        match row.role:
            case "input":
                self._take_input(row, message)
            case "begun":
                self._begin(row)
            case "noted":
                self._take_noted(row, message)
            case "fresh":
                self.start, self.acts, self._open, self._begun = dict(self.files), [], None, True
            case "files" if isinstance(message, Files):
                self._take_files(message)
            case "stored" if isinstance(message, Stored):
                self.files = {one.path: (one.text, int(one.mtime_ns)) for one in message.files}

    def _take_input(self, row: Row, command: Any) -> None:
        if isinstance(command, Run):
            self.waiting[row.seq] = command
            self.highest = max(self.highest, command.run)
        elif isinstance(command, Save):
            self.files[command.path] = command.text, row.mtime_ns
            self._add(Change(command, row.mtime_ns), row)
        elif isinstance(command, Delete):
            self.files.pop(command.path, None)
            self._add(Change(command, 0), row)
        elif isinstance(command, Answer):
            self._add(command, row)
        elif isinstance(command, Interrupt):
            self._interrupt(row, command)
        elif isinstance(command, Restart):
            self.cut()

    def _add(self, act: Change | Answer | Interrupt, row: Row) -> None:
        if (entry := self._open) is not None:
            after = max(0.0, row.at - entry.printed_at)
            entry.moments.append(Moment(row.seq, act, entry.printed.length, after))
        elif self._begun and isinstance(act, Change):
            self.acts.append(act)

    def _interrupt(self, row: Row, interrupt: Interrupt) -> None:
        if self._open is not None and self._open.command.run == interrupt.run:
            self._add(interrupt, row)
        elif self._open is None and self._incomplete() == interrupt.run:
            self._start(Entry(row.seq, interrupt, row.at))

    def _incomplete(self) -> int:
        entry = next((act for act in reversed(self.acts) if isinstance(act, Entry)), None)
        return entry.command.run if entry and entry.finished and entry.finished.status == "incomplete" else 0

    def _begin(self, row: Row) -> None:
        """An entry; if the server ended while it ran it begins once more, with the answers that it was given."""
        run, left = self.waiting.pop(row.seq, None), self.leave_unfinished()
        if left is not None and left.seq == row.seq:
            moments = [Moment(seq, answer, 0, 0.0) for seq, answer in left.answers]
            self._start(Entry(row.seq, left.command, row.at, moments))
        elif run is not None:
            self._start(Entry(row.seq, run, row.at))

    def _start(self, entry: Entry) -> None:
        self._open = entry
        if self._begun:
            self.acts.append(entry)

    def _take_noted(self, row: Row, message: Any) -> None:
        if message is None:
            self.waiting.pop(row.seq, None)  # dropped before its turn
        elif isinstance(message, Exited):
            self.leave_unfinished()
            if message.cause in ENDS:
                self.cut()
        elif isinstance(message, Rebuilt):
            if message.problem:
                self.cut()
        elif self._open is not None:
            self._take_event(self._open, row.at, message)

    def _take_event(self, entry: Entry, at: float, event: Any) -> None:
        if isinstance(event, Output) and event.run == entry.command.run:
            entry.printed.add(event.text)
            entry.printed_at = at
        elif isinstance(event, Loaded):
            entry.loads.append(trace_of(event))
        elif isinstance(event, Finished) and event.run == entry.command.run:
            entry.finished = event
            self._open = None

    def _take_files(self, event: Files) -> None:
        for file in event.changed:
            self.files[file.path] = file.text, 0
        for path in event.deleted:
            self.files.pop(path, None)
        if self._open is not None:
            self._open.wrote.append(event)
        elif self._begun:
            self.acts.extend(Change(Save(file.path, file.text), 0) for file in event.changed)
            self.acts.extend(Change(Delete(path), 0) for path in event.deleted)


def _cost(act: Entry | Change) -> int:
    if isinstance(act, Change):
        return COST + len(getattr(act.command, "text", ""))
    source = act.command.source if isinstance(act.command, Run) else ""
    wrote = sum(len(file.text) for files in act.wrote for file in files.changed)
    return 2 * COST + len(source) + COST * len(act.loads) + wrote + sum(_cost(change) for change in act.changes())
