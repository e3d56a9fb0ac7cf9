"""Whether all that a picture showed is as it was: found out in bulk, several times faster than by looking again.

The garbage collector lists what objects refer to without a line of Python for each of them. What it listed once is kept
as numbers: addresses, those of the classes, hashes of names and scalars. It says "as it was" of nothing that has
changed; where it cannot tell, it says no, and all is looked at again. Knows no mark and nothing of drawing.
"""

import gc
from _thread import _count as other_threads
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from operator import call, itemgetter
from types import CellType, ModuleType
from typing import Any

from sandbox.worker.identity import Tokens
from sandbox.worker.ownership import Ownership
from sandbox.worker.parts import PARTS_LIMIT
from sandbox.worker.raw import address, attributes, is_plain, is_small
from sandbox.worker.scene import Scene, Seen
from sandbox.worker.values import CONTAINERS, SIMPLE, is_inline, namespace_of, partial_fields, text_of

_LONG = 4096
"""Longer texts are not hashed, nor are numbers of more bits: see `values`."""
_STRING = {address(str)}
_WRAPPERS = {address(cls) for cls in (staticmethod, classmethod, property)}
_FROZEN = {address(tuple), address(frozenset)}
_namespace: Any = type.__dict__["__dict__"].__get__
_bases: Any = type.__dict__["__bases__"].__get__
_name: Any = type.__dict__["__name__"].__get__
Values = list[Any]
Pick = Callable[[Values], Iterable[Any]]


class Unclear(Exception):
    """It cannot be told in bulk."""


@dataclass(slots=True)
class _Step:
    """Indexes of the values that are looked into together, by how that is done; and what was found in them."""

    asked: list[int] = field(default_factory=list)
    """Those of which the collector tells all."""
    dicts: list[int] = field(default_factory=list)
    """Of these, those with keys."""
    functions: list[int] = field(default_factory=list)
    """Those with default arguments, a closure or attributes."""
    classes: list[int] = field(default_factory=list)
    instances: list[int] = field(default_factory=list)
    odd: list[tuple[int, str]] = field(default_factory=list)
    """Looked at one by one, as for a picture; with the kinds of their cards."""
    found: list[int] = field(default_factory=list)
    scalars: Pick = list
    floats: Pick = list
    print: tuple[object, ...] = ()


class Still:
    """Made of a scene while that stands. Holds no object."""

    def __init__(self, scene: Scene, tokens: Tokens, ownership: Ownership) -> None:
        """Raises `Unclear`."""
        if other_threads() or not all(space.is_whole for space in scene.spaces):
            raise Unclear
        self._ownership, self._cache = ownership, ownership.cache_signature
        self._modules = [address(space.module) for space in scene.spaces]
        self._references = [ref for seen in scene.objects if (ref := tokens.reference(seen.value)) is not None]
        self._living = [*map(address, map(call, self._references))]
        values: Values = [namespace_of(space.module) for space in scene.spaces]
        self._roots = [*map(address, values)]
        self._steps = [*self._note_all(values, {address(seen.value): seen for seen in scene.objects})]

    def _note_all(self, values: Values, cards: dict[int, Seen]) -> Iterator[_Step]:
        known = set(self._roots)
        step = _Step(asked=[*range(len(values))], dicts=[*range(len(values))])
        while step.asked or step.functions or step.classes or step.instances or step.odd:
            found, names = self._look_into(step, values)
            _note(step, found, names)
            yield step
            step, values = _choose(found, cards, known), found
        if cards.keys() - known:  # it was come upon in a way that is not known here
            raise Unclear

    def holds(self, spaces: list[tuple[str, ModuleType]]) -> bool:
        """Whether nothing is other than it was."""
        if other_threads() or self._ownership.cache_signature is not self._cache:
            return False
        values: Values = [namespace_of(module) for _, module in spaces]
        is_there = [address(module) for _, module in spaces] == self._modules and [*map(address, values)] == self._roots
        if not is_there or [*map(address, map(call, self._references))] != self._living:
            return False
        for step in self._steps:
            found, names = self._look_into(step, values)
            if _addresses(found) != step.found or _print(step, found, names) != step.print:
                return False
            values = found
        return True

    def _look_into(self, step: _Step, values: Values) -> tuple[Values, list[Any]]:
        """What is in the values, and all names there."""
        found = gc.get_referents(*[values[at] for at in step.asked])
        names = [*chain.from_iterable([values[at] for at in step.dicts])]
        if step.functions:
            found += self._look_into_functions([values[at] for at in step.functions], names)
        if step.classes:
            classes = [values[at] for at in step.classes]
            proxies = [*map(_namespace, classes)]
            found += gc.get_referents(*gc.get_referents(*proxies))
            found += chain.from_iterable(map(_bases, classes))
            names += chain(chain.from_iterable(proxies), map(_name, classes))
        for at in step.instances:
            items = attributes(values[at])
            found += [type(values[at]), *[item for _, item in items]]
            names += [key for key, _ in items]
        for at, kind in step.odd:
            parts = self._ownership.parts_of(values[at], kind)
            found += [part for _, part in parts]
            names += [text_of(values[at]), *[key for key, _ in parts]]
        return found, names

    def _look_into_functions(self, functions: list[Any], names: list[Any]) -> Values:
        found = gc.get_referents(*functions)
        held = [one for one in found if type(one) is tuple or (type(one) is dict and len(one) <= PARTS_LIMIT)]
        names += chain.from_iterable([one for one in held if type(one) is dict])
        inner = gc.get_referents(*held)
        cells = [one for one in inner if type(one) is CellType]
        return [*found, *inner, *gc.get_referents(*cells)]


def _note(step: _Step, found: Values, names: list[Any]) -> None:
    step.found = _addresses(found)
    step.scalars = _pick([at for at, value in enumerate(found) if _is_short(value)])
    step.floats = _pick([at for at, value in enumerate(found) if type(value) is float])
    step.print = _print(step, found, names)
    if not step.print:
        raise Unclear


def _addresses(found: Values) -> list[int]:
    """Where they are, and their classes."""
    return [*map(address, found), *map(address, map(type, found))]


def _print(step: _Step, found: Values, names: list[Any]) -> tuple[object, ...]:
    """Of the names, and of what stands where there were scalars. Empty where a name is no exact string."""
    if {*map(address, map(type, names))} - _STRING:
        return ()
    return hash(tuple(names)), hash(tuple(step.scalars(found))), [*map(float.hex, step.floats(found))]


def _choose(found: Values, cards: dict[int, Seen], known: set[int]) -> _Step:
    """What is to be looked into next."""
    step = _Step()
    for at, value in enumerate(found):
        key, cls = address(value), address(type(value))
        if cls in SIMPLE or key in known:
            continue
        if key in cards:
            _sort(step, at, cards[key])
        elif cls in _WRAPPERS or (cls in _FROZEN and is_inline(value)):
            step.asked.append(at)
        else:
            continue
        known.add(key)
    return step


def _sort(step: _Step, at: int, seen: Seen) -> None:
    value: Any = seen.value
    kind = seen.kind
    if kind == "class":
        step.classes.append(at)
    elif kind == "instance" and is_small(type(value)) and not partial_fields(value):
        step.instances.append(at)
    elif seen.more or (kind == "dict" and {*map(address, map(type, list(value)))} - _STRING):
        step.odd.append((at, kind))
    elif kind == "function" and not is_plain(value):
        step.functions.append(at)
    elif kind in CONTAINERS or kind in ("function", "method"):
        step.asked.append(at)
        if kind == "dict":
            step.dicts.append(at)
    else:
        step.odd.append((at, kind))


def _is_short(value: Any) -> bool:
    """Whether it is a scalar that is hashed in no time."""
    if type(value) is int:
        return value.bit_length() <= _LONG
    if type(value) is str or type(value) is bytes:
        return len(value) <= _LONG
    return address(type(value)) in SIMPLE


def _pick(indexes: list[int]) -> Pick:
    if len(indexes) > 1:
        return itemgetter(*indexes)
    return lambda values: [values[at] for at in indexes]
