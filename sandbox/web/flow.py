"""The parts of a socket's flow: what comes in, what goes out, how fast, and the bell that wakes its thread.

Each knows only its own job; `transport` puts them together.
"""

import os
import select
import socket
import threading
import time
from dataclasses import dataclass

from wsproto.events import BytesMessage, TextMessage

from sandbox.codec import BROWSER_LIMIT


@dataclass(frozen=True, slots=True)
class Unfit:
    """A message that was thrown away as it came in; `code` is malformed or too-large."""

    code: str
    reason: str


class Reader:
    """Puts the pieces of a message together; of one that is unfit nothing is kept."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._unfit: Unfit | None = None

    def feed(self, event: TextMessage | BytesMessage) -> str | Unfit | None:
        """The message that this piece completes, None as long as there is more to come."""
        if isinstance(event, BytesMessage):
            self._drop(Unfit("malformed", "Messages are text, not binary."))
        elif self._unfit is None:
            self._text += event.data.encode()
            if len(self._text) > BROWSER_LIMIT:
                self._drop(Unfit("too-large", f"A message has at most {BROWSER_LIMIT:,} bytes."))
        return self._finish() if event.message_finished else None

    def _drop(self, unfit: Unfit) -> None:
        self._unfit = unfit
        self._text = bytearray()

    def _finish(self) -> str | Unfit:
        text, self._text = self._text, bytearray()
        unfit, self._unfit = self._unfit, None
        return unfit or text.decode()


class Sending:
    """Bytes on their way out, in whole frames; a socket that takes only some of them is asked again."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._bytes = bytearray()
        self._sent = 0
        self.progress_at = 0.0

    def __bool__(self) -> bool:
        return bool(self._bytes)

    @property
    def size(self) -> int:
        return len(self._bytes) - self._sent

    def add(self, frame: bytes) -> None:
        if not self._bytes:
            self.progress_at = time.monotonic()
        self._bytes += frame

    def is_stuck(self, since: float) -> bool:
        """Whether not one byte was taken since that time."""
        return bool(self._bytes) and self.progress_at <= since

    def flush(self) -> bool:
        """Send what the socket takes now. Whether everything is out."""
        while self._bytes:
            try:
                with memoryview(self._bytes) as view:
                    self._sent += self._socket.send(view[self._sent :])
            except BlockingIOError:
                return False
            self.progress_at = time.monotonic()
            if self._sent == len(self._bytes):
                self._bytes, self._sent = bytearray(), 0
        return True


class Budget:
    """How many frames may be handled: refilled evenly, up to a second's worth."""

    pause = 0.02
    """Seconds to wait once it is spent."""

    def __init__(self, rate: float) -> None:
        self._rate = self._left = rate
        self._at = time.monotonic()

    def take(self) -> bool:
        if self.is_spent():
            return False
        self._left -= 1
        return True

    def is_spent(self) -> bool:
        if self._left < 1:
            now = time.monotonic()
            self._left = min(self._rate, self._left + (now - self._at) * self._rate)
            self._at = now
        return self._left < 1


class Doorbell:
    """Wakes the thread that waits for its socket, from any other thread."""

    def __init__(self) -> None:
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._poll = select.poll()
        self._poll.register(self._bell, select.POLLIN)
        self._lock = threading.Lock()
        self._rung = False
        self._closed = False
        self._waiter = 0

    def ring(self) -> None:
        """Once is enough until it is heard. The lock keeps it out of whatever gets the descriptor after `close`.

        The thread that waits looks at everything before it waits again: it need not ring for itself.
        """
        if threading.get_ident() == self._waiter:
            return
        with self._lock:
            if not self._rung and not self._closed:
                self._rung = True
                os.eventfd_write(self._bell, 1)

    def wait(self, sock: socket.socket, interest: int, seconds: float) -> int:
        """What of `interest` (and of errors) happened to `sock`; 0 when the bell rang or time is up."""
        self._waiter = threading.get_ident()
        self._poll.register(sock, interest)
        happened = dict(self._poll.poll(max(0.0, seconds) * 1000))
        if happened.pop(self._bell, 0):
            self._hear()
        return happened.get(sock.fileno(), 0)

    def _hear(self) -> None:
        with self._lock:
            os.eventfd_read(self._bell)
            self._rung = False

    def close(self) -> None:
        with self._lock:
            if not self._closed:
                self._closed = True
                os.close(self._bell)
