"""Which lines of a source made a function or a class. Knows code objects, not what was made of them."""

from collections.abc import Iterator
from types import CodeType

CO_OPTIMIZED = 1
"""The flag of functions' code, which class bodies do not have: Include/cpython/code.h."""
CODE_LIMIT = 2000
"""Characters of an excerpt."""


def span(code: CodeType) -> tuple[int, int]:
    """First and last line, both included, of the statement that made this code object."""
    ends = [line for _, _, line in code.co_lines() if line]
    ends += [span(constant)[1] for constant in code.co_consts if type(constant) is CodeType]
    return code.co_firstlineno, max(ends, default=0)


def class_spans(code: CodeType) -> dict[str, tuple[int, int]]:
    """The lines of each class within a module's code, by qualified name."""
    return {one.co_qualname: span(one) for one in _family(code) if one is not code and not one.co_flags & CO_OPTIMIZED}


def tops(code: CodeType) -> set[str]:
    """The module's names within which it has code: those of its functions and classes."""
    names = {one.co_qualname for one in code.co_consts if type(one) is CodeType}
    return {name.partition(".")[0] for name in names}


def excerpt(source: list[str], first: int, last: int) -> str:
    """These lines without the indentation that all of them share with the first, at most CODE_LIMIT characters."""
    lines = source[max(0, first - 1) : last] if first else []
    if not lines:
        return ""
    indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    text = "\n".join([line.removeprefix(indent) for line in lines] if indent else lines) + "\n"
    text = text.replace("\r\n", "\n")
    return text if len(text) <= CODE_LIMIT else text[: CODE_LIMIT - 2] + "…\n"


def _family(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if type(constant) is CodeType:
            yield from _family(constant)
