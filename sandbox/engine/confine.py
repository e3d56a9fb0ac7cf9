"""Confinement as a plan: which steps wall a learner in, in which order, and how to take them.

`policy` says what is wanted; `ground_steps` and `learner_steps` make plain data of it, for the zygote and for each
learner. The zygote's `apply` takes here; what a learner's are in system calls, `prepare` knows. Partial confinement is
the same policy with fewer walls. Who runs which plan, and when, is `ground`'s business. Standard library only, all of
it imported up front.
"""

import os
import resource
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sandbox.engine import syscalls
from sandbox.engine.calls import ConfinementError
from sandbox.engine.interface import MIB
from sandbox.engine.policy import DEVICES, PARTIAL, TEMPORARY, WORK, Policy

_LEARNER_ID: Final = 1000
_PASSWD: Final = f"learner:x:{_LEARNER_ID}:{_LEARNER_ID}::{WORK}:/bin/false\n"
_GROUP: Final = f"learner:x:{_LEARNER_ID}:\n"
_SPARE_ADDRESSES: Final = 128 * MIB
"""Address space beyond the memory limit: code of the interpreter and its libraries, and reserved but unused maps."""
_KERNEL: Final = tuple(int(part) for part in os.uname().release.split("-")[0].split(".")[:2])
_COUNTS_BY_NAMESPACE: Final = (5, 14)
"""From this kernel on RLIMIT_NPROC counts a uid's threads in each user namespace apart."""


@dataclass(frozen=True, slots=True)
class Step:
    """One call on the way into confinement, and the wall that it is part of."""

    wall: str
    call: str
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where one learner goes. `root` and `room` are folders as the zygote sees them.

    With the wall `files` what counts is not `room` but `workspace`, a mount not yet in the tree. `uid` is to be taken,
    0 for none; `zygote` is the parent to die with, 0 where a pid namespace sees to that.
    """

    root: str
    room: str
    workspace: int = -1
    uid: int = 0
    zygote: int = 0


# --- plans: pure ---


def ground_steps(policy: Policy, stage: str, uid: int, gid: int) -> Iterator[Step]:
    """What the zygote does once: `uid` and `gid` are its own, `stage` is a folder it may cover with mounts."""
    if policy.namespaced:
        yield Step("users", "unshare", (syscalls.CLONE_NEWUSER,))
        yield Step("users", "map_ids", (0, uid, gid))
    if "files" in policy.walls:
        yield from _root_steps(policy, stage)
    if "network" in policy.walls:  # one for all learners, who do not own it: each costs the kernel 0.2 MB
        yield Step("network", "unshare", (syscalls.CLONE_NEWNET,))
    if "processes" in policy.walls:
        yield Step("processes", "unshare", (syscalls.CLONE_NEWPID,))


def _root_steps(policy: Policy, stage: str) -> Iterator[Step]:
    root, safe = f"{stage}/root", syscalls.MS_NOSUID | syscalls.MS_NODEV
    yield Step("files", "unshare", (syscalls.CLONE_NEWNS,))
    yield Step("files", "mount", ("", "/", "", syscalls.MS_REC | syscalls.MS_PRIVATE))
    yield Step("files", "mount", ("tmpfs", stage, "tmpfs", safe, "size=1m,mode=755"))
    yield Step("files", "make_folder", (f"{stage}/rooms",))
    yield Step("files", "make_folder", (root,))
    yield Step("files", "mount", ("tmpfs", root, "tmpfs", safe, "size=1m,mode=755"))
    for path in (*policy.paths, *DEVICES):
        yield Step("files", "show", (path, root + path))
    for path, target in policy.links:
        yield Step("files", "make_link", (target, root + path))
    for folder in (WORK, TEMPORARY):
        yield Step("files", "make_folder", (root + folder,))
    for path, text in (("/etc/passwd", _PASSWD), ("/etc/group", _GROUP)):
        yield Step("files", "write", (root + path, text))
    yield Step("files", "mount", ("", root, "", syscalls.MS_REMOUNT | syscalls.MS_RDONLY | safe))


def room_steps(rooms: str) -> Iterator[Step]:
    """What the zygote does to have a mount namespace with the rooms, which the one of learners' roots lacks."""
    yield Step("files", "unshare", (syscalls.CLONE_NEWNS,))
    yield Step("files", "mount", ("tmpfs", rooms, "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "size=4m,mode=755"))


def learner_steps(policy: Policy, place: Place) -> Iterator[Step]:
    """What a learner does after the fork, to be let into its place."""
    if "limits" in policy.walls:
        yield Step("limits", "offer")
    if policy.namespaced:
        yield Step("users", "unshare", (syscalls.CLONE_NEWUSER,))
        yield Step("users", "map_ids", (_LEARNER_ID, 0, 0))
    if "ipc" in policy.walls:
        yield Step("ipc", "unshare", (syscalls.CLONE_NEWIPC | syscalls.CLONE_NEWUTS,))
        yield Step("ipc", "sethostname", ("sandbox",))
    yield from _enter_steps(policy, place)
    if place.uid:
        yield Step("capabilities", "become", (place.uid,))
    yield from _privilege_steps(policy, place)


def _enter_steps(policy: Policy, place: Place) -> Iterator[Step]:
    if "files" not in policy.walls:
        yield Step("files", "chdir", (f"{place.room}/work",))
        return
    root = place.root
    locked = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC
    options = f"size={policy.temporary},nr_inodes={policy.temporary_inodes},mode=700"
    yield Step("files", "unshare", (syscalls.CLONE_NEWNS,))
    # A mount copied from the zygote's namespace is locked, pivot_root gives EINVAL; a fresh bind of it is not.
    yield Step("files", "mount", (root, root, "", syscalls.MS_BIND | syscalls.MS_REC))
    yield Step("files", "attach_mount", (place.workspace, root + WORK))
    yield Step("files", "close", (place.workspace,))
    yield Step("files", "mount", ("tmpfs", root + TEMPORARY, "tmpfs", locked, options))
    yield Step("files", "pivot_root", (root,))
    yield Step("files", "chdir", (WORK,))


def _privilege_steps(policy: Policy, place: Place) -> Iterator[Step]:
    if "limits" in policy.walls:
        yield from (Step("limits", "limit", limit) for limit in resource_limits(policy))
    if "capabilities" in policy.walls:
        yield Step("capabilities", "drop_capabilities")
        yield Step("capabilities", "prctl", (syscalls.PR_SET_DUMPABLE, 0))
    if place.zygote:
        yield Step("processes", "die_with", (place.zygote,))
    if policy.walls & PARTIAL:
        yield Step("capabilities", "prctl", (syscalls.PR_SET_NO_NEW_PRIVS, 1))
    if "landlock" in policy.walls:
        inside = "files" in policy.walls
        writable = (WORK, TEMPORARY) if inside else (f"{place.room}/work", f"{place.room}/temporary")
        yield Step("landlock", "restrict", (("/",) if inside else policy.paths, writable, DEVICES))
    if "seccomp" in policy.walls:
        yield Step("seccomp", "install", (policy.shares_uid,))


def resource_limits(policy: Policy) -> Iterator[tuple[int, int]]:
    """Resource limits, soft and hard alike."""
    yield resource.RLIMIT_CORE, 0
    yield resource.RLIMIT_MEMLOCK, 0
    yield resource.RLIMIT_MSGQUEUE, 0
    yield resource.RLIMIT_SIGPENDING, 256
    yield resource.RLIMIT_STACK, 8 * MIB
    yield resource.RLIMIT_NOFILE, policy.descriptors
    yield resource.RLIMIT_FSIZE, policy.file
    yield resource.RLIMIT_CPU, policy.cpu_seconds
    yield resource.RLIMIT_DATA, policy.memory
    # RLIMIT_DATA forgets a map that is made read-only after it was filled: this one does not.
    yield resource.RLIMIT_AS, policy.memory + _SPARE_ADDRESSES
    if policy.first_uid or (policy.namespaced and _KERNEL >= _COUNTS_BY_NAMESPACE):
        yield resource.RLIMIT_NPROC, policy.threads + 1


# --- applying them ---


def apply(steps: Iterator[Step]) -> None:
    """Do the steps in order. Raises ConfinementError at the first that fails: the process must then end."""
    for step in steps:
        try:
            _CALLS[step.call](*step.arguments)
        except OSError as error:
            raise ConfinementError(step.wall, str(error)) from error


def id_maps(inner: int, uid: int, gid: int) -> Iterator[tuple[str, str]]:
    """What a process writes into which files to be `inner`, user and group, in the user namespace that it has made."""
    for name, text in (("setgroups", "deny"), ("uid_map", f"{inner} {uid} 1"), ("gid_map", f"{inner} {gid} 1")):
        yield f"/proc/self/{name}", text


def _map_ids(inner: int, uid: int, gid: int) -> None:
    for path, text in id_maps(inner, uid, gid):
        _fill(path, text, os.O_WRONLY)


def _write(path: str, text: str) -> None:
    make_folder(os.path.dirname(path))
    _fill(path, text, os.O_WRONLY | os.O_CREAT | os.O_EXCL)


def _fill(path: str, text: str, flags: int) -> None:
    descriptor = os.open(path, flags | os.O_CLOEXEC, 0o644)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def make_folder(path: str) -> None:
    """Make the folder and those above it, where they are missing."""
    os.makedirs(path, 0o755, exist_ok=True)


def _make_link(target: str, path: str) -> None:
    make_folder(os.path.dirname(path))
    os.symlink(target, path)


def _show(source: str, target: str) -> None:
    """Bind a file or folder, read-only, but for a device."""
    if os.path.isdir(source):
        make_folder(target)
    else:
        _write(target, "")
    syscalls.mount(source, target, "", syscalls.MS_BIND | syscalls.MS_REC)
    if not stat.S_ISCHR(os.stat(source).st_mode):
        syscalls.make_read_only(target)


_CALLS: Final[dict[str, Callable[..., object]]] = {
    "unshare": syscalls.unshare,
    "mount": syscalls.mount,
    "map_ids": _map_ids,
    "make_folder": make_folder,
    "make_link": _make_link,
    "write": _write,
    "show": _show,
}
