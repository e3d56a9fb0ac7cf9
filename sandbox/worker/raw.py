"""Reads an object's memory where asking Python for the same would make something, run something, or tell somebody.

To ask for `__dict__` makes a dictionary that was not there; `__code__` and even `id` raise audit events; to look a name
up calls `__eq__` of the keys it meets. What is read here was found out by example when this module was imported: where
an example is not as expected, and where other threads could change what is being read, Python is asked after all.
"""

import ctypes
from _thread import _count as other_threads
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, GetSetDescriptorType, MappingProxyType, MemberDescriptorType
from typing import Any

address: Callable[[object], int] = object.__hash__
"""Which object it is, as `id` tells, without the audit event."""
_MANAGED_DICTIONARY, _INLINE_VALUES = 1 << 4, 1 << 2  # Py_TPFLAGS_...: Include/object.h
VERSION, KEYS = 24, 32
"""Within a dict, what changes with it where CPython keeps that, and its keys: Include/cpython/dictobject.h."""
_INDEX, _KIND, _COUNT, _HEADER = 9, 10, 24, 32
"""Within keys, the binary logarithm of their index's size, their kind, their number, the index and then the entries, of
a key and a value: Include/internal/pycore_dict.h."""
_words: Any = ctypes.cast(8, ctypes.POINTER(ctypes.c_size_t))
_objects: Any = ctypes.cast(8, ctypes.POINTER(ctypes.py_object))
_bytes: Any = ctypes.cast(1, ctypes.POINTER(ctypes.c_ubyte))
memory: Any = ctypes.cast(1, ctypes.POINTER(ctypes.c_char))
"""All of it: a slice is a copy of the bytes there. It begins at 1."""
_STRAIGHT, _WORD = 1 << 59, (1 << 64) - 1
_flags: Any = type.__dict__["__flags__"].__get__
_size: Any = type.__dict__["__basicsize__"].__get__
_dictionary_offset: Any = type.__dict__["__dictoffset__"].__get__
_weak_offset: Any = type.__dict__["__weakrefoffset__"].__get__
_namespace_of_class: Any = type.__dict__["__dict__"]
_ancestors: Any = type.__dict__["__mro__"]


def place(value: object) -> int:
    """Where it begins, in bytes."""
    turned = address(value)  # by four bits, which are zero but for some that CPython was built with
    return turned << 4 if 0 < turned < _STRAIGHT else (turned << 4 | turned >> 60 & 15) & _WORD


def word(start: int) -> int:
    """The eight bytes there as a number."""
    found: int = _words[start // 8 - 1]
    return found


def object_at(start: int) -> Any:
    """The object that is pointed to there, None for a null pointer."""
    index = start // 8 - 1
    return _objects[index] if _words[index] else None


def offset_of(sample: object, size: int, wanted: int) -> int:
    """The first offset within an object at which this word stands, 0 for none."""
    return next((offset for offset in range(16, size, 8) if word(place(sample) + offset) == wanted), 0)


# --- dictionaries ---


def lookup(mapping: dict[str, Any], name: str, default: object = None) -> Any:
    """`mapping.get(name)` of an exact dict, without calling `__eq__` of a key that only looks like the name."""
    if has_plain_keys(mapping):
        return mapping.get(name, default)
    return next((value for key, value in list(dict.items(mapping)) if type(key) is str and key == name), default)


def has_plain_keys(mapping: dict[str, Any]) -> bool:
    """Whether CPython keeps it as a dictionary that has strings for keys, and nothing else."""
    return KNOWS_DICTIONARIES and not other_threads() and _kind(mapping) != 0


def _kind(mapping: dict[Any, Any]) -> int:
    kind: int = _bytes[word(place(mapping) + KEYS) + _KIND - 1]
    return kind


class _Same(str):
    """A key of another class than str."""

    __slots__ = ()


KNOWS_DICTIONARIES = [_kind(one) != 0 for one in ({"a": 1}, {"a": 1, 2: 1}, {_Same("a"): 1})] == [True, False, False]


def fingerprint(mapping: dict[Any, Any]) -> object:
    """Equal to what it was as long as nothing is put into the dictionary nor taken out: nothing in it is touched.

    A reference to each key and value, as a list of them takes, would make a copy of every page they are on, where these
    are shared with other processes.
    """
    if not has_plain_keys(mapping):
        return [*mapping], [*map(address, list(mapping.values()))]
    keys = word(place(mapping) + KEYS)
    first = keys + _HEADER + (1 << _bytes[keys + _INDEX - 1]) - 1
    return word(place(mapping) + VERSION), memory[first : first + 16 * count_of_keys(mapping)]


def count_of_keys(mapping: dict[Any, Any]) -> int:
    """How many keys it has had since these were last written anew."""
    return word(word(place(mapping) + KEYS) + _COUNT)


# --- functions ---


def _sample() -> Any:
    cell = object()

    def sample(first: object = 1, *, second: object = 2) -> object:
        return cell

    return sample


_FIELDS: dict[str, int] = {
    name: offset_of(_sample_function, FunctionType.__basicsize__, place(getattr(_sample_function, name)))
    for _sample_function in [_sample()]
    for name in ("__code__", "__defaults__", "__kwdefaults__", "__closure__")
}


def function_field(function: Any, name: str) -> Any:
    """`__code__`, `__defaults__`, `__kwdefaults__` or `__closure__`, without the audit event."""
    offset = _FIELDS[name]
    return object_at(place(function) + offset) if offset else getattr(function, name)


def function_code(function: Any) -> CodeType:
    """`__code__`, which no function is without."""
    turned, offset = address(function), _FIELDS["__code__"]
    found: CodeType = (
        _objects[2 * turned + offset // 8 - 1]
        if offset and 0 < turned < _STRAIGHT
        else function_field(function, "__code__")
    )
    return found


FUNCTION_ATTRIBUTES: int = _dictionary_offset(FunctionType)


def function_attributes(function: Any) -> dict[str, Any]:
    """What was set on a function, if anything was."""
    found = object_at(place(function) + FUNCTION_ATTRIBUTES)
    return found if type(found) is dict else {}


_OPTIONAL = [*(_FIELDS[name] for name in ("__defaults__", "__kwdefaults__", "__closure__"))]
_OPTIONAL += [FUNCTION_ATTRIBUTES]
KNOWS_FUNCTIONS = all(offset % 8 == 0 and offset > 0 for offset in _OPTIONAL)
_FIRST = min(_OPTIONAL)
_CHOSEN = [(offset - _FIRST) // 8 for offset in _OPTIONAL]
_SPAN = max(_CHOSEN) + 1


def is_plain(function: Any) -> bool:
    """Whether it has no default arguments, no closure and no attributes."""
    if not KNOWS_FUNCTIONS:
        return False
    at = (place(function) + _FIRST) // 8 - 1
    words = _words[at : at + _SPAN]
    return not (words[_CHOSEN[0]] or words[_CHOSEN[1]] or words[_CHOSEN[2]] or words[_CHOSEN[3]])


def function_extras(function: Any) -> tuple[Any, Any, Any, Any]:
    """`__defaults__`, `__kwdefaults__`, `__closure__` and what was set on it, None for what it has not."""
    if not KNOWS_FUNCTIONS:
        fields = (function_field(function, name) for name in ("__defaults__", "__kwdefaults__", "__closure__"))
        return (*fields, function_attributes(function) or None)
    at = (place(function) + _FIRST) // 8 - 1
    words = _words[at : at + _SPAN]
    defaults, named, closure, own = _CHOSEN
    return (
        _objects[at + defaults] if words[defaults] else None,
        _objects[at + named] if words[named] else None,
        _objects[at + closure] if words[closure] else None,
        _objects[at + own] if words[own] else None,
    )


# --- instances ---


class _Sample:
    def __init__(self) -> None:
        self.first, self.second = object(), object()


def attributes(value: object) -> list[tuple[Any, Any]]:
    """What stands in the instance's own dictionary, or would if it had been made."""
    cls = type(value)
    if KNOWS_INSTANCES and _flags(cls) & _MANAGED_DICTIONARY and not other_threads():
        return _managed(value, cls)
    for one in _ancestors.__get__(cls):
        slot = lookup_class(one, "__dict__")
        if type(slot) in (GetSetDescriptorType, MemberDescriptorType):
            return _items_by(slot, value)
    return []


def _items_by(slot: Any, value: object) -> list[tuple[Any, Any]]:
    try:
        found = slot.__get__(value)
    except (TypeError, AttributeError):  # a descriptor of another class, put there by the learner
        return []
    return list(dict.items(found)) if issubclass(type(found), dict) else []


def lookup_class(cls: type, name: str) -> Any:
    """An attribute in a class's own namespace; classes with keys that are no strings are searched."""
    names = class_namespace(cls)
    if type(names) is dict:
        return lookup(names, name)
    return next((value for key, value in list(names.items()) if type(key) is str and key == name), None)


def class_namespace(cls: type) -> Any:
    """The dictionary itself, or where that is not known what stands for it."""
    proxy = _namespace_of_class.__get__(cls)
    return object_at(place(proxy) + 16) if _KNOWS_PROXIES else proxy


_proxied: dict[str, int] = {}
_proxy = MappingProxyType(_proxied)
_KNOWS_PROXIES = word(place(_proxy) + 16) == place(_proxied)


def is_small(cls: type) -> bool:
    """Whether its instances have nothing but a dictionary: no slots, no items, nothing that C keeps there."""
    return _form(cls) == _SMALL and not _flags(cls) & _WITH_ITEMS


def _form(cls: type) -> tuple[int, int, int]:
    """Size, and where the dictionary and the weak references are: with both, the least has no room for a slot."""
    return _size(cls), _dictionary_offset(cls), _weak_offset(cls)


_SMALL = _form(_Sample)
_WITH_ITEMS = 1 << 25 | 1 << 26 | 1 << 29  # Py_TPFLAGS_LIST_SUBCLASS and so on


def _managed(value: object, cls: type) -> list[tuple[Any, Any]]:
    made = made_dictionary(value)
    if made is not None:
        return list(dict.items(made)) if issubclass(type(made), dict) else []
    values, keys = stored_values(value, cls)
    first = values // 8 - 1
    if values and 0 not in _words[first : first + len(keys)]:
        return [*zip(keys, _objects[first : first + len(keys)], strict=True)]
    found = [(key, object_at(values + 8 * index)) for index, key in enumerate(keys)]
    return [(key, item) for key, item in found if item is not None]


def made_dictionary(value: object) -> Any:
    """The dictionary of an instance with a managed one, None where nobody has asked for it yet."""
    state = word(place(value) - 24)
    return object_at(place(value) - 24) if state and not state & 1 else None


def stored_values(value: object, cls: type) -> tuple[int, list[Any]]:
    """Where the values are of a dictionary that nobody has asked for, right behind how many are set; and their keys."""
    values = _values(value, cls)
    return (values, _keys(word(place(cls) + _CACHED_KEYS))) if values else (0, [])


def _values(value: object, cls: type) -> int:
    """Where the values of a dictionary stand that was never asked for. In 3.12, from 3.13 on, and in 3.11."""
    state = word(place(value) - 24)
    if state & 1:
        return state + 1
    if _flags(cls) & _INLINE_VALUES:
        inline: int = place(value) + _size(cls)
        return inline + 8 if _bytes[inline + 3 - 1] else 0
    return word(place(value) - 32) if _VALUES_HAVE_A_WORD else 0


def _have_values_a_word() -> bool:
    """In 3.12 the weak references have it."""
    sample = _Sample()
    return word(place(sample) - 24) == 0 and word(place(sample) - 32) != 0


_VALUES_HAVE_A_WORD = _have_values_a_word()


def _keys(keys: int) -> list[Any]:
    first, count = (keys + _HEADER + (1 << _bytes[keys + _INDEX - 1])) // 8 - 1, word(keys + _COUNT)
    return _objects[first : first + 2 * count : 2] if count else []  # ctypes finds one item in none


def _find_cached_keys() -> int:
    """Where a class has the keys that its instances share: a dictionary that was made of one has the same."""
    return offset_of(_Sample, _size(type), word(place(_Sample().__dict__) + KEYS))


_CACHED_KEYS = 0
KNOWS_INSTANCES = False


def _try_instances() -> bool:
    made, unmade = _Sample(), _Sample()
    made.__dict__  # noqa: B018
    return _CACHED_KEYS != 0 and all(
        [key for key, _ in _managed(one, _Sample)] == ["first", "second"]
        and [item for _, item in _managed(one, _Sample)] == [one.first, one.second]
        for one in (unmade, made)
    )


if _flags(_Sample) & _MANAGED_DICTIONARY and KNOWS_DICTIONARIES:
    _CACHED_KEYS = _find_cached_keys()
    KNOWS_INSTANCES = _try_instances()


# --- generators ---

_CODE_SIZE: int = CodeType.__basicsize__
"""The instructions stand right behind a code object."""


def suspended_at(generator: Any, code: CodeType) -> tuple[int, dict[str, Any]] | None:
    """The line and the globals of a generator or coroutine that has begun and waits; to ask would make a frame object.

    None where that is not known.
    """
    if not _KNOWS_GENERATORS or other_threads():
        return None
    start = place(generator)
    line = _line(code, word(start + _INSTRUCTION) - place(code) - _CODE_SIZE)
    return (line, object_at(start + _GLOBALS)) if line else None


def _line(code: CodeType, offset: int) -> int:
    return next((line for start, end, line in code.co_lines() if line and start <= offset < end), 0)


def _waiting() -> Iterator[None]:
    yield
    yield None


def _find_instruction(sample: Any, code: CodeType) -> int:
    start = place(code) + _CODE_SIZE
    end = start + len(code.co_code)
    size = type(sample).__basicsize__ + 80
    return next((offset for offset in range(16, size, 8) if start <= word(place(sample) + offset) < end), 0)


_generator: Any = _waiting()
next(_generator)
next(_generator)
_GLOBALS = offset_of(_generator, type(_generator).__basicsize__ + 80, place(globals()))
_INSTRUCTION = _find_instruction(_generator, _waiting.__code__)
_KNOWS_GENERATORS = bool(_GLOBALS and _INSTRUCTION)
_KNOWS_GENERATORS = _KNOWS_GENERATORS and suspended_at(_generator, _waiting.__code__) == (
    _generator.gi_frame.f_lineno,
    globals(),
)
del _generator
