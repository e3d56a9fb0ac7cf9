"""Where a generator waits, read from its memory: see `raw`."""

from collections.abc import Iterator
from types import CodeType
from typing import Any

from sandbox.worker.raw import object_at, offset_of, other_threads, place, word

_CODE_SIZE: int = CodeType.__basicsize__
"""The instructions stand right behind a code object."""


def suspended_at(generator: Any, code: CodeType) -> tuple[int, dict[str, Any]] | None:
    """The line and the globals of a generator or coroutine that has begun and waits; to ask would make a frame object.

    None where that is not known.
    """
    if not _KNOWS_GENERATORS or other_threads():
        return None
    start = place(generator)
    line = _line(code, word(start + _INSTRUCTION) - place(code) - _CODE_SIZE)
    return (line, object_at(start + _GLOBALS)) if line else None


def _line(code: CodeType, offset: int) -> int:
    return next((line for start, end, line in code.co_lines() if line and start <= offset < end), 0)


def _waiting() -> Iterator[None]:
    yield
    yield None


def _find_instruction(sample: Any, code: CodeType) -> int:
    start = place(code) + _CODE_SIZE
    end = start + len(code.co_code)
    size = type(sample).__basicsize__ + 80
    return next((offset for offset in range(16, size, 8) if start <= word(place(sample) + offset) < end), 0)


_generator: Any = _waiting()
next(_generator)
next(_generator)
_GLOBALS = offset_of(_generator, type(_generator).__basicsize__ + 80, place(globals()))
_INSTRUCTION = _find_instruction(_generator, _waiting.__code__)
_KNOWS_GENERATORS = bool(_GLOBALS and _INSTRUCTION)
_KNOWS_GENERATORS = _KNOWS_GENERATORS and suspended_at(_generator, _waiting.__code__) == (
    _generator.gi_frame.f_lineno,
    globals(),
)
del _generator
