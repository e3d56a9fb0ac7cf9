"""The transcript as a reader wants it: entries, each with all that it printed, and what happened between them.

Pure. What came from the learner's process is text and nothing else: control characters are shown, not passed on.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sandbox.protocol import (
    Answer,
    Deleted,
    Exited,
    Finished,
    Limited,
    Loaded,
    Noted,
    Open,
    Output,
    Ready,
    Rebuilt,
    Run,
    Saved,
)

COLOURS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
"""Control sequences of a terminal: ECMA-48, 5.4."""
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
RUNS_STILL = ""
"""The status of an entry that has not ended."""


@dataclass(slots=True)
class Entry:
    """What was typed and what came of it; `goes_on` with the incomplete entry before. status: see `Finished`."""

    run: int
    at: float
    typed: str
    goes_on: bool
    printed: str = ""
    loads: list[Loaded] = field(default_factory=list)
    status: str = RUNS_STILL


@dataclass(frozen=True, slots=True)
class Happening:
    """Something between entries: a file or a module by its name, or "", what is said of it, what was printed."""

    at: float
    name: str
    says: str
    printed: str = ""


Passage = Entry | Happening


def read_passages(transcript: Iterable[Noted]) -> list[Passage]:
    """In the order in which a reader goes through them: what happened during an entry comes after it."""
    reader = _Reader()
    for noted in transcript:
        reader.take(noted.at, noted.message)
    return reader.passages


def plain(text: str) -> str:
    """Text for a file: without colours, other control characters shown as Python writes them."""
    text = COLOURS.sub("", text.replace("\r\n", "\n"))
    return CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


class _Reader:
    def __init__(self) -> None:
        self.passages: list[Passage] = []
        self._open: Entry | None = None
        self._incomplete: str | None = None
        """The whole source of the entry that wants another line."""
        self._source = ""

    def take(self, at: float, message: Any) -> None:
        match message:
            case Run():
                self._begin(at, message)
            case Output():
                self._print(at, message.run, message.text)
            case Answer():
                self._print(at, message.run, f"{'^D' if message.text is None else message.text}\n")
            case Loaded():
                self._load(at, message)
            case Finished():
                self._finish(message)
            case _:
                self._leave_incomplete(message)
                self.passages.extend(_happenings(at, message))

    def _begin(self, at: float, run: Run) -> None:
        before = self._incomplete
        goes_on = before is not None and run.source.startswith(f"{before}\n")
        typed = run.source[len(before) + 1 :] if before is not None and goes_on else run.source
        self._open, self._source, self._incomplete = Entry(run.run, at, plain(typed), goes_on), run.source, None
        self.passages.insert(self._end_of_last() if goes_on else len(self.passages), self._open)

    def _end_of_last(self) -> int:
        """Where what goes on with the last entry belongs."""
        places = (place for place, one in enumerate(self.passages, 1) if isinstance(one, Entry))
        return max(places, default=0)

    def _print(self, at: float, run: int, text: str) -> None:
        if self._open is not None and self._open.run == run:
            self._open.printed += plain(text)
        else:
            self.passages.append(Happening(at, "", "", plain(text)))

    def _load(self, at: float, load: Loaded) -> None:
        if self._open is not None and self._open.run == load.run:
            self._open.loads.append(load)
        else:
            self.passages.append(Happening(at, plain(load.module), describe(load)))

    def _finish(self, finished: Finished) -> None:
        if self._open is not None and self._open.run == finished.run:
            self._open.status = finished.status
            self._incomplete = self._source if finished.status == "incomplete" else None
            self._open = None

    def _leave_incomplete(self, message: Any) -> None:
        """Another interpreter knows nothing of what was not finished."""
        if isinstance(message, Exited):
            self._open = self._incomplete = None


def describe(load: Loaded) -> str:
    """A load in words that follow its module's name."""
    ended = "" if load.ok else ", ended by an error"
    return f"load {load.load}, by {load.cause}, from {plain(load.path)}{ended}".replace("\n", " ")


def _happenings(at: float, message: Any) -> Iterable[Happening]:
    match message:
        case Saved():
            yield Happening(at, message.path, "saved")
        case Deleted():
            yield Happening(at, message.path, "deleted")
        case Open() if message.lesson:
            yield Happening(at, message.lesson, f"opened at {message.step or 'its first step'}")
        case Open():
            yield Happening(at, "", "The lessons were left")
        case Ready():
            yield Happening(at, "", f"Python {plain(message.python)} started, memory is empty")
        case Exited() | Limited():
            yield Happening(at, "", message.message)
        case Rebuilt():
            yield from _rebuilt(at, message)


def _rebuilt(at: float, rebuilt: Rebuilt) -> Iterable[Happening]:
    count = "its entry was" if rebuilt.entries == 1 else f"its {rebuilt.entries} entries were"
    yield Happening(at, "", rebuilt.problem or f"Python is back as it was: {count} run again, out of sight")
    for one in rebuilt.different:
        yield Happening(at, "", f"Entry {one.run} came out differently this time", plain(one.text))
