"""What waits to be sent to one browser: bounded, with the outputs of a run merged.

Filled from any thread, emptied by the socket's own; knows neither of the two, and no session.
"""

import threading
from collections import deque
from collections.abc import Callable

from sandbox.canonical import encode
from sandbox.protocol import Erased, Message, Output, Refused

HIGH_MARK = 256 * 1024
"""From so many waiting characters on the reader counts as behind."""
LOW_MARK = 64 * 1024
"""Down to so many it has caught up."""
DEAF_MARK = 2 * 1024 * 1024
"""From so many on its commands are not read either: their answers would only add to the heap."""
LIMIT = 48 * 1024 * 1024
"""More than any honest worker can cause; beyond, the socket is given up, and a reconnect begins with a welcome."""
MERGE_LIMIT = 64 * 1024
"""An output message grows to about this many characters."""


class Outbox:
    """Messages in order. Nothing here blocks."""

    def __init__(self, wake: Callable[[], None], relieved: Callable[[], None] = lambda: None) -> None:
        """`wake` is called after something was added, `relieved` from `take` when the reader has caught up."""
        self._wake, self._relieved = wake, relieved
        self._lock = threading.Lock()
        self._waiting: deque[str | _Merging | Callable[[], Message]] = deque()
        self._size = 0
        self._full = False
        self._ended = False
        self._held = self._news = False
        self.burst = False
        """It held more than `LIMIT`: what is in it is no longer the whole truth."""

    @property
    def full(self) -> bool:
        """Whether the reader is behind."""
        return self._full

    @property
    def deaf(self) -> bool:
        """Whether nothing more should be asked of the session for this reader."""
        return self._size > DEAF_MARK

    @property
    def ended(self) -> bool:
        """Whether the last word was said, and everything is taken."""
        return self._ended and not self._waiting

    def push(self, message: Message) -> None:
        """Add a message. After the last word, a fatal `refused` or `erased`, nothing is added."""
        with self._lock:
            if self._ended or self.burst:
                return
            self._add(message)
            self._ended = _is_last(message)
            self._full = self._full or self._size >= HIGH_MARK
            if self._size > LIMIT:
                self._waiting.clear()
                self.burst = True
            self._news = self._held
        if not self._held:
            self._wake()

    def hold(self, held: bool) -> None:
        """See Subscriber."""
        with self._lock:
            self._held = held
            news, self._news = self._news and not held, self._news and held
        if news:
            self._wake()

    def push_made(self, make: Callable[[], Message]) -> None:
        """Add a message that is made as it is taken, in the socket's own thread; what that pushes comes after it."""
        with self._lock:
            self._waiting.append(make)
        self._wake()

    def _add(self, message: Message) -> None:
        if not isinstance(message, Output):
            text = encode(message)
            self._waiting.append(text)
            self._size += len(text)
            return
        last = self._waiting[-1] if self._waiting else None
        if not (isinstance(last, _Merging) and last.run == message.run and last.size < MERGE_LIMIT):
            last = _Merging(message.run)
            self._waiting.append(last)
        last.add(message.text)
        self._size += len(message.text)

    def take(self) -> str:
        """The next message as text, "" when there is none."""
        with self._lock:
            if not self._waiting:
                return ""
            first = self._waiting.popleft()
            self._size -= len(first) if isinstance(first, str) else first.size if isinstance(first, _Merging) else 0
            relieved = self._full and self._size <= LOW_MARK
            self._full = self._full and not relieved
        if relieved:
            self._relieved()
        return first if isinstance(first, str) else self._made(first)

    def _made(self, first: "_Merging | Callable[[], Message]") -> str:
        if isinstance(first, _Merging):
            return encode(Output(first.run, first.text()))
        message = first()
        self._ended = self._ended or _is_last(message)
        return encode(message)


def _is_last(message: Message) -> bool:
    return isinstance(message, Erased) or (isinstance(message, Refused) and message.fatal)


class _Merging:
    """An output message that still grows."""

    def __init__(self, run: int) -> None:
        self.run = run
        self.size = 0
        self._pieces: list[str] = []

    def add(self, text: str) -> None:
        self.size += len(text)
        self._pieces.append(text)

    def text(self) -> str:
        return "".join(self._pieces)
