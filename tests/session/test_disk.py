"""Whether memory holds what the disk holds: every state, and the texts Python takes as equal."""

from typing import Any

import pytest

from sandbox.protocol import Disk, DiskState, Loaded
from sandbox.session.disk import digest, disk_states, load_of, module_name
from sandbox.session.disks import Disks


def load(source: str | None, text: str = "x = 1\n", **other: Any) -> dict[str, Any]:
    values = {"load": 1, "cause": "import", "ok": True, "stale_bytecode": False} | other
    return {"m.py": load_of(Loaded(1, "m", "m.py", source=source, **values), text)}


def state(text: str | None, loads: dict[str, Any]) -> tuple[DiskState, ...]:
    return disk_states({} if text is None else {"m.py": digest(text)}, loads)


@pytest.mark.parametrize(
    ("on_disk", "loads", "expected"),
    [
        ("x = 1\n", {}, "unloaded"),
        ("x = 1\n", load("x = 1\n"), "same"),
        ("x = 2\n", load("x = 1\n"), "edited"),
        (None, load("x = 1\n"), "deleted"),
        ("x = 2\n", load(None, stale_bytecode=True), "stale-bytecode"),
        ("x = 1\n", load(None), "same"),
        ("x = 1\n", load("x = 1\n", ok=False), "unloaded"),
        ("x = 1\n", load("x = 1\n", ok=False, cause="reload"), "same"),
        ("x = 1\r\ny\r", load("\ufeffx = 1\ny\n"), "same"),
    ],
)
def test_state_of_a_file(on_disk: str | None, loads: dict[str, Any], expected: str) -> None:
    assert [one.state for one in state(on_disk, loads)] == [expected]


def test_files_come_by_path_and_only_those_of_python_or_that_were_loaded() -> None:
    files = {path: digest("") for path in ("b.py", "a.py", "data.txt", "script")}
    loads = {"script": load_of(Loaded(1, "s", "script", 3, "exec", True, "", False), "")}
    assert disk_states(files, loads) == (
        DiskState("a.py", "a", 0, "unloaded"),
        DiskState("b.py", "b", 0, "unloaded"),
        DiskState("script", "s", 3, "same"),
    )


@pytest.mark.parametrize(
    ("path", "name"), [("m.py", "m"), ("p/m.py", "p.m"), ("p/__init__.py", "p"), ("p/q/__init__.py", "p.q")]
)
def test_module_names(path: str, name: str) -> None:
    assert module_name(path) == name


def disk(state: str) -> Disk:
    return Disk((DiskState("changer.py", "changer", 1, state),))


def test_what_the_files_were_after_an_input_is_known_from_the_first_that_was_told() -> None:
    disks = Disks()
    disks.add(3, disk("same"))
    disks.add(5, disk("edited"))
    states = [disks.at(seq, newest=6) for seq in range(1, 8)]
    same, edited = disk("same").files, disk("edited").files
    assert states == [None, None, same, same, edited, edited, None]


def test_what_a_run_does_while_a_file_is_saved_is_told_of_the_save() -> None:
    disks = Disks()
    disks.add(5, disk("edited"))
    disks.add(4, disk("same"))
    assert (disks.at(4, newest=5), disks.at(5, newest=5)) == (None, disk("same").files)


def test_states_that_stay_take_no_memory() -> None:
    disks = Disks()
    disks.add(1, disk("same"))
    before = disks.size
    for seq in range(2, 1000):
        disks.add(seq, disk("same"))
    assert disks.size == before
    assert disks.at(999, newest=999) == disk("same").files
