"""Lines for a worker's stdin, written as the worker reads them, never blocking.

Knows nothing of entries: who calls says when an answer is wanted. The line is shared with the worker, which feeds its
interpreter by it and may set it blocking at any time: every write says MSG_DONTWAIT.
"""

import socket
from collections.abc import Callable

LIMIT = 1024 * 1024
"""Bytes that wait for the worker to read; what goes beyond is not taken."""


class Answers:
    """`renew` makes a fresh line after an end of file, hands its other end to the worker, and gives ours."""

    def __init__(self, line: socket.socket, renew: Callable[[], socket.socket]) -> None:
        self.line = line
        self._renew = renew
        self._waiting = bytearray()

    @property
    def unsent(self) -> bool:
        """Whether something waits until the line can be written to."""
        return bool(self._waiting)

    def add(self, text: str) -> None:
        """One more line."""
        if len(self._waiting) < LIMIT:
            self._waiting += text.encode("utf-8", "replace") + b"\n"
            self.flush()

    def end(self) -> None:
        """End of file after what was added; what comes later goes into a fresh line."""
        self.flush()
        self._waiting.clear()
        _shut(self.line)
        self.line.close()
        self.line = self._renew()

    def flush(self) -> None:
        """Write what the line takes now."""
        try:
            while self._waiting:
                sent = self.line.send(self._waiting, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
                del self._waiting[:sent]
        except BlockingIOError:
            return
        except OSError:  # the worker closed its end
            self._waiting.clear()

    def drop(self) -> None:
        """Forget what was not written: the entry that asked has ended."""
        self._waiting.clear()


def _shut(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_WR)
    except OSError:
        return
