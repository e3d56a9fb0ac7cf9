"""One thread that waits for descriptors and for times, and calls back.

Knows nothing of workers. Everything but `call` and `close` belongs to its own thread. A callback must not block, and
must take care of its own failures: one that still raises is logged and costs the others nothing.
"""

import heapq
import logging
import os
import selectors
import time
from collections import deque
from collections.abc import Callable
from itertools import count
from threading import Lock, Thread

log = logging.getLogger(__name__)

READ = selectors.EVENT_READ
WRITE = selectors.EVENT_WRITE


class Watch:
    """A descriptor and what is wanted of it; `callback` gets the events that came (READ, WRITE)."""

    def __init__(self, selector: selectors.BaseSelector, descriptor: int, callback: Callable[[int], None]) -> None:
        self._selector = selector
        self._descriptor = descriptor
        self.callback = callback
        self.wanted = 0

    def want(self, events: int) -> None:
        """Wait for these events from now on; 0 for none, needed before the descriptor is closed."""
        if events == self.wanted:
            return
        if not self.wanted:
            self._selector.register(self._descriptor, events, self)
        elif events:
            self._selector.modify(self._descriptor, events, self)
        else:
            self._selector.unregister(self._descriptor)
        self.wanted = events


class Alarm:
    """A callback at a time of `time.monotonic()`; setting it again moves it."""

    def __init__(self, heap: "list[tuple[float, int, Alarm]]", number: "count[int]", callback: Callable[[], None]):
        self._heap = heap
        self._number = number
        self._queued: float | None = None
        self.callback = callback
        self.due: float | None = None

    def set(self, due: float | None) -> None:
        """Ring at `due`, None for never."""
        self.due = due
        if due is not None and (self._queued is None or due < self._queued):
            self._queued = due
            heapq.heappush(self._heap, (due, next(self._number), self))

    def rings(self, queued: float, now: float) -> bool:
        """Whether it rings now that its place in the heap, `queued`, has come up; else it finds its later place."""
        if queued != self._queued:
            return False
        self._queued = None
        if self.due is None or self.due > now:
            self.set(self.due)
            return False
        self.due = None
        return True


class Dispatcher:
    """The thread. Fair by its rounds: each callback of a round comes once before any comes again."""

    def __init__(self, name: str) -> None:
        self._selector = selectors.DefaultSelector()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._selector.register(self._wake, READ, None)
        self._calls: deque[Callable[[], None]] = deque()
        self._heap: list[tuple[float, int, Alarm]] = []
        self._number = count()
        self._closing = False  # the thread's own
        self._lock = Lock()
        self._closed = False  # the lock's: nobody may write to a descriptor number that was given back
        self._thread = Thread(target=self._loop, name=name, daemon=True)
        self._thread.start()

    def call(self, callback: Callable[[], None]) -> None:
        """Call back from the dispatcher's thread, soon and in order; after `close`, never. From any thread."""
        with self._lock:
            if not self._closed:
                self._calls.append(callback)
                os.eventfd_write(self._wake, 1)

    def watch(self, descriptor: int, callback: Callable[[int], None]) -> Watch:
        """A new watch, which waits for nothing yet."""
        return Watch(self._selector, descriptor, callback)

    def alarm(self, callback: Callable[[], None]) -> Alarm:
        """A new alarm, not set yet."""
        return Alarm(self._heap, self._number, callback)

    def close(self) -> None:
        """End the thread after the round it is in. From any other thread, once."""
        self.call(self._stop)
        self._thread.join()
        with self._lock:
            self._closed = True
            self._selector.close()
            os.close(self._wake)

    def _stop(self) -> None:
        self._closing = True

    def _loop(self) -> None:
        while not self._closing:
            for key, events in self._selector.select(self._patience()):
                if key.data is None:
                    os.eventfd_read(self._wake)
                elif key.data.wanted & events:  # an earlier callback of this round may have stopped the watch
                    _guard(key.data.callback, events & key.data.wanted)
            self._ring()
            for _ in range(len(self._calls)):
                _guard(self._calls.popleft())

    def _patience(self) -> float | None:
        if self._calls:
            return 0
        return max(0, self._heap[0][0] - time.monotonic()) if self._heap else None

    def _ring(self) -> None:
        now = time.monotonic()
        while self._heap and self._heap[0][0] <= now:
            queued, _, alarm = heapq.heappop(self._heap)
            if alarm.rings(queued, now):
                _guard(alarm.callback)


def _guard(callback: Callable[..., None], *arguments: int) -> None:
    try:
        callback(*arguments)
    except Exception:
        log.exception("a callback of the dispatcher failed")
