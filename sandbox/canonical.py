"""The codec for much: what is in the very form in which `codec.encode` writes it, msgspec reads ten times faster.

A picture of a thousand names would else hold everybody up for 30 ms: `python -m tests.bench.codec`. What is in another
form, as only a forger's messages are, is left to the strict codec, so that what is accepted, and what is said of the
rest, are the same.
"""

import re
from dataclasses import Field, fields, is_dataclass
from typing import Any, TypeVar, get_args

import msgspec

from sandbox import codec
from sandbox.codec import BROWSER_LIMIT, ProtocolError
from sandbox.inner import Kinds, Message

Built = TypeVar("Built", bound=Message)
_ENCODER = msgspec.json.Encoder()
_DECODERS: dict[type[Message], "msgspec.json.Decoder[Any] | None"] = {}
"""None for messages with messages in them, of which msgspec would not write the kind."""
_HUGE = re.compile(r"[:,\[]-?\d{16}")
"""What may be an integer beyond `codec.INTEGER_LIMIT`, or a text that looks like one."""


def encode(message: Message) -> str:
    """As `codec.encode`."""
    if _decoder(type(message)) is None:
        return codec.encode(message)
    try:
        written = _ENCODER.encode(message).decode()
    except UnicodeEncodeError:  # a lone surrogate
        return codec.encode(message)
    return f'{{"kind":"{message.kind}"{"," if len(written) > 2 else ""}{written[1:]}'


def decode(text: str, allowed: Kinds, limit: int = BROWSER_LIMIT) -> Message:
    """As `codec.decode`."""
    message = _read(text, allowed) if _fits(text, limit) else None
    return message if message is not None else codec.decode(text, allowed, limit)


def build(plain: dict[str, Any], cls: type[Built]) -> Built:
    """The message with these fields, and what is in them likewise: to call the classes would take longer.

    Raises ProtocolError.
    """
    try:
        return msgspec.convert(plain, cls)
    except msgspec.ValidationError as error:
        raise ProtocolError(str(error)) from None


def _fits(text: str, limit: int) -> bool:
    return len(text) <= limit and (text.isascii() or len(text.encode("utf-8", "replace")) <= limit)


def _read(text: str, allowed: Kinds) -> Message | None:
    """The message, if it is one beyond doubt."""
    cls = allowed.get(text[9 : text.find('"', 9)]) if text.startswith('{"kind":"') else None
    decoder = _decoder(cls) if cls is not None else None
    if decoder is None or _HUGE.search(text):
        return None
    try:
        message: Message = decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeEncodeError):
        return None
    return message if encode(message) == text else None


def _decoder(cls: type[Message]) -> "msgspec.json.Decoder[Any] | None":
    if cls not in _DECODERS:
        _DECODERS[cls] = None if any(_holds_messages(one.type) for one in _fields(cls)) else msgspec.json.Decoder(cls)
    return _DECODERS[cls]


def _holds_messages(annotation: Any) -> bool:
    if isinstance(annotation, type) and not get_args(annotation):
        return issubclass(annotation, Message) or any(_holds_messages(one.type) for one in _fields(annotation))
    return any(map(_holds_messages, get_args(annotation)))


def _fields(cls: type[Any]) -> "tuple[Field[Any], ...]":
    return fields(cls) if is_dataclass(cls) else ()
