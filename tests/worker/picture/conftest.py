"""A learner with each interpreter. Her worker is forked from one that stands ready, as the product does it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worker.conftest import OriginOf
from tests.worker.picture.learner import Learner
from tests.worker.picture.stage import JUDGED


@pytest.fixture
def learner(python: str, origin_of: OriginOf, tmp_path: Path) -> Iterator[Learner]:
    with Learner(origin_of(python, JUDGED), tmp_path) as one:
        yield one


@pytest.fixture
def unwatched(python: str, origin_of: OriginOf, tmp_path: Path) -> Iterator[Learner]:
    """Without the truth, which refers to everything."""
    with Learner(origin_of(python, ""), tmp_path) as one:
        yield one
