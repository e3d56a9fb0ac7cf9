"""Lets a few workers start at a time, in the order of asking, so that a herd does not starve those who already work.

Lives in the dispatcher's thread. Knows nothing of workers but how to begin them.
"""

import time
from collections import deque
from collections.abc import Callable

from sandbox.engine.dispatcher import Dispatcher


class Starts:
    """At most `most` workers that have begun and are not started yet."""

    def __init__(self, dispatcher: Dispatcher, most: int) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._room = most
        self._turn = dispatcher.alarm(self._next)

    def add(self, begin: Callable[[], None]) -> None:
        """Call `begin` when there is room."""
        self._waiting.append(begin)
        self._turn.set(time.monotonic())

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
        self._waiting.popleft()()
