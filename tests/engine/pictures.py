"""Pictures as workers send them, made by hand."""

from dataclasses import fields
from typing import Any

from sandbox.picture import ObjectColumns, Picture, SpaceColumns

NO_OBJECTS = ObjectColumns(*((),) * len(fields(ObjectColumns)))


def space(**columns: Any) -> SpaceColumns:
    """One with a rebound name, but for what is said otherwise."""
    whole = {
        **{"names": ("a", "b"), "texts": ("1", "f()"), "refs": (0, 7), "marks": ("rebound", "stale")},
        **{"origins": ("", "m.f"), "was_texts": ("0",), "was_refs": (0,)},
    }
    return SpaceColumns("m", 2, 3, "m.py", 1, **{**whole, **columns})


def objects(**columns: Any) -> ObjectColumns:
    """A function and a list of 10, of which two are shown, but for what is said otherwise."""
    whole = {
        **{"tokens": (7, 8), "kinds": ("function", "list"), "types": ("function", "list"), "labels": ("f()", "list")},
        **{"homes": ("m.f", ""), "loads": (1, 0), "stale": (True, False), "codes": ("def f(): 1\n", "")},
        **{"sizes": (1, 2), "more": (0, 8), "keys": ("__globals__", "0", "1"), "texts": ("m", "1", "f()")},
        **{"refs": (3, 0, 7)},
    }
    return ObjectColumns(**{**whole, **columns})


def picture(run: int, *spaces: SpaceColumns, objects: ObjectColumns = NO_OBJECTS) -> Picture:
    """One of that run."""
    return Picture(run, False, spaces, objects)
