"""What a learner may see and use, as plain values that can travel to the process that builds the walls.

Knows no system call. Standard library only, all of it imported up front.
"""

import dataclasses
from dataclasses import dataclass, replace
from typing import Any, Final

from sandbox.engine.interface import MIB, Limits

FULL: Final = frozenset({"files", "processes", "network", "ipc", "capabilities", "limits", "landlock", "seccomp"})
PARTIAL: Final = frozenset({"capabilities", "limits", "landlock", "seccomp"})
NAMESPACES: Final = frozenset({"files", "processes", "network", "ipc"})

WORK: Final = "/work"
TEMPORARY: Final = "/tmp"  # noqa: S108 -- a tmpfs of the learner's own
DEVICES: Final = ("/dev/null", "/dev/random", "/dev/urandom")
"""Not /dev/zero: mapped shared it is memory that no limit counts."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a learner may see and use. Sizes in bytes.

    `paths` and `links` are the interpreter's (see `footprint`). Without the wall `files`, `rooms` is the
    existing folder in which each learner gets one; a zygote that is root then gives each learner a uid of its own,
    counted from `first_uid`. With it neither is used.
    """

    paths: tuple[str, ...]
    links: tuple[tuple[str, str], ...] = ()
    walls: frozenset[str] = FULL
    rooms: str = ""
    first_uid: int = 0
    memory: int = 256 * MIB
    threads: int = 47
    descriptors: int = 64
    file: int = 8 * MIB
    workspace: int = 16 * MIB
    workspace_inodes: int = 1024
    temporary: int = 4 * MIB
    temporary_inodes: int = 256
    thread_stack: int = 4 * MIB
    """Counts as memory. CPython 3.12 and 3.13 crash at their own recursion limit with 2 MiB, not with 3."""
    cpu_seconds: int = 3600
    """CPU time of a learner's whole life."""
    nice: int = 10

    @property
    def namespaced(self) -> bool:
        return bool(self.walls & NAMESPACES)

    @property
    def shares_uid(self) -> bool:
        """Whether the learner sees files outside that belong to its own uid."""
        return "files" not in self.walls and not self.first_uid


def limited(policy: Policy, limits: Limits) -> Policy:
    """The policy with a job's limits."""
    return replace(
        policy,
        memory=limits.memory_bytes,
        threads=limits.threads,
        descriptors=limits.descriptors,
        file=limits.file_bytes,
        workspace=limits.workspace_bytes,
        workspace_inodes=limits.workspace_inodes,
        cpu_seconds=limits.life_cpu_seconds,
    )


def to_plain(policy: Policy) -> dict[str, Any]:
    """What JSON can carry."""
    return dataclasses.asdict(policy) | {"walls": sorted(policy.walls)}


def from_plain(plain: dict[str, Any]) -> Policy:
    """The policy that `to_plain` was given, after JSON."""
    links = tuple((path, target) for path, target in plain["links"])
    return Policy(**plain | {"paths": tuple(plain["paths"]), "links": links, "walls": frozenset(plain["walls"])})
