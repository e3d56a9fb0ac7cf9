"""The page's types say what the protocol says."""

import re
from dataclasses import fields
from pathlib import Path

from sandbox import protocol

TYPES = Path(__file__).parents[2] / "static" / "src" / "protocol.d.ts"
INTERFACE = re.compile(r"export interface (\w+) \{(.*?)\}$", re.DOTALL | re.MULTILINE)
LEFT_TO_THE_PICTURE = {"snapshot"}
"""Fields of messages that other types of the page describe."""


def declared() -> dict[str, dict[str, str]]:
    """Each interface's fields and their types."""
    found = INTERFACE.findall(TYPES.read_text())
    return {name: dict(re.findall(r"(\w+): ([^;]+?)\s*(?:;|$)", body.strip())) for name, body in found}


def test_every_message_of_the_page_is_one_of_the_protocol_field_by_field() -> None:
    assert len(declared()) > 20
    for name, properties in declared().items():
        message = getattr(protocol, name)
        kind = properties.pop("kind", "")
        assert kind == (f'"{message.kind}"' if issubclass(message, protocol.Message) else ""), name
        assert set(properties) == {field.name for field in fields(message)} - LEFT_TO_THE_PICTURE, name
