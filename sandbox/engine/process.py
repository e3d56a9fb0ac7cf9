"""Starts a worker process on this machine and gives back its lines: the one piece that other starters replace.

Knows how a worker is started, and nothing of what is said on its lines.
"""

import fcntl
import os
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from sandbox.cputime import clock_of
from sandbox.engine.ending import Ended
from sandbox.engine.interface import Job, Limits
from sandbox.engine.oom import offer
from sandbox.engine.place import Folder
from sandbox.engine.workspace import Workspace

ROOT = str(Path(__file__).resolve().parents[2])
"""The folder that holds the `sandbox` package, from which the worker gets its own part."""
BOOT = (
    "import os; os.dup2({channel}, 3, False); os.close({channel}); os.chdir({work!r}); del os; "
    "import sys; del sys.path[0]; sys.path.append({root!r}); "
    "from sandbox.worker.boot import start; start({root!r})"
)
"""What `python -c` runs: puts the channel where the worker wants it, goes to the workspace and starts the worker.

Python begins in the root folder: from 3.13 on it imports modules for `-c` itself, which must not be a learner's.
sys.path[0], the workspace, must not be there while the worker imports what it needs; and ROOT, which may be full of
other packages, only behind the standard library. The worker leaves no trace of either.
"""
HIGH = 10
"""The channel is handed over under a number above this, out of the way of where BOOT puts it."""


class Process(Protocol):
    """A started worker. Its lines belong to the engine, which closes them by `close`."""

    end: int
    """Readable once the process has ended."""
    channel: socket.socket
    """Frames, both ways; non-blocking."""
    output: int
    """The read end of its fds 1 and 2; non-blocking."""
    stdin: socket.socket
    """What is written here is read from its fd 0; non-blocking."""

    def signal(self, number: int) -> None:
        """Send a signal to the process alone; nothing once it has ended."""

    def kill(self) -> None:
        """SIGKILL for the process and all that it started; nothing for what has ended."""

    def cpu(self) -> float:
        """Seconds of CPU time of all its threads so far; 0 once it has been reaped."""

    def reap(self) -> Ended | None:
        """After the end: what there is to know of it.

        None when nobody can tell any more: what looked after the process is gone, and it with it.
        """

    def close(self) -> None:
        """Give all descriptors back."""


class Place(Protocol):
    """Where the workers of one session live, one after the other, and where its files lie meanwhile."""

    @property
    def workspace(self) -> Workspace:
        """Its files."""

    @property
    def lost(self) -> bool:
        """Whether no worker can be started here any more, so that the session needs another place."""

    @property
    def ready(self) -> bool:
        """Whether a worker waits here already, so that `start` takes no time."""

    def start(self, job: Job) -> Process:
        """Start a worker, when the last one has ended.

        Called from a thread that lives as long as the engine: the worker dies with it. Raises OSError, EngineError.
        """

    def remove(self) -> None:
        """Remove everything, when the last worker has ended. May take a while."""


class Starter(Protocol):
    """A way to start workers."""

    def place(self, folder: Path, job: Job) -> Place:
        """A new place for a session whose first worker this job is; `folder`, not there yet, may be made for it.

        From any thread. Raises OSError, EngineError.
        """

    def close(self) -> None:
        """Give everything back. Every place was removed before."""


class Spawned:
    """A process of its own, started from nothing, in its own process group."""

    def __init__(self, popen: "subprocess.Popen[bytes]", channel: socket.socket, output: int, stdin: socket.socket):
        """Raises OSError, with the lines left to the caller."""
        self._popen = popen
        self.end = os.pidfd_open(popen.pid)
        self.channel, self.output, self.stdin = channel, output, stdin
        self._cpu_clock = clock_of(popen.pid)
        self._inherited = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.end, number)

    def kill(self) -> None:
        if self._popen.returncode is None:  # not reaped: the number still belongs to this group
            with suppress(ProcessLookupError):
                os.killpg(self._popen.pid, signal.SIGKILL)
        self.signal(signal.SIGKILL)  # should it have left its group

    def cpu(self) -> float:
        try:
            return time.clock_gettime(self._cpu_clock)
        except OSError:
            return 0

    def reap(self) -> Ended:
        """A process begins with the peak of its starter (exec_mmap in the kernel): one no higher says nothing."""
        _, status, used = os.wait4(self._popen.pid, 0)
        self._popen.returncode = os.waitstatus_to_exitcode(status)
        peak = used.ru_maxrss if used.ru_maxrss > self._inherited else 0
        return Ended(self._popen.returncode, used.ru_utime + used.ru_stime, peak * 1024)

    def close(self) -> None:
        os.close(self.end)
        os.close(self.output)
        self.channel.close()
        self.stdin.close()


class Spawner:
    """Starts `python -u -i` as an ordinary child: no confinement but rlimits."""

    def place(self, folder: Path, job: Job) -> "Home":
        return Home(folder)

    def close(self) -> None:
        """Nothing is left."""


class Home(Folder):
    """A place on this machine's disk."""

    lost = ready = False

    def start(self, job: Job) -> Spawned:
        with ExitStack() as ours, ExitStack() as theirs:
            (channel, channel_end), (stdin, stdin_end) = pair(), pair()
            for kept, given in ((channel, channel_end), (stdin, stdin_end)):
                ours.enter_context(kept)
                theirs.enter_context(given)
            output, output_end = os.pipe2(os.O_CLOEXEC)
            ours.callback(os.close, output)
            theirs.callback(os.close, output_end)
            os.set_blocking(output, False)
            with _raised(channel_end.fileno()) as passed:
                popen = subprocess.Popen(
                    [job.python, "-u", "-i", "-c", BOOT.format(channel=passed, work=str(self.work), root=ROOT)],
                    stdin=stdin_end.fileno(),
                    stdout=output_end,
                    stderr=output_end,
                    pass_fds=(passed,),
                    cwd="/",
                    env=_environment(self),
                    process_group=0,
                )
            try:
                _limit(popen.pid, job.limits)
                spawned = Spawned(popen, channel, output, stdin)
            except OSError:
                popen.kill()
                popen.wait()
                raise
            ours.pop_all()
            return spawned


def pair() -> tuple[socket.socket, socket.socket]:
    """The engine's end, non-blocking, and the worker's end of a line."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    return ours, theirs


@contextmanager
def _raised(descriptor: int) -> Iterator[int]:
    raised = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, HIGH)
    try:
        yield raised
    finally:
        os.close(raised)


def _environment(place: Folder) -> dict[str, str]:
    """All that a worker is told. PYTHON_BASIC_REPL: from 3.13 on `-i` would else import a REPL written in Python."""
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "HOME": str(place.home),
        "TMPDIR": str(place.temporary),
        "PYTHON_BASIC_REPL": "1",
    }


def _limit(pid: int, limits: Limits) -> None:
    """No RLIMIT_NPROC: it counts all processes of a user, the server's too, while the worker has no user of its own."""
    bounds = {
        resource.RLIMIT_DATA: limits.memory_bytes,
        resource.RLIMIT_AS: 4 * limits.memory_bytes,  # reserved is not used: arenas, mapped libraries
        resource.RLIMIT_NOFILE: limits.descriptors,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_CPU: limits.life_cpu_seconds,
        resource.RLIMIT_CORE: 0,
    }
    offer(pid)
    for which, bound in bounds.items():
        with suppress(ProcessLookupError):
            hard = resource.prlimit(pid, which)[1]
            most = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
            resource.prlimit(pid, which, (most, most))
