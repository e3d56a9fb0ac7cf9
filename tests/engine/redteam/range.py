"""The range: what attackers are aimed at, and the confined processes that they run in."""

import contextlib
import ctypes
import dataclasses
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import pytest

from engine.redteam.cases import Case, End
from sandbox.engine.calls import ConfinementError
from sandbox.engine.descend import LEARNER_UID
from sandbox.engine.footprint import Footprint, closed_folders, footprint
from sandbox.engine.ground import may_become
from sandbox.engine.jail import Jail
from sandbox.engine.policy import FULL, PARTIAL, Policy
from sandbox.engine.trial import Group, Outcome, run

PYTHON = getattr(sys, "_base_executable", sys.executable)
UID = LEARNER_UID if may_become(LEARNER_UID) else 0
"""What learners run as; 0 where the tests do not run as root: as ourselves."""
SEGMENT_KEY = 0x5A4D0000 | os.getpid() & 0xFFFF
LATE = 0.7
"""Seconds after which code that never ends is killed."""


@cache
def needs() -> Footprint:
    return footprint(PYTHON)


@cache
def why_not_full() -> str:
    """Why namespaces cannot be had here; "" if they can."""
    try:
        run(Jail(needs(), "", UID), full_policy(), [Group(("",))], python=PYTHON)
    except ConfinementError as error:
        return f"LEVEL FULL IS NOT TESTED HERE: {error}"
    return ""


def full_policy() -> Policy:
    return Policy(needs().paths, needs().links)


@dataclass(frozen=True)
class Range:
    """Things to attack. `rooms` is for confinement without the wall `files`."""

    secret: str
    folder: str
    own: str
    port: int
    name: str
    rooms: str

    def aimed(self, case: Case) -> str:
        names = {name: getattr(self, name) for name in ("secret", "folder", "own", "port", "name")}
        lines = [f"{name} = {value!r}\n" for name, value in names.items()]
        others = "others = sorted({__import__('os').getppid(), *range(3, 120)} - {0, __import__('os').getpid()})\n"
        return "".join(lines) + f"key = {SEGMENT_KEY}\n" + others + case.source


@contextlib.contextmanager
def laid_out() -> Iterator[Range]:
    """A range where any uid may walk."""
    with (
        temporary_folder() as place,
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_UNIX) as abstract,
        segment(),
    ):
        os.chmod(place, 0o755)
        name = os.path.basename(place)
        abstract.bind("\0" + name)
        abstract.listen()
        os.environ["SANDBOX_SECRET"] = "hunter2"
        try:
            yield Range(*make_places(place), server.getsockname()[1], name, os.path.join(place, "rooms"))
        finally:
            del os.environ["SANDBOX_SECRET"]


@contextlib.contextmanager
def temporary_folder() -> Iterator[str]:
    """Removed by `rm`: folders a thousand deep are too much for shutil.rmtree (RecursionError up to 3.12)."""
    place = tempfile.mkdtemp(prefix="range-")
    try:
        yield place
    finally:
        subprocess.run(["rm", "-rf", place], check=True)


def make_places(place: str) -> tuple[str, str, str]:
    secret, folder, own, rooms = (os.path.join(place, name) for name in ("secret", "folder", "own", "rooms"))
    for path in (secret, own):
        with open(path, "w") as file:
            file.write("hunter2")
    for path in (folder, rooms):
        os.mkdir(path)
        os.chmod(path, 0o777)
    if UID:
        os.chown(own, UID, UID)
    return secret, folder, own


@contextlib.contextmanager
def segment() -> Iterator[None]:
    """A SysV segment that anybody may open, by its key."""
    libc = ctypes.CDLL(None)
    number = libc.shmget(SEGMENT_KEY, 4096, 0o1666)
    assert number >= 0
    try:
        yield
    finally:
        libc.shmctl(number, 0, None)


def fire(
    field: Range,
    policy: Policy,
    shots: Sequence[tuple[Case, Policy | None]],
    jail: Jail | None = None,
    python: str = PYTHON,
) -> list[Outcome]:
    """The outcome of each case, under its own policy if it has one."""
    jail = jail or Jail(needs(), "", UID)
    rooms = tempfile.mkdtemp(dir=field.rooms)
    os.chmod(rooms, 0o777)
    policy = replace(policy, rooms=rooms)
    quick = [shot for shot in shots if shot[0].end is not End.STOPPED_BY_US]
    slow = [shot for shot in shots if shot[0].end is End.STOPPED_BY_US]
    groups = [Group((field.aimed(case),), own and replace(own, rooms=rooms)) for case, own in quick]
    outcomes = {
        case_and_policy: outcome
        for case_and_policy, (outcome,) in zip(quick, run(jail, policy, groups, 20, python), strict=True)
    }
    if slow:
        (late,) = run(jail, policy, [Group(tuple(field.aimed(case) for case, _ in slow))], LATE, python)
        outcomes |= dict(zip(slow, late, strict=True))
    return [outcomes[shot] for shot in shots]


def contained(case: Case, outcome: Outcome) -> str:
    """Why the outcome is not that of a contained attack; "" if it is."""
    if outcome.failed:
        return f"the wall {outcome.failed} could not be built: {outcome.output}"
    if "ESCAPED" in outcome.output:
        return outcome.output
    ended = End.STOPPED_BY_US.value if outcome.late else outcome.status
    return "" if ended == case.end.value else f"ended with {outcome.status}, late: {outcome.late}: {outcome.output}"


def open_python() -> str:
    """An interpreter that any user may run: the server's own may lie under a closed home."""
    for name in ("python3", "python3.11", "python3.12", "python3.13"):
        for folder in ("/usr/bin", "/usr/local/bin"):
            path = shutil.which(name, path=folder)
            if path and not closed_folders([os.path.realpath(path)]) and new_enough(path):
                return path
    pytest.skip("NOT TESTED HERE: there is no Python 3.11 that every user may run")


def new_enough(path: str) -> bool:
    return not subprocess.run([path, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"], check=False).returncode


def without(*walls: str) -> Policy:
    return replace(full_policy(), walls=FULL - set(walls))


def own_uid_policy(python: str) -> Policy:
    """As root without namespaces: a uid for each learner, which owns nothing else."""
    return replace(Policy(*dataclasses.astuple(footprint(python))), walls=PARTIAL, first_uid=LEARNER_UID + 1000)


def partial_policy() -> Policy:
    return replace(full_policy(), walls=PARTIAL)


def bubblewrap() -> str:
    return shutil.which("bwrap") or ""
