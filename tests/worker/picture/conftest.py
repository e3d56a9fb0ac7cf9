"""A learner with each interpreter."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worker.picture.learner import Learner


@pytest.fixture
def learner(python: str, tmp_path: Path) -> Iterator[Learner]:
    with Learner(python, tmp_path) as one:
        yield one


@pytest.fixture
def unwatched(python: str, tmp_path: Path) -> Iterator[Learner]:
    """Without the truth, which refers to everything."""
    with Learner(python, tmp_path, judged=False) as one:
        yield one
