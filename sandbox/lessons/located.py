"""YAML that remembers where it stands, so that every error can name its line.

Plain data only: mappings with text keys, lists, and single values. No tags, no anchors and aliases (a few lines of them
can stand for gigabytes), no key twice. Knows nothing of lessons.
"""

from dataclasses import dataclass
from typing import Any, TypeVar

import yaml
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.reader import ReaderError
from yaml.resolver import Resolver

LONGEST = 20_000
"""Most characters of one block of YAML."""
DEEPEST = 12
"""Deepest nesting of mappings and lists."""


class LocatedError(Exception):
    """What is wrong, and in which line of the file."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class Located:
    """A value and its line. `value` is a dict of Located by key, a list of Located, or a scalar."""

    value: Any
    line: int

    def error(self, message: str) -> LocatedError:
        return LocatedError(self.line, message)


class _Loader(Composer, SafeConstructor, Resolver):
    """Refuses what lets a short text grow, while it is being composed.

    libyaml reads the text where PyYAML was built with it: PyYAML's own scanner takes two thirds of the time that all
    lessons need.
    """

    def __init__(self, text: str) -> None:
        for base in (Composer, SafeConstructor, Resolver):
            base.__init__(self)
        reader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        self.check_event, self.get_event, self.peek_event = reader.check_event, reader.get_event, reader.peek_event
        self._depth = 0

    def compose_node(self, parent: Any, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(None, None, "anchors and aliases are not allowed", event.start_mark)
        if self._depth >= DEEPEST:
            raise yaml.MarkedYAMLError(None, None, f"nested deeper than {DEEPEST}", event.start_mark)
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


def load(text: str, first_line: int) -> Located:
    """The data that `text` holds; `first_line` is the line of the file at which it begins. Raises LocatedError."""
    if len(text) > LONGEST:
        raise LocatedError(first_line, f"expected at most {LONGEST} characters of YAML, found {len(text)}")
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        return _located(loader, node, first_line) if node else Located(None, first_line)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise LocatedError(first_line + (mark.line if mark else 0), f"bad YAML: {error.problem}") from None
    except ReaderError as error:  # its position may be one of bytes
        line = first_line + text[: text.index(chr(error.character))].count("\n")
        raise LocatedError(line, f"bad YAML: the character {chr(error.character)!a} cannot stand here") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise LocatedError(first_line, f"bad YAML: {error}") from None


def _located(loader: _Loader, node: yaml.Node, first_line: int) -> Located:
    line = first_line + node.start_mark.line
    if isinstance(node, yaml.MappingNode):
        return Located(_mapping(loader, node, first_line), line)
    if isinstance(node, yaml.SequenceNode):
        return Located([_located(loader, item, first_line) for item in node.value], line)
    try:
        return Located(loader.construct_object(node), line)
    except ValueError as error:
        raise LocatedError(line, f"bad YAML: {error}") from None


def _mapping(loader: _Loader, node: yaml.MappingNode, first_line: int) -> dict[str, Located]:
    mapping: dict[str, Located] = {}
    for key_node, value_node in node.value:
        key, line = _located(loader, key_node, first_line).value, first_line + key_node.start_mark.line
        if not isinstance(key, str):
            raise LocatedError(line, f"expected a text as key, found {key!r:.60}: put it in quotes")
        if key in mapping:
            raise LocatedError(line, f"{key!r} stands here twice")
        mapping[key] = _located(loader, value_node, first_line)
    return mapping


Kind = TypeVar("Kind")

KINDS = {str: "a text", int: "a whole number", bool: "true or false", list: "a list", dict: "a mapping"}


def expect(located: Located, kind: type[Kind], where: str) -> Kind:
    """The value, if it is of exactly this type. Raises LocatedError that says what was expected."""
    if type(located.value) is not kind:
        raise located.error(f"{where}: expected {KINDS[kind]}, found {show(located.value)}")
    value: Kind = located.value
    return value


def show(value: Any) -> str:
    """A value in an error message: short."""
    return KINDS[type(value)] if isinstance(value, dict | list) else f"{value!r:.60}"
