"""The objects of a scene as JSON, each with its parts, in the form of `protocol.Object`."""

from json.encoder import encode_basestring as quote
from typing import Any

from sandbox.worker.ages import Ages
from sandbox.worker.identity import Tokens
from sandbox.worker.makers import Makers
from sandbox.worker.raw import address
from sandbox.worker.safe import class_name, is_class
from sandbox.worker.scene import Seen
from sandbox.worker.values import CONTAINERS, code_of
from sandbox.worker.writing import Writer

_OF_NOBODY = '"home":"","load":0,"stale":false,"code":""'
_WITH_GLOBALS = ("function", "generator")


class Cards:
    """For one picture; `codes` are the excerpts that the one before had."""

    def __init__(self, writer: Writer, tokens: Tokens, makers: Makers, ages: Ages, codes: dict[str, str]) -> None:
        self._writer, self._tokens, self._makers, self._ages = writer, tokens, makers, ages
        self._instances: dict[int, str] = {}
        """By the address of a class, what is said of each of its instances."""
        self._codes_before = codes
        self.codes: dict[str, str] = {}
        """Excerpts, by what cannot come again for another: load, qualified name, and where the code object is."""

    def draw(self, seen: Seen) -> str:
        """The object's card."""
        token = seen.token or self._tokens.known(seen.value)
        parts = self._draw_parts(seen, token)
        return f'{{"token":{token},"kind":"{seen.kind}",{self._describe(seen)},"parts":[{parts}]}}'

    def _draw_parts(self, seen: Seen, token: int) -> str:
        write = self._writer.write
        parts = [f'{{"key":{quote(key)},"value":{write(part, token, key)}}}' for key, part in seen.parts]
        if parts and seen.kind in _WITH_GLOBALS and seen.parts[-1][0] == "__globals__":
            parts[-1] = f'{{"key":"__globals__","value":{self._writer.write_globals(seen.parts[-1][1])}}}'
        if seen.more > 0:
            parts.append(f'{{"key":"","value":{{"text":"+ {seen.more:,} more","ref":0}}}}')
        return ",".join(parts)

    def _describe(self, seen: Seen) -> str:
        value: Any = seen.value
        if seen.kind in CONTAINERS:
            return f'"type":"{class_name(type(value))}","label":{seen.label},{_OF_NOBODY}'
        said = quote(class_name(type(value)))
        if seen.kind != "instance" or self._makers.knows(seen.token):
            origin = self._tell_origin(value, seen.is_stale)
            return f'"type":{said},"label":{seen.label},{origin},"code":{self._code(value)}'
        key = address(type(value))
        if key not in self._instances:
            self._instances[key] = self._tell_origin(type(value), seen.is_stale)
        return f'"type":{said},"label":{seen.label},{self._instances[key]},"code":""'

    def _tell_origin(self, value: Any, is_stale: bool) -> str:
        module, load, path = self._ages.trace(value)
        home = quote(f"{module}.{path}") if load else '""'
        return f'"home":{home},"load":{load},"stale":{"true" if is_stale else "false"}'

    def _code(self, value: Any) -> str:
        code, (module, load, path) = code_of(value), self._ages.trace(value)
        if not load or (code is None and not is_class(value)):
            return '""'
        key = f"{module} {load} {path} {address(code)}"
        text = self._codes_before.get(key)
        if text is None:
            text = quote(self._makers.code(value))
        self.codes[key] = text
        return text
