"""The waiting line of a full server: who stands where, and whose turn it is. First come, first served.

Knows no session and no socket: a `Waiter` is all it sees of one. Called under the registry's lock.
"""

from typing import Protocol


class Waiter(Protocol):
    """Somebody in the line. Never blocks; calls nothing back."""

    def wait(self, position: int) -> None:
        """There is no place yet; `position` is 1 for who comes next."""

    def come(self) -> None:
        """A place is kept for her: she is to claim it, in her own time."""


class Line:
    """At most `room` wait at a time; those who were called stand in it no more, and keep a place until they come."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._waiting: list[Waiter] = []
        self.called: set[Waiter | None] = set()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """Whether nobody else may wait."""
        return len(self._waiting) >= self._room

    def join(self, waiter: Waiter) -> None:
        """Stand at its end, and be told where that is."""
        self._waiting.append(waiter)
        waiter.wait(len(self._waiting))

    def call(self) -> None:
        """The first one's turn; the others move on."""
        waiter = self._waiting.pop(0)
        self.called.add(waiter)
        waiter.come()
        self._tell(0)

    def leave(self, waiter: Waiter | None) -> None:
        """She came, or went away; nothing for who is not in it."""
        self.called.discard(waiter)
        if waiter is not None and waiter in self._waiting:
            place = self._waiting.index(waiter)
            self._waiting.remove(waiter)
            self._tell(place)

    def _tell(self, first: int) -> None:
        for place, waiter in enumerate(self._waiting[first:], first + 1):
            waiter.wait(place)
