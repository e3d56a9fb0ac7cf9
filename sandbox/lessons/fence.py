"""The fenced blocks of a lesson: their kinds, told by the line that opens them, and console text cut into examples."""

import re
from dataclasses import dataclass

from sandbox.lessons.lesson import Example
from sandbox.lessons.located import LocatedError
from sandbox.lessons.pattern import parse

INFO = re.compile(r"(?P<language>\w+) \{(?P<words>[^{}]+)\}")
KINDS = {
    "python {file=PATH}": ("start", "file"),
    "python {file=PATH type}": ("type", "file"),
    "python {file=PATH solution}": ("solution", "file"),
    "pycon {type}": ("type", "pycon"),
    "pycon {solution}": ("solution", "pycon"),
    "text {type restart}": ("type", "restart"),
    "text {solution restart}": ("solution", "restart"),
    "text {type delete=PATH}": ("type", "delete"),
    "text {solution delete=PATH}": ("solution", "delete"),
    "text {hint}": ("", "hint"),
    "yaml {check}": ("", "check"),
    "yaml {predict}": ("", "predict"),
    "yaml {wrong}": ("", "wrong"),
}
"""Every fence a lesson may hold. A file's language may also be text, for a file that is not Python."""


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block. `kind` and `role` are those of KINDS; `line` is that of its first line of text."""

    kind: str
    role: str
    path: str
    body: str
    line: int


def read_fence(info: str, body: str, line: int) -> Fence:
    """The block that opens at `line` with this info string. Raises LocatedError."""
    kind, path = _canonical(info.strip())
    if kind not in KINDS:
        raise LocatedError(line, f"unknown fence {info.strip()!r:.80}: expected one of {', '.join(KINDS)}")
    role, what = KINDS[kind]
    return Fence(what, role, path, body, line + 1)


def _canonical(info: str) -> tuple[str, str]:
    """The info string as KINDS writes it, and the path that stood in it."""
    found = INFO.fullmatch(info)
    if not found:
        return info, ""
    words = [word.partition("=") for word in found["words"].split()]
    path = next((value for _, equals, value in words if equals), "")
    flags = sorted((f"{name}{equals}{'PATH' if equals else ''}" for name, equals, _ in words), key=_order)
    language = "python" if flags[0].startswith("file=") and found["language"] == "text" else found["language"]
    return f"{language} {{{' '.join(flags)}}}", path


def _order(word: str) -> tuple[bool, bool, str]:
    """A file stands first, then what it is for, then what is done."""
    return not word.startswith("file="), word not in ("type", "solution"), word


def read_examples(fence: Fence) -> tuple[Example, ...]:
    """Console text as entries and what they print. Raises LocatedError."""
    examples: list[Example] = []
    source: list[str] = []
    output: list[str] = []
    start = fence.line
    for line, text in enumerate([*fence.body.rstrip("\n").split("\n"), ">>>"], fence.line):
        if text == ">>>" or text.startswith(">>> "):
            examples += [_example(source, output, start)] if source else []
            source, output, start = [text[4:]], [], line
        elif not source:
            raise LocatedError(line, f"expected a line that begins with '>>> ', found {text!r:.60}")
        elif not output and (text == "..." or text.startswith("... ")):
            source.append(text[4:])
        else:
            output.append(text)
    if not examples:
        raise LocatedError(fence.line, "expected a line that begins with '>>> '")
    return tuple(examples)


def _example(source: list[str], output: list[str], line: int) -> Example:
    if not source[0].strip():
        raise LocatedError(line, "expected Python after '>>> '")
    return Example(_ended("\n".join(source)), "\n".join(output).rstrip("\n"), line)


def _ended(source: str) -> str:
    """With the empty line that ends a block in the console. A text may leave it out, as in a doctest: formatters do."""
    tree = parse(source)
    ends_in_block = tree is not None and tree.body and {"body", "cases"} & set(tree.body[-1]._fields)
    return f"{source}\n" if ends_in_block and not source.endswith("\n") else source
