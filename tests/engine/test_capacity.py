"""The room that is found by free memory."""

from pathlib import Path

import pytest

from sandbox.engine.capacity import capacity, free_memory
from sandbox.engine.interface import MIB, Limits

GIB = 1024 * MIB


def machine(root: Path, groups: str, files: dict[str, str]) -> Path:
    """A machine with 8 GiB available and these files below /sys/fs/cgroup."""
    for path, text in {
        "proc/meminfo": "MemTotal: 9 kB\nMemAvailable: 8388608 kB\n",
        "proc/self/cgroup": groups,
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    for path, text in files.items():
        (root / "sys/fs/cgroup" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "sys/fs/cgroup" / path).write_text(text)
    return root


@pytest.mark.parametrize(
    ("groups", "files", "free"),
    [
        ("0::/\n", {}, 8 * GIB),
        (
            "0::/a/b\n",
            {"a/memory.max": f"{3 * GIB}\n", "a/memory.current": f"{GIB}\n", "a/b/memory.max": "max\n"},
            2 * GIB,
        ),
        ("0::/elsewhere\n", {"memory.max": f"{GIB}", "memory.current": "0"}, GIB),
        ("4:memory:/x\n", {f"memory/x/memory.{name}": str(GIB) for name in ("limit_in_bytes", "usage_in_bytes")}, 0),
        ("4:cpu:/x\n", {}, 8 * GIB),
    ],
)
def test_free_is_what_machine_and_control_groups_leave(
    tmp_path: Path, groups: str, files: dict[str, str], free: int
) -> None:
    assert free_memory(machine(tmp_path, groups, files)) == free


def test_this_machine_has_some() -> None:
    assert free_memory() > 0


def test_there_is_always_room_for_one_and_less_for_those_who_may_use_more() -> None:
    assert capacity(Limits(), 0) == 1
    assert capacity(Limits(), 4 * GIB) > 2 * capacity(Limits(memory_bytes=GIB), 4 * GIB)
