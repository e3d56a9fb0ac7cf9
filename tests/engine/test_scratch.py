"""What a killed process leaves behind is taken away by the next one; what belongs to a living one never is."""

import subprocess
import sys
from pathlib import Path

from sandbox.engine.scratch import Scratch

MAKE = """
import sys
from pathlib import Path
from sandbox.engine.scratch import Scratch
made = Scratch("files", Path(sys.argv[1]))
(made.path / "inner").mkdir()
(made.path / "inner" / "left.py").write_text("x = 1")
print(made.path, flush=True)
sys.stdin.read()
"""


def _owner(folder: Path) -> tuple["subprocess.Popen[str]", Path]:
    """A process with a folder, and that folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", MAKE, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_what_a_killed_process_leaves_is_gone_when_the_next_has_begun(tmp_path: Path) -> None:
    process, left = _owner(tmp_path)
    with process:
        process.kill()
    assert (left / "inner" / "left.py").exists()
    made = Scratch("files", tmp_path)
    assert list(tmp_path.iterdir()) == [made.path]
    made.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_a_living_process_or_of_another_kind_stays(tmp_path: Path) -> None:
    other = tmp_path / "reload-sandbox-other-12345678"
    other.mkdir()
    process, alive = _owner(tmp_path)
    ours = Scratch("files", tmp_path)
    Scratch("files", tmp_path).remove()
    assert (alive / "inner" / "left.py").exists() and ours.path.exists() and other.exists()
    with process:
        process.kill()
    ours.remove()


def test_a_link_with_the_name_of_a_folder_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").touch()
    (tmp_path / "reload-sandbox-files-abcdefgh").symlink_to(tmp_path / "precious")
    Scratch("files", tmp_path).remove()
    assert (tmp_path / "precious" / "file").exists()
