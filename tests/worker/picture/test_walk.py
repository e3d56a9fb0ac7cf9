"""Whatever a learner does in whatever order, a picture is what it would be if it were the first."""

import subprocess
from pathlib import Path

import pytest

from tests.worker.host import ROOT

STEPS = 200


@pytest.mark.parametrize(("seed", "objects"), [(0, 300), (1, 300), (2, 300), (3, 6), (4, 15)])
def test_a_picture_with_the_one_before_in_mind_is_as_one_without(
    seed: int, objects: int, python: str, tmp_path: Path
) -> None:
    program = (
        f"import sys; sys.path.insert(0, {ROOT!r}); from tests.worker.picture.walk import walk; "
        f"walk({seed}, {STEPS}, {objects})"
    )
    done = subprocess.run([python, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
