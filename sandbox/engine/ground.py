"""The ground: what the learners of one zygote stand on, and where each is let in.

Two processes take part. The *zygote*, once, while it has a single thread, calls `lay_ground`; from then on it lives in
user, mount, network and pid namespaces of its own, as process 1, with a read-only root for learners built beside its
own, and when it ends the kernel ends every learner. A *learner*: the zygote calls `Ground.fork`, its child
`Ground.confine`, before any learner code. Standard library only. Knows no protocol and no worker, and not what a
descriptor is for.
"""

import itertools
import os
import signal
from collections.abc import Collection
from typing import Final

from sandbox.engine import syscalls
from sandbox.engine.calls import Calls, ConfinementError, Prepared
from sandbox.engine.confine import (
    Place,
    apply,
    ground_steps,
    learner_steps,
    make_folder,
    room_steps,
)
from sandbox.engine.interface import EngineError
from sandbox.engine.policy import DEVICES, TEMPORARY, WORK, Policy
from sandbox.engine.prepare import prepare

_NOBODY: Final = 65534
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_STAGES: Final = ("/mnt", "/srv", "/media", "/opt", "/run", "/tmp")  # noqa: S108 -- we cover it


class Ground:
    """What all learners of a zygote stand on. Made by `lay_ground`; every method but `confine` runs in the zygote.

    With the wall `files` the zygote keeps the workspaces in a mount namespace of its own and forks from another one,
    which has none: else every learner would copy the mounts of all.
    """

    def __init__(self, policy: Policy, stage: str) -> None:
        self.policy = policy
        self._root = f"{stage}/root"
        self._rooms = f"{stage}/rooms" if "files" in policy.walls else policy.rooms
        self._uids: dict[str, int] = {}
        self._idle: dict[int, int] = {}
        self._calls: Prepared = Calls(()).prepared()
        self._prepared_for: object = None
        self._open_then: set[int] = set()
        if "processes" in policy.walls:
            self._own_processes = _open_namespace("pid")
        if "files" in policy.walls:
            self._mounts_for_learners = _open_namespace("mnt")
            self._entrance = os.dup(self._mounts_for_learners)
            """Where each learner in turn finds its workspace, a mount not yet in the tree; else it is anything."""
            apply(room_steps(self._rooms))
            self._own_mounts = _open_namespace("mnt")

    def open_room(self, name: str, policy: Policy | None = None) -> int:
        """A descriptor of the workspace with this name, made when there is none; the caller closes it.

        It stays good for whoever holds it, also outside the zygote's namespaces and after the learner has ended.
        """
        if name not in self._uids:
            self._make_room(name, policy or self.policy)
        return os.open(f"{self._room(name)}/work", _FOLDER)

    def open_stage(self, name: str) -> int:
        """A descriptor of the folder beside that workspace, on the same mount and out of its learner's sight."""
        return os.open(f"{self._room(name)}/stage", _FOLDER)

    @property
    def rooms(self) -> str:
        """The folder in which the zygote has the rooms."""
        return self._rooms

    def folders(self, name: str) -> tuple[str, str]:
        """The workspace and the temporary folder of this room, as its learner sees them."""
        inside = "files" in self.policy.walls
        return (WORK, TEMPORARY) if inside else (f"{self._room(name)}/work", f"{self._room(name)}/temporary")

    def _room(self, name: str) -> str:
        if not name.isalnum():
            raise EngineError(f"{name!r} cannot name a workspace")
        return f"{self._rooms}/{name}"

    def _make_room(self, name: str, policy: Policy) -> None:
        uid = self._free_uid() if policy.first_uid else 0
        room = self._room(name)
        make_folder(room)
        if "files" in policy.walls:
            options = f"size={policy.workspace},nr_inodes={policy.workspace_inodes},mode=700"
            syscalls.mount("tmpfs", room, "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC, options)
        for folder in ("work", "stage", "temporary"):  # the last for learners without the wall `files`
            make_folder(f"{room}/{folder}")
            os.chmod(f"{room}/{folder}", 0o700)
            if uid:
                os.chown(f"{room}/{folder}", uid, uid)
        self._uids[name] = uid

    def _free_uid(self) -> int:
        taken = set(self._uids.values())
        return next(uid for uid in itertools.count(self.policy.first_uid) if uid not in taken)

    def forget_room(self, name: str) -> None:
        """Take the workspace away. Without the wall `files` its folder stays: it is the server's to remove."""
        if self._uids.pop(name, None) is not None and "files" in self.policy.walls:
            syscalls.unmount(self._room(name))
            os.rmdir(self._room(name))

    def fork(self, name: str, keep: Collection[int], policy: Policy | None = None) -> int:
        """fork(2) for the learner of this room, which has been opened; the child must call `confine`.

        It will have the descriptors to `keep`, which must be open by then, and no others. It is process 2 of a new pid
        namespace, if that wall stands. Not process 1, which would survive its own SIGKILL and abort(): an idle process
        is that, see `reaped`. Raises ConfinementError.
        """
        policy = policy or self.policy
        pid = -1
        try:
            self._prepare(policy, self._find_place(name, policy), keep)
            pid = self._fork(policy.walls)
        except OSError as error:
            raise ConfinementError("processes", str(error)) from error
        finally:
            if pid and "files" in policy.walls:
                os.dup2(self._mounts_for_learners, self._entrance, inheritable=False)
        return pid

    def _find_place(self, name: str, policy: Policy) -> Place:
        zygote = 0 if "processes" in policy.walls else os.getpid()
        if "files" not in policy.walls:
            return Place(self._root, self._room(name), -1, self._uids[name], zygote)
        workspace = syscalls.copy_mount(f"{self._room(name)}/work")
        os.dup2(workspace, self._entrance, inheritable=False)
        os.close(workspace)
        return Place(self._root, "", self._entrance, self._uids[name], zygote)

    def _prepare(self, policy: Policy, place: Place, keep: Collection[int]) -> None:
        """What was prepared for one learner is good for the next, if that is to be confined in the same way."""
        wanted = policy, place, (*keep,)
        if wanted != self._prepared_for:
            self._open_then = {*keep, place.workspace} - {-1}
            self._calls, self._prepared_for = prepare(learner_steps(policy, place), self._open_then), wanted

    def _fork(self, walls: Collection[str]) -> int:
        blocked = syscalls.block_signals()
        pid = idle = -1
        try:
            if "files" in walls:
                syscalls.setns(self._mounts_for_learners, syscalls.CLONE_NEWNS)
            if "processes" in walls:
                syscalls.unshare(syscalls.CLONE_NEWPID)
                idle = syscalls.start_idle_process()
            pid = os.fork()
        finally:
            if pid:
                self._come_back(walls)
                self._remember(pid, idle)
            syscalls.restore_signals(blocked)
        return pid

    def _come_back(self, walls: Collection[str]) -> None:
        if "files" in walls:
            syscalls.setns(self._own_mounts, syscalls.CLONE_NEWNS)
        if "processes" in walls:
            syscalls.setns(self._own_processes, syscalls.CLONE_NEWPID)

    def _remember(self, pid: int, idle: int) -> None:
        if pid > 0 and idle > 0:
            self._idle[pid] = idle
        elif idle > 0:
            _end(idle)

    def reaped(self, pid: int) -> None:
        """To be called when wait(2) has given `pid` back: ends what is left of its namespace. Other pids do no harm."""
        if idle := self._idle.pop(pid, 0):
            _end(idle)

    def confine(self) -> None:
        """In the child: become the learner, with no descriptor but those to keep. For good.

        Raises ConfinementError: the process must then end.
        """
        _close_others(self._open_then)
        self._calls.make()


def _open_namespace(kind: str) -> int:
    return os.open(f"/proc/self/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC)


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _close_others(keep: Collection[int]) -> None:
    start = 0
    for descriptor in (*sorted(keep), os.sysconf("SC_OPEN_MAX")):
        if start < descriptor:  # os.closerange(0, 0) closes everything
            os.closerange(start, descriptor)
        start = descriptor + 1


def lay_ground(policy: Policy) -> Ground:
    """Build in this process, which must be single-threaded and not root, what learners will stand on.

    With the wall `processes` this returns in a *child*: process 1 of a pid namespace. The process that called waits,
    holding no descriptor but 0 to 2, and ends as the child does; killing either ends both and every learner.
    Raises ConfinementError.
    """
    if policy.namespaced and may_become(_NOBODY):
        raise ConfinementError("users", "a zygote must not be root")
    syscalls.set_default_thread_stack(policy.thread_stack)
    syscalls.use_one_malloc_arena()
    os.nice(policy.nice)
    stage = _stage(policy) if "files" in policy.walls else ""
    apply(ground_steps(policy, stage, os.geteuid(), os.getegid()))
    if "processes" in policy.walls:
        _become_first_process()
    return Ground(policy, stage)


def may_become(uid: int) -> bool:
    """Whether this process is a root that can become that uid: not one that is the only user of its namespace."""
    return os.geteuid() == 0 and _mapped(uid)


def _mapped(uid: int) -> bool:
    with open("/proc/self/uid_map", encoding="utf-8") as file:
        ranges = (tuple(int(part) for part in line.split()) for line in file)
        return any(first <= uid < first + count for first, _, count in ranges)


def _stage(policy: Policy) -> str:
    """A folder that hides nothing we need when a mount covers it."""
    for stage in _STAGES:
        hidden = any(path.startswith(stage + "/") for path in (*policy.paths, *DEVICES))
        if os.path.isdir(stage) and not os.path.islink(stage) and not hidden:
            return stage
    raise ConfinementError("files", f"none of {', '.join(_STAGES)} is a folder that may be covered")


def _become_first_process() -> None:
    pid = os.fork()
    if not pid:
        syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
        return
    _close_others((0, 1, 2))
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        signal.signal(-code, signal.SIG_DFL) if -code not in (signal.SIGKILL, signal.SIGSTOP) else None
        os.kill(os.getpid(), -code)
    os._exit(code & 0xFF)
