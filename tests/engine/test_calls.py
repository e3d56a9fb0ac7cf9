"""System calls prepared ahead: what each must give, and what is said of the first that does not."""

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sandbox.engine import syscalls
from sandbox.engine.calls import Calls, ConfinementError

pytestmark = pytest.mark.skipif(not syscalls.SUPPORTED, reason="LINUX SYSTEM CALLS ARE NOT TESTED HERE: another system")


def opened() -> set[int]:
    return {int(name) for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")}


class Child:
    """A process that is forked when it is asked to act; its pipe is open from the beginning."""

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()
        self.calls = Calls(
            {int(name) for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")}
        )

    def makes(self, then: Callable[[], str] = lambda: "made") -> str:
        """Has it make the calls: what that says, or what went wrong."""
        prepared = self.calls.prepared()
        if not os.fork():
            try:
                prepared.make()
                said = then()
            except ConfinementError as error:
                said = str(error)
            os.write(self._writing, said.encode())
            os._exit(0)
        os.wait()
        return os.read(self._reading, 1000).decode()

    def close(self) -> None:
        os.close(self._reading)
        os.close(self._writing)


@pytest.fixture
def child() -> Iterator[Child]:
    with closing(Child()) as one:
        yield one


def test_a_file_that_is_opened_has_the_descriptor_that_was_foretold(child: Child, tmp_path: Path) -> None:
    path = tmp_path / "told"
    path.write_text("before")
    child.calls.fill(str(path), "after!")
    first = child.calls.open(str(path), os.O_RDONLY)
    second = child.calls.open(str(path), os.O_RDONLY)
    child.calls.close(first)
    again = child.calls.open(str(path), os.O_RDONLY)
    assert child.makes(lambda: os.read(again, 3).decode() + os.read(second, 10).decode()) == "aftafter!"


def test_the_first_that_fails_is_named_with_its_wall_and_its_reason_and_none_is_made_after_it(
    child: Child, tmp_path: Path
) -> None:
    child.calls.wall = "limits"
    child.calls.add("getppid", returns=os.getpid())
    child.calls.wall = "files"
    child.calls.add("chdir", str(tmp_path / "nowhere").encode())
    (tmp_path / "kept").write_text("kept")
    child.calls.fill(str(tmp_path / "kept"), "lost")
    assert child.makes() == "files: chdir: No such file or directory"
    assert (tmp_path / "kept").read_text() == "kept"


def test_what_gives_another_result_than_it_must_has_failed(child: Child) -> None:
    child.calls.wall = "processes"
    child.calls.add("getppid", returns=1)
    assert child.makes() == f"processes: getppid: gave {os.getpid()}, not 1"


def test_what_is_not_needed_may_be_denied(child: Child, tmp_path: Path) -> None:
    child.calls.fill(str(tmp_path / "nowhere" / "file"), "x", needed=False)
    assert child.makes() == "made"


def test_the_child_writes_its_own_pid_where_it_belongs(child: Child) -> None:
    mark = b"\xe1\xbe\xad\x7e"
    start = child.calls.place(b"aaaa" + mark + b"bbbb" + mark, mark)

    def is_there() -> str:
        own = os.getpid().to_bytes(4, sys.byteorder)
        return str(ctypes.string_at(start, 16) == b"aaaa" + own + b"bbbb" + own)

    assert child.makes(is_there) == "True"


def test_the_next_child_can_make_them_again(child: Child, tmp_path: Path) -> None:
    child.calls.add("chdir", str(tmp_path).encode())
    assert [child.makes(os.getcwd), child.makes(os.getcwd)] == [str(tmp_path)] * 2
