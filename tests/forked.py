"""`reload-sandbox` in processes forked from one that has imported it and tried its walls: half the processor time.

What the command does when it is started from nothing is looked at with `tests/server.py`, and by `.ci/wheel`.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]


class Command:
    """A process that is not our child: what tests need of `subprocess.Popen`."""

    def __init__(self, pid: int, process: int, end: int) -> None:
        """`process` is a descriptor of the process, from `end` its exit status is read."""
        self.pid = pid
        self.returncode: int | None = None
        self._process, self._end = process, end

    def poll(self) -> int | None:
        """Its exit status, None as long as it runs."""
        return self._look(0)

    def wait(self, timeout: float | None = None) -> int:
        status = self._look(timeout)
        if status is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return status

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            signal.pidfd_send_signal(self._process, number)

    def _look(self, patience: float | None) -> int | None:
        if self.returncode is None:
            looking = select.poll()  # tests open more descriptors than `select.select` takes
            looking.register(self._end, select.POLLIN)
            if looking.poll(None if patience is None else patience * 1000):
                self.returncode = int(os.read(self._end, 16))
                os.close(self._end)
                os.close(self._process)
        return self.returncode


class Launcher:
    """The process that others are forked from."""

    def __init__(self) -> None:
        self._control, control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        program = [sys.executable, "-m", "tests.forking", str(control.fileno())]
        with control:
            self._process = subprocess.Popen(program, cwd=ROOT, stdin=subprocess.DEVNULL, pass_fds=[control.fileno()])

    def fork(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, lines: tuple[int, int]
    ) -> Command:
        """The command in this folder, with these descriptors as its output and errors."""
        end, its_end = os.pipe()
        request = json.dumps([arguments, dict(environment), str(folder)]).encode()
        socket.send_fds(self._control, [request], [*lines, its_end])
        os.close(its_end)
        pid, (process,), _, _ = socket.recv_fds(self._control, 64, 1)
        return Command(int(pid), process, end)


@cache
def launcher() -> Launcher:
    """One for all tests of a process; it ends when that does."""
    return Launcher()
