"""Lets a few bring their interpreters back at a time, so that a server that begins anew does not do it for all at once.

First come, first served. Knows neither sessions nor interpreters. Safe from any thread.
"""

from collections import deque
from collections.abc import Callable
from threading import Lock

Call = Callable[[], object]


class Turns:
    """At most `most` have their turn at a time."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._having: set[Call] = set()
        self._waiting: deque[Call] = deque()

    def take(self, call: Call) -> bool:
        """Whether it may be now; if not, `call`, by which the turn is known, is called when it may.

        From the thread of somebody who leaves: it must do nothing there but have it done elsewhere.
        """
        with self._lock:
            free = len(self._having) < self._most
            if free:
                self._having.add(call)
            else:
                self._waiting.append(call)
            return free

    def leave(self, call: Call) -> None:
        """Give the turn back, or the place in line up; nothing for who has neither."""
        following = None
        with self._lock:
            if call in self._waiting:
                self._waiting.remove(call)
            elif call in self._having:
                self._having.remove(call)
                if self._waiting:
                    following = self._waiting.popleft()
                    self._having.add(following)
        if following is not None:
            following()
