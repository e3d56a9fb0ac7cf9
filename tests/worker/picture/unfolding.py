"""A picture's columns as plain rows: written apart from the product, and of the standard library alone."""

import json
from itertools import islice
from typing import Any

Plain = dict[str, Any]


def unfolded(text: str) -> Plain:
    """The picture that a worker sent as the rows of a snapshot, in plain data."""
    picture: Plain = json.loads(text)
    spaces = [_unfold_space(space) for space in picture["spaces"]]
    return {"truncated": picture["truncated"], "spaces": spaces, "objects": _unfold_objects(picture["objects"])}


def _unfold_space(space: Plain) -> Plain:
    before = iter(_values(space["was_texts"], space["was_refs"]))
    columns = space["names"], _values(space["texts"], space["refs"]), space["marks"], space["origins"]
    rows = [
        {
            **{"name": name, "value": value, "mark": mark},
            **{"was": next(before) if mark == "rebound" else None, "origin": origin},
        }
        for name, value, mark, origin in zip(*columns, strict=True)
    ]
    assert next(before, None) is None
    return {**{key: space[key] for key in ("name", "load", "token", "path", "hidden")}, "names": rows}


def _unfold_objects(objects: Plain) -> list[Plain]:
    values = _values(objects["texts"], objects["refs"])
    parts = iter([{"key": key, "value": value} for key, value in zip(objects["keys"], values, strict=True)])
    columns = {
        **{"token": "tokens", "kind": "kinds", "type": "types", "label": "labels", "home": "homes"},
        **{"load": "loads", "stale": "stale", "code": "codes", "size": "sizes", "more": "more"},
    }
    rows = [
        dict(zip(columns, row, strict=True))
        for row in zip(*(objects[column] for column in columns.values()), strict=True)
    ]
    for row in rows:
        row["parts"] = [*islice(parts, row.pop("size"))]
        if more := row.pop("more"):
            row["parts"].append({"key": "", "value": {"text": f"+ {more:,} more", "ref": 0}})
    assert next(parts, None) is None
    return rows


def _values(texts: list[str], refs: list[int]) -> list[Plain]:
    return [{"text": text, "ref": ref} for text, ref in zip(texts, refs, strict=True)]
