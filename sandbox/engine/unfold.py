"""Makes the snapshot that a worker's picture stands for."""

from collections.abc import Sized
from itertools import accumulate, pairwise

from sandbox.codec import ROWS_LIMIT, ProtocolError
from sandbox.picture import ObjectColumns, Picture, SpaceColumns
from sandbox.protocol import Name, Object, Part, Snapshot, Space, Value

Values = tuple[Value, ...]


def unfold(picture: Picture) -> Snapshot:
    """Raises ProtocolError where columns are not as long as each other, or longer than a worker would send them."""
    rows = sum(1 + len(space.names) for space in picture.spaces)
    if rows + len(picture.objects.tokens) + len(picture.objects.keys) > ROWS_LIMIT:
        raise ProtocolError(f"picture: more than {ROWS_LIMIT} rows")
    spaces = tuple(map(_unfold_space, picture.spaces))
    return Snapshot(0, picture.run, picture.truncated, spaces, _unfold_objects(picture.objects))


def _unfold_space(space: SpaceColumns) -> Space:
    _compare(space.names, space.texts, space.refs, space.marks, space.origins)
    _compare(space.was_texts, space.was_refs)
    if space.marks.count("rebound") != len(space.was_texts):
        raise ProtocolError("picture: what was rebound is not what was before")
    values, before = _values(space.texts, space.refs), iter(_values(space.was_texts, space.was_refs))
    was = [next(before) if mark == "rebound" else None for mark in space.marks]
    names = tuple(map(Name, space.names, values, space.marks, was, space.origins))
    return Space(space.name, space.load, space.token, space.path, names, space.hidden)


def _unfold_objects(objects: ObjectColumns) -> tuple[Object, ...]:
    columns = objects.tokens, objects.kinds, objects.types, objects.labels, objects.homes, objects.loads, objects.stale
    _compare(*columns, objects.codes, objects.sizes, objects.more)
    _compare(objects.keys, objects.texts, objects.refs)
    if min(objects.sizes, default=0) < 0 or sum(objects.sizes) != len(objects.keys):
        raise ProtocolError("picture: sizes that are not those of its parts")
    parts = tuple(map(Part, objects.keys, _values(objects.texts, objects.refs)))
    ends = pairwise(accumulate(objects.sizes, initial=0))
    held = [
        parts[start:end] + _more(more) if more else parts[start:end]
        for (start, end), more in zip(ends, objects.more, strict=True)
    ]
    return tuple(map(Object, *columns, objects.codes, held))


def _values(texts: tuple[str, ...], refs: tuple[int, ...]) -> Values:
    return tuple(map(Value, texts, refs))


def _more(count: int) -> tuple[Part, ...]:
    return (Part("", Value(f"+ {count:,} more", 0)),)


def _compare(*columns: Sized) -> None:
    if len({*map(len, columns)}) > 1:
        raise ProtocolError("picture: columns of different lengths")
