"""One object as a picture shows it: a short text, a kind, and its parts. Looked at without running learner code.

Attributes come through the descriptors of the exact built-in types; `repr` is for exact scalars alone. Knows no
identity and no load.
"""

import functools
from collections.abc import Iterator
from itertools import islice
from types import (
    AsyncGeneratorType,
    BuiltinFunctionType,
    CellType,
    CoroutineType,
    FunctionType,
    GeneratorType,
    GetSetDescriptorType,
    MappingProxyType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Any

from sandbox.worker.safe import ancestors, class_name, is_class, namespace, plain

PARTS_LIMIT = 50
TEXT_LIMIT = 80
_INLINE_ITEMS = 8
_INTEGER_BITS = 256
"""Longer ones are not written out: a text of decimal digits takes quadratic time."""

_SIMPLE = {int, float, bool, str, bytes, type(None), complex, type(Ellipsis), type(NotImplemented)}
_SEQUENCES: dict[type, str] = {list: "list", tuple: "tuple", set: "set", frozenset: "set"}
_SUSPENDED = {GeneratorType: "gi", CoroutineType: "cr", AsyncGeneratorType: "ag"}
_PARTIAL = functools.partial
_CACHED = type(functools.lru_cache(lambda: None))
_module_dict: Any = vars(ModuleType)["__dict__"]
_qualified_class: Any = type.__dict__["__qualname__"]
_bases: Any = type.__dict__["__bases__"]
_builtin_name: Any = vars(BuiltinFunctionType)["__name__"]
Parts = Iterator[tuple[str, object]]


def is_simple(value: object) -> bool:
    """Whether it is written where it stands: it cannot change, and nothing is in it."""
    return type(value) in _SIMPLE


def kind_of(value: object) -> str:
    """What a card calls it; see `protocol.Object`."""
    cls = type(value)
    if cls is FunctionType:
        return "function"
    if cls is MethodType:
        return "method"
    if ModuleType in ancestors(cls):
        return "module"
    if cls in _SUSPENDED:
        return "generator"
    if cls is dict or cls in _SEQUENCES:
        return "dict" if cls is dict else _SEQUENCES[cls]
    return "class" if is_class(value) else "instance"


def text_of(value: object) -> str:
    """A short text for it."""
    cls = type(value)
    if cls in _SIMPLE:
        return _simple_text(value)
    if cls is tuple or cls is frozenset:
        return _frozen_text(value) or f"{cls.__name__} of {_length(value):,}"
    if cls in _SEQUENCES or cls is dict:
        return f"{cls.__name__} of {_length(value):,}"
    return _cut(_object_text(value))


def _simple_text(value: Any) -> str:
    if type(value) is int and value.bit_length() > _INTEGER_BITS:
        return f"int of {value.bit_length():,} bits"
    if type(value) in (str, bytes) and len(value) > TEXT_LIMIT:
        return repr(value[: TEXT_LIMIT - 8]) + f" … {len(value):,}"
    return repr(value).encode("utf-8", "backslashreplace").decode()


def _cut(text: str) -> str:
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1] + "…"


def _frozen_text(value: Any) -> str:
    """A tuple or frozenset of a few simple values, written out; "" for any other."""
    if _length(value) > _INLINE_ITEMS or not all(type(item) in _SIMPLE for item in value):
        return ""
    texts = [_simple_text(item) for item in value]
    inner = ", ".join(texts)
    if type(value) is frozenset:
        text = f"frozenset({{{inner}}})" if texts else "frozenset()"
    else:
        text = f"({inner},)" if len(texts) == 1 else f"({inner})"
    return text if len(text) <= TEXT_LIMIT else ""


def is_inline(value: object) -> bool:
    """Whether it needs no card: a scalar, or a frozen handful of them."""
    return type(value) in _SIMPLE or (type(value) in (tuple, frozenset) and bool(_frozen_text(value)))


def _length(value: Any) -> int:
    return len(value)  # of an exact built-in container: no learner code


def _object_text(value: Any) -> str:
    kind = kind_of(value)
    if kind == "method":
        return f"{class_name(type(value.__self__))}.{name_of(value.__func__)}"
    if kind == "module":
        return f"module {module_name(value)}"
    if type(value) is _PARTIAL:
        return f"partial({name_of(value.func)})"
    return _FORMS.get(type(value), "{}" if kind == "class" else "{} object").format(name_of(value))


_FORMS: dict[type, str] = {
    FunctionType: "{}()",
    BuiltinFunctionType: "{}()",
    **dict.fromkeys(_SUSPENDED, "{}() waiting"),
}


def name_of(value: Any) -> str:
    """The name that a function, class or generator has for itself; of anything else its class's."""
    if type(value) is FunctionType or type(value) in _SUSPENDED:
        return plain(value.__name__)
    if type(value) is BuiltinFunctionType:
        return plain(_builtin_name.__get__(value))
    return class_name(value) if is_class(value) else class_name(type(value))


def module_name(value: object) -> str:
    """The name a module has for itself."""
    name = namespace_of(value).get("__name__")
    return name if type(name) is str else "?"


def namespace_of(module: object) -> dict[str, Any]:
    """A module's own namespace, not a copy; an empty one for what is no module."""
    if ModuleType in ancestors(type(module)):
        found = _module_dict.__get__(module)
        return found if type(found) is dict else {}
    return {}


def qualified_name(cls: type) -> str:
    """Class name with those of the classes and functions around it."""
    return plain(_qualified_class.__get__(cls))


def module_of_class(cls: type) -> str:
    """The `__module__` that its body had."""
    name = namespace(cls).get("__module__")
    return name if type(name) is str else ""


def code_of(value: object) -> Any:
    """The code object that a function runs or a generator is suspended in, else None."""
    if type(value) is FunctionType:
        return value.__code__
    return _code(value)


def _code(value: Any) -> Any:
    prefix = _SUSPENDED.get(type(value))
    if prefix is None:
        return None
    return {"gi": lambda: value.gi_code, "cr": lambda: value.cr_code, "ag": lambda: value.ag_code}[prefix]()


# --- parts ---


def parts_of(value: Any) -> Parts:
    """What it refers to, with a key each, the important first. Bounded: at most one more than PARTS_LIMIT."""
    return islice(_PARTS.get(kind_of(value), _instance_parts)(value), PARTS_LIMIT + 1)


def count_of(value: Any) -> int:
    """How many items a container has, 0 for anything else."""
    return _length(value) if type(value) is dict or type(value) in _SEQUENCES else 0


def _function_parts(value: Any) -> Parts:
    for name, cell in zip(value.__code__.co_freevars, value.__closure__ or (), strict=False):
        yield from _cell(f"cell {name}", cell)
    if type(value.__defaults__) is tuple:
        yield from ((f"default {index}", default) for index, default in enumerate(value.__defaults__))
    yield from ((f"default {name}", default) for name, default in _items(value.__kwdefaults__))
    yield from _items(value.__dict__)
    yield "__globals__", value.__globals__


def _cell(key: str, cell: Any) -> Parts:
    if type(cell) is CellType:
        try:
            yield key, cell.cell_contents
        except ValueError:  # not bound yet
            return


def _method_parts(value: Any) -> Parts:
    yield "__self__", value.__self__
    yield "__func__", value.__func__


def _class_parts(value: Any) -> Parts:
    for base in _bases.__get__(value):
        if base is not object:
            yield "__bases__", base
    for name, part in list(islice(namespace(value).items(), 2 * PARTS_LIMIT)):
        if name in ("__init__", "__call__", "__slots__") or not (name.startswith("__") and name.endswith("__")):
            yield name, _unwrapped(part)


def _unwrapped(part: Any) -> object:
    """The function behind a static method, class method or property."""
    if type(part) in (staticmethod, classmethod):
        return part.__func__
    return part.fget if type(part) is property and part.fget is not None else part


def _instance_parts(value: Any) -> Parts:
    if type(value) is _PARTIAL:
        yield from (("func", value.func), ("args", value.args), ("keywords", value.keywords))
        return
    yield "__class__", type(value)
    if type(value) is _CACHED:
        yield "__wrapped__", namespace(value).get("__wrapped__")
    yield from _items(_attributes(value))
    for cls in ancestors(type(value)):
        yield from _slots(cls, value)


def _attributes(value: object) -> Any:
    """The instance's own dictionary, not a copy."""
    for cls in ancestors(type(value)):
        slot = type.__dict__["__dict__"].__get__(cls).get("__dict__")
        if type(slot) is GetSetDescriptorType:
            return slot.__get__(value)
    return {}


def _slots(cls: type, value: object) -> Parts:
    members = type.__dict__["__dict__"].__get__(cls)
    if type(members) is not MappingProxyType or type.__dict__["__flags__"].__get__(cls) & _HEAP_TYPE == 0:
        return
    for name, member in list(islice(members.items(), 2 * PARTS_LIMIT)):
        if type(member) is MemberDescriptorType:
            try:
                yield str(name), member.__get__(value)
            except AttributeError:
                continue


_HEAP_TYPE = 1 << 9
"""Py_TPFLAGS_HEAPTYPE: made by a class statement, not by C."""


def _generator_parts(value: Any) -> Parts:
    frame = {"gi": "gi_frame", "cr": "cr_frame", "ag": "ag_frame"}[_SUSPENDED[type(value)]]
    found = type.__dict__["__dict__"].__get__(type(value))[frame].__get__(value)
    if found is not None:
        yield "at line", found.f_lineno  # not f_locals: CPython before 3.13 keeps what it then holds alive
        yield "__globals__", found.f_globals


def _sequence_parts(value: Any) -> Parts:
    yield from ((str(index), item) for index, item in enumerate(_first(value)))


def _mapping_parts(value: Any) -> Parts:
    for key, item in _first(dict.items(value)):
        yield text_of(key), item


def _items(mapping: Any) -> Parts:
    if type(mapping) is dict:
        yield from ((key, item) for key, item in _first(dict.items(mapping)) if type(key) is str)


def _first(values: Any) -> list[Any]:
    """The first few at one moment; none if another thread changes it just then."""
    try:
        return list(islice(values, PARTS_LIMIT + 1))
    except RuntimeError:
        return []


_PARTS: dict[str, Any] = {
    "function": _function_parts,
    "method": _method_parts,
    "class": _class_parts,
    "generator": _generator_parts,
    "list": _sequence_parts,
    "tuple": _sequence_parts,
    "set": _sequence_parts,
    "dict": _mapping_parts,
}
