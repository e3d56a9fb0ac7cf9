"""What an object refers to, each with a key: attributes, items, closure cells, default arguments.

Looked at without running learner code, and without making what is not there. Knows no identity and no load.
"""

from collections.abc import Callable
from itertools import islice
from types import CellType, FunctionType, MappingProxyType, MemberDescriptorType as Slot
from typing import Any

from sandbox.worker.raw_functions import function_code, function_extras
from sandbox.worker.raw_generators import suspended_at
from sandbox.worker.raw_instances import attributes, is_bare, is_small, lookup_class
from sandbox.worker.safe import ancestors
from sandbox.worker.values import HEAP_TYPE, SUSPENDED, TEXT_LIMIT, code_of, inline_texts, partial_fields, text_of

PARTS_LIMIT = 50
Parts = list[tuple[str, Any]]

INDEXES = [str(index) for index in range(PARTS_LIMIT + 1)]
_bases: Any = type.__dict__["__bases__"]
_namespace: Any = type.__dict__["__dict__"]
_flags: Any = type.__dict__["__flags__"].__get__
_suspended: dict[type, Any] = {cls: vars(cls).get(f"{prefix}_suspended") for cls, prefix in SUSPENDED.items()}
_SHOWN = ("__init__", "__call__")
"""Of a class's own double-underscore names."""
_USUAL = frozenset({"__module__", "__dict__", "__weakref__", "__doc__", "__firstlineno__", "__static_attributes__"})
"""Those that nearly every class has."""


def parts_of(value: Any, kind: str) -> Parts:
    """The parts of what is of that kind, the important first; at most one more than PARTS_LIMIT."""
    return _PARTS.get(kind, _instance_parts)(value)


def _function_parts(value: Any) -> Parts:
    defaults, named, closure, own = function_extras(value)
    found: Parts = []
    if closure is not None:
        for name, cell in zip(function_code(value).co_freevars, closure, strict=False):
            found += _cell(f"cell {name}", cell)
    if type(defaults) is tuple:
        found += [(f"default {index}", default) for index, default in enumerate(defaults[: PARTS_LIMIT + 1])]
    if named is not None:
        found += [(f"default {name}", default) for name, default in _named(_items(named))]
    if own is not None:
        found += _named(_items(own))
    return [*found[:PARTS_LIMIT], ("__globals__", value.__globals__)]


def _cell(key: str, cell: Any) -> Parts:
    if type(cell) is CellType:
        try:
            return [(key, cell.cell_contents)]
        except ValueError:  # not bound yet
            pass
    return []


def _method_parts(value: Any) -> Parts:
    return [("__self__", value.__self__), ("__func__", value.__func__)]


def _class_parts(value: Any) -> Parts:
    found: Parts = [("__bases__", base) for base in _bases.__get__(value)[:PARTS_LIMIT] if base is not object]
    for name, part in class_items(value):
        if name in _USUAL or (name not in _SHOWN and name[:2] == "__" == name[-2:]):
            continue
        if type(part) is FunctionType and name and len(name) <= TEXT_LIMIT:
            found.append((name, part))
        elif type(part) is not Slot:
            found += _unwrapped(name, part)
        if len(found) > PARTS_LIMIT:
            break
    return found[: PARTS_LIMIT + 1]


def class_items(cls: type) -> Parts:
    """The first names of a class's own namespace."""
    proxy = _namespace.__get__(cls)
    items = list(islice(proxy.items(), 4 * PARTS_LIMIT)) if type(proxy) is MappingProxyType else []
    return [(key, value) for key, value in items if type(key) is str]


def _unwrapped(name: str, part: Any) -> Parts:
    """The functions behind a static method, class method or property."""
    if type(part) is staticmethod or type(part) is classmethod:
        return [(name, part.__func__)]
    if type(part) is not property:
        return [(_key(name), part)]
    accessors = [(name, part.fget), (f"{name}.setter", part.fset), (f"{name}.deleter", part.fdel)]
    return [(key, function) for key, function in accessors if function is not None]


def _instance_parts(value: Any) -> Parts:
    cls = type(value)
    found: Parts = [("__class__", cls)]
    found += _named(attributes(value)[:PARTS_LIMIT])
    if is_small(cls):
        return found
    if held := partial_fields(value):
        return list(held.items())
    for one in ancestors(cls):
        if _flags(one) & HEAP_TYPE and lookup_class(one, "__slots__") is not None:
            found += _slots(one, value)
    return (found + _inherited_items(value, cls))[: PARTS_LIMIT + 1]


def may_have_parts(cls: type) -> bool:
    """Whether instances of a class have room for anything, as far as it is looked for here."""
    return not is_bare(cls) or any(
        _flags(one) & HEAP_TYPE and lookup_class(one, "__slots__") is not None for one in ancestors(cls)
    )


def _slots(cls: type, value: object) -> Parts:
    found: Parts = []
    for name, member in class_items(cls):
        if type(member) is Slot and type(name) is str:
            try:
                found.append((_key(name), member.__get__(value)))
            except (AttributeError, TypeError):  # not set; or another class's
                continue
    return found


def _inherited_items(value: Any, cls: type) -> Parts:
    """The items of what is a kind of tuple, list, set or dict, those of a named tuple by their names."""
    if issubclass(cls, tuple):
        fields = lookup_class(cls, "_fields")
        keys = fields if type(fields) is tuple and all(type(field) is str for field in fields) else INDEXES
        return list(zip(keys, islice(tuple.__iter__(value), PARTS_LIMIT + 1), strict=False))
    for base in (list, set, frozenset):
        if issubclass(cls, base):
            return list(zip(INDEXES, islice(base.__iter__(value), PARTS_LIMIT + 1), strict=False))
    return _mapping_parts(value) if issubclass(cls, dict) else []


def _generator_parts(value: Any) -> Parts:
    waits = _suspended.get(type(value))
    found = suspended_at(value, code_of(value)) if waits is not None and waits.__get__(value) else None
    return [("at line", found[0]), ("__globals__", found[1])] if found is not None else []


def _sequence_parts(value: Any) -> Parts:
    return list(zip(INDEXES, islice(value, PARTS_LIMIT + 1), strict=False))


def _mapping_parts(value: Any) -> Parts:
    items = list(islice(dict.items(value), PARTS_LIMIT + 1))
    texts = inline_texts([key for key, _ in items])
    return [(text or text_of(key), item) for text, (key, item) in zip(texts, items, strict=True)]


def _items(mapping: Any) -> Parts:
    return list(islice(dict.items(mapping), PARTS_LIMIT + 1)) if type(mapping) is dict else []


def _named(items: list[tuple[Any, Any]]) -> Parts:
    return [(key if key and len(key) <= TEXT_LIMIT else text_of(key), item) for key, item in items if type(key) is str]


def _key(name: str) -> str:
    return name if name and len(name) <= TEXT_LIMIT else text_of(name)


_PARTS: dict[str, Callable[[Any], Parts]] = {
    "function": _function_parts,
    "method": _method_parts,
    "class": _class_parts,
    "generator": _generator_parts,
    "list": _sequence_parts,
    "tuple": _sequence_parts,
    "set": _sequence_parts,
    "dict": _mapping_parts,
}
