"""Makes the snapshot that a worker's picture stands for."""

from collections.abc import Sized
from itertools import islice
from typing import Any

from sandbox.canonical import build
from sandbox.codec import ROWS_LIMIT, ProtocolError
from sandbox.picture import ObjectColumns, Picture, SpaceColumns
from sandbox.protocol import Snapshot

Plain = dict[str, Any]


def unfold(picture: Picture) -> Snapshot:
    """Raises ProtocolError where columns are not as long as each other, or longer than a worker would send them."""
    rows = sum(1 + len(space.names) for space in picture.spaces)
    if rows + len(picture.objects.tokens) + len(picture.objects.keys) > ROWS_LIMIT:
        raise ProtocolError(f"picture: more than {ROWS_LIMIT} rows")
    spaces, objects = [*map(_unfold_space, picture.spaces)], _unfold_objects(picture.objects)
    plain = {"seq": 0, "run": picture.run, "truncated": picture.truncated, "spaces": spaces, "objects": objects}
    return build(plain, Snapshot)


def _unfold_space(space: SpaceColumns) -> Plain:
    _compare(space.names, space.texts, space.refs, space.marks, space.origins)
    _compare(space.was_texts, space.was_refs)
    if space.marks.count("rebound") != len(space.was_texts):
        raise ProtocolError("picture: what was rebound is not what was before")
    values, before = _values(space.texts, space.refs), iter(_values(space.was_texts, space.was_refs))
    was = [next(before) if mark == "rebound" else None for mark in space.marks]
    names = [
        {"name": name, "value": value, "mark": mark, "was": last, "origin": origin}
        for name, value, mark, last, origin in zip(space.names, values, space.marks, was, space.origins, strict=True)
    ]
    numbers = {"load": space.load, "token": space.token, "hidden": space.hidden}
    return {"name": space.name, "path": space.path, "names": names, **numbers}


def _unfold_objects(objects: ObjectColumns) -> list[Plain]:
    columns = {
        **{"token": objects.tokens, "kind": objects.kinds, "type": objects.types, "label": objects.labels},
        **{"home": objects.homes, "load": objects.loads, "stale": objects.stale, "code": objects.codes},
    }
    _compare(*columns.values(), objects.sizes, objects.more)
    _compare(objects.keys, objects.texts, objects.refs)
    if min(objects.sizes, default=0) < 0 or sum(objects.sizes) != len(objects.keys):
        raise ProtocolError("picture: sizes that are not those of its parts")
    values = _values(objects.texts, objects.refs)
    parts = iter([{"key": key, "value": value} for key, value in zip(objects.keys, values, strict=True)])
    rows = zip(objects.sizes, objects.more, *columns.values(), strict=True)
    return [
        {**dict(zip(columns, row, strict=True)), "parts": [*islice(parts, size), *_more(more)]}
        for size, more, *row in rows
    ]


def _values(texts: tuple[str, ...], refs: tuple[int, ...]) -> list[Plain]:
    return [{"text": text, "ref": ref} for text, ref in zip(texts, refs, strict=True)]


def _more(count: int) -> list[Plain]:
    return [{"key": "", "value": {"text": f"+ {count:,} more", "ref": 0}}] if count else []


def _compare(*columns: Sized) -> None:
    if len({*map(len, columns)}) > 1:
        raise ProtocolError("picture: columns of different lengths")
