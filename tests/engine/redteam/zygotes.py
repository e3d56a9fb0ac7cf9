"""A small zygote that does as it is told over a socket: learners under the real walls, for tests from the host's side.

One JSON object a datagram, answered by one. `start` gives two descriptors: the learner's pidfd and its workspace.
"""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox.engine.jail import PACKAGE, Jail, command
from sandbox.engine.policy import Policy, to_plain

DEADLINE = 10.0
PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
import json, os, socket
from sandbox.engine.ground import lay_ground
from sandbox.engine.policy import from_plain

channel = socket.socket(fileno=int(sys.argv[2]))
ground = lay_ground(from_plain(json.loads(channel.recv(65536))))

def start(room, source):
    workspace = ground.open_room(room)
    pid = ground.fork(room, (0, 1, 2))
    if not pid:
        try:
            ground.confine()
            exec(source, {"__name__": "__main__"})
        finally:
            os._exit(0)
    descriptors = [os.pidfd_open(pid), workspace]
    socket.send_fds(channel, [json.dumps(pid).encode()], descriptors)
    for descriptor in descriptors:
        os.close(descriptor)

def wait(pid):
    _, status = os.waitpid(pid, 0)
    ground.reaped(pid)
    channel.send(json.dumps(os.waitstatus_to_exitcode(status)).encode())

def forget(room):
    ground.forget_room(room)
    channel.send(json.dumps(open("/proc/self/mounts").read().count("/" + room + "/")).encode())

channel.send(b"0")
while data := channel.recv(65536):
    name, *arguments = json.loads(data)
    {"start": start, "wait": wait, "forget": forget}[name](*arguments)
"""


class Zygote:
    """The host's side of it."""

    def __init__(self, jail: Jail, policy: Policy, python: str) -> None:
        self._channel, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._channel.settimeout(DEADLINE)
        self._learners: list[tuple[int, int]] = []
        with other:
            program = [python, "-I", "-c", PROGRAM, str(Path(PACKAGE).parent), str(other.fileno())]
            self.process = subprocess.Popen(
                command(jail, program), env={}, stdin=subprocess.DEVNULL, pass_fds=[other.fileno()]
            )
        self._channel.send(json.dumps(to_plain(policy)).encode())
        assert self._channel.recv(64) == b"0"

    def start(self, room: str, source: str) -> tuple[int, int, int]:
        """The learner's pid as the zygote sees it, its pidfd, and the descriptor of its workspace."""
        self._channel.send(json.dumps(["start", room, source]).encode())
        data, descriptors, _, _ = socket.recv_fds(self._channel, 64, 2)
        self._learners.append((descriptors[0], descriptors[1]))
        return json.loads(data), descriptors[0], descriptors[1]

    def ask(self, *message: Any) -> Any:
        self._channel.send(json.dumps(message).encode())
        return json.loads(self._channel.recv(64))

    def hang_up(self) -> None:
        """What the zygote sees when its server is gone."""
        self._channel.close()

    def close(self) -> None:
        self.hang_up()
        for pair in self._learners:
            for descriptor in pair:
                os.close(descriptor)
        self.process.wait(DEADLINE)


@contextlib.contextmanager
def zygote(jail: Jail, policy: Policy, python: str = sys.executable) -> Iterator[Zygote]:
    one = Zygote(jail, policy, python)
    try:
        yield one
    finally:
        one.close()


def ended(pidfd: int, seconds: float = DEADLINE) -> bool:
    """Whether the process ends within that time."""
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def kill(pidfd: int) -> None:
    signal.pidfd_send_signal(pidfd, signal.SIGKILL)
