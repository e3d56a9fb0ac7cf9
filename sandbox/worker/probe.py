"""Evaluates an expression in `__main__` for a lesson's check, bounded in time, without a trace in the session.

It does run learner code, and knows no lesson. What the code prints goes nowhere, and what it reads is at its end.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from signal import ITIMER_REAL, SIG_DFL, SIGALRM, setitimer, signal
from time import monotonic
from types import FrameType, NoneType

from sandbox.worker.descriptors import place_high
from sandbox.worker.native import flush_c_streams
from sandbox.worker.safe import class_name

_SECONDS = 0.2
_AGAIN = 0.02
"""Code that swallows the end of its time meets it again after this."""
_TEXT_LIMIT = 10_000
_SCALARS = {int, float, str, bytes, bool, NoneType}


class TimeUp(BaseException):
    """Raised in the expression when its time is up."""


class Prober:
    """Keeps /dev/null at hand: the learner's code may have made it unreachable by then."""

    def __init__(self) -> None:
        self._nowhere = place_high(os.open(os.devnull, os.O_RDWR))

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._nowhere)

    def evaluate(self, source: str) -> tuple[bool, str]:
        """Whether it gave an exact scalar in time, and its repr; else the name of what went wrong."""
        try:
            with self._muted(), _timed():
                value = eval(compile(source, "<probe>", "eval", dont_inherit=True), _main_namespace())  # noqa: S307
            return True, _show(value)
        except TimeUp:
            return False, "TimeoutError"
        except BaseException as error:
            return False, class_name(type(error))

    @contextmanager
    def _muted(self) -> Iterator[None]:
        kept = [place_high(standard) for standard in (0, 1, 2)]
        try:
            for standard in (0, 1, 2):
                os.dup2(self._nowhere, standard)
            yield
        finally:
            flush_c_streams()
            for standard, copy in enumerate(kept):
                os.dup2(copy, standard)
                os.close(copy)


def _main_namespace() -> dict[str, object]:
    namespace: dict[str, object] = sys.modules["__main__"].__dict__
    return namespace


def _show(value: object) -> str:
    if type(value) not in _SCALARS:
        raise TypeError("only exact scalars are shown")
    if type(value) is int and value.bit_length() > 4 * _TEXT_LIMIT:
        raise OverflowError("too long")
    if type(value) in (str, bytes) and len(value) > _TEXT_LIMIT:  # type: ignore[arg-type]
        raise OverflowError("too long")
    return repr(value)


@contextmanager
def _timed() -> Iterator[None]:
    """Raises TimeUp within. A timer of the learner's own goes on afterwards, by what was left of it."""
    began = monotonic()
    left, interval = 0.0, 0.0
    handler = signal(SIGALRM, _time_up)
    try:
        left, interval = setitimer(ITIMER_REAL, _SECONDS, _AGAIN)
        try:
            yield
        finally:
            setitimer(ITIMER_REAL, 0)
    finally:
        signal(SIGALRM, SIG_DFL if handler is None else handler)
        if left:
            setitimer(ITIMER_REAL, max(left - (monotonic() - began), 1e-3), interval)


def _time_up(_: int, __: FrameType | None) -> None:
    raise TimeUp
