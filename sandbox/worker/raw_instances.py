"""What an instance and a class have, read from their memory: see `raw`."""

from types import GetSetDescriptorType, MappingProxyType, MemberDescriptorType
from typing import Any

from sandbox.worker.raw import (
    COUNT,
    HEADER,
    INDEX,
    KEYS,
    KNOWS_DICTIONARIES,
    OBJECTS,
    OCTETS,
    STRAIGHT,
    WORDS,
    address,
    dictionary_offset,
    lookup,
    object_at,
    offset_of,
    other_threads,
    place,
    word,
)

_MANAGED_DICTIONARY, _INLINE_VALUES = 1 << 4, 1 << 2  # Py_TPFLAGS_...: Include/object.h
_flags: Any = type.__dict__["__flags__"].__get__
_size: Any = type.__dict__["__basicsize__"].__get__
weak_offset: Any = type.__dict__["__weakrefoffset__"].__get__
"""Where the instances of a class have their weak references; 0 for one whose instances take none."""
_namespace_of_class: Any = type.__dict__["__dict__"]
_ancestors: Any = type.__dict__["__mro__"]


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


def is_bare(cls: type) -> bool:
    """Whether its instances have neither a dictionary nor items, by what C keeps there."""
    has_items = _flags(cls) & _WITH_ITEMS or issubclass(cls, (set, frozenset))
    return not (dictionary_offset(cls) or _flags(cls) & _MANAGED_DICTIONARY or has_items)


def _form(cls: type) -> tuple[int, int, int]:
    """Size, and where the dictionary and the weak references are: with both, the least has no room for a slot."""
    return _size(cls), dictionary_offset(cls), weak_offset(cls)


_SMALL = _form(_Sample)
_WITH_ITEMS = 1 << 25 | 1 << 26 | 1 << 29  # Py_TPFLAGS_LIST_SUBCLASS and so on


def _managed(value: object, cls: type) -> list[tuple[Any, Any]]:
    made = made_dictionary(value)
    if made is not None:
        return list(dict.items(made)) if issubclass(type(made), dict) else []
    values, keys = stored_values(value, cls)
    first = values // 8 - 1
    if values and 0 not in WORDS[first : first + len(keys)]:
        return [*zip(keys, OBJECTS[first : first + len(keys)], strict=True)]
    return [(key, OBJECTS[first + index]) for index, key in enumerate(keys) if WORDS[first + index]]


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
        return inline + 8 if OCTETS[inline + 3 - 1] else 0
    return word(place(value) - 32) if _VALUES_HAVE_A_WORD else 0


def _have_values_a_word() -> bool:
    """In 3.12 the weak references have it."""
    sample = _Sample()
    return word(place(sample) - 24) == 0 and word(place(sample) - 32) != 0


_VALUES_HAVE_A_WORD = _have_values_a_word()


class Shape:
    """Where the instances of a class have their attributes: good as long as nothing changes."""

    def __init__(self, keys: list[Any], inline: int) -> None:
        self.keys = "__class__", *keys
        self._count, self._inline = len(keys), inline

    def read(self, value: object) -> list[Any] | None:
        """The values to the keys but for the first; None where it is not as most are."""
        at = 2 * address(value)
        state = WORDS[at - 4] if 0 < at < 2 * STRAIGHT else _ODD
        if self._inline:
            first = at + self._inline - 1 if not state and OCTETS[8 * (at + self._inline) - 6] else 0
        elif _VALUES_HAVE_A_WORD:
            first = 0 if state else WORDS[at - 5] // 8 - 1
        else:
            first = (state + 1) // 8 - 1 if state & 1 else 0
        if first <= 0 or 0 in WORDS[first : first + self._count]:  # ctypes would put a null pointer into the list
            return None
        found: list[Any] = OBJECTS[first : first + self._count]
        return found


_ODD = 2
"""Of an object that begins where none is known to begin."""


def shape_of(cls: type) -> Shape | None:
    """That of a class, None where its instances may have more than a dictionary."""
    flags = _flags(cls)
    if not KNOWS_INSTANCES or other_threads() or flags & (_MANAGED_DICTIONARY | _WITH_ITEMS) != _MANAGED_DICTIONARY:
        return None
    cached = word(place(cls) + _CACHED_KEYS) if _form(cls) == _SMALL else 0
    keys = _keys(cached) if cached else []
    return Shape(keys, (_size(cls) + 8) // 8 if flags & _INLINE_VALUES else 0) if keys else None


def _keys(keys: int) -> list[Any]:
    first, count = (keys + HEADER + (1 << OCTETS[keys + INDEX - 1])) // 8 - 1, word(keys + COUNT)
    return OBJECTS[first : first + 2 * count : 2] if count else []  # ctypes finds one item in none


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
