"""Looks at the learner's objects without running her code: no getattr, no isinstance, no ==, no len, no repr."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import GetSetDescriptorType, MappingProxyType, ModuleType
from typing import Any, TypeGuard

name_of_class: Callable[[type], str] = type.__dict__["__name__"].__get__
ancestors: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__
"""The method resolution order of a class."""
_namespace_of_class = type.__dict__["__dict__"].__get__
_class_namespace: Mapping[str, Any] = ModuleType.__dict__  # type: ignore[assignment]
_namespace_of_module = _class_namespace["__dict__"].__get__
_NAME_LIMIT = 200


def class_name(cls: type) -> str:
    """The name of a class, of bounded length."""
    return plain(name_of_class(cls))


def plain(text: str) -> str:
    """A text of bounded length without what a subclass of `str` would do on the way."""
    return str.__str__(text)[:_NAME_LIMIT]


def is_class(value: object) -> TypeGuard[type]:
    """Whether it is a class, whatever it says of itself."""
    return issubclass(type(value), type)  # `in ancestors(...)` would ask a metaclass whether classes are equal


def namespace(value: object) -> dict[str, Any]:
    """The object's own attributes, as far as they stand in a dictionary."""
    if type(value) is ModuleType:
        return exact(_namespace_of_module(value))
    if is_class(value):
        return exact(_namespace_of_class(value))
    for cls in ancestors(type(value)):
        slot = exact(_namespace_of_class(cls)).get("__dict__")
        if type(slot) is GetSetDescriptorType:
            return exact(slot.__get__(value))
    return {}


def lineage(value: object) -> Iterator[dict[str, Any]]:
    """Where an attribute of the object would be looked for, nearest first."""
    yield namespace(value)
    classes = ancestors(value)[1:] if is_class(value) else ancestors(type(value))
    for cls in classes:
        yield exact(_namespace_of_class(cls))


def exact(mapping: object) -> dict[str, Any]:
    """A copy with the keys that are plain strings: looking up any other kind of key may run learner code."""
    if type(mapping) is MappingProxyType:  # of a class: the dictionary behind it is a plain one
        return {key: value for key, value in mapping.items() if type(key) is str}
    if issubclass(type(mapping), dict):
        items: Iterable[tuple[Any, Any]] = list(dict.items(mapping))  # type: ignore[arg-type]
        return {key: value for key, value in items if type(key) is str}
    return {}
