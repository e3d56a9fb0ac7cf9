"""Reading one field of a lesson's YAML: the value that must stand there, or an error that says what was expected."""

import ast
import re

from sandbox.lessons.located import Located, expect, show
from sandbox.lessons.pattern import NO_PYTHON, Pattern
from sandbox.protocol import path_problem

DOTTED_NAME = r"[^\W\d]\w*(\.[^\W\d]\w*)*"

Fields = dict[str, Located]


def fields_of(located: Located, where: str, known: set[str]) -> Fields:
    """The fields of a mapping, none of them unknown."""
    fields: Fields = expect(located, dict, where)
    for word, value in fields.items():
        if word not in known:
            raise value.error(f"unknown {where} {word!r}: expected one of {', '.join(sorted(known))}")
    return fields


def text(located: Located, where: str) -> str:
    """A text that says something."""
    value = expect(located, str, where)
    if not value.strip():
        raise located.error(f"{where}: expected a text that is not empty")
    return value.strip()


def one_of(located: Located, where: str, allowed: tuple[str, ...]) -> str:
    if located.value not in allowed:
        raise located.error(f"{where}: expected one of {', '.join(allowed)}, found {show(located.value)}")
    return str(located.value)


def true(located: Located, where: str) -> None:
    """What can only be said, not denied."""
    if located.value is not True:
        raise located.error(f"{where}: expected true, found {show(located.value)}")


def name(located: Located, where: str) -> str:
    """A Python name, perhaps with dots in it."""
    value = located.value
    if not isinstance(value, str) or not re.fullmatch(DOTTED_NAME, value):
        raise located.error(f"{where}: expected a name such as changer or changer.printer, found {show(value)}")
    return value


def names(located: Located, where: str) -> tuple[str, ...]:
    found = tuple(name(item, where) for item in expect(located, list, where))
    if not found:
        raise located.error(f"{where}: expected at least one name")
    return found


def workspace_path(located: Located, where: str) -> str:
    value = expect(located, str, where)
    if problem := path_problem(value):
        raise located.error(f"{where}: {problem}")
    return value


def rows(located: Located, where: str) -> list[tuple[Located, Located]]:
    """The rows of a mapping that has some; a key stands where its value does."""
    found = [(Located(key, value.line), value) for key, value in expect(located, dict, where).items()]
    if not found:
        raise located.error(f"{where}: expected at least one row")
    return found


def patterns(located: Located, where: str) -> tuple[Pattern, ...]:
    """One pattern, or a list of them."""
    several = located.value if isinstance(located.value, list) else [located]
    if not several:
        raise located.error(f"{where}: expected at least one pattern")
    return tuple(_pattern(one, where) for one in several)


def _pattern(located: Located, where: str) -> Pattern:
    try:
        return Pattern(text(located, where))
    except NO_PYTHON as error:
        reason = error.args[0] if error.args else "nested too deep"
        raise located.error(f"{where}: expected Python, found {show(located.value)} ({reason})") from None


def expression(located: Located, where: str) -> str:
    """The text of an expression. It is read here, and evaluated in the learner's interpreter only."""
    source = text(located, where)
    try:
        ast.parse(source, mode="eval")
    except NO_PYTHON:
        raise located.error(f"{where}: expected an expression, found {show(source)}") from None
    return source
