"""The journal: the ordered inputs of a session, each taken once.

A session knows only `Journal`; a database may stand behind it. `MemoryJournal` is the one that keeps nothing on disk.
Knows no worker, no socket, and not what an input does.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any, Protocol, cast

from sandbox.protocol import Answer, Delete, Interrupt, Message, Open, Predict, Restart, Run, Save

Input = Save | Delete | Run | Answer | Interrupt | Restart | Open | Predict
"""The commands that are journalled; each may carry the client's own `id`."""

MEMORY_LIMIT = 2 * 1024 * 1024
IDS_LIMIT = 4096
ENTRY_COST = 200
"""Bytes an entry takes besides its text."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An input as it was taken: `seq` counts from 1 without gaps, `at` is Unix time in seconds."""

    seq: int
    at: float
    command: Input


class Journal(Protocol):
    """What a session needs of its journal. Called under the session's lock, one call at a time; must not block."""

    def append(self, command: Input, at: float) -> int:
        """Take an input and return its number; one whose `id` was taken before is not taken again: its number then."""

    def find(self, id: str) -> int:
        """The number of the input taken with this id, 0 for none."""

    def read(self, after: int = 0) -> Iterator[Entry]:
        """The entries that are kept with a number greater than `after`, in order."""

    def when_safe(self, seq: int, tell: Callable[[], None]) -> None:
        """Call `tell`, now or later and from any thread, once entry `seq` is as durable as this journal makes it."""

    @property
    def size(self) -> int:
        """Bytes of memory it takes, about."""


class MemoryJournal:
    """A journal that lives as long as the process: everything is safe at once, and the oldest entries are forgotten.

    Keeps the newest `MEMORY_LIMIT` bytes of entries and the newest `IDS_LIMIT` ids, so that a session cannot grow
    without end; a resend older than that would be taken again.
    """

    def __init__(self, limit: int = MEMORY_LIMIT) -> None:
        self._limit = limit
        self._entries: deque[Entry] = deque()
        self._ids: dict[str, int] = {}
        self._seq = 0
        self._size = 0

    def append(self, command: Input, at: float) -> int:
        if earlier := self.find(command.id):
            return earlier
        self._seq += 1
        self._entries.append(Entry(self._seq, at, command))
        self._size += _cost(command)
        self._remember(command.id)
        while self._size > self._limit and len(self._entries) > 1:
            self._size -= _cost(self._entries.popleft().command)
        return self._seq

    def _remember(self, id: str) -> None:
        if not id:
            return
        self._ids[id] = self._seq
        if len(self._ids) > IDS_LIMIT:
            del self._ids[next(iter(self._ids))]

    def find(self, id: str) -> int:
        return self._ids.get(id, 0)

    def read(self, after: int = 0) -> Iterator[Entry]:
        return (entry for entry in tuple(self._entries) if entry.seq > after)

    def when_safe(self, seq: int, tell: Callable[[], None]) -> None:
        tell()

    @property
    def size(self) -> int:
        return self._size


def _cost(command: Input) -> int:
    return ENTRY_COST + sum(map(len, texts_of(command)))


def texts_of(message: Message) -> Iterator[str]:
    """The texts that a message holds directly, which is where its size is."""
    values = (getattr(message, field.name) for field in fields(cast(Any, message)))
    return (value for value in values if isinstance(value, str))
