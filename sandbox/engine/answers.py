"""Lines for a worker's stdin, written as the worker reads them, never blocking.

Knows nothing of entries: who calls says when an answer is wanted and when a fresh line goes out to the worker.
"""

import fcntl
import socket
import struct
import termios

LIMIT = 1024 * 1024
"""Bytes that wait for the worker to read; what goes beyond is not taken."""


class Answers:
    """Over `line`, the engine's end of the worker's stdin, non-blocking. A line that was ended takes no more."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self._waiting = bytearray()
        self._ending = self.ended = False

    @property
    def unsent(self) -> bool:
        """Whether something waits until the line can be written to."""
        return not self.ended and (bool(self._waiting) or self._ending)

    @property
    def used_up(self) -> bool:
        """Whether the next entry needs a fresh line: this one has ended, or holds what nobody has read."""
        return self.ended or self.unsent or self._unread() > 0

    def add(self, text: str) -> None:
        """One more line of text."""
        if not self._ending and len(self._waiting) < LIMIT:
            self._waiting += text.encode("utf-8", "replace") + b"\n"
            self.flush()

    def end(self) -> None:
        """End of file after what was added."""
        self._ending = True
        self.flush()

    def flush(self) -> None:
        """Write what the line takes now."""
        try:
            while self._waiting:
                del self._waiting[: self.line.send(self._waiting)]
            if self._ending and not self.ended:
                self.ended = True
                self.line.shutdown(socket.SHUT_WR)
        except BlockingIOError:
            return
        except OSError:  # the worker closed its end
            self._ending = self.ended = True

    def close(self) -> None:
        """Give the line back."""
        self.line.close()

    def _unread(self) -> int:
        (size,) = struct.unpack("i", fcntl.ioctl(self.line, termios.TIOCOUTQ, b"\0\0\0\0"))
        return int(size)
