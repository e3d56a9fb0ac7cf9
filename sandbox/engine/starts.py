"""Lets a few workers start at a time, in the order of asking, so that a herd does not starve those who already work.

Lives in the dispatcher's thread. Knows nothing of workers but how to begin them, and whom to tell how many are before.
"""

import time
from collections import deque
from collections.abc import Callable

from sandbox.engine.dispatcher import Dispatcher

TELL = 0.5
"""Seconds that a place in the line is good for: who waits less is told nothing."""


class Starts:
    """At most `most` workers that have begun and are not started yet."""

    def __init__(self, dispatcher: Dispatcher, most: int) -> None:
        self._waiting: deque[tuple[Callable[[], None], Callable[[int], None]]] = deque()
        self._room = most
        self._turn = dispatcher.alarm(self._next)
        self._news = dispatcher.alarm(self._tell)

    def add(self, begin: Callable[[], None], wait: Callable[[int], None]) -> None:
        """Call `begin` when there is room; until then `wait` now and then, with the place in line, from 1."""
        self._waiting.append((begin, wait))
        self._turn.set(time.monotonic())
        if self._news.due is None:
            self._news.set(time.monotonic() + TELL)

    def done(self) -> None:
        """One that has begun needs no more time."""
        self._room += 1
        self._turn.set(time.monotonic())

    def _next(self) -> None:
        """One in each round of the dispatcher: to start a process takes milliseconds."""
        if not self._waiting or not self._room:
            return
        self._room -= 1
        self._turn.set(time.monotonic())
        begin, _ = self._waiting.popleft()
        begin()

    def _tell(self) -> None:
        for place, (_, wait) in enumerate(self._waiting, 1):
            wait(place)
        if self._waiting:
            self._news.set(time.monotonic() + TELL)
