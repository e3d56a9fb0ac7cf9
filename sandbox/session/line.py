"""The waiting line of a full server: who stands where, and whose turn it is. First come, first served.

Knows no session and no socket: a `Waiter` is all it sees of one. Called under the registry's lock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

PATIENCE = 30.0
"""Seconds for which a place is kept for who lost her connection."""


class Waiter(Protocol):
    """Somebody in the line. Never blocks; calls nothing back."""

    def wait(self, position: int, ticket: str) -> None:
        """There is no place yet; `position` is 1 for who comes next. Who comes again with `ticket` has it still."""

    def come(self) -> None:
        """A place is kept for her: she is to claim it, in her own time."""


@dataclass(slots=True)
class _Place:
    """One in the line: whose it is, and until when it is kept for her while she is away."""

    ticket: str
    waiter: Waiter | None = None
    until: float = float("inf")


class Line:
    """At most `room` wait at a time; those who were called stand in it no more, and keep a place until they come.

    Who is away is passed by, and her place goes first where there is no room for all.
    """

    def __init__(self, room: int, clock: Callable[[], float]) -> None:
        self._room, self._clock = room, clock
        self._places: list[_Place] = []
        self._called: dict[Waiter | None, str] = {}

    def __len__(self) -> int:
        return sum(place.waiter is not None for place in self._places)

    @property
    def called(self) -> int:
        """How many were called, and have not come yet."""
        return len(self._called)

    @property
    def full(self) -> bool:
        """Whether nobody else may wait."""
        return len(self) >= self._room

    def knows(self, ticket: str) -> bool:
        """Whether a place is kept with this ticket."""
        return any(place.ticket == ticket for place in self._places)

    def has_called(self, waiter: Waiter | None) -> bool:
        return waiter in self._called

    def join(self, ticket: str, waiter: Waiter) -> None:
        """Stand where that ticket's place is kept, else at the end, and be told where that is."""
        self.forget_absent()
        place = next((place for place in self._places if place.ticket == ticket), None)
        if place is None:
            if len(self._places) >= self._room:
                self._give_up(min(self._places, key=lambda one: one.until))
            self._places.append(place := _Place(ticket))
        place.waiter, place.until = waiter, float("inf")
        waiter.wait(self._places.index(place) + 1, ticket)

    def call(self) -> None:
        """The turn of the first who is here; the others move on."""
        place = next(place for place in self._places if place.waiter is not None)
        self._called[place.waiter] = place.ticket
        self._give_up(place)
        if place.waiter is not None:
            place.waiter.come()

    def enter(self, waiter: Waiter | None) -> None:
        """She came; nothing for who was not called."""
        self._called.pop(waiter, None)

    def leave(self, waiter: Waiter) -> None:
        """She went away, perhaps for a moment; nothing for who is not in it."""
        until = self._clock() + PATIENCE
        if (ticket := self._called.pop(waiter, None)) is not None:
            self._places.insert(0, _Place(ticket, None, until))
        for place in self._places:
            if place.waiter is waiter:
                place.waiter, place.until = None, until

    def forget_absent(self) -> None:
        """Those who have been away for too long lose their places."""
        now = self._clock()
        for place in [place for place in self._places if place.until < now]:
            self._give_up(place)

    def _give_up(self, place: _Place) -> None:
        number = self._places.index(place)
        del self._places[number]
        for position, behind in enumerate(self._places[number:], number + 1):
            if behind.waiter is not None:
                behind.waiter.wait(position, behind.ticket)
