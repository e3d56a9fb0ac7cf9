"""In a worker that serves nobody: forks, from its first input hook, a worker for each test that asks, as zygotes do.

Standard library only, all of it imported up front, as `sys.modules` is cleaned before the first fork.
"""

import gc
import os
import signal
import socket
import sys

LINES = 3
"""Descriptors that come with a request: stdin, output, channel."""


class Nest:
    """Asked on a socket of sequenced packets with the folder of a worker; answers with its pid."""

    def __init__(self, control: int) -> None:
        self._control = socket.socket(fileno=control)

    def brood(self) -> None:
        """Returns in each fork, and only there."""
        sys.path_importer_cache.pop(os.getcwd(), None)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
        gc.collect()
        gc.freeze()
        while not self._turn():
            pass

    def _turn(self) -> bool:
        """Whether this process is a fork now."""
        folder, lines, _, _ = socket.recv_fds(self._control, 4096, LINES)
        if not folder:  # the tests are over
            os._exit(0)
        pid = os.fork()
        if not pid:
            self._become(folder.decode(), lines)
            return True
        for line in lines:
            os.close(line)
        self._control.send(str(pid).encode())
        return False

    def _become(self, folder: str, lines: list[int]) -> None:
        os.setpgid(0, 0)
        stdin, output, channel = lines
        for number, line in enumerate((stdin, output, output, channel)):
            os.dup2(line, number)
        for line in lines:
            if line > LINES:
                os.close(line)
        self._control.close()
        os.chdir(folder)
        sys.modules["os"].environ["HOME"] = os.path.dirname(folder)  # the learner's: ours is a copy
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        gc.unfreeze()
        self.__dict__.clear()
