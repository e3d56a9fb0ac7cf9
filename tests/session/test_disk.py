"""Whether memory holds what the disk holds: every state, and the texts Python takes as equal."""

from typing import Any

import pytest

from sandbox.protocol import DiskState, Loaded
from sandbox.session.disk import digest, disk_states, load_of, module_name


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
