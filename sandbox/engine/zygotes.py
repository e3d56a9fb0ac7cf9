"""Starts workers by forking them from a zygote: the `Starter` of the levels full and partial.

A few confined ones are kept ready. A thread of its own keeps a zygote alive, replaces one that died or has forked
often, and refills what is ready, off the path of those who wait. A replaced zygote lives on until its last learner has
ended. Knows no session.
"""

import errno
import logging
import os
import select
import time
from collections import deque
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Condition, Thread
from typing import Final

from sandbox.engine.empty import FOLDER, empty
from sandbox.engine.interface import EngineError, Job, Limits
from sandbox.engine.isolation import Isolation
from sandbox.engine.policy import Policy, limited
from sandbox.engine.scratch import Scratch
from sandbox.engine.workspace import Workspace
from sandbox.engine.zygote import ENVIRONMENT, Learner, Zygote, ZygoteGone

log = logging.getLogger(__name__)

WAIT: Final = 30.0
"""Seconds that a newcomer waits for a zygote."""
REST: Final = 1.0
"""Seconds between two attempts to start one."""
BOOT: Final = 10.0
"""Seconds for a learner that is kept ready to say that it is."""
END: Final = 5.0
"""Seconds for the kernel to end what was killed."""


class Room:
    """A place in a zygote, gone with it; perhaps with a worker that waits in it already. Its files outlive workers."""

    def __init__(self, zygote: Zygote, name: str, python: str, limits: Limits, folder: Path | None) -> None:
        """`folder` is where the zygote makes the room, if it does so on a file system of ours."""
        self._zygote, self._name, self._python, self._folder = zygote, name, python, folder
        self.workspace = Workspace(*zygote.open_room(name, limits))
        self._waiting: Learner | None = None

    @property
    def lost(self) -> bool:
        return self._zygote.over or self._zygote.retired

    @property
    def ready(self) -> bool:
        """Whether a worker waits in it."""
        return self._waiting is not None and not self._waiting.ended

    def prepare(self, limits: Limits) -> None:
        """Start the worker that is to wait; returns when it does, or will not."""
        self._waiting = self._zygote.start(self._name, limits)
        _wait((self._waiting.channel.fileno(), self._waiting.end), BOOT)

    def start(self, job: Job) -> Learner:
        if job.python != self._python:
            raise OSError(errno.ENOENT, f"here runs {self._python}, and not {job.python}")
        if self.ready and self._waiting:
            learner, self._waiting = self._waiting, None
            return learner
        self._end_waiting()
        return self._zygote.start(self._name, job.limits)

    def remove(self) -> None:
        """See Place."""
        self._end_waiting()
        self.workspace.close()
        with suppress(ZygoteGone):
            self._zygote.forget_room(self._name)
        if self._folder:
            _remove(self._folder)

    def _end_waiting(self) -> None:
        learner, self._waiting = self._waiting, None
        if learner:
            learner.kill()
            _wait((learner.end,), END)
            learner.close()


def _wait(descriptors: Collection[int], seconds: float) -> None:
    """Until one of them is readable; their numbers may be beyond those that `select` takes."""
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    poll.poll(seconds * 1000)


class ZygoteStarter:
    """Workers of one interpreter under the walls that were found; `ready` of them wait, for jobs with these limits."""

    def __init__(
        self, found: Isolation, python: str, limits: Limits | None = None, *, ready: int = 4, forks: int = 2000
    ) -> None:
        """After `forks` learners a zygote is replaced: they share its layout of memory and its seed of hashes."""
        self._found, self._python, self._limits = found, python, limits or Limits()
        self._wanted, self._forks = ready, forks
        self._scratch = None if "files" in found.policy.walls else _scratch_for_all()
        self._changed = Condition()  # guards what follows
        self._zygote: Zygote | None = None
        self._problem = ""
        self._rooms: deque[Room] = deque()
        self._made = 0
        self._closing = False
        self._old: list[Zygote] = []  # the keeper's own
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._keeper = Thread(target=self._keep, name="zygote-keeper", daemon=True)
        self._keeper.start()

    # --- what an engine asks for ---

    def place(self, folder: Path, job: Job) -> Room:
        """See Starter. The folder is not needed."""
        if job.limits == self._limits and (room := self._take()):
            return room
        while True:
            zygote = self._current()
            try:
                return self._make_room(zygote, job.limits)
            except ZygoteGone:
                self._tell_keeper()

    def close(self) -> None:
        """End everything; all places have been removed before."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._tell_keeper()
        self._keeper.join()
        with self._changed:
            os.close(self._wake)
            self._wake = -1
        if self._scratch:
            self._scratch.remove()

    def _take(self) -> Room | None:
        with self._changed:
            while self._rooms:
                room = self._rooms.popleft()
                if room.ready and not room.lost:
                    self._tell_keeper()
                    return room
                room.remove()
        return None

    def _current(self) -> Zygote:
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._problem or self._alive(), WAIT)
            if self._zygote and self._alive() and not self._closing:
                return self._zygote
            raise EngineError(f"No Python can be started: {self._problem or 'there is no zygote'}")

    def _alive(self) -> bool:
        return self._zygote is not None and not self._zygote.over

    def _make_room(self, zygote: Zygote, limits: Limits) -> Room:
        with self._changed:
            self._made += 1
            name = f"r{self._made}"
        folder = self._scratch.path / name if self._scratch else None
        return Room(zygote, name, self._python, limits, folder)

    def _tell_keeper(self) -> None:
        with self._changed:
            if self._wake >= 0:
                os.eventfd_write(self._wake, 1)

    # --- the keeper ---

    def _keep(self) -> None:
        """bubblewrap ends with the thread that started it: this one."""
        while not self._closing:
            try:
                self._replace_zygote()
                with suppress(ZygoteGone):  # another is started then
                    self._refill()
                self._end_replaced()
                self._problem, rest = "", 0.0 if self._worn() else None
            except (EngineError, OSError) as error:
                log.warning("no zygote: %s", error)
                rest = REST
                with self._changed:
                    self._problem = str(error)
                    self._changed.notify_all()
            self._wait(rest)
        self._end_all()

    def _replace_zygote(self) -> None:
        if not self._worn():
            return
        old = self._zygote
        new = Zygote(self._found, self._python, self._policy(), ENVIRONMENT, self._tell_keeper)
        with self._changed:
            self._zygote = new
            self._changed.notify_all()
        if old:
            old.retired = True
            self._old.append(old)

    def _worn(self) -> bool:
        return self._zygote is None or self._zygote.over or self._zygote.forks >= self._forks

    def _policy(self) -> Policy:
        return replace(
            limited(self._found.policy, self._limits), rooms=str(self._scratch.path) if self._scratch else ""
        )

    def _end_replaced(self) -> None:
        for old in [old for old in self._old if old.over or not old.living]:
            self._old.remove(old)
            old.close()

    def _refill(self) -> None:
        self._drop_lost()
        while len(self._rooms) < self._wanted and not self._closing and self._zygote and not self._worn():
            room = self._make_room(self._zygote, self._limits)
            try:
                room.prepare(self._limits)
            except BaseException:
                room.remove()
                raise
            with self._changed:
                self._rooms.append(room)

    def _drop_lost(self) -> None:
        with self._changed:
            rooms = tuple(self._rooms)
            self._rooms = deque(room for room in rooms if not room.lost)
        for room in rooms:
            if room.lost:
                room.remove()

    def _wait(self, rest: float | None) -> None:
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        if self._zygote and not self._zygote.over:
            poll.register(self._zygote.pidfd, select.POLLIN)
        found = poll.poll(None if rest is None else rest * 1000)
        for descriptor, _ in found:
            if descriptor == self._wake:
                os.eventfd_read(self._wake)
            elif self._zygote:
                log.warning("a zygote has ended; its learners' Pythons are lost")
                self._zygote.give_up()
        if rest and found and not self._closing:
            time.sleep(rest)  # whoever waits for a zygote gains nothing by more attempts

    def _end_all(self) -> None:
        for room in self._rooms:
            room.remove()
        for zygote in (*self._old, *([self._zygote] if self._zygote else ())):
            zygote.close()


def _scratch_for_all() -> Scratch:
    """Where learners with uids of their own may walk."""
    scratch = Scratch("rooms")
    scratch.path.chmod(0o711)
    return scratch


def _remove(folder: Path) -> None:
    try:
        top = os.open(folder, FOLDER)
    except FileNotFoundError:
        return
    try:
        empty(top)
    finally:
        os.close(top)
    folder.rmdir()
