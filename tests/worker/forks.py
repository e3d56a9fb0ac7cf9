"""Workers that are forked from one that has started already, which takes a fiftieth of the time."""

import os
import select
import signal
import socket
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.worker.host import PATIENCE, ROOT, Host, environment

BOOT = (
    "import os; os.chdir({folder!r}); del os; "
    "import sys; sys.path[0] = {root!r}; import sandbox; from sandbox.worker.boot import start; {before} "
    "from tests.worker.nest import Nest; del sys.path[0]; start({root!r}, Nest({control}).brood)"
)


class Forked:
    """A process that is not our child: what a `Host` needs of one."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._end = os.pidfd_open(pid)

    def wait(self, patience: float) -> None:
        """Until it has ended. May be called again."""
        if self._end >= 0:
            assert select.select([self._end], [], [], patience)[0], "it does not end"
            os.close(self._end)
            self._end = -1

    def send_signal(self, number: int) -> None:
        signal.pidfd_send_signal(self._end, number)


class Origin:
    """A worker of this interpreter that stands ready to be forked; `before` is code that is run before it starts."""

    def __init__(self, python: str, folder: Path, before: str = "") -> None:
        self._control, control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        stdin, silence = socket.socketpair()
        output, output_end = os.pipe()  # of the kinds that workers have: Python looks at them once, at its start
        boot = BOOT.format(folder=str(folder), root=ROOT, before=before, control=control.fileno())
        with control, stdin, silence:
            self._process = subprocess.Popen(
                [python, "-u", "-i", "-c", boot],
                stdin=stdin,
                stdout=output_end,
                stderr=output_end,
                pass_fds=[control.fileno()],
                cwd="/",
                env={**environment(str(folder)), "PYTHON_BASIC_REPL": "1"},
                process_group=0,
            )
        os.close(output_end)
        self._output = output
        self._control.settimeout(PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self._control.close()
        os.close(self._output)
        self._process.wait(PATIENCE)

    def fork(self, folder: str, lines: tuple[int, int, int]) -> Forked:
        """A process in this folder with these descriptors as its stdin, output and channel."""
        socket.send_fds(self._control, [folder.encode()], lines)
        return Forked(int(self._control.recv(64)))


class ForkedHost(Host):
    """A worker that was forked from this one."""

    def __init__(self, origin: Origin, workspace: Path) -> None:
        self._origin = origin
        super().__init__("", workspace)

    def _begin_process(self, python: str, lines: tuple[int, int, int]) -> Forked:
        return self._origin.fork(str(self.workspace), lines)
