"""Lets a few workers start at a time, in the order of asking, so that a herd does not starve those who already work.

Nor does one who starts again and again: a session has some starts in a row, and then one in a while. Lives in the
dispatcher's thread. Knows nothing of workers but how to begin them, and whom to tell how many are before.
"""

import time
from collections import deque
from collections.abc import Callable
from functools import partial

from sandbox.engine.dispatcher import Dispatcher

TELL = 0.5
"""Seconds that a place in the line is good for: who waits less is told nothing."""
IN_A_ROW = 5
"""Starts that a session has without waiting for its own ones: more than anybody clicks."""
EACH = 1.0
"""Seconds in which it gets one of them back."""


class Starts:
    """At most `most` workers that have begun and are not started yet."""

    def __init__(self, dispatcher: Dispatcher, most: int) -> None:
        self._waiting: deque[tuple[Callable[[], None], Callable[[int], None]]] = deque()
        self._room = most
        self._dispatcher = dispatcher
        self._spent: dict[str, float] = {}
        """When a session, which started lately, will have all its starts back."""
        self._turn = dispatcher.alarm(self._next)
        self._news = dispatcher.alarm(self._tell)

    def add(self, session: str, begin: Callable[[], None], wait: Callable[[int], None]) -> None:
        """Call `begin` when there is room; until then `wait` now and then, with the place in line, from 1.

        Who started often lately comes into the line a little later.
        """
        now = time.monotonic()
        due = self._count(session, now)
        if due > now:
            self._dispatcher.alarm(partial(self._join, begin, wait)).set(due)
        else:
            self._join(begin, wait)

    def _count(self, session: str, now: float) -> float:
        """Take one of the session's starts; when it may be. The generic cell rate algorithm (ITU-T I.371)."""
        self._spent = {one: until for one, until in self._spent.items() if until > now}
        spent = self._spent.get(session, now)
        self._spent[session] = spent + EACH
        return max(now, spent - (IN_A_ROW - 1) * EACH)

    def _join(self, begin: Callable[[], None], wait: Callable[[int], None]) -> None:
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
