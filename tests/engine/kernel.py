"""What tests need of the kernel to bring a machine to its end without harm: a group of processes with little memory."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PLACES = {
    Path("/sys/fs/cgroup/memory"): "memory.limit_in_bytes",
    Path("/sys/fs/cgroup"): "memory.max",
}
"""Where a control group may be made, in version 1 and in version 2, and the file that bounds it."""


@contextmanager
def memory_group(limit: int, processes: Iterable[int]) -> Iterator[None]:
    """These processes have so many bytes together; beyond, the kernel ends one of them."""
    for place, bound in PLACES.items():
        group = place / f"reload-sandbox-test-{os.getpid()}"
        try:
            group.mkdir()
            (group / bound).write_text(str(limit))
        except OSError:
            if group.exists():
                group.rmdir()
            continue
        try:
            for process in processes:
                (group / "cgroup.procs").write_text(str(process))
            yield
        finally:
            for number in (group / "cgroup.procs").read_text().split():
                (place / "cgroup.procs").write_text(number)
            group.rmdir()
        return
    pytest.skip("NOT TESTED HERE: needs a control group of its own")
