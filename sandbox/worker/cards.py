"""The objects of a scene as JSON, each with its parts, in the form of `protocol.Object`."""

import weakref
from collections.abc import Sequence
from json.encoder import encode_basestring as quote
from operator import add
from types import CodeType
from typing import Any

from sandbox.worker.ages import Ages
from sandbox.worker.identity import Tokens
from sandbox.worker.makers import Makers
from sandbox.worker.raw import address
from sandbox.worker.raw_functions import function_code
from sandbox.worker.safe import class_name, is_class
from sandbox.worker.scene import Scene, Seen
from sandbox.worker.values import CONTAINERS, code_of
from sandbox.worker.writing import Writer

_OF_NOBODY = '"home":"","load":0,"stale":false,"code":""'
_NOWHERE = '"home":"","load":0'
_WITH_GLOBALS = ("function", "generator")
Excerpt = tuple["weakref.ref[CodeType] | None", str, str]
"""The code object, what is said of it, and its source."""
Excerpts = dict[object, Excerpt]
"""By a code object's address, or by what cannot come again for another: a class's load and name."""


class Cards:
    """For one picture; `before` are the excerpts that the one before had."""

    def __init__(self, writer: Writer, tokens: Tokens, makers: Makers, ages: Ages, before: Excerpts) -> None:
        self._writer, self._tokens, self._makers, self._ages = writer, tokens, makers, ages
        self._instances: dict[int, tuple[str, str]] = {}
        """By the address of a class, its name and what is said of each of its instances."""
        self._heads: dict[int, list[str]] = {}
        """By the address of keys, how the part of each begins."""
        self._origins: dict[int, str] = {}
        """By the address of what a load made, which load that was."""
        self._before = before
        self.excerpts: Excerpts = {}

    def draw(self, scene: Scene) -> list[str]:
        """Of all its objects."""
        texts, draw = self._writer.write_all(scene.values), self._draw
        cards, start = [], 0
        for seen in scene.objects:
            end = start + len(seen.values)
            cards.append(draw(seen, texts[start:end]))
            start = end
        return cards

    def _draw(self, seen: Seen, texts: list[str]) -> str:
        token, kind, keys = seen.token or self._tokens.known(seen.value), seen.kind, seen.keys
        if "" in texts or kind in _WITH_GLOBALS:
            texts = self._place(seen, token, texts)
        parts = "},".join(map(add, self._heads.get(address(keys)) or self._begin(keys), texts))
        if seen.more:
            parts = _more(parts, seen.more)
        end = "}]}" if parts else "]}"
        return f'{{"token":{token},"kind":"{kind}",{self._describe(seen, kind)},"parts":[{parts}{end}'

    def _begin(self, keys: Sequence[str]) -> list[str]:
        heads = self._heads[address(keys)] = [f'{{"key":{quote(key)},"value":' for key in keys]
        return heads

    def _place(self, seen: Seen, token: int, texts: list[str]) -> list[str]:
        """What can only be written by who has it."""
        if "" in texts:
            texts = self._writer.place(texts, token, seen.parts)
        if seen.kind in _WITH_GLOBALS and texts and seen.keys[len(texts) - 1] == "__globals__":
            texts[-1] = self._writer.write_globals(seen.values[-1])
        return texts

    def _describe(self, seen: Seen, kind: str) -> str:
        if kind in CONTAINERS:
            said = "frozenset" if type(seen.value) is frozenset else kind
            return f'"type":"{said}","label":{seen.label},{_OF_NOBODY}'
        if kind == "instance" and not self._makers.knows(seen.token):
            return self._describe_instance(seen)
        if kind == "function" and (known := self._describe_code(seen.value)) is not None:
            return f'"type":"function","label":{seen.label},{known[1]},{_tell_age(seen)},"code":{known[2]}'
        said = '"type"' if type(seen.value) is type else quote(class_name(type(seen.value)))
        origin = self._tell_origin(seen.value)
        return f'"type":{said},"label":{seen.label},{origin},{_tell_age(seen)},"code":{self._code(seen.value)}'

    def _describe_instance(self, seen: Seen) -> str:
        cls = type(seen.value)
        known = self._instances.get(address(cls))
        if known is None:
            known = quote(class_name(cls)), f"{self._tell_origin(cls)},{_tell_age(seen)}"
            self._instances[address(cls)] = known
        return f'"type":{known[0]},"label":{seen.label},{known[1]},"code":""'

    def _describe_code(self, value: Any) -> Excerpt | None:
        """What is said of each function with this code, None where no load made it."""
        code = function_code(value)
        at = address(code)
        known = self._before.get(at)
        if known is None or known[0] is None or known[0]() is not code:
            record = self._makers.record(code)
            if record is None:
                return None
            known = record[0], self._tell_origin(value), quote(self._makers.code(value))
        self.excerpts[at] = known
        return known

    def _tell_origin(self, value: Any) -> str:
        at = address(value)
        known = self._origins.get(at)
        if known is None:
            module, load, path = self._ages.trace(value)
            known = self._origins[at] = f'"home":{quote(f"{module}.{path}")},"load":{load}' if load else _NOWHERE
        return known

    def _code(self, value: Any) -> str:
        code, trace = code_of(value), self._ages.trace(value)
        if not trace[1] or (code is None and not is_class(value)):
            return '""'
        key = *trace, address(code)
        known = self._before.get(key)
        if known is None:
            known = None, "", quote(self._makers.code(value))
        self.excerpts[key] = known
        return known[2]


def _more(parts: str, count: int) -> str:
    more = f'{{"key":"","value":{{"text":"+ {count:,} more","ref":0}}'
    return f"{parts}}},{more}" if parts else more


def _tell_age(seen: Seen) -> str:
    return '"stale":true' if seen.is_stale else '"stale":false'
