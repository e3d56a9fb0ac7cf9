"""Patterns over Python's syntax tree: whether an entry says something, however it is spaced, quoted or wrapped.

A pattern is Python itself, with two wildcards:

- `...` is any expression; among arguments or items any number of them; as a statement any statements.
- a name that begins with `any_` is any name.

A pattern that is one expression is found anywhere inside an entry where it gives a value (not where it is assigned to
or deleted); statements are found one after the other, at any depth. `import a` is found in `import a, b`, and
`from m import a` in `from m import a, b`. Nothing is ever run.
"""

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

LONGEST = 4_000
"""A file of more characters is not parsed and matches nothing: judging must stay quick."""
LONGEST_ENTRY = 400
"""The same for a console entry, which is judged far more often."""

NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What parsing raises for text that is no Python, or too deep."""

_FILENAME = "<learner>"
# The parser warns about text such as "\d"; that is the learner's affair, and not for the server's log.
warnings.filterwarnings("ignore", category=Warning, module=_FILENAME)
_LOAD = ast.Load()
_IGNORED = frozenset({"ctx", "kind", "type_comment", "type_ignores"})


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that has been read. Compared and shown by its text."""

    source: str

    def __post_init__(self) -> None:
        if all(_is_any(statement) for statement in self._body()):
            raise SyntaxError("a pattern of nothing but ... matches everything")

    def _body(self) -> list[ast.stmt]:
        return _pattern_body(self.source)

    def found_in(self, source: str) -> bool:
        """Whether `source` says this somewhere; False for what is no Python, or too long."""
        body = self._body()
        if len(body) == 1 and isinstance(body[0], ast.Expr):
            wanted = body[0].value
            return any(_same_node(wanted, node) for node in _contents(source).values_of.get(type(wanted), ()))
        return any(_holds(body, statements) for statements in _contents(source).bodies)


@lru_cache(maxsize=1024)
def _pattern_body(source: str) -> list[ast.stmt]:
    return ast.parse(source, _FILENAME).body


@dataclass(frozen=True, slots=True)
class _Contents:
    """A text taken apart once, for all the patterns that are looked for in it."""

    values_of: dict[type[ast.expr], list[ast.expr]]
    bodies: list[list[ast.stmt]]


@lru_cache(maxsize=64)
def _contents(source: str) -> _Contents:
    contents = _Contents({}, [])
    for node in ast.walk(parse(source) or ast.Module([], [])):
        if isinstance(node, ast.expr):
            if _is_used(node):
                contents.values_of.setdefault(type(node), []).append(node)
        else:
            contents.bodies.extend(_bodies(node))
    return contents


@lru_cache(maxsize=64)
def parse(source: str) -> ast.Module | None:
    """The syntax tree, None for what is no Python or too long."""
    if len(source) > LONGEST:
        return None
    try:
        return ast.parse(source, _FILENAME)
    except NO_PYTHON:
        return None


def _bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        if statements := getattr(node, field, None):
            yield statements


def _holds(wanted: list[ast.stmt], statements: list[ast.stmt]) -> bool:
    """Whether the wanted statements stand among these, one after the other."""
    if any(map(_is_any, wanted)):
        gap = [ast.Expr(ast.Constant(...))]
        return _same_items([*gap, *wanted, *gap], statements)
    windows = (statements[first : first + len(wanted)] for first in range(len(statements)))
    return any(_same_items(list(wanted), window) for window in windows)


def _is_used(node: ast.expr) -> bool:
    """Whether this expression gives a value: it is no place that is assigned to or deleted."""
    return isinstance(getattr(node, "ctx", _LOAD), ast.Load)


def _is_any(node: Any) -> bool:
    node = node.value if isinstance(node, ast.Expr) else node
    return isinstance(node, ast.Constant) and node.value is Ellipsis


def _same(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, list):
        return isinstance(found, list) and _same_items(wanted, found)
    if isinstance(wanted, ast.AST):
        return _same_node(wanted, found)
    if isinstance(wanted, str) and wanted.startswith("any_"):
        return isinstance(found, str)
    return type(wanted) is type(found) and bool(wanted == found)


def _same_node(wanted: ast.AST, found: Any) -> bool:
    if isinstance(wanted, ast.expr) and _is_any(wanted):
        return isinstance(found, ast.expr)
    if type(wanted) is not type(found):
        return False
    loose = _loose_fields(wanted)
    same = (_same(getattr(wanted, name), getattr(found, name)) for name in wanted._fields if name not in loose)
    return all(same) and all(_within(getattr(wanted, name), getattr(found, name)) for name in loose - _IGNORED)


def _loose_fields(wanted: ast.AST) -> frozenset[str]:
    """Fields of which the pattern names some and the entry may have more."""
    if isinstance(wanted, ast.Import | ast.ImportFrom):
        return _IGNORED | {"names"}
    if isinstance(wanted, ast.Call) and any(_is_any(argument) for argument in wanted.args):
        return _IGNORED | {"keywords"}
    return _IGNORED


def _within(wanted: list[Any], found: list[Any]) -> bool:
    return all(any(_same(one, other) for other in found) for one in wanted)


def _same_items(wanted: list[Any], found: list[Any]) -> bool:
    if not wanted:
        return not found
    if _is_any(wanted[0]):
        return any(_same_items(wanted[1:], found[first:]) for first in range(len(found) + 1))
    return bool(found) and _same(wanted[0], found[0]) and _same_items(wanted[1:], found[1:])
