"""Whatever a learner does in whatever order, a picture is what it would be if it were the first."""

import subprocess
from pathlib import Path

import pytest

from sandbox.worker.budget import COST_LIMIT
from tests.interpreters import WANTED
from tests.worker.host import ROOT

STEPS = 200


@pytest.mark.parametrize("cost", [COST_LIMIT, 400, 150])
def test_a_picture_with_the_one_before_in_mind_is_as_one_without(
    cost: int, version: str, python: str, tmp_path: Path
) -> None:
    """On each version she walks a way of her own."""
    program = (
        f"import sys; sys.path.insert(0, {ROOT!r}); from tests.worker.picture.walk import walk; "
        f"walk({WANTED.index(version)}, {STEPS}, {cost})"
    )
    done = subprocess.run([python, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
