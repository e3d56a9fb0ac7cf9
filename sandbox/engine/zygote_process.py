"""The process side of a zygote: a warm interpreter that forks learners from inside its input hook.

Each learner returns from `Nest.brood` into CPython's own interactive loop with an empty stack, confined, and with
descriptors 0 to 3 in place; the zygote itself stays in it for life. One thread, no secrets, no learner code. Its server
asks, a message of a sequenced-packet socket a request, and when the server is gone it ends, and every learner with it.
Standard library only, all of it imported up front, as `sys.modules` is cleaned before the first learner is born.
"""

import gc
import json
import os
import select
import socket
import struct
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from sandbox.cputime import cpu_time
from sandbox.engine.calls import ConfinementError
from sandbox.engine.ground import Ground, lay_ground
from sandbox.engine.interface import EngineError, Limits
from sandbox.engine.policy import TEMPORARY, from_plain, limited

ENDED: Final = struct.Struct("=idq")
"""What is written of a learner that has ended: the fields of `Ended`."""
REQUEST_LIMIT: Final = 65536
LINES: Final = 4
"""Descriptors that come with a start: stdin, output, channel, and the pipe on which its end is told."""
_ROOM_FOR_LINES: Final = socket.CMSG_SPACE(LINES * struct.calcsize("i"))
_KEPT: Final = (0, 1, 2, 3)
_AFTER_FORK: Final = (
    ("random", "_inst", "seed"),
    ("threading", "_after_fork"),
    ("logging", "_after_at_fork_child_reinit_locks"),
)
"""What these modules give to os.register_at_fork."""
_REHEARSALS: Final = 24
_FAILED: Final = 71
"""Exit status of a learner that could not be confined."""


def settle(descriptor: int) -> Callable[[], None]:
    """Lay the ground as the server asks on this socket, and tell it why where that fails.

    What is returned is to be called in the first input hook. At level full this returns in a child: see `lay_ground`.
    """
    control = socket.socket(fileno=descriptor)
    policy = from_plain(json.loads(control.recv(REQUEST_LIMIT)))
    try:
        ground = lay_ground(policy)
    except ConfinementError as error:
        control.send(_refusal(error))
        os._exit(1)
    os.chdir(ground.rooms)  # the worker's boot forgets what it imported from below here, which must not be everything
    return Nest(control, ground).brood


def _refusal(error: Exception) -> bytes:
    return json.dumps({"error": str(error)}).encode()


class Nest:
    """Obeys the server: opens rooms, forks learners into them, and tells how each ended."""

    def __init__(self, control: socket.socket, ground: Ground) -> None:
        self._control, self._ground = control, ground
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        self._learners: dict[int, tuple[int, int]] = {}
        """The pidfd of each learner to its pid and the pipe on which its end is told."""
        self._requests: dict[str, Callable[..., bool]] = {
            "room": self._open_room,
            "start": self._start,
            "forget": self._forget,
        }

    def brood(self) -> None:
        """Returns in each learner, and only there."""
        sys.path_importer_cache.pop(os.getcwd(), None)  # `python -i` has looked for readline here, too
        _rehearse_forks()
        gc.collect()
        gc.freeze()  # a collection here would part our pages from those of the learners
        self._reply()
        while not self._turn():
            pass

    def _turn(self) -> bool:
        """Wait, and do what there is to do. Whether this process is a learner now."""
        for descriptor, _ in self._poll.poll():
            if descriptor in self._learners:
                self._bury(descriptor)
            elif self._obey():
                return True
        return False

    def _obey(self) -> bool:
        data, ancillary, _, _ = self._control.recvmsg(REQUEST_LIMIT, _ROOM_FOR_LINES, socket.MSG_CMSG_CLOEXEC)
        if not data:  # the server is gone
            os._exit(0)
        lines = [number for _, _, payload in ancillary for (number,) in struct.iter_unpack("i", payload)]
        request, *arguments = json.loads(data)
        try:
            return self._requests[request](lines, *arguments)
        except (OSError, EngineError) as error:
            self._control.send(_refusal(error))
            _close(lines)
            return False

    def _reply(self, *descriptors: int) -> None:
        """With descriptors, which are closed here."""
        rights = struct.pack(f"{len(descriptors)}i", *descriptors)
        ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)] if descriptors else []
        self._control.sendmsg([b"{}"], ancillary)
        _close(descriptors)

    # --- what the server asks for ---

    def _open_room(self, _: Sequence[int], room: str, limits: dict[str, Any]) -> bool:
        work = self._ground.open_room(room, limited(self._ground.policy, Limits(**limits)))
        self._reply(work, self._ground.open_stage(room))
        return False

    def _forget(self, _: Sequence[int], room: str) -> bool:
        self._ground.forget_room(room)
        self._reply()
        return False

    def _start(self, lines: Sequence[int], room: str, limits: dict[str, Any]) -> bool:
        *inherited, ends = lines
        pid = self._ground.fork(room, _KEPT, limited(self._ground.policy, Limits(**limits)))
        if not pid:
            self._become(room, inherited)
            return True
        pidfd = os.pidfd_open(pid)
        self._learners[pidfd] = pid, ends
        self._poll.register(pidfd, select.POLLIN)
        self._reply(os.dup(pidfd))
        _close(inherited)
        return False

    def _bury(self, pidfd: int) -> None:
        """Wait for a learner that has ended, and tell how."""
        pid, ends = self._learners.pop(pidfd)
        self._poll.unregister(pidfd)
        cpu = cpu_time(pid)  # of one that has ended, but is still there to be asked
        _, status, used = os.wait4(pid, 0)
        self._ground.reaped(pid)
        with suppress(BrokenPipeError):  # nobody waits for it any more
            os.write(ends, ENDED.pack(os.waitstatus_to_exitcode(status), cpu, used.ru_maxrss * 1024))
        _close((pidfd, ends))

    # --- in the child ---

    def _become(self, room: str, lines: Sequence[int]) -> None:
        """A learner. Nothing of the zygote is left that a learner's code could use."""
        try:
            stdin, output, channel = lines
            self._control.detach()  # closed with the others
            for number, descriptor in enumerate((stdin, output, output, channel)):
                os.dup2(descriptor, number)
            _, temporary = self._ground.folders(room)
            if temporary != TEMPORARY:  # as the environment has it
                environment = sys.modules["os"].environ  # the learner's: ours may be a copy
                environment["HOME"] = environment["TMPDIR"] = temporary
            self._ground.confine()
            gc.unfreeze()  # so that gc shows a learner what it shows anybody
            self.__dict__.clear()
        except BaseException as error:
            os.write(2, f"This Python could not be confined: {error}\n".encode())
            os._exit(_FAILED)


def _rehearse_forks() -> None:
    """What modules have asked to have done in each child, where the interpreter's site packages imported them: so often
    that CPython has specialised it, and each learner parts with fewer pages. One that is not known is done cold.
    """
    for module, *path in _AFTER_FORK:
        handler: Any = sys.modules.get(module)
        for name in path:
            handler = getattr(handler, name, None)
        for _ in range(_REHEARSALS if handler is not None else 0):
            handler()


def _close(descriptors: Sequence[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
