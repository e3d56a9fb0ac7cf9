"""Who keeps an object alive, in words that a learner could type. On demand only: it looks at every object there is.

What the picture reaches is named by its path. What else refers to the object is asked of the collector, which does not
know what stands on a C stack. Holds nothing afterwards, and knows no mark.
"""

import gc
import sys
from _thread import get_ident
from collections.abc import Iterable, Iterator
from types import CellType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any

from sandbox.worker.audit import is_ours
from sandbox.worker.identity import Tokens
from sandbox.worker.raw import address, lookup
from sandbox.worker.raw_functions import function_attributes, function_field
from sandbox.worker.raw_instances import attributes
from sandbox.worker.safe import class_name, is_class
from sandbox.worker.scene import Scene, Space
from sandbox.worker.values import code_of, kind_of, module_name, name_of, namespace_of, text_of

Found = tuple[str, str, int]
"""Text, kind (see `protocol.Holder`), and the holder's token, 0 for none."""

HOLDERS_LIMIT = 20
_ASKED_FURTHER = 3
"""So many dictionaries, tuples and cells are asked who has them: each costs as much as the first question."""
_MODULES: Any = sys.modules
_BUILTINS = sys.modules["builtins"].__dict__
_ITEMS = {"list", "tuple", "dict"}


def find_holders(token: int, scene: Scene, tokens: Tokens) -> tuple[list[Found], bool]:
    """Who refers to the object with this token, and whether it is gone."""
    value = _find(token, scene, tokens)
    if value is None:
        return [], True
    known = _Known(scene, tokens)
    found = [*known.holders_of(value), *_running(value)]
    known.forget_scene()
    del scene
    found += _others(value, known)
    return list(dict.fromkeys(found))[:HOLDERS_LIMIT], False


def _find(token: int, scene: Scene, tokens: Tokens) -> Any:
    found = tokens.find(token)
    place = tokens.address_of(token)
    if found is not None or place is None:
        return found
    return next((seen.value for seen in scene.objects if not seen.token and address(seen.value) == place), None)


def _named(space: Space) -> Iterable[tuple[str, Any]]:
    return zip(space.names.linking, space.names.links, strict=True)


class _Known:
    """What the picture reaches: the paths to it, and the addresses of what these lead through."""

    def __init__(self, scene: Scene, tokens: Tokens) -> None:
        self._scene: Scene | None = scene
        self._tokens = tokens
        self._paths: dict[int, str] = {}
        self.addresses = {address(_MODULES), address(_BUILTINS)}
        for space in scene.spaces:
            self.addresses |= {address(namespace_of(space.module)), address(space.module)}
            for name, value in zip(space.names.names, space.names.values, strict=True):
                self._paths.setdefault(address(value), name if space.name == "__main__" else f"{space.name}.{name}")
        for seen in scene.objects:
            key = address(seen.value)
            if seen.kind != "generator":  # what its frame holds is no part of its card
                self.addresses.add(key)
            self.addresses.update(_insides(seen.value, seen.kind))
            owner = self._paths.get(key) or text_of(seen.value)
            for part, value in seen.parts:
                self._paths.setdefault(address(value), _path(owner, seen.kind, part))

    def forget_scene(self) -> None:
        """Its lists would be found to refer to the object."""
        self._scene = None

    def holders_of(self, value: object) -> Iterator[Found]:
        """Paths to the object, names first."""
        assert self._scene is not None
        for name, module in list(_MODULES.items()):
            if module is value and type(name) is str:
                yield f"sys.modules[{name!r}]", "name", 0
        if lookup(_BUILTINS, "_") is value:
            yield "_", "name", 0
        for space in self._scene.spaces:
            yield from ((f"{space.name}.{name}", "name", 0) for name, one in _named(space) if one is value)
        for seen in self._scene.objects:
            path = self._paths.get(address(seen.value)) or text_of(seen.value)
            for part, one in seen.parts:
                if one is value and part != "__globals__":
                    token = self._tokens.peek(seen.value)
                    yield _path(path, seen.kind, part), _kind(seen.kind, part), token

    def name(self, value: object) -> str:
        """What the learner would type to reach it, else what it looks like."""
        return self._paths.get(address(value)) or text_of(value)

    def token(self, value: object) -> int:
        return self._tokens.peek(value)


def _insides(value: Any, kind: str) -> Iterator[int]:
    """Addresses of what the collector finds between an object and its parts."""
    if kind == "function":
        for name in ("__closure__", "__defaults__", "__kwdefaults__"):
            yield address(function_field(value, name))
        yield from map(address, function_field(value, "__closure__") or ())
    elif kind in ("instance", "other"):
        yield from (address(one) for one in gc.get_referents(value) if type(one) is dict and _is_own(one, value))
    elif kind == "class":
        yield from (address(one) for one in gc.get_referents(value) if type(one) in (dict, tuple))


def _is_own(mapping: dict[Any, Any], value: object) -> bool:
    own = attributes(value)
    return len(own) == len(mapping) and all(
        one is other for (_, one), other in zip(own, list(mapping.values()), strict=True)
    )


def _path(owner: str, kind: str, part: str) -> str:
    word, _, name = part.partition(" ")
    if kind == "function" and word in ("cell", "default"):
        return f"{'closure' if word == 'cell' else 'default argument'} {name} of {owner}"
    if kind == "set":
        return f"in {owner}"
    return f"{owner}[{part}]" if kind in _ITEMS else f"{owner}.{part}"


def _kind(kind: str, part: str) -> str:
    if kind in (*_ITEMS, "set"):
        return "item"
    if kind in ("method", "generator"):
        return "method" if kind == "method" else "frame"
    word = part.partition(" ")[0]
    return word if kind == "function" and word in ("cell", "default") else "attribute"


def _running(value: object) -> Iterator[Found]:
    """Calls of a function that are under way in other threads: while we look, nothing runs in ours."""
    code = code_of(value)
    if code is None:
        return
    tops = sys._current_frames()
    tops.pop(get_ident())  # ours, which has the value and this very dictionary: a circle that would keep both
    for top in tops.values():
        frame: FrameType | None = top
        while frame is not None:
            if frame.f_code is code:
                yield f"{name_of(value)}(), running in a thread at line {frame.f_lineno}", "frame", 0
            frame = frame.f_back


# --- beyond the picture ---


def _others(value: object, known: _Known) -> list[Found]:
    referrers = [one for one in gc.get_referrers(value) if address(one) not in known.addresses and _counts(one)]
    inner = [one for one in referrers if type(one) in (dict, tuple, CellType)][:_ASKED_FURTHER]
    owners = gc.get_referrers(*inner) if inner else []
    found: list[Found] = []
    for one in referrers:
        if type(one) in (dict, tuple, CellType):
            found += _through(one, value, owners, known)
        else:
            found += _direct(one, value, known)
    return found


def _counts(referrer: object) -> bool:
    """Whether a learner would call it a holder. Frames of ours refer to everything; so do lists of ours."""
    if type(referrer) is FrameType:
        return not is_ours(referrer)
    if type(referrer) in (dict, tuple, list, set, frozenset, CellType, MethodType, FunctionType):
        return True
    return kind_of(referrer) in ("instance", "class", "generator") and _is_hers(type(referrer))


_HEAP_TYPE = 1 << 9
_flags: Any = type.__dict__["__flags__"]


def _is_hers(cls: type) -> bool:
    """Built-in classes without names of their own to show, such as descriptors, are left out."""
    return bool(_flags.__get__(cls) & _HEAP_TYPE) or kind_of(cls) != "class" or class_name(cls) in _TELLING


_TELLING = {"generator", "coroutine", "async_generator", "type"}


def _direct(one: Any, value: object, known: _Known) -> Iterator[Found]:
    if type(one) is FrameType:
        yield f"{one.f_code.co_name}(), stopped at line {one.f_lineno}", "frame", 0
    elif type(one) is list:
        index = next((index for index, item in enumerate(one) if item is value), 0)
        yield f"a list, at {index}", "item", 0
    elif type(one) in (set, frozenset):
        yield "a set", "item", 0
    elif type(one) is MethodType:
        yield f"the method {text_of(one)}", "method", known.token(one)
    elif kind_of(one) == "generator":
        yield f"{name_of(one)}(), waiting", "frame", known.token(one)
    elif is_class(one):
        yield f"{known.name(one)}.__bases__", "attribute", known.token(one)
    else:
        keys = [key for key, item in attributes(one) if item is value and type(key) is str]
        yield from ((f"{known.name(one)}.{key}", "attribute", known.token(one)) for key in keys)
        if not keys and type(one) is not FunctionType:
            yield known.name(one), "other", known.token(one)


def _through(one: Any, value: object, owners: list[Any], known: _Known) -> Iterator[Found]:
    """By way of a dictionary, tuple or cell: named after what has it."""
    for owner in owners:
        if type(owner) is FrameType or not _refers(owner, one):
            continue
        named = list(_owned(one, value, owner, known))
        if named:
            yield from named
            return
    if type(one) is dict:
        yield from ((f"a dict, at {text_of(key)}", "item", 0) for key, item in list(one.items()) if item is value)
    elif type(one) is tuple:
        index = next((index for index, item in enumerate(one) if item is value), 0)
        yield f"a tuple, at {index}", "item", 0
    else:
        yield "a closure", "cell", 0


def _refers(owner: object, one: object) -> bool:
    return any(inner is one for inner in gc.get_referents(owner))


def _owned(one: Any, value: object, owner: Any, known: _Known) -> Iterator[Found]:
    if type(one) is dict and issubclass(type(owner), ModuleType):
        yield from ((f"{module_name(owner)}.{key}", "name", 0) for key in _keys(one, value))
    elif type(one) is dict and _is_namespace(one, owner):
        token = known.token(owner)
        yield from ((f"{known.name(owner)}.{key}", "attribute", token) for key in _keys(one, value))
    elif type(one) is tuple and type(owner) is FunctionType and function_field(owner, "__defaults__") is one:
        index = next((index for index, item in enumerate(one) if item is value), 0)
        yield f"default argument {index} of {known.name(owner)}", "default", known.token(owner)
    elif type(one) is tuple and is_class(owner):
        yield f"{known.name(owner)}.__bases__", "attribute", known.token(owner)
    elif type(one) is CellType and type(owner) is tuple:
        yield "a closure", "cell", 0


def _is_namespace(mapping: dict[Any, Any], owner: Any) -> bool:
    """Whether it holds the owner's attributes: functions refer to their module's names as well."""
    if type(owner) is FunctionType:
        return function_attributes(owner) is mapping
    return is_class(owner) or (kind_of(owner) == "instance" and _is_own(mapping, owner))


def _keys(mapping: dict[Any, Any], value: object) -> list[str]:
    return [key for key, item in list(mapping.items()) if item is value and type(key) is str]
