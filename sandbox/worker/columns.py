"""The parts of a picture's objects in columns: keys, which many objects have in common, and values.

What most objects are is read the short way: lists, functions without more to them, and instances that keep their
attributes as all instances of their class do. Of anything else `parts` tells. Knows no identity and no mark.
"""

from collections.abc import Sequence
from typing import Any

from sandbox.worker.ownership import Ownership
from sandbox.worker.parts import INDEXES, PARTS_LIMIT
from sandbox.worker.raw import address
from sandbox.worker.raw_functions import function_extras
from sandbox.worker.raw_instances import Shape, shape_of
from sandbox.worker.values import TEXT_LIMIT

_DEFAULTS = [(*(f"default {index}" for index in range(count)), "__globals__") for count in range(8)]
"""The keys of functions that have so many default arguments and nothing else."""
_UNKNOWN = Shape([], 0)
Pair = tuple[Sequence[str], list[Any]]
"""Keys and values."""


class Columns:
    """For one picture: what is found out about a class holds while nothing changes."""

    def __init__(self, ownership: Ownership) -> None:
        self._parts_of = ownership.parts_of
        self._shapes: dict[int, Shape | None] = {}
        """By the address of a class; None where its instances are to be looked at one by one."""

    def of(self, value: Any, kind: str) -> Pair:
        """The parts of what is of that kind; at most one more than PARTS_LIMIT."""
        if kind == "list":
            items = value[: PARTS_LIMIT + 1]
            return INDEXES[: len(items)], items
        found = self._of_instance(value) if kind == "instance" else _of_function(value) if kind == "function" else None
        if found is not None:
            return found
        parts = self._parts_of(value, kind)
        return [key for key, _ in parts], [part for _, part in parts]

    def _of_instance(self, value: object) -> Pair | None:
        cls = type(value)
        shape = self._shapes.get(address(cls), _UNKNOWN)
        if shape is _UNKNOWN:
            shape = self._shapes[address(cls)] = _shape_of(cls)
        values = shape.read(value) if shape is not None else None
        return (shape.keys, [cls, *values]) if shape is not None and values is not None else None


def _shape_of(cls: type) -> Shape | None:
    shape = shape_of(cls)
    return shape if shape is not None and all(map(_is_short, shape.keys)) else None


def _is_short(key: Any) -> bool:
    return type(key) is str and 0 < len(key) <= TEXT_LIMIT


def _of_function(value: Any) -> Pair | None:
    defaults, named, closure, own = function_extras(value)
    if named is not None or closure is not None or own is not None:
        return None
    if defaults is None:
        return _DEFAULTS[0], [value.__globals__]
    if type(defaults) is tuple and len(defaults) < len(_DEFAULTS):
        return _DEFAULTS[len(defaults)], [*defaults, value.__globals__]
    return None
