"""The objects of a scene as JSON, each with its parts, in the form of `picture.ObjectColumns`."""

import weakref
from types import CodeType
from typing import Any, NamedTuple

from sandbox.worker.ages import Ages
from sandbox.worker.identity import Tokens
from sandbox.worker.listing import constants, strings
from sandbox.worker.makers import Makers
from sandbox.worker.raw import address
from sandbox.worker.raw_functions import function_code
from sandbox.worker.safe import class_name, is_class
from sandbox.worker.scene import Scene, Seen
from sandbox.worker.values import CONTAINERS, code_of
from sandbox.worker.writing import Writer, placed

_COLUMNS = [
    *("tokens", "kinds", "types", "labels", "homes", "loads", "stale", "codes"),
    *("sizes", "more", "keys", "texts", "refs"),
]


def _write(columns: list[str]) -> str:
    return "{" + ",".join(map('"{}":{}'.format, _COLUMNS, columns)) + "}"


NO_CARDS = _write(["[]"] * len(_COLUMNS))
_NOWHERE = "", 0
_WITH_GLOBALS = ("function", "generator")


class Said(NamedTuple):
    """Of an object: its type, where it was made and by which load, and its source."""

    type: str
    home: str = ""
    load: int = 0
    code: str = ""


Excerpt = tuple["weakref.ref[CodeType] | None", Said]
"""The code object, and what is said of all functions that have it."""
Excerpts = dict[object, Excerpt]
"""By a code object's address, or by what cannot come again for another: a class's load and name."""


class Cards:
    """For one picture; `before` are the excerpts that the one before had."""

    def __init__(self, writer: Writer, tokens: Tokens, makers: Makers, ages: Ages, before: Excerpts) -> None:
        self._writer, self._tokens, self._makers, self._ages = writer, tokens, makers, ages
        self._instances: dict[int, Said] = {}
        """By the address of a class, what is said of each of its instances."""
        self._origins: dict[int, tuple[str, int]] = {}
        """By the address of what a load made, which load that was."""
        self._before = before
        self.excerpts: Excerpts = {}

    def draw(self, scene: Scene) -> str:
        """All its objects."""
        objects, told = scene.objects, self._writer.told
        count = len(objects)
        keys = [key for seen in objects for key in seen.keys]
        sizes = [len(seen.values) for seen in objects]
        texts, refs = self._writer.write_parts(scene.parts)
        self._place(scene, texts, refs)
        tokens = [seen.token or self._tokens.known(seen.value) for seen in objects]
        described = [*map(self._describe, objects)]
        types, homes = [said.type for said in described], [said.home for said in described]
        loads, codes = [said.load for said in described], [said.code for said in described]
        kinds, more = [seen.kind for seen in objects], [seen.more for seen in objects]
        labels, stale = strings(told.texts[:count]), constants(told.stale[:count])
        said = [strings(types), labels, strings(homes), constants(loads), stale, strings(codes)]
        parts = [constants(sizes), constants(more), strings(keys), strings(texts), constants(refs)]
        return _write([constants(tokens), strings(kinds), *said, *parts])

    def _place(self, scene: Scene, texts: list[str], refs: list[int]) -> None:
        """Put in what can only be written by who has it."""
        for index in placed(refs):
            seen, key = scene.holder(index)
            token = seen.token or self._tokens.known(seen.value)
            refs[index] = self._tokens.of_place(scene.parts.values[index], (token, key))
        for seen, end in zip(scene.objects, scene.starts[1:], strict=True):
            if seen.kind in _WITH_GLOBALS and seen.keys and seen.keys[-1] == "__globals__":
                texts[end - 1], refs[end - 1] = self._writer.write_globals(seen.values[-1])

    def _describe(self, seen: Seen) -> Said:
        kind = seen.kind
        if kind == "instance" and not self._makers.knows(seen.token):
            return self._describe_instance(seen.value)
        if kind in CONTAINERS:
            return Said("frozenset" if type(seen.value) is frozenset else kind)
        if kind == "function" and (known := self._describe_code(seen.value)) is not None:
            return known
        said = "type" if type(seen.value) is type else class_name(type(seen.value))
        return Said(said, *self._tell_origin(seen.value), self._code(seen.value))

    def _describe_instance(self, value: object) -> Said:
        cls = type(value)
        known = self._instances.get(address(cls))
        if known is None:
            known = self._instances[address(cls)] = Said(class_name(cls), *self._tell_origin(cls))
        return known

    def _describe_code(self, value: Any) -> Said | None:
        """What is said of each function with this code, None where no load made it."""
        code = function_code(value)
        at = address(code)
        known = self.excerpts.get(at) or self._before.get(at)
        if known is None or known[0] is None or known[0]() is not code:
            told = self._makers.tell(code)
            if told is None:
                return None
            known = told[0], Said("function", *told[1:])
        self.excerpts[at] = known
        return known[1]

    def _tell_origin(self, value: Any) -> tuple[str, int]:
        at = address(value)
        known = self._origins.get(at)
        if known is None:
            module, load, path = self._ages.trace(value)
            known = self._origins[at] = (f"{module}.{path}", load) if load else _NOWHERE
        return known

    def _code(self, value: Any) -> str:
        code, trace = code_of(value), self._ages.trace(value)
        if not trace[1] or (code is None and not is_class(value)):
            return ""
        key = *trace, address(code)
        known = self._before.get(key)
        if known is None:
            known = None, Said("", code=self._makers.code(value))
        self.excerpts[key] = known
        return known[1].code
