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
from sandbox.worker.observe import Observer
from sandbox.worker.snapshot import Pictures

_TIMES = 24
"""CPython counts eight calls before it looks at a function, and tries a few times more where it does not succeed."""
_SOURCE = "rehearsed = {}"
_ROOM = 2 * WORKER_LIMIT


def rehearse() -> None:
    """Go through a first entry, from the command to its picture, until that changes nothing any more.

    Takes about 25 ms. What can be read from descriptor 0 is lost, and a few descriptors stay open, which forks close.
    """
    host, channel = socket.socketpair()
    with host:
        rehearsal = _Rehearsal(channel)
        for run in range(1, _TIMES + 1):
            source = _SOURCE.format(run)
            host.sendall(frame(Run(run=run, source=source)))
            rehearsal.perform(compile(source, "<stdin>", "single"))
            host.recv(_ROOM)
        rehearsal.close()


class _Rehearsal(Console):
    """Its entries are ended by us, as CPython's loop would end them."""

    def __init__(self, channel: socket.socket) -> None:
        observer = Observer(os.getcwd())
        pictures = Pictures(observer, os.getcwd())
        pictures.prepare()
        super().__init__(observer, pictures)
        self._watch = watcher(self.reactions())
        self._open(Channel(channel.detach()))

    def perform(self, code: CodeType) -> None:
        """End the entry before and begin the next, which `code` is."""
        self.on_line_wanted()
        self._begin_statement(code)
        exec(code, sys.modules["__main__"].__dict__)  # noqa: S102 -- ours
        self._watch("compile", (None, "<stdin>"))
        self._end_statement()

    def close(self) -> None:
        """Leave SIGINT and C's `stdin` as they were."""
        self._hand_over()
        self._sigint.on()
