"""The schema for editors says what the reader says."""

import json
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from sandbox.lessons.lesson import LessonError
from sandbox.lessons.parse import parse_lesson
from sandbox.lessons.schema import DETAILS, WORDS, schema
from sandbox.lessons.shelf import OURS, lesson_files
from sandbox.lessons.vocabulary import CONDITIONS, FILE_DETAILS
from tests.lessons.drafts import LESSON

WHOLE = schema()
BLOCKS = {"check": "checks", "predict": "predict", "wrong": "wrong"}


def fits(data: Any, kind: str) -> bool:
    return bool(Draft202012Validator({**WHOLE, "anyOf": [{"$ref": f"#/$defs/{kind}"}]}).is_valid(data))


def reads(block: str, kind: str) -> bool:
    """Whether the reader takes this block in place of the sample's."""
    opening = f"```yaml {{{kind}}}\n"
    start = LESSON.index(opening) + len(opening)
    end = LESSON.index("```\n", start)
    try:
        parse_lesson(LESSON[:start] + block + "\n" + LESSON[end:], "sample.md")
    except LessonError:
        return False
    return True


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(WHOLE)


def test_it_has_every_word_of_the_table_and_no_other() -> None:
    assert set(WORDS) == set(CONDITIONS)
    assert set(DETAILS) == set(FILE_DETAILS)


def test_the_file_for_editors_is_the_schema() -> None:
    assert json.loads((OURS.parent / "lesson.schema.json").read_text()) == json.loads(json.dumps(WHOLE))


@pytest.mark.parametrize("path", lesson_files(OURS), ids=lambda path: path.stem)
def test_every_block_of_our_lessons_fits(path: Any) -> None:
    text = path.read_text()
    assert fits(yaml.safe_load(text.split("---\n")[1]), "front")
    for chunk in text.split("```yaml {")[1:]:
        kind, body = chunk.split("}\n", 1)
        assert fits(yaml.safe_load(body.split("```\n")[0]), BLOCKS[kind])


CHECKS = {
    "least": "- {says: x, ran: x}",
    "list of patterns": "- {says: x, ran: [x, y]}",
    "no pattern": "- {says: x, ran: []}",
    "no says": "- {ran: x}",
    "empty says": "- {says: ' ', ran: x}",
    "no condition": "- {says: x, hint: y}",
    "unknown": "- {says: x, runs: x}",
    "output": "- {says: x, output: ''}",
    "output a number": "- {says: x, output: 3}",
    "error": "- {says: x, error: TypeError}",
    "error with a blank": "- {says: x, error: Type Error}",
    "loaded": "- {says: x, loaded: {m: reload}}",
    "loaded how": "- {says: x, loaded: {m: again}}",
    "loaded nothing": "- {says: x, loaded: {}}",
    "loaded module": "- {says: x, loaded: {'m n': reload}}",
    "loads": "- {says: x, loads: {m.n: 2}}",
    "loads none": "- {says: x, loads: {m: 0}}",
    "loads true": "- {says: x, loads: {m: true}}",
    "restarted": "- {says: x, restarted: true}",
    "not restarted": "- {says: x, restarted: false}",
    "file": "- {says: x, file: a.py, defines: [a], contains: x, lacks: [b]}",
    "details alone": "- {says: x, ran: x, defines: [a]}",
    "defines nothing": "- {says: x, file: a.py, defines: []}",
    "defines text": "- {says: x, file: a.py, defines: a}",
    "no file": "- {says: x, no_file: a.py}",
    "disk": "- {says: x, disk: {a.py: edited}}",
    "disk how": "- {says: x, disk: {a.py: changed}}",
    "mark": "- {says: x, mark: {m.a: stale}}",
    "mark how": "- {says: x, mark: {m.a: old}}",
    "same": "- {says: x, same: [a, b.c]}",
    "same three": "- {says: x, same: [a, b, c]}",
    "same one": "- {says: x, different: [a]}",
    "value": "- {says: x, value: {a: 1, b: x, c: null, d: true, e: 1.5}}",
    "value list": "- {says: x, value: {a: [1]}}",
    "holders": "- {says: x, holders: {a: '__main__...'}}",
    "holders number": "- {says: x, holders: {a: 1}}",
    "times": "- {says: x, ran: x, times: 2}",
    "times many": "- {says: x, ran: x, times: 11}",
    "times text": "- {says: x, ran: x, times: two}",
    "then": "- {says: x, ran: x, then: false}",
    "then text": "- {says: x, ran: x, then: maybe}",
    "none": "[]",
    "no list": "says: x",
}
CHOICES = "{text: a, right: true, output: x}, {text: b, error: any}"
PREDICTS = {
    "whole": f"{{ask: x, when: {{ran: x}}, choices: [{CHOICES}], because: x}}",
    "no when": f"{{ask: x, choices: [{CHOICES}], because: x}}",
    "empty when": f"{{ask: x, when: {{}}, choices: [{CHOICES}], because: x}}",
    "one choice": "{ask: x, when: {ran: x}, choices: [{text: a, right: true, output: x}], because: x}",
    "none right": "{ask: x, when: {ran: x}, choices: [{text: a, output: x}, {text: b, error: any}], because: x}",
    "two right": f"{{ask: x, when: {{ran: x}}, choices: [{CHOICES}, {{text: c, right: true, ran: x}}], because: x}}",
    "more": f"{{ask: x, when: {{ran: x}}, choices: [{CHOICES}], because: x, answer: 1}}",
}
WRONGS = {
    "typed": "{try: x, ran: x, reply: y}",
    "saved": "{save: {a.py: x}, file: a.py, reply: y}",
    "saved nothing": "{save: {}, file: a.py, reply: y}",
    "restart": "{restart: true, restarted: true, reply: y}",
    "not restart": "{restart: false, restarted: true, reply: y}",
    "deleted": "{delete: a.py, no_file: a.py, reply: y}",
    "no reply": "{try: x, ran: x}",
    "no try": "{ran: x, reply: y}",
    "not recognised": "{try: x, reply: y}",
}
CASES = [("check", name, block) for name, block in CHECKS.items()]
CASES += [("predict", name, block) for name, block in PREDICTS.items()]
CASES += [("wrong", name, block) for name, block in WRONGS.items()]


@pytest.mark.parametrize("kind, name, block", CASES)
def test_schema_and_reader_agree(kind: str, name: str, block: str) -> None:
    assert fits(yaml.safe_load(block), BLOCKS[kind]) == reads(block, kind), name


def test_the_reader_takes_some_and_refuses_some() -> None:
    verdicts = {reads(block, kind) for kind, _, block in CASES}
    assert verdicts == {True, False}
