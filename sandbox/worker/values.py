"""One object as a picture shows it: a short text and a kind. Looked at without running learner code.

Attributes come through the descriptors of the exact built-in types; `repr` is for exact scalars alone. A class is never
hashed or compared unless its own class is `type`: a metaclass may have something to say about that; `issubclass` with a
built-in class is safe. Knows no identity and no load.
"""

from collections.abc import Callable
from itertools import compress, count, islice, repeat
from operator import contains
from types import (
    AsyncGeneratorType,
    BuiltinFunctionType,
    CoroutineType,
    FunctionType,
    GeneratorType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Any

from sandbox.worker.raw import address, lookup
from sandbox.worker.raw_functions import function_code
from sandbox.worker.raw_instances import lookup_class, weak_offset
from sandbox.worker.safe import class_name, is_class, plain

TEXT_LIMIT = 80
_INLINE_ITEMS = 8
_INTEGER_BITS = 256
"""Longer ones are not written out: a text of decimal digits takes quadratic time."""
_LARGE = 1 << 64
"""Lesser ones are written out at once."""
HEAP_TYPE, _IMMUTABLE_TYPE = 1 << 9, 1 << 8
"""Py_TPFLAGS_HEAPTYPE: made by a class statement, or as good as; Py_TPFLAGS_IMMUTABLETYPE: its instances keep it."""
_ELLIPSIS, _BITS = "…", "int of "
_HASHED = 4096
"""Longer texts are not looked at as a whole, nor are numbers beyond."""
_MOST = 1 << _HASHED
_LEAST = -_MOST

SUSPENDED = {GeneratorType: "gi", CoroutineType: "cr", AsyncGeneratorType: "ag"}
_SIMPLE = {int, float, bool, str, bytes, range, type(None), complex, type(Ellipsis), type(NotImplemented)}
_KINDS: dict[type, str] = {
    **{FunctionType: "function", MethodType: "method", ModuleType: "module", dict: "dict", list: "list"},
    **{tuple: "tuple", set: "set", frozenset: "set"},
    **dict.fromkeys(SUSPENDED, "generator"),
    type: "class",
}
_KINDS_BY_PLACE = {address(cls): kind for cls, kind in _KINDS.items()}
SIMPLE = frozenset(map(address, _SIMPLE))
"""By address: a class may have a metaclass that has something to say about hashes."""
CONTAINERS = frozenset({"list", "tuple", "set", "dict"})
_CONTAINERS = {dict, list, tuple, set, frozenset}
_flags: Any = type.__dict__["__flags__"].__get__
_module_dict: Any = vars(ModuleType)["__dict__"]
_LASTING_ITEMS = 50
_qualified_class: Any = type.__dict__["__qualname__"]
_builtin_name: Any = vars(BuiltinFunctionType)["__name__"]
_code: dict[type, Any] = {cls: vars(cls)[f"{prefix}_code"] for cls, prefix in SUSPENDED.items()}


def is_simple(value: object) -> bool:
    """Whether it is written where it stands: it cannot change, and nothing is in it."""
    return address(type(value)) in SIMPLE


def kind_of(value: object) -> str:
    """What a card calls it; see `protocol.Object`."""
    cls = type(value)
    known = _KINDS.get(cls) if type(cls) is type else None
    if known is not None:
        return known
    if issubclass(cls, ModuleType):
        return "module"
    return "class" if issubclass(cls, type) else "instance"


def kinds_of(values: list[Any]) -> list[str]:
    """The same of each of these."""
    return [_KINDS_BY_PLACE.get(address(type(value))) or kind_of(value) for value in values]


# --- which value it is ---


def _number_print(value: float | complex) -> object:
    return address(value), hash(value)


def _integer_print(value: int) -> object:
    return address(value), hash(value) if _LEAST < value < _MOST else 0


def _text_print(value: str | bytes) -> object:
    return address(value), hash(value) if len(value) < _HASHED else value[:TEXT_LIMIT]


def _range_print(value: range) -> object:
    return address(value), [*map(print_of, (value.start, value.stop, value.step))]


def _frozen_print(value: Any) -> object:
    return address(value), [*map(print_of, value)] if _frozen_text(value) else ""


_BY_CLASS: dict[type, Callable[[Any], object]] = {
    **{int: _integer_print, float: _number_print, complex: _number_print, str: _text_print, bytes: _text_print},
    **{tuple: _frozen_print, frozenset: _frozen_print, range: _range_print},
}
_PRINTS = {address(cls): function for cls, function in _BY_CLASS.items()}


def print_of(value: object) -> object:
    """Which value it is; for what is no scalar, its address, which tells as long as it lives."""
    return _PRINTS.get(address(type(value)), address)(value)


def is_fixed(cls: type) -> bool:
    """Whether neither the class nor which class an instance of it has can change: it is made in C."""
    return bool(_flags(cls) & _IMMUTABLE_TYPE)


def lasting_prints(values: list[Any]) -> list[tuple[int, object]]:
    """Of those that take no weak references: where they are, and what cannot change as long as they live.

    That is what is in a tuple, and the class if that is made in C.
    """
    found = list[tuple[int, object]]()
    for index, value in enumerate(values):
        cls = type(value)
        if cls is list:
            found.append((index, "list"))
        elif cls is not FunctionType and not weak_offset(cls):
            found.append((index, _lasting_print(value, cls)))
    return found


def _lasting_print(value: Any, cls: type) -> object:
    if issubclass(cls, tuple):
        return [*map(address, islice(tuple.__iter__(value), _LASTING_ITEMS))]
    return address(cls) if is_fixed(cls) else ""


# --- texts ---


def text_of(value: Any) -> str:
    """A short text for it."""
    cls = type(value)
    if cls is FunctionType:
        name = plain(value.__name__)
        return f"{name}()" if name.isascii() and len(name) < TEXT_LIMIT - 1 else _cut(f"{name}()")
    if type(cls) is not type:
        return _cut(_object_text(value))
    if cls in _SIMPLE:
        return simple_text(value)
    if cls is tuple or cls is frozenset:
        return _frozen_text(value) or f"{cls.__name__} of {_length(value):,}"
    if cls in _CONTAINERS:
        return f"{cls.__name__} of {_length(value):,}"
    return _cut(_object_text(value))


def simple_text(value: Any) -> str:
    """What `is_simple`, written out."""
    cls = type(value)
    if cls is int:
        return repr(value) if value.bit_length() <= _INTEGER_BITS else f"{_BITS}{value.bit_length():,} bits"
    if cls in (str, bytes) and len(value) > TEXT_LIMIT:
        return f"{value[: TEXT_LIMIT - 8]!r} {_ELLIPSIS} {len(value):,}"
    if cls is range:
        fields = (value.start, value.stop, value.step) if value.step != 1 else (value.start, value.stop)
        return f"range({', '.join(map(simple_text, fields))})"
    return repr(value)


def inline_texts(values: list[Any]) -> list[str]:
    """Of each of these what is written where it stands.

    "" for what is not `is_inline`, and for a frozenset: that is told from another by its token.
    """
    find = _INLINE.get
    return [
        repr(value)
        if ((cls := type(value)) is int and -_LARGE < value < _LARGE) or (cls is str and len(value) <= TEXT_LIMIT)
        else write(value)
        if (write := find(address(cls))) is not None
        else ""
        for value in values
    ]


def cut_texts(texts: list[str]) -> list[int]:
    """Where those are that may not tell which of all inline values they were made of."""
    whole = "".join(texts)
    marks = [mark for mark in (_ELLIPSIS, _BITS) if mark in whole]
    return [index for mark in marks for index in compress(count(), map(contains, texts, repeat(mark)))]


def _clean(text: str) -> str:
    """Without lone surrogates, which are no text to send."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _cut(text: str) -> str:
    text = _clean(text)
    return text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1] + _ELLIPSIS


def _frozen_text(value: Any) -> str:
    """A tuple or frozenset of a few simple values, written out; "" for any other."""
    if _length(value) > _INLINE_ITEMS:
        return ""
    long = [
        item
        for item in value
        if not ((cls := type(item)) is int and -_LARGE < item < _LARGE)
        and not (cls is str and len(item) <= TEXT_LIMIT)
        and item is not None
        and cls is not float
        and cls is not bool
    ]
    text = _long_frozen_text(value) if long else repr(value)
    return text if len(text) <= TEXT_LIMIT else ""


def _long_frozen_text(value: Any) -> str:
    """The same where what is in it may be too long to be written out, or is not simple."""
    if not all(map(is_simple, value)):
        return ""
    texts = [*map(simple_text, value)]
    inner = ", ".join(texts)
    if type(value) is frozenset:
        return f"frozenset({{{inner}}})" if texts else "frozenset()"
    return f"({inner},)" if len(texts) == 1 else f"({inner})"


_INLINE: dict[int, Callable[[Any], str]] = {
    **dict.fromkeys(SIMPLE, simple_text),
    **dict.fromkeys(map(address, (float, bool, type(None))), repr),
    address(tuple): _frozen_text,
}


def is_inline(value: object) -> bool:
    """Whether it needs no card: a scalar, or a frozen handful of them."""
    cls = type(value)
    if cls is tuple or cls is frozenset:
        return bool(_frozen_text(value))
    return type(cls) is type and cls in _SIMPLE


def _length(value: Any) -> int:
    return len(value)  # of an exact built-in container: no learner code


def count_of(value: object) -> int:
    """How many items a container has, 0 for anything else."""
    cls = type(value)
    return _length(value) if type(cls) is type and cls in _CONTAINERS else 0


def _object_text(value: Any) -> str:
    kind = kind_of(value)
    if kind == "class":
        return class_name(value)
    if kind == "method":
        held = value.__self__
        return f"{class_name(held) if is_class(held) else class_name(type(held))}.{name_of(value.__func__)}"
    if kind == "module":
        return f"module {module_name(value)}"
    name = class_name(type(value))
    if name == "partial" and (held := partial_fields(value)):
        return f"partial({name_of(held['func'])})"
    form = _FORMS.get(type(value)) if type(type(value)) is type else None
    return form.format(name_of(value)) if form is not None else f"{name} object"


_FORMS: dict[type, str] = {BuiltinFunctionType: "{}()", **dict.fromkeys(SUSPENDED, "{}() waiting")}


def have_one_text(cls: type) -> bool:
    """Whether all instances of a class, of which no more is known, have the same text."""
    return cls is not BuiltinFunctionType and class_name(cls) != "partial"


def partial_fields(value: object) -> dict[str, Any]:
    """What a `functools.partial` holds; empty for anything else.

    Told by its looks: the learner's own functools may have another class of that name than ours, each made in C.
    """
    cls = type(value)
    if type(cls) is not type or class_name(cls) != "partial":
        return {}
    slots = {name: lookup_class(cls, name) for name in ("func", "args", "keywords")}
    if not all(type(slot) is MemberDescriptorType for slot in slots.values()):
        return {}
    return {name: slot.__get__(value) for name, slot in slots.items()}


def name_of(value: Any) -> str:
    """The name that a function, class or generator has for itself; of anything else its class's."""
    if type(value) is FunctionType or kind_of(value) == "generator":
        return plain(value.__name__)
    if type(value) is BuiltinFunctionType:
        return plain(_builtin_name.__get__(value))
    return class_name(value) if is_class(value) else class_name(type(value))


def module_name(value: object) -> str:
    """The name a module has for itself."""
    name = lookup(namespace_of(value), "__name__")
    return name if type(name) is str else "?"


def namespace_of(module: object) -> dict[str, Any]:
    """A module's own namespace, not a copy; an empty one for what is no module. Its keys may be anything."""
    if type(module) is ModuleType or issubclass(type(module), ModuleType):
        found = _module_dict.__get__(module)
        return found if type(found) is dict else {}
    return {}


def qualified_name(cls: type) -> str:
    """Class name with those of the classes and functions around it."""
    return plain(_qualified_class.__get__(cls))


def module_of_class(cls: type) -> str:
    """The `__module__` that its body had."""
    name = lookup_class(cls, "__module__")
    return name if type(name) is str else ""


def code_of(value: object) -> Any:
    """The code object that a function runs or a generator is suspended in, else None."""
    cls = type(value)
    if cls is FunctionType:
        return function_code(value)
    return _code[cls].__get__(value) if type(cls) is type and cls in SUSPENDED else None
