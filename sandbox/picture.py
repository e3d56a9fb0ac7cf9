"""The picture as a worker sends it to the engine: a `protocol.Snapshot` in columns.

Thousands of rows are written many times faster so, in the interpreter that is looked at; see `unfold`.
"""

from dataclasses import dataclass
from typing import ClassVar

from sandbox.inner import Message


@dataclass(frozen=True, slots=True)
class SpaceColumns:
    """A `protocol.Space`: one item for each of its names in each column, in `was_*` one for each that is rebound."""

    name: str
    load: int
    token: int
    path: str
    hidden: int
    names: tuple[str, ...]
    texts: tuple[str, ...]
    marks: tuple[str, ...]
    origins: tuple[str, ...]
    was_texts: tuple[str, ...]
    refs: tuple[int, ...]
    was_refs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ObjectColumns:
    """The `protocol.Object`s of a picture, and the parts of all of them one after the other.

    `sizes` says how many parts each has; `more`: how many it has besides, which are not shown.
    """

    tokens: tuple[int, ...]
    kinds: tuple[str, ...]
    types: tuple[str, ...]
    labels: tuple[str, ...]
    homes: tuple[str, ...]
    loads: tuple[int, ...]
    stale: tuple[bool, ...]
    codes: tuple[str, ...]
    sizes: tuple[int, ...]
    more: tuple[int, ...]
    keys: tuple[str, ...]
    texts: tuple[str, ...]
    refs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Picture(Message):
    """W: the picture after a run."""

    kind: ClassVar[str] = "picture"
    run: int
    truncated: bool
    spaces: tuple[SpaceColumns, ...]
    objects: ObjectColumns
