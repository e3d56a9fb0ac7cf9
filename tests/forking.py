"""The program of `tests/forked.py`: forks processes that become `reload-sandbox` and tells how they ended."""

import json
import os
import select
import socket
import sys

from sandbox import cli
from sandbox.app import isolation_here
from sandbox.engine.interpreter import default_python

LARGEST = 1 << 17
"""Bytes of a request, whose larger part is an environment."""
LINES = 3
"""Descriptors that come with a request: output, errors, and where to tell of the end."""


class Parent:
    """Asked on a socket of sequenced packets, answers there with the pid and a descriptor of the process."""

    def __init__(self, control: int) -> None:
        self._control = socket.socket(fileno=control)
        self._children: dict[int, tuple[int, int]] = {}

    def fork(self) -> list[str]:
        """Returns in each child, with its arguments."""
        while True:
            for number in select.select([self._control, *self._children], [], [])[0]:
                if number in self._children:
                    self._tell(number)
                elif (arguments := self._turn()) is not None:
                    return arguments

    def _tell(self, number: int) -> None:
        """How this one ended."""
        pid, end = self._children.pop(number)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.write(end, str(status).encode())
        os.close(end)
        os.close(number)

    def _turn(self) -> list[str] | None:
        request, lines, _, _ = socket.recv_fds(self._control, LARGEST, LINES)
        if not request:  # the tests are over
            sys.exit()
        output, errors, end = lines
        pid = os.fork()
        if not pid:
            os.close(end)
            return self._become(json.loads(request), output, errors)
        os.close(output)
        os.close(errors)
        process = os.pidfd_open(pid)
        self._children[process] = pid, end
        socket.send_fds(self._control, [str(pid).encode()], [process])
        return None

    def _become(self, request: tuple[list[str], dict[str, str], str], output: int, errors: int) -> list[str]:
        arguments, environment, folder = request
        for place, line in ((1, output), (2, errors)):
            os.dup2(line, place)
            os.close(line)
        for number, (_, end) in self._children.items():
            os.close(number)
            os.close(end)
        self._control.close()
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        return arguments


def main() -> None:
    isolation_here(default_python())  # a matter of seconds, which is remembered
    arguments = Parent(int(sys.argv[1])).fork()
    sys.argv[1:] = arguments
    cli.main(prog_name="reload-sandbox")


if __name__ == "__main__":
    main()
