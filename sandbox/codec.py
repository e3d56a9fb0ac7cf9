"""The one strict codec: messages as JSON text, and as length-prefixed frames between engine and worker.

What does not fit a message to the letter is a ProtocolError, never a half-accepted message.
Standard library only: the worker imports it too.
"""

import json
import re
import struct
import types
import typing
from collections.abc import Callable
from contextlib import suppress
from dataclasses import MISSING, fields, is_dataclass
from json.encoder import encode_basestring as quote
from typing import Any

from sandbox.inner import Kinds, Message

BROWSER_LIMIT = 256 * 1024
"""Longest message from a browser, in bytes of UTF-8."""
WORKER_LIMIT = 1024 * 1024
"""Longest message from a worker, in bytes of UTF-8."""
ROWS_LIMIT = 8000
"""Most spaces, names, objects and parts of a picture, together."""
DEPTH_LIMIT = 32
"""Deepest nesting of arrays and objects in a message."""
INTEGER_LIMIT = 2**53
"""Integers beyond plus or minus this are not the same number in JavaScript."""


class ProtocolError(Exception):
    """A message that breaks the protocol. Its text says what is wrong, in words fit for the sender."""

    id = ""
    """The message's own, where it could be read."""


def encode(message: Message) -> str:
    """The message as JSON text."""
    return _write(message)


def dump(plain: Any) -> str:
    """Plain data in the form of a message, as JSON text."""
    return _ENCODER.encode(plain)


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # `json.dumps` would make one for each message


def _write(value: Any) -> str:
    """Text by text: to make plain data first, and then an encoder for it, takes three times as long."""
    cls = type(value)
    if cls is str:
        return quote(value)
    if cls is int:
        return repr(value)
    if cls is bool or value is None:
        return _CONSTANTS[value]
    if cls is tuple:
        return f"[{','.join(map(_write, value))}]"
    found = _fields(cls)
    return dump(value) if found is None else _write_fields(value, found)


def _write_fields(value: Any, found: list[tuple[str, str]]) -> str:
    written = [text + _write(getattr(value, name)) for name, text in found]
    if isinstance(value, Message):
        written.insert(0, f'"kind":"{value.kind}"')
    return f"{{{','.join(written)}}}"


_CONSTANTS = {True: "true", False: "false", None: "null"}
_FIELDS_OF: dict[type[Any], list[tuple[str, str]] | None] = {}


def _fields(cls: type[Any]) -> list[tuple[str, str]] | None:
    """The fields of a dataclass with the text before each, None for what is none; worked out once a class."""
    if cls not in _FIELDS_OF:
        _FIELDS_OF[cls] = [(field.name, f'"{field.name}":') for field in fields(cls)] if is_dataclass(cls) else None
    return _FIELDS_OF[cls]


def decode(text: str, allowed: Kinds, limit: int = BROWSER_LIMIT) -> Message:
    """The message that `text` holds. Raises ProtocolError unless it is, to the letter, one of `allowed`."""
    data = _parse(text, limit)
    if type(data) is not dict:
        raise ProtocolError("a message is a JSON object")
    try:
        return _message(data, allowed)
    except ProtocolError as error:
        with suppress(ProtocolError):
            error.id = _read_text(data.get("id", ""), "id")
        raise


def _message(data: dict[str, Any], allowed: Kinds) -> Message:
    kind = data.pop("kind", None)
    if type(kind) is not str or kind not in allowed:
        raise ProtocolError(f"unknown kind {_show(kind)}")
    message = _object(allowed[kind], data, kind)
    assert isinstance(message, Message)
    return message


def _parse(text: str, limit: int) -> Any:
    if len(text) > limit or len(text.encode("utf-8", "replace")) > limit:
        raise ProtocolError(f"message longer than {limit} bytes")
    if _too_deep(text):
        raise ProtocolError(f"message nested deeper than {DEPTH_LIMIT}")
    try:
        return _DECODER.decode(text)
    except ValueError as error:
        raise ProtocolError(f"not JSON: {error}") from None


_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[{\]}]', re.DOTALL)


def _too_deep(text: str) -> bool:
    """Counted before parsing: the parser itself answers deep nesting with RecursionError."""
    if text.count("{") + text.count("[") <= DEPTH_LIMIT:
        return False
    depth = 0
    for token in _STRUCTURE.finditer(text):
        first = text[token.start()]
        depth += (first in "[{") - (first in "]}")
        if depth > DEPTH_LIMIT:
            return True
    return False


def _no_constant(name: str) -> Any:
    raise ProtocolError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def _show(value: Any) -> str:
    return repr(value)[:60].encode("ascii", "backslashreplace").decode()


def _object(cls: type[Any], data: dict[str, Any], where: str) -> Any:
    read = _readers(cls)
    for name in data:
        if name not in read:
            raise ProtocolError(f"{where}: unknown field {_show(name)}")
    values: dict[str, Any] = {}
    for name, (reader, required) in read.items():
        if name in data:
            values[name] = reader(data[name], f"{where}.{name}")
        elif required:
            raise ProtocolError(f"{where}: missing field {name!r}")
    return cls(**values)


Reader = Callable[[Any, str], Any]
_READERS: dict[type[Any], dict[str, tuple[Reader, bool]]] = {}


def _readers(cls: type[Any]) -> dict[str, tuple[Reader, bool]]:
    """How to read each field of a dataclass, and whether it must be there; worked out once a class."""
    if cls not in _READERS:
        _READERS[cls] = {field.name: (_reader(field.type), field.default is MISSING) for field in fields(cls)}
    return _READERS[cls]


def _reader(annotation: Any) -> Reader:
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if is_dataclass(annotation):
        return lambda value, where: _object(typing.cast(type, annotation), _expect(dict, value, where), where)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is tuple:
        item = _reader(arguments[0])
        return lambda value, where: tuple(item(one, where) for one in _expect(list, value, where))
    if origin is types.UnionType and arguments[1] is type(None):
        some = _reader(arguments[0])
        return lambda value, where: None if value is None else some(value, where)
    raise TypeError(f"no reader for {annotation!r}")


_NAMES = {str: "a string", int: "an integer", bool: "true or false", list: "an array", dict: "an object"}


def _expect(wanted: type[Any], value: Any, where: str) -> Any:
    if type(value) is not wanted:
        raise ProtocolError(f"{where}: expected {_NAMES[wanted]}, not {_show(value)}")
    return value


def _read_text(value: Any, where: str) -> str:
    text: str = _expect(str, value, where)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ProtocolError(f"{where}: lone surrogate") from None
    return text


def _read_integer(value: Any, where: str) -> int:
    number: int = _expect(int, value, where)
    if not -INTEGER_LIMIT <= number <= INTEGER_LIMIT:
        raise ProtocolError(f"{where}: integer out of range")
    return number


_SCALARS: dict[Any, Reader] = {
    str: _read_text,
    int: _read_integer,
    bool: lambda value, where: _expect(bool, value, where),
}


HEADER = struct.Struct(">I")
"""A frame is its body's length in bytes, 4 bytes big-endian, then the body: one message as UTF-8."""


def frame(message: Message) -> bytes:
    """The message as one frame for the worker's channel."""
    return frame_text(encode(message))


def frame_text(text: str) -> bytes:
    """A message's text as one frame."""
    body = text.encode("utf-8", "replace")
    return HEADER.pack(len(body)) + body


class Unframer:
    """Cuts a byte stream into the texts of its frames."""

    def __init__(self, limit: int = WORKER_LIMIT) -> None:
        self._limit = limit
        self._buffer = bytearray()

    @property
    def partial(self) -> bool:
        """Whether a frame has begun and is not whole yet."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[str]:
        """The texts that `data` completes. Raises ProtocolError at a frame over the limit or not UTF-8."""
        self._buffer += data
        texts = []
        while (text := self._next()) is not None:
            texts.append(text)
        return texts

    def _next(self) -> str | None:
        if len(self._buffer) < HEADER.size:
            return None
        (length,) = HEADER.unpack_from(self._buffer)
        if length > self._limit:
            raise ProtocolError(f"frame of {length} bytes, longer than {self._limit}")
        end = HEADER.size + length
        if len(self._buffer) < end:
            return None
        body = bytes(self._buffer[HEADER.size : end])
        del self._buffer[:end]
        try:
            return body.decode()
        except UnicodeDecodeError:
            raise ProtocolError("frame is not UTF-8") from None
