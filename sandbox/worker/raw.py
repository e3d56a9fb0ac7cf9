"""Reads an object's memory where asking Python for the same would make something, run something, or tell somebody.

To ask for `__dict__` makes a dictionary that was not there; `__code__` and even `id` raise audit events; to look a name
up calls `__eq__` of the keys it meets. What is read here was found out by example when this module was imported: where
an example is not as expected, and where other threads could change what is being read, Python is asked after all. Here
are memory itself and dictionaries; `raw_functions`, `raw_instances` and `raw_generators` stand on it.
"""

import ctypes
from _thread import _count
from collections.abc import Callable
from typing import Any

address: Callable[[object], int] = object.__hash__
"""Which object it is, as `id` tells, without the audit event."""
other_threads: Callable[[], int] = _count
"""How many there are beside the first."""
VERSION, KEYS = 24, 32
"""Within a dict, what changes with it where CPython keeps that, and its keys: Include/cpython/dictobject.h."""
INDEX, _KIND, COUNT, HEADER = 9, 10, 24, 32
"""Within keys, the binary logarithm of their index's size, their kind, their number, the index and then the entries, of
a key and a value: Include/internal/pycore_dict.h."""
WORDS: Any = ctypes.cast(8, ctypes.POINTER(ctypes.c_size_t))
OBJECTS: Any = ctypes.cast(8, ctypes.POINTER(ctypes.py_object))
OCTETS: Any = ctypes.cast(1, ctypes.POINTER(ctypes.c_ubyte))
memory: Any = ctypes.cast(1, ctypes.POINTER(ctypes.c_char))
"""All of it: a slice is a copy of the bytes there. It begins at 1."""
STRAIGHT, _WORD = 1 << 59, (1 << 64) - 1
dictionary_offset: Any = type.__dict__["__dictoffset__"].__get__


def place(value: object) -> int:
    """Where it begins, in bytes."""
    turned = address(value)  # by four bits, which are zero but for some that CPython was built with
    return turned << 4 if 0 < turned < STRAIGHT else (turned << 4 | turned >> 60 & 15) & _WORD


def word(start: int) -> int:
    """The eight bytes there as a number."""
    found: int = WORDS[start // 8 - 1]
    return found


def object_at(start: int) -> Any:
    """The object that is pointed to there, None for a null pointer."""
    index = start // 8 - 1
    return OBJECTS[index] if WORDS[index] else None


def offset_of(sample: object, size: int, wanted: int) -> int:
    """The first offset within an object at which this word stands, 0 for none."""
    return next((offset for offset in range(16, size, 8) if word(place(sample) + offset) == wanted), 0)


def lookup(mapping: dict[str, Any], name: str, default: object = None) -> Any:
    """`mapping.get(name)` of an exact dict, without calling `__eq__` of a key that only looks like the name."""
    if has_plain_keys(mapping):
        return mapping.get(name, default)
    return next((value for key, value in list(dict.items(mapping)) if type(key) is str and key == name), default)


def has_plain_keys(mapping: dict[str, Any]) -> bool:
    """Whether CPython keeps it as a dictionary that has strings for keys, and nothing else."""
    return KNOWS_DICTIONARIES and not other_threads() and _kind(mapping) != 0


def _kind(mapping: dict[Any, Any]) -> int:
    kind: int = OCTETS[word(place(mapping) + KEYS) + _KIND - 1]
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
    first = _first_entry(mapping) - 1
    return word(place(mapping) + VERSION), memory[first : first + _ENTRY * count_of_keys(mapping)]


def entries(mapping: dict[Any, Any]) -> list[bytes]:
    """Of a dictionary with plain keys where each key and its value are, in their order. None of these is touched."""
    first = _first_entry(mapping) - 1
    found = memory[first : first + _ENTRY * count_of_keys(mapping)]
    return [found[start : start + _ENTRY] for start in range(0, len(found), _ENTRY)]


def key_at(mapping: dict[str, Any], index: int) -> str | None:
    """The key of one of these, None where it was taken out."""
    found: str | None = object_at(_first_entry(mapping) + _ENTRY * index)
    return found


def _first_entry(mapping: dict[Any, Any]) -> int:
    keys = word(place(mapping) + KEYS)
    size: int = OCTETS[keys + INDEX - 1]
    return keys + HEADER + (1 << size)


_ENTRY = 16


def count_of_keys(mapping: dict[Any, Any]) -> int:
    """How many keys it has had since these were last written anew."""
    return word(word(place(mapping) + KEYS) + COUNT)
