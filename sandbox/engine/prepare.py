"""What a learner's steps are in system calls, prepared by the zygote for the child that will make them.

Standard library only, all of it imported up front. Knows each step and its calls, and not which steps there are.
"""

import ctypes
import resource
import signal
import struct
from collections.abc import Callable, Collection, Iterator
from typing import Final

from sandbox.engine import landlock, oom, seccomp, syscalls
from sandbox.engine.calls import Calls, Prepared
from sandbox.engine.confine import Step, id_maps

_PR_CAPBSET_READ: Final = 23
_HERE: Final = b"."
_PAIR: Final = struct.Struct("QQ")
_CAPABILITIES_VERSION: Final = 0x20080522


def prepare(steps: Iterator[Step], open_then: Collection[int]) -> Prepared:
    """The calls for these steps. `open_then`: the descriptors that will be open when they are made."""
    calls = Calls(open_then)
    for step in steps:
        calls.wall = step.wall
        _STEPS[step.call](calls, *step.arguments)
    return calls.prepared()


def _unshare(calls: Calls, flags: int) -> None:
    calls.add("unshare", flags)


def _map_ids(calls: Calls, inner: int, uid: int, gid: int) -> None:
    for path, text in id_maps(inner, uid, gid):
        calls.fill(path, text)


def _set_host_name(calls: Calls, name: str) -> None:
    calls.add("sethostname", name.encode(), len(name))


def _mount(calls: Calls, *arguments: str | int) -> None:
    """Empty strings stand for NULL."""
    calls.add("mount", *(one.encode() if isinstance(one, str) and one else one or None for one in arguments))


def _attach_mount(calls: Calls, descriptor: int, target: str) -> None:
    calls.add("move_mount", descriptor, b"", -1, target.encode(), syscalls.MOVE_MOUNT_F_EMPTY_PATH)


def _pivot_root(calls: Calls, new: str) -> None:
    """Make `new` the root and let go of the old root with everything mounted below it."""
    calls.add("chdir", new.encode())
    calls.add("pivot_root", _HERE, _HERE)
    calls.add("umount2", _HERE, syscalls.MNT_DETACH)
    calls.add("chdir", b"/")


def _chdir(calls: Calls, path: str) -> None:
    calls.add("chdir", path.encode())


def _offer(calls: Calls) -> None:
    """Have the learner ended before any other process when the machine's memory runs out; nothing if that is denied."""
    calls.fill(oom.preference("self"), oom.FIRST, needed=False)


def _limit(calls: Calls, kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    calls.add("prlimit64", 0, kind, _PAIR.pack(value, value), None)


def _become(calls: Calls, uid: int) -> None:
    calls.add("setgroups", 0, None)
    calls.add("setresgid", uid, uid, uid)
    calls.add("setresuid", uid, uid, uid)


def _drop_capabilities(calls: Calls) -> None:
    """Give up every capability, for good: the bounding and ambient sets too."""
    for capability in range(_CAPABILITIES):
        calls.add("prctl", syscalls.PR_CAPBSET_DROP, capability, returns=None)  # EPERM where there is none
    calls.add("prctl", syscalls.PR_CAP_AMBIENT, syscalls.PR_CAP_AMBIENT_CLEAR_ALL)
    calls.add("capset", struct.pack("Ii", _CAPABILITIES_VERSION, 0), bytes(24))


def _prctl(calls: Calls, option: int, *arguments: int) -> None:
    calls.add("prctl", option, *arguments)


def _die_with(calls: Calls, parent: int) -> None:
    _prctl(calls, syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    calls.add("getppid", returns=parent)


def _install(calls: Calls, shared: bool) -> None:
    program = _PROGRAMS[shared]
    instructions = calls.place(program, seccomp.OWN_PID_BYTES)
    calls.add("seccomp", seccomp.SET_MODE_FILTER, 0, seccomp.argument(program, instructions))


def _count_capabilities() -> int:
    count = 0
    while ctypes.c_int(syscalls.bare(syscalls.number("prctl"), _PR_CAPBSET_READ, count, 0, 0, 0, 0)).value >= 0:
        count += 1
    return count


_CAPABILITIES: Final = _count_capabilities() if syscalls.SUPPORTED else 0
_PROGRAMS: Final = {shared: seccomp.load(shared) for shared in (False, True)} if syscalls.SUPPORTED else {}
_STEPS: Final[dict[str, Callable[..., None]]] = {
    "unshare": _unshare,
    "map_ids": _map_ids,
    "sethostname": _set_host_name,
    "mount": _mount,
    "attach_mount": _attach_mount,
    "close": Calls.close,
    "pivot_root": _pivot_root,
    "chdir": _chdir,
    "offer": _offer,
    "limit": _limit,
    "become": _become,
    "drop_capabilities": _drop_capabilities,
    "prctl": _prctl,
    "die_with": _die_with,
    "restrict": landlock.restrict,
    "install": _install,
}
