"""A workspace on a real disk, without any worker."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.engine.interface import Limits, Rejected
from sandbox.engine.place import Folder
from sandbox.engine.scan import TICK
from sandbox.engine.workspace import TEXT_BYTES
from sandbox.protocol import File, LeftOut


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Folder]:
    place = Folder(tmp_path / "place")
    yield place
    place.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_save_is_whole_and_makes_its_folders(place: Folder) -> None:
    place.workspace.save("a/b/c.py", "ü\r\n")
    assert (place.work / "a/b/c.py").read_bytes() == "ü\r\n".encode()
    assert place.workspace.changes() is None


def test_each_save_moves_the_files_time_and_the_folders_on(place: Folder) -> None:
    times = set()
    for number in range(300):
        place.workspace.save("a.py", f"{number:04}")
        times.add(((place.work / "a.py").stat().st_mtime, place.work.stat().st_mtime))
    assert len({file for file, _ in times}) == len({folder for _, folder in times}) == 300


def test_the_folders_time_moves_on_even_when_it_lies_in_the_future(place: Folder) -> None:
    os.utime(place.work, (2**32, 2**32))
    seen = [place.work.stat().st_mtime]
    for number in range(5):
        place.workspace.save(f"{number}.py", "")
        seen.append(place.work.stat().st_mtime)
    assert seen == sorted(set(seen))


def test_a_reader_never_sees_a_name_that_is_not_the_learners(place: Folder) -> None:
    for number in range(50):
        place.workspace.save("a.py", str(number))
        assert os.listdir(place.work) == ["a.py"]


def test_a_link_in_the_way_is_not_followed(place: Folder, tmp_path: Path) -> None:
    target = place.work.parent / "home" / "target"
    target.write_text("untouched")
    (place.work / "link.py").symlink_to(target)
    (place.work / "folder").symlink_to(target.parent)
    place.workspace.save("link.py", "new")
    assert not (place.work / "link.py").is_symlink()
    for refused in (
        lambda: place.workspace.save("folder/target", "x"),
        lambda: place.workspace.delete("folder/target"),
    ):
        with pytest.raises(Rejected):
            refused()
    assert target.read_text() == "untouched"


def test_a_rewrite_within_one_tick_of_the_clock_is_seen(place: Folder) -> None:
    for number in range(100):
        place.workspace.save("a.py", f"ours {number:04}")
        with open(place.work / "a.py", "r+") as file:
            file.write(f"hers {number:04}")
        changes = place.workspace.changes()
        assert changes
        assert changes.changed == (File("a.py", f"hers {number:04}"),)


def test_a_rewrite_with_the_time_set_back_is_seen(place: Folder) -> None:
    place.workspace.save("a.py", "one")
    before = (place.work / "a.py").stat()
    _outwait_the_tick(place)
    (place.work / "a.py").write_text("two")
    os.utime(place.work / "a.py", ns=(before.st_atime_ns, before.st_mtime_ns))
    changes = place.workspace.changes()
    assert changes
    assert changes.changed == (File("a.py", "two"),)


def test_to_look_where_nothing_changed_is_cheap(place: Folder) -> None:
    place.workspace.fill({f"pack{n % 5}/file{n}.py": "x = 1\n" * 20 for n in range(200)}, Limits())
    _outwait_the_tick(place)
    took = []
    for _ in range(30):
        start = time.thread_time()
        assert place.workspace.changes() is None
        took.append(time.thread_time() - start)
    assert min(took) < 0.003  # CPU seconds, on a machine that does other things as well


def test_a_text_that_the_page_could_not_save_is_left_on_the_disk_and_said_to_be(place: Folder) -> None:
    place.workspace.save("log.txt", "short")
    (place.work / "fits.txt").write_text("x" * TEXT_BYTES)
    (place.work / "log.txt").write_text("x" * 2 * TEXT_BYTES)
    changes = place.workspace.changes()
    assert changes and [file.path for file in changes.changed] == ["fits.txt"]
    assert changes.deleted == ("log.txt",)
    why = "It has 512 KiB; the page takes files of up to 256 KiB. Your code can go on using it."
    assert changes.left_out == (LeftOut("log.txt", why),)
    place.workspace.fill({"fits.txt": "x" * TEXT_BYTES}, Limits())
    assert (place.work / "log.txt").stat().st_size == 2 * TEXT_BYTES
    (place.work / "log.txt").write_text("short again")
    changes = place.workspace.changes()
    assert changes and changes.changed == (File("log.txt", "short again"),)


def _outwait_the_tick(place: Folder) -> None:
    """A file's time is known to be past only when the clock has gone on: look until it has."""
    deadline = time.monotonic() + 5
    newest = max(file.stat().st_ctime_ns for file in place.work.rglob("*"))
    while time.time_ns() - newest <= TICK:
        assert time.monotonic() < deadline
    place.workspace.changes()


def test_filling_leaves_the_same_alone_and_removes_what_is_not_named(place: Folder) -> None:
    place.workspace.fill({"same.py": "1", "old/gone.py": "", "new.py": "1"}, Limits())
    before = (place.work / "same.py").stat()
    (place.work / "hers.bin").write_bytes(b"\0")
    place.workspace.fill({"same.py": "1", "new.py": "2"}, Limits())
    after = (place.work / "same.py").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert sorted(os.listdir(place.work)) == ["hers.bin", "new.py", "same.py"]


def test_filling_restores_what_was_changed_behind_our_back(place: Folder) -> None:
    place.workspace.fill({"a.py": "1", "b.py": "1", "c.py": "1"}, Limits())
    (place.work / "a.py").write_text("2")
    (place.work / "b.py").unlink()
    (place.work / "c.py").unlink()
    (place.work / "c.py").mkdir()
    place.workspace.fill({"a.py": "1", "b.py": "1", "c.py": "1"}, Limits())
    assert [(place.work / name).read_text() for name in ("a.py", "b.py", "c.py")] == ["1", "1", "1"]


def test_filling_with_too_much_is_rejected(place: Folder) -> None:
    with pytest.raises(Rejected) as rejection:
        place.workspace.fill({f"{n}.py": "" for n in range(3)}, Limits(workspace_files=2))
    assert rejection.value.code == "too-many"


def test_a_workspace_of_any_depth_and_rights_is_removed(place: Folder) -> None:
    here = os.open(place.work, os.O_RDONLY)
    for _ in range(1100):
        os.mkdir("d", dir_fd=here)
        there = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = there
    os.close(here)
    (place.work / "closed" / "inner").mkdir(parents=True)
    (place.work / "closed").chmod(0)
    (place.work / os.fsdecode(b"\xff")).mkdir()
    (place.work / "link").symlink_to("/")


def test_after_closing_nothing_is_written_anywhere(tmp_path: Path) -> None:
    place = Folder(tmp_path / "place")
    place.remove()
    for call in (
        lambda: place.workspace.save("a.py", ""),
        lambda: place.workspace.delete("a.py"),
        place.workspace.changes,
    ):
        with pytest.raises(OSError, match="Bad file descriptor"):
            call()
