"""The host's side of one zygote: starts it, asks it for rooms and learners, and is told how each learner ended.

Knows nothing of sessions, nor which learner is whose. A zygote that is gone raises ZygoteGone wherever it is asked.
"""

import dataclasses
import fcntl
import json
import os
import re
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from threading import Lock
from typing import Any, Final

from sandbox.cputime import clock_of
from sandbox.engine.ending import Ended
from sandbox.engine.interface import EngineError, Limits
from sandbox.engine.isolation import Isolation
from sandbox.engine.jail import PACKAGE, Jail, command
from sandbox.engine.policy import TEMPORARY, Policy, to_plain
from sandbox.engine.process import pair
from sandbox.engine.zygote_process import ENDED, LINES

ROOT: Final = os.path.dirname(PACKAGE)
BOOT: Final = """
import os; os.environ.pop("PWD", None); del os
import sys; del sys.path[0]; sys.path.append({root!r})
import sandbox.worker.bare
from sandbox.worker.private import PrivateImports
with PrivateImports():
    from sandbox.worker.boot import start
    from sandbox.engine.zygote_process import settle
start({root!r}, settle({control}))
"""
"""What `python -c` runs. PWD is bubblewrap's; `bare` notes what a bare interpreter has loaded, so it comes first."""
START_PATIENCE: Final = 30.0
"""Seconds from its start to its word that it stands."""
END_PATIENCE: Final = 2.0
"""Seconds for it to end after its server hung up."""
PATIENCE: Final = 10.0
"""Seconds for an answer: a fork takes milliseconds."""
ENVIRONMENT: Final = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "TERM": "dumb",
    "HOME": TEMPORARY,
    "TMPDIR": TEMPORARY,
    "PYTHON_BASIC_REPL": "1",
}
"""All that learners are told. PYTHON_BASIC_REPL: from 3.13 on `-i` would else import a REPL written in Python."""


class ZygoteGone(EngineError):
    """It has ended, or does not answer; learners are not to be had from it any more."""


class Learner:
    """A forked worker: a `Process`."""

    def __init__(self, lines: "Lines", pidfd: int, zygote: "Zygote") -> None:
        self.channel, self.output, self.stdin = lines.channel, lines.output, lines.stdin
        self.end = lines.end
        self._pidfd, self._zygote = pidfd, zygote
        self._cpu_clock = clock_of(_pid(pidfd))
        self._cpu: float | None = None  # once it has ended

    @property
    def ended(self) -> bool:
        """Whether it has ended, or nobody can tell any more."""
        poll = select.poll()
        for descriptor in (self.end, self._pidfd):
            poll.register(descriptor, select.POLLIN)
        return bool(poll.poll(0))

    def signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, number)

    def kill(self) -> None:
        """What it started, where it may start anything, ends with its pid namespace."""
        self.signal(signal.SIGKILL)

    def cpu(self) -> float:
        if self._cpu is not None:
            return self._cpu
        try:
            return time.clock_gettime(self._cpu_clock)
        except OSError:
            return 0

    def reap(self) -> Ended | None:
        data = os.read(self.end, ENDED.size)
        if len(data) != ENDED.size:  # the zygote is gone: the kernel ends its learners
            self._zygote.give_up()
            self._cpu = 0.0
            return None
        ended = Ended(*ENDED.unpack(data))
        self._cpu = ended.cpu
        return ended

    def close(self) -> None:
        os.close(self._pidfd)
        os.close(self.end)
        os.close(self.output)
        self.channel.close()
        self.stdin.close()
        self._zygote.release()


class Lines:
    """A learner's four lines: our ends by name, and the ends that are handed over."""

    def __init__(self) -> None:
        with ExitStack() as opened:
            self.channel, channel_end = pair()
            self.stdin, stdin_end = pair()
            for line in (self.channel, channel_end, self.stdin, stdin_end):
                opened.callback(line.close)
            self.output, output_end = os.pipe2(os.O_CLOEXEC)
            for descriptor in (self.output, output_end):
                opened.callback(os.close, descriptor)
            self.end, end = os.pipe2(os.O_CLOEXEC)
            opened.pop_all()
        os.set_blocking(self.output, False)
        self.theirs = (stdin_end.detach(), output_end, channel_end.detach(), end)

    def give_away(self) -> None:
        """Close the ends that were handed over."""
        for descriptor in self.theirs:
            os.close(descriptor)

    def close(self) -> None:
        """Close our ends."""
        self.channel.close()
        self.stdin.close()
        os.close(self.output)
        os.close(self.end)


class Zygote:
    """A zygote. Made by a thread that outlives it, as bubblewrap ends with the thread; asked by any."""

    def __init__(
        self,
        found: Isolation,
        python: str,
        policy: Policy,
        environment: Mapping[str, str],
        on_idle: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_idle` is called when the last learner was closed. Raises EngineError when it cannot lay its ground."""
        self._lock, self._on_idle = Lock(), on_idle
        self._living = 0
        self.forks = 0
        """Learners started so far."""
        self.over = False
        """Whether it is gone."""
        self.retired = False
        """Whether another has taken its place: it lives for its living learners alone."""
        self._control, control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._complaints, complaints = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        os.set_blocking(complaints, True)
        stdin, silence = socket.socketpair()
        with control, stdin, silence:
            try:
                self._popen = self._spawn(
                    replace(found.jail, environment=environment), python, control.fileno(), stdin.fileno(), complaints
                )
            finally:
                os.close(complaints)
        self.pidfd = os.pidfd_open(self._popen.pid)
        """Readable once it has ended."""
        try:
            self._greet(policy)
        except BaseException:
            self.close()
            raise

    @staticmethod
    def _spawn(jail: Jail, python: str, control: int, stdin: int, complaints: int) -> "subprocess.Popen[bytes]":
        """stdin, stdout and stderr are of the kinds that learners have: Python looks at them once, at its start."""
        passed = fcntl.fcntl(control, fcntl.F_DUPFD_CLOEXEC, 10)
        try:
            return subprocess.Popen(
                command(jail, [python, "-u", "-i", "-c", BOOT.format(control=passed, root=ROOT)]),
                stdin=stdin,
                stdout=complaints,
                stderr=complaints,
                pass_fds=(passed,),
                cwd="/",
                env=dict(jail.environment),
                process_group=0,
            )
        finally:
            os.close(passed)

    def _greet(self, policy: Policy) -> None:
        self._control.settimeout(START_PATIENCE)
        self._control.send(json.dumps(to_plain(policy)).encode())
        self._receive(0)
        self._control.settimeout(PATIENCE)

    # --- what it is asked for ---

    def open_room(self, room: str, limits: Limits) -> tuple[int, int]:
        """Descriptors of a workspace, made anew or opened again, and of the folder beside it. The caller owns them."""
        work, stage = self._ask(("room", room, dataclasses.asdict(limits)), (), 2)
        return work, stage

    def forget_room(self, room: str) -> None:
        """Take a room away whose learner has ended."""
        self._ask(("forget", room), (), 0)

    def start(self, room: str, limits: Limits) -> Learner:
        """Fork a learner into a room."""
        lines = Lines()
        try:
            (pidfd,) = self._ask(("start", room, dataclasses.asdict(limits)), lines.theirs, 1)
        except BaseException:
            lines.close()
            raise
        finally:
            lines.give_away()
        with self._lock:
            self.forks += 1
            self._living += 1
        return Learner(lines, pidfd, self)

    def _ask(self, request: Sequence[Any], descriptors: Sequence[int], wanted: int) -> list[int]:
        with self._lock:
            if self.over:
                raise ZygoteGone(_GONE)
            try:
                socket.send_fds(self._control, [json.dumps(request).encode()], descriptors)
                return self._receive(wanted)
            except OSError as error:
                self._end()
                raise ZygoteGone(f"{_GONE} ({error})") from None

    def _receive(self, wanted: int) -> list[int]:
        data, descriptors, _, _ = socket.recv_fds(self._control, 4096, LINES, socket.MSG_CMSG_CLOEXEC)
        answer = json.loads(data) if data else {"error": self._last_words()}
        if "error" in answer:
            if not data:
                self._end()
            raise (EngineError if data else ZygoteGone)(answer["error"])
        assert len(descriptors) == wanted
        return descriptors

    def _last_words(self) -> str:
        try:
            text = os.read(self._complaints, 65536).decode(errors="replace").strip()
        except OSError:
            text = ""
        return re.sub(r"\s*\n\s*", " | ", text)[-500:] or _GONE

    # --- its end ---

    @property
    def living(self) -> int:
        """Learners that have been started and not been closed."""
        return self._living

    def release(self) -> None:
        """One of its learners was closed."""
        with self._lock:
            self._living -= 1
        if not self._living:
            self._on_idle()

    def give_up(self) -> None:
        """It was seen to be gone: nothing more is asked of it."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        self.over = True
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

    def close(self) -> None:
        """End it and every learner of its; returns when its own process has ended."""
        with self._lock:
            self.over = True
            self._control.close()
        try:
            self._popen.wait(END_PATIENCE)  # by itself, so that each process is there to wait for its children
        except subprocess.TimeoutExpired:
            self._end()
            self._popen.wait()
        os.close(self._complaints)
        os.close(self.pidfd)


_GONE: Final = "The process that starts learners' Pythons has ended."


def _pid(pidfd: int) -> int:
    """As this process sees it: a learner's own namespace has another number for it."""
    with open(f"/proc/self/fdinfo/{pidfd}", encoding="ascii") as file:
        return max(0, next(int(line.split()[1]) for line in file if line.startswith("Pid:")))  # -1: it has ended
