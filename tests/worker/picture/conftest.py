"""A learner with each interpreter. Her worker is forked from one that stands ready, as the product does it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from tests.worker.forks import Origin
from tests.worker.picture.learner import Learner
from tests.worker.picture.stage import JUDGED

OriginOf = Callable[[str, str], Origin]


@pytest.fixture(scope="package")
def origin_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OriginOf]:
    """The worker to fork others from, by its interpreter and what is run before it starts."""
    with ExitStack() as running:
        yield cache(
            lambda python, before: running.enter_context(Origin(python, tmp_path_factory.mktemp("origin"), before))
        )


@pytest.fixture
def learner(python: str, origin_of: OriginOf, tmp_path: Path) -> Iterator[Learner]:
    with Learner(origin_of(python, JUDGED), tmp_path) as one:
        yield one


@pytest.fixture
def unwatched(python: str, origin_of: OriginOf, tmp_path: Path) -> Iterator[Learner]:
    """Without the truth, which refers to everything."""
    with Learner(origin_of(python, ""), tmp_path) as one:
        yield one
