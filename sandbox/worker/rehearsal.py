"""Entries run before any learner is there, so that those who are forked from here find our code warm.

CPython rewrites a function in place as it runs, until it is specialised (PEP 659), and so do its caches: done in a
fork, each such write parts a page from the others' for good. Whoever calls this shares what was done with all its
forks. Nothing of it stays that a learner could see.
"""

import os
import socket
import sys
from types import CodeType

from sandbox.codec import WORKER_LIMIT, frame
from sandbox.inner import Run
from sandbox.worker.audit import watcher
from sandbox.worker.channel import Channel
from sandbox.worker.hook import Console
from sandbox.worker.native import Signalled
from sandbox.worker.observe import Observer
from sandbox.worker.snapshot import Pictures

_TIMES = 24
"""CPython counts eight calls before it looks at a function, and tries a few times more where it does not succeed."""
_SOURCE = "rehearsed = {}"
_ROOM = 2 * WORKER_LIMIT


def rehearse() -> None:
    """Arrive as a fork does, and go through its first entry, from the command to its picture, until that changes
    nothing any more.

    Takes about 30 ms. What can be read from descriptor 0 is lost.
    """
    rehearsal = _Rehearsal()
    for run in range(1, _TIMES + 1):
        source = _SOURCE.format(run)
        host, channel = socket.socketpair()
        with host:
            host.sendall(frame(Run(run=run, source=source)))
            rehearsal.begin(Channel(channel.detach()))
            rehearsal.perform(compile(source, "<stdin>", "single"))
            host.recv(_ROOM)
            rehearsal.end()
    rehearsal.close()


class _Rehearsal(Console):
    """Its entries are ended by us, as CPython's loop would end them."""

    def __init__(self) -> None:
        observer = Observer(os.getcwd())
        pictures = Pictures(observer, os.getcwd())
        pictures.prepare()
        super().__init__(observer, pictures)
        self._watch = watcher(self.reactions())

    def begin(self, channel: Channel) -> None:
        """Be where a fork is that waits for its learner's first command, which is there."""
        for one in (self._observer, self._pictures):
            one.live_in(os.getcwd())
        self._open(channel)
        with self._unsignalled, Signalled(self._unsignalled):
            channel.wait()

    def perform(self, code: CodeType) -> None:
        """End the entry before and begin the next, which `code` is."""
        self.on_line_wanted()
        self._begin_statement(code)
        exec(code, sys.modules["__main__"].__dict__)  # noqa: S102 -- ours
        self._watch("compile", (None, "<stdin>"))
        self._end_statement()

    def end(self) -> None:
        """Give back what `begin` took."""
        for one in (self._channel, self._stdin, self._prober):
            one.close()

    def close(self) -> None:
        """Leave SIGINT and C's `stdin` as they were."""
        self._hand_over()
        self._sigint.on()
