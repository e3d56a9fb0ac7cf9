"""Something to be done after a while, unless it is called off."""

import threading
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """What was planned."""

    def cancel(self) -> None:
        """It shall not happen, unless it is happening."""


Plan = Callable[[float, Callable[[], None]], Timer]
"""Plans a call in so many seconds, from another thread."""


def plan(seconds: float, call: Callable[[], None]) -> Timer:
    """Call in so many seconds."""
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()
    return timer
