"""The codec for much: what is in the very form in which `codec.encode` writes it, msgspec reads ten times faster.

A picture of a thousand names would else hold everybody up for 30 ms: `python -m tests.bench.codec`. What is in another
form, as only a forger's messages are, is left to the strict codec, so that what is accepted, and what is said of the
rest, are the same.
"""

import re
from typing import Any

import msgspec

from sandbox import codec
from sandbox.codec import BROWSER_LIMIT
from sandbox.inner import Kinds, Message
from sandbox.protocol import Noted, Welcome

_WITHIN = (Noted, Welcome)
"""They have messages in them, of which msgspec would not write the kind."""
_ENCODER = msgspec.json.Encoder()
_DECODERS: dict[type[Message], "msgspec.json.Decoder[Any]"] = {}
_HUGE = re.compile(r"[:,\[]-?\d{16}")
"""What may be an integer beyond `codec.INTEGER_LIMIT`, or a text that looks like one."""


def encode(message: Message) -> str:
    """As `codec.encode`."""
    if isinstance(message, _WITHIN):
        return codec.encode(message)
    try:
        fields = _ENCODER.encode(message).decode()
    except UnicodeEncodeError:  # a lone surrogate
        return codec.encode(message)
    return f'{{"kind":"{message.kind}"{"," if len(fields) > 2 else ""}{fields[1:]}'


def decode(text: str, allowed: Kinds, limit: int = BROWSER_LIMIT) -> Message:
    """As `codec.decode`."""
    message = _read(text, allowed) if _fits(text, limit) else None
    return message if message is not None else codec.decode(text, allowed, limit)


def _fits(text: str, limit: int) -> bool:
    return len(text) <= limit and (text.isascii() or len(text.encode("utf-8", "replace")) <= limit)


def _read(text: str, allowed: Kinds) -> Message | None:
    """The message, if it is one beyond doubt."""
    cls = allowed.get(text[9 : text.find('"', 9)]) if text.startswith('{"kind":"') else None
    if cls is None or issubclass(cls, _WITHIN) or _HUGE.search(text):
        return None
    try:
        message: Message = _decoder(cls).decode(text)
    except (msgspec.MsgspecError, UnicodeEncodeError):
        return None
    return message if encode(message) == text else None


def _decoder(cls: type[Message]) -> "msgspec.json.Decoder[Any]":
    if cls not in _DECODERS:
        _DECODERS[cls] = msgspec.json.Decoder(cls)
    return _DECODERS[cls]
