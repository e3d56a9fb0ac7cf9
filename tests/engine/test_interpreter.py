"""An interpreter is asked before anybody's work depends on it, and what is wrong with it is one sentence."""

import os
import sys
from pathlib import Path

import pytest

from sandbox.engine.interface import EngineError
from sandbox.engine.interpreter import default_python, describe


def test_the_default_is_not_the_virtual_environments() -> None:
    found = describe(default_python())
    assert found.version == ".".join(map(str, sys.version_info[:3]))
    assert found.implementation == "CPython"
    assert os.path.realpath(found.path) == os.path.realpath(sys.executable)


def _script(folder: Path, text: str, mode: int = 0o755) -> str:
    script = folder / "python"
    script.write_text(text)
    script.chmod(mode)
    return str(script)


ANSWERS = {
    '#!/bin/sh\necho \'["cpython", [3, 9, 2], "/x"]\'\n': "3.11 or newer",
    '#!/bin/sh\necho \'["pypy", [3, 11, 2], "/x"]\'\n': "workers need CPython",
    "#!/bin/sh\necho hello\n": "not a usable Python",
    "#!/bin/sh\necho 'No module named ctypes' >&2; exit 1\n": "No module named ctypes",
    "not a program": "not a usable Python",
}


@pytest.mark.parametrize("text", ANSWERS)
def test_what_cannot_run_workers_is_refused_with_the_reason(tmp_path: Path, text: str) -> None:
    python = _script(tmp_path, text)
    with pytest.raises(EngineError) as refusal:
        describe(python)
    assert ANSWERS[text] in str(refusal.value)
    assert python in str(refusal.value)


def test_what_is_not_there_or_may_not_be_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="There is no interpreter at"):
        describe(str(tmp_path / "nothing"))
    with pytest.raises(EngineError, match="is a folder"):
        describe(str(tmp_path))
    with pytest.raises(EngineError, match="may not be executed"):
        describe(_script(tmp_path, "#!/bin/sh\n", mode=0o644))


def test_one_that_never_answers_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.engine.interpreter.PATIENCE", 0.2)
    with pytest.raises(EngineError, match="did not answer"):
        describe(_script(tmp_path, "#!/bin/sh\nexec sleep 30\n"))
