"""What a session needs of the place where it is kept, and the rows that are kept there.

A session knows only `Store` and `Journal`; what stands behind them is its own business. Knows no session.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from sandbox.protocol import Message


class StoreError(Exception):
    """Nothing can be kept or read. Its text says why, and to the operator what to do about it."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it was on the disk; `mtime_ns` is a number as text: it is too long for an integer of the codec."""

    path: str
    text: str
    mtime_ns: str


@dataclass(frozen=True, slots=True)
class Stored(Message):
    """All files of a workspace at one moment."""

    kind: ClassVar[str] = "stored"
    files: tuple[StoredFile, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a session's journal, in the order in which things happened; `place` rises.

    role: input (a command as it was taken, with its number `seq`, and the time of a saved file), begun (input `seq` was
    handed to the interpreter), noted (a line of the transcript; without a message it is that of input `seq`), fresh (an
    interpreter without a past waits), files (learner code changed files), stored (all files). `at` is Unix time.
    """

    place: int
    role: str
    seq: int
    at: float
    message: Message | None = None
    mtime_ns: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How a learner stands in a step, as JSON text that lessons can read, and what she has predicted.

    `passed`: now, or at any time before.
    """

    lesson: str
    step: str
    passed: bool
    progress: str
    choice: str


@dataclass(frozen=True, slots=True)
class Past:
    """What is kept of a session.

    `rows` are the newest, back to where all files are known that the last fresh interpreter began with; `inputs` maps
    the ids of the newest inputs to their numbers; `newest` is the highest number of an input, `place` that of a row;
    `size` is the characters of all rows that are kept;
    `whereabouts` is the learner's place in the lessons, as JSON text.
    """

    rows: tuple[Row, ...] = ()
    inputs: Mapping[str, int] = field(default_factory=dict)
    newest: int = 0
    place: int = 0
    size: int = 0
    whereabouts: str = ""
    standings: tuple[Standing, ...] = ()


class Journal(Protocol):
    """Where one session writes what happens. Called under the session's lock; only `flush` blocks."""

    @property
    def problem(self) -> str:
        """Why nothing can be kept now, as a sentence for the learner; "" when it can."""

    @property
    def lost(self) -> bool:
        """Whether another server has taken the session: what is written here is not kept any more."""

    def write(self, row: Row) -> None:
        """Keep a row, soon."""

    def when_safe(self, tell: Callable[[], None]) -> None:
        """Call `tell`, from any thread, once all that was written before is durable; never if that fails for good."""

    def keep_whereabouts(self, text: str) -> None:
        """Keep the learner's place in the lessons, in the place of the one before."""

    def keep_standing(self, standing: Standing) -> None:
        """Keep how a step stands, in the place of what was kept of it before."""

    def erase(self) -> None:
        """Keep nothing of the session any more."""

    def flush(self) -> None:
        """Wait until everything is durable, or cannot be."""


@dataclass(frozen=True, slots=True)
class Found:
    """A session that was kept."""

    name: str
    past: Past
    journal: Journal


class Store(Protocol):
    """All sessions that are kept. Safe from any thread. `key` is the hash of a session's token."""

    def begin(self, name: str, key: bytes, at: float) -> Journal:
        """Keep a new session. Raises StoreError."""

    def find(self, key: bytes) -> Found | None:
        """The session with this key, whose journal is ours from now on and no other server's. Raises StoreError."""

    def erase_old(self, before: float) -> int:
        """Erase the sessions in which nothing has happened since; how many. Raises StoreError."""

    def close(self) -> None:
        """Write what is waiting, and give everything back."""
