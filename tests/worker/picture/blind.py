"""Makes a worker take no pictures, for comparison."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from sandbox.worker.snapshot import Pictures


def blind() -> None:
    """Before a worker starts."""

    def nothing(*_: Any) -> None:
        return None

    def no_picture(*_: Any) -> AbstractContextManager[None]:
        return nullcontext()

    for name, method in {"taken": no_picture, "began": nothing, "ended": nothing, "entered": nothing}.items():
        assert callable(getattr(Pictures, name))
        setattr(Pictures, name, method)
