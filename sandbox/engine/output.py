"""The read end of a worker's stdout and stderr: bytes in, text out, and how much of it an entry may print.

Never blocks. Knows no worker and no frames.
"""

import codecs
import fcntl
import os
import struct
import termios
import time
from contextlib import suppress

PIECE = 64 * 1024
"""Most bytes read at a time."""
ROOM = 256 * 1024
"""Bytes that the pipe of a worker that prints much is made to hold."""
BURST = 1024 * 1024
"""What threads may print between two entries at full speed."""
TRICKLE = 64 * 1024
"""Bytes a second that they may print from then on; they wait at their pipe, nothing is lost."""
BREATH = 0.004
"""Seconds to wait before a read, so that a program that prints line by line gives few pieces instead of thousands."""
LINE = 0.001
"""Seconds to wait for the rest of a line."""
LULL = 0.01
"""After so many seconds without a read the next one is made at once: what comes first is what somebody waits for."""

NEVER = float("-inf")
"""When that was read which was not: longer ago than any clock has run."""


class Output:
    """Reads and decodes, and counts what the entry, or the pause between entries, has printed."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._spent = self._latest = 0
        self._read_at = NEVER
        self._kept = b""
        self._roomy = False

    def waiting(self) -> int:
        """Bytes that were written and not given out by `read` yet."""
        (size,) = struct.unpack("i", fcntl.ioctl(self._descriptor, termios.FIONREAD, b"\0\0\0\0"))
        return len(self._kept) + int(size)

    def read(self, most: int = PIECE) -> bytes | None:
        """What is there, up to `most` bytes; b"" at the end of file, None for nothing now."""
        kept, self._kept = self._kept, b""
        try:
            data = kept + os.read(self._descriptor, max(0, min(most, PIECE) - len(kept)))
        except BlockingIOError:
            if not kept:
                return None
            data = kept
        self._spent += len(data)
        self._latest = len(data)
        self._read_at = time.monotonic()
        if self._latest >= PIECE // 2 and not self._roomy:
            self._make_room()
        return data

    def _make_room(self) -> None:
        """Spare the worker waits. A user's pipes have a limit in all (pipe(7)): then it stays as it was."""
        self._roomy = True
        with suppress(OSError):
            fcntl.fcntl(self._descriptor, fcntl.F_SETPIPE_SZ, ROOM)

    def read_lines(self) -> bytes | None:
        """As `read`, but a piece that does not end a line is kept for the next read: `print` writes a line in two."""
        data = self.read()
        if not data or data.endswith(b"\n") or len(data) >= PIECE // 2:
            return data
        self._spent -= len(data)
        self._kept = data
        return None

    @property
    def holds(self) -> float:
        """Seconds after which what was kept is to be read; 0 when nothing was."""
        return LINE if self._kept else 0

    def within(self, data: bytes, limit: int) -> bytes:
        """The part of the piece just read that is still below the entry's limit."""
        excess = self._spent - limit
        return data if excess <= 0 else data[: max(0, len(data) - excess)]

    def over(self, limit: int) -> bool:
        """Whether more than `limit` bytes were printed since `restart`."""
        return self._spent > limit

    def restart(self) -> None:
        """Count from 0: an entry begins or ends. What it prints first is read at once, however soon it comes."""
        self._spent = 0
        self._read_at = NEVER

    def text(self, data: bytes) -> str:
        """Decode; a character cut in two waits for its rest."""
        return self._decoder.decode(data)

    def flush(self) -> str:
        """What waits for a rest that will not come."""
        return self._decoder.decode(b"", final=True)

    def pause(self, between: bool) -> float:
        """Seconds to wait before the next read; 0 when the last one was long ago, or found the pipe so full that its
        writer waits."""
        if between and self._spent > BURST:
            return max(BREATH, self._latest / TRICKLE)
        follows = time.monotonic() - self._read_at < LULL
        return BREATH if follows and self._latest < PIECE // 2 else 0
