"""A session at one moment, as its learner may take it away."""

from dataclasses import dataclass

from sandbox.protocol import Noted


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file; `mtime_ns` is its time of modification in nanoseconds of Unix time, 0 where that is not known."""

    path: str
    text: str
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything there is to take. `at` is Unix time; `lesson` and `step` are the open ones, or "".

    `pictures` are `snapshot` messages as JSON, compressed by zlib, oldest first.
    """

    at: float
    python: str
    lesson: str
    step: str
    files: tuple[KeptFile, ...]
    transcript: tuple[Noted, ...]
    pictures: tuple[bytes, ...]
