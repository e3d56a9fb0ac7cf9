"""Where lessons are played, as `reload-sandbox lesson check` plays them: in Pythons behind the walls found here."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cache

import pytest

from sandbox.app import isolation_here, make_starter
from sandbox.engine.local import LocalEngine
from sandbox.settings import Settings


@pytest.fixture(scope="module")
def engine_of() -> Iterator[Callable[[str], LocalEngine]]:
    """An engine for each interpreter, by its path, started when it is first asked for."""
    with ExitStack() as running:

        def start(python: str) -> LocalEngine:
            starter = make_starter(Settings(python=python, ready_pythons=1), isolation_here(python))
            return running.enter_context(closing(LocalEngine(capacity=4, starter=starter)))

        yield cache(start)
