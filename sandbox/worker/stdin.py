"""What can be read: our lines by CPython's prompt, the host's answers by the learner's code.

Two sources, so that an answer can never be taken for code nor a line of code for an answer. The prompt reads through
C's `stdin`, the learner's code from descriptor 0. C's `stdin` is led away from 0 while the prompt reads: a thread of
hers that calls `input()` then waits for an answer, and takes no line of an entry. Knows no command.
"""

import os
import select
import socket
from collections.abc import Iterable
from contextlib import suppress

from sandbox.worker.descriptors import place_high
from sandbox.worker.native import lead_c_stdin

_WANTED_BUFFER = 1024 * 1024
"""fgets() asks for up to twice what it has of a line: room for that lets a line of 256 KiB pass."""
_FILLER = b"#" * 99
"""What fgets() takes at its first call, without the newline that would end the line."""


class Stdin:
    """The prompt's lines and the program's answers, each where it is looked for."""

    def __init__(self) -> None:
        self._answers = place_high(0)
        reader, writer = socket.socketpair()
        writer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _WANTED_BUFFER)
        writer.setblocking(False)
        self._reader, self._writer = place_high(reader.detach()), socket.socket(fileno=place_high(writer.detach()))
        self._rest = b""

    def close(self) -> None:
        """Give the descriptors back; C's `stdin` may read from one of them until it is led to another."""
        for descriptor in (self._answers, self._reader):
            os.close(descriptor)
        self._writer.close()

    def show_prompt(self) -> None:
        """CPython reads from us."""
        if not lead_c_stdin(self._reader):
            os.dup2(self._reader, 0)

    def show_answers(self) -> None:
        """The learner's code reads what the host answers."""
        if not lead_c_stdin(0):
            os.dup2(self._answers, 0)

    def feed(self, line: str) -> None:
        """Give CPython a line, without its newline."""
        self._rest = line.encode("utf-8", "surrogatepass") + b"\n"
        self.feed_more()

    def feed_more(self) -> bool:
        """CPython asks again in the middle of a long line: whether there is more of it."""
        if self._rest:
            with suppress(BlockingIOError):
                self._rest = self._rest[self._writer.send(self._rest) :]
        return bool(self._rest) or _readable(self._reader)

    def discard(self) -> None:
        """Forget what CPython did not read of a line: the learner's signal handler raised while it was reading."""
        self._rest = b""
        _drain(self._reader)

    def starve(self) -> None:
        """Let CPython begin a line and then find nothing: with an interrupt set, it raises KeyboardInterrupt."""
        self._writer.send(_FILLER)
        os.set_blocking(self._reader, False)

    def nourish(self) -> None:
        """Undo `starve`."""
        os.set_blocking(self._reader, True)
        self.discard()

    def drain_answers(self) -> None:
        """Drop answers that no code has read."""
        _drain(self._answers)

    def replace_answers(self, descriptors: Iterable[int]) -> None:
        """Take a fresh source of answers, after an end of file; only the first is wanted."""
        for index, descriptor in enumerate(descriptors):
            if index == 0:
                os.dup2(descriptor, self._answers, inheritable=False)
                os.dup2(descriptor, 0)
            os.close(descriptor)


def _drain(descriptor: int) -> None:
    with suppress(OSError):
        while _readable(descriptor) and os.read(descriptor, 65536):
            pass


def _readable(descriptor: int) -> bool:
    """Whether something can be read now, be it the end of the file."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
