"""What a file's text defines, seen in its syntax tree. Runs nothing."""

import ast
from collections.abc import Iterator
from functools import lru_cache

from sandbox.lessons.pattern import parse


@lru_cache(maxsize=64)
def defined_names(text: str) -> frozenset[str]:
    """The names that the top level of a module binds: by assignment, def, class or import."""
    tree = parse(text)
    return frozenset(name for statement in (tree.body if tree else ()) for name in _bound_by(statement))


def _bound_by(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in statement.names)
    else:
        stores = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
        yield from (node.id for node in stores if isinstance(node.ctx, ast.Store))
