"""One Markdown file to one Lesson. Every error names the file, the line, and what was expected.

Front matter, then an introduction, then a step for each `##`. Inside a step fenced blocks are what happens, and the
rest is prose. Nothing of a lesson is ever run here.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it.token import Token

from sandbox.lessons import markdown
from sandbox.lessons.blocks import read_hint, read_prediction, read_wrong
from sandbox.lessons.check import Check
from sandbox.lessons.fence import Fence, read_examples, read_fence
from sandbox.lessons.fields import fields_of, one_of, text
from sandbox.lessons.lesson import (
    Action,
    Erase,
    Lesson,
    LessonError,
    Part,
    Prediction,
    Prose,
    Renew,
    Snippet,
    Step,
    Write,
)
from sandbox.lessons.located import Located, LocatedError, expect, load
from sandbox.lessons.vocabulary import read_check
from sandbox.protocol import path_problem

FILE_LIMIT = 128 * 1024
"""Longest lesson file, in bytes."""
STEP_LIMIT = 20
MINUTES_LIMIT = 60
LEVELS = ("basics", "beyond")
ID = r"[a-z0-9]+(-[a-z0-9]+)*"

_FRONT = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
_HEADING = re.compile(r"(?P<title>.*?)(?:\s+\{#(?P<id>[^{}]*)\})?")


def read_lesson(path: Path) -> Lesson:
    """The lesson in this file. Raises LessonError; OSError when it cannot be read."""
    with path.open("rb") as file:
        data = file.read(FILE_LIMIT + 1)
    if len(data) > FILE_LIMIT:
        raise LessonError(str(path), 1, f"expected at most {FILE_LIMIT} bytes")
    try:
        return parse_lesson(data.decode().replace("\r\n", "\n"), str(path))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise LessonError(str(path), line, "expected UTF-8") from None


def parse_lesson(source: str, path: str) -> Lesson:
    """The lesson that this text holds; `path` is for messages. Raises LessonError."""
    try:
        return _lesson(source, path)
    except LocatedError as error:
        raise LessonError(path, error.line, error.message) from None


def _lesson(source: str, path: str) -> Lesson:
    found = _FRONT.match(source)
    if not found:
        raise LocatedError(1, "expected front matter: a line ---, then id, title, summary, minutes, level, then ---")
    front = fields_of(load(found[1], 2), "front matter", FRONT_MATTER)
    if missing := sorted(FRONT_MATTER - set(front)):
        raise LocatedError(1, f"front matter: expected {', '.join(missing)}")
    intro, drafts = _split(source[found.end() :], found[0].count("\n") + 1)
    return Lesson(
        id=_id(front["id"].value, front["id"].line),
        title=text(front["title"], "title"),
        summary=text(front["summary"], "summary"),
        minutes=_minutes(front["minutes"]),
        level=one_of(front["level"], "level", LEVELS),
        intro=markdown.render(intro),
        steps=_steps(drafts),
        path=path,
    )


FRONT_MATTER = {"id", "title", "summary", "minutes", "level"}


def _id(value: object, line: int) -> str:
    if not isinstance(value, str) or not re.fullmatch(ID, value):
        raise LocatedError(line, f"expected an id of small letters, digits and dashes, found {value!r:.60}")
    return value


def _minutes(located: Located) -> int:
    value = expect(located, int, "minutes")
    if not 1 <= value <= MINUTES_LIMIT:
        raise located.error(f"minutes: expected 1 to {MINUTES_LIMIT}, found {value}")
    return value


@dataclass(slots=True)
class _Draft:
    """A step while its tokens are being gathered."""

    title: str
    id: str
    line: int
    blocks: list[Token | Fence] = field(default_factory=list)


def _split(body: str, first_line: int) -> tuple[list[Token], list[_Draft]]:
    """The introduction's tokens, and a draft for each step."""
    intro: list[Token] = []
    drafts: list[_Draft] = []
    tokens = iter(markdown.tokens_of(body))
    for token in tokens:
        line = first_line + (token.map[0] if token.map else 0)
        _refuse(token, line)
        if token.type == "heading_open" and token.tag == "h2" and token.level == 0:
            drafts.append(_draft(next(tokens).content, line))
            next(tokens)
        elif token.type == "fence":
            _in_step(drafts, token, line).append(read_fence(token.info, token.content, line))
        else:
            (drafts[-1].blocks if drafts else intro).append(token)
    return intro, drafts


def _refuse(token: Token, line: int) -> None:
    if token.type == "heading_open" and token.tag == "h1":
        raise LocatedError(line, "expected '## ' for a step: the title of a lesson stands in its front matter")
    if token.type == "code_block":
        raise LocatedError(line, "expected a fence: text that is indented by four spaces says nothing about its kind")
    if message := markdown.problem(token):
        raise LocatedError(line, message)


def _in_step(drafts: list[_Draft], token: Token, line: int) -> list[Token | Fence]:
    if token.level:
        raise LocatedError(line, "expected a fence at the left margin, not inside a list or a quotation")
    if not drafts:
        raise LocatedError(line, "expected a step ('## ...') above a fence")
    return drafts[-1].blocks


def _draft(heading: str, line: int) -> _Draft:
    found = _HEADING.fullmatch(heading)
    assert found is not None
    if not found["id"] or not found["title"]:
        raise LocatedError(line, "expected a step as '## Title {#id}'")
    return _Draft(found["title"], _id(found["id"], line), line)


def _steps(drafts: list[_Draft]) -> tuple[Step, ...]:
    if not 1 <= len(drafts) <= STEP_LIMIT:
        raise LocatedError(1, f"expected 1 to {STEP_LIMIT} steps ('## Title {{#id}}'), found {len(drafts)}")
    lines: dict[str, int] = {}
    for draft in drafts:
        if draft.id in lines:
            raise LocatedError(draft.line, f"step id {draft.id!r} stands already in line {lines[draft.id]}")
        lines[draft.id] = draft.line
    return tuple(map(_step, drafts))


def _step(draft: _Draft) -> Step:
    step = Step(
        id=draft.id,
        title=draft.title,
        parts=tuple(_parts(draft.blocks)),
        checks=tuple(check for fence in _fences(draft, "check") for check in _read_checks(fence)),
        hints=tuple(read_hint(fence) for fence in _fences(draft, "hint")),
        line=draft.line,
    )
    if not step.checks:
        raise LocatedError(draft.line, f"step {draft.id!r}: expected a check (a fence 'yaml {{check}}')")
    if not step.actions:
        raise LocatedError(draft.line, f"step {draft.id!r}: expected a solution (a fence with 'type' or 'solution')")
    if len(predictions := _fences(draft, "predict")) > 1:
        raise LocatedError(predictions[1].line - 1, f"step {draft.id!r}: expected one prediction at most")
    return step


def _fences(draft: _Draft, kind: str) -> list[Fence]:
    return [block for block in draft.blocks if isinstance(block, Fence) and block.kind == kind]


def _read_checks(fence: Fence) -> list[Check]:
    located = load(fence.body, fence.line)
    items = expect(located, list, "yaml {check}")
    if not items:
        raise located.error("yaml {check}: expected at least one check")
    return [read_check(item) for item in items]


def _parts(blocks: Iterable[Token | Fence]) -> list[Part]:
    """The parts in order; the tokens between two fences become one piece of prose."""
    parts: list[Part] = []
    prose: list[Token] = []
    for block in (*blocks, None):
        if isinstance(block, Token):
            prose.append(block)
            continue
        if prose:
            parts.append(Prose(markdown.render(prose)))
            prose = []
        if block is not None and block.kind in PARTS:
            parts.append(PARTS[block.kind](block))
    return parts


def _write(fence: Fence) -> Write:
    return Write(_path(fence), fence.body, fence.role, fence.line)


def _erase(fence: Fence) -> Erase:
    return Erase(_path(fence), fence.body.strip(), fence.role, fence.line)


def _path(fence: Fence) -> str:
    if problem := path_problem(fence.path):
        raise LocatedError(fence.line - 1, problem)
    return fence.path


def _renew(fence: Fence) -> Renew:
    return Renew(fence.body.strip(), fence.role, fence.line)


def _snippet(fence: Fence) -> Snippet:
    return Snippet(read_examples(fence), fence.role, fence.line)


PARTS: dict[str, Callable[[Fence], Action | Prediction | Part]] = {
    "file": _write,
    "delete": _erase,
    "restart": _renew,
    "pycon": _snippet,
    "predict": read_prediction,
    "wrong": read_wrong,
}
