"""The page's types say what the protocol says."""

import re
from dataclasses import fields
from pathlib import Path

from sandbox import protocol

SOURCES = Path(__file__).parents[2] / "static" / "src"
INTERFACE = re.compile(r"export interface (\w+) \{(.*?)\}$", re.DOTALL | re.MULTILINE)
NAMES = {"Thing": "Object"}
"""Types that cannot have their name in a script."""


def declared() -> dict[str, dict[str, str]]:
    """Each interface's fields and their types."""
    texts = [(SOURCES / name).read_text() for name in ("protocol.d.ts", "picture/wire.d.ts")]
    found = INTERFACE.findall("\n".join(texts))
    return {name: dict(re.findall(r"(\w+): ([^;]+?)\s*(?:;|$)", body.strip())) for name, body in found}


def test_every_message_of_the_page_is_one_of_the_protocol_field_by_field() -> None:
    assert len(declared()) > 35
    for name, properties in declared().items():
        message = getattr(protocol, NAMES.get(name, name))
        if issubclass(message, protocol.Message):
            assert properties.pop("kind") == f'"{message.kind}"', name
        assert set(properties) == {field.name for field in fields(message)}, name
