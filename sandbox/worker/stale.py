"""Tells whether bytecode that is about to run is what the source file says now."""

import _warnings
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from types import CodeType

from sandbox.worker.safe import namespace

_IGNORE_ALL = ("ignore", None, Warning, None, 0)


def is_stale(code: CodeType) -> bool:
    """Whether the file says something else. Without a file there is nothing that it could differ from."""
    try:
        with FileIO(code.co_filename) as file:
            source = file.read()
    except OSError:
        return False
    try:
        with _unwarned():
            return compile(source, "<compared>", "exec", dont_inherit=True) != code
    except Exception:  # a file that does not compile is not what ran
        return True


@contextmanager
def _unwarned() -> Iterator[None]:
    """The learner is not warned twice. Her filters' version stays as it was, so that no warning is repeated either."""
    module = sys.modules.get("warnings")
    filters = namespace(module).get("filters") if module is not None else _warnings.filters
    if type(filters) is not list:
        yield
        return
    filters.insert(0, _IGNORE_ALL)
    try:
        yield
    finally:
        with suppress(ValueError):
            filters.remove(_IGNORE_ALL)
