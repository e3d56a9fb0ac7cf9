"""Playing a lesson proves it: whatever is planted in a right one is found, with its file and its line."""

import sys

import pytest

from sandbox.lessons.parse import parse_lesson
from sandbox.lessons.player import Report, check_lesson
from sandbox.lessons.template import new_lesson
from tests.lessons.bare import starter
from tests.lessons.drafts import LESSON, line_of, planted


def report(source: str) -> Report:
    return check_lesson(parse_lesson(source, "sample.md"), starter(sys.executable))


def test_a_right_lesson_has_no_problem() -> None:
    found = report(LESSON)
    assert (found.problems, found.unproved, found.proved) == ([], [], 3)


def test_a_new_lesson_passes_its_own_check() -> None:
    assert report(new_lesson("mine", "Mine")).problems == []


PROMPT = ">>> import sample\n"
CHECK = "  ran: import sample\n-"
SAYS = "- says: You imported it"
WRONG = "try: import sample.py\nran: import sample.py\nerror: ModuleNotFoundError"
RIGHT = "output: \"'hello'\"\n    right: true\n  - text: an error\n    error: any"
PLANTED = {
    # what is planted: (old, new, text whose line is named, words of the message)
    "wrong expected output": ("'hello'\n```", "'bye'\n```", ">>> sample.word", "expected the output"),
    "output that is not there": (PROMPT, PROMPT + "ran\n", PROMPT, "expected the output"),
    "check that passes too early": (CHECK, "  file: sample.py\n-", SAYS, "passes before anything"),
    "check that any entry passes": (CHECK, "  output: ''\n-", SAYS, "passes before anything"),
    "check that never passes": (CHECK, "  ran: import simple\n-", SAYS, "does not pass after"),
    "wrong that passes": (
        WRONG,
        "try: |\n  >>> import sample\n  >>> sample.word\nran: sample.word",
        "try: |",
        "this mistake passes the step",
    ),
    "wrong without its reply": ("error: Module", "error: Other", "try: import", "not its own reply"),
    "reply to the solution": (WRONG, "try: import x\nran: import sample", PROMPT, "the solution gets the reply"),
    "wrong choice marked right": (
        RIGHT,
        RIGHT.replace("\n    right: true", "") + "\n    right: true",
        "ask: What",
        "expected that 'an error' alone happens, found ['hello']",
    ),
    "prediction nothing settles": ("when: {ran: sample.word}", "when: {ran: other}", "ask: What", "settles this"),
    "entry that is not complete": (PROMPT, ">>> import sample; print(\n", ">>> import sample", "not complete"),
}


@pytest.mark.parametrize("old, new, place, words", PLANTED.values(), ids=PLANTED)
def test_what_is_planted_is_found_with_its_line(old: str, new: str, place: str, words: str) -> None:
    source = planted(old, new)
    problems = [str(problem) for problem in report(source).problems]
    assert any(one.startswith(f"sample.md:{line_of(place, source)}: ") and words in one for one in problems), problems


def test_a_check_on_the_picture_is_reported_where_there_is_none() -> None:
    source = planted("  ran: import sample\n-", "  mark: {sample: new}\n-")
    found = report(source)
    assert found.problems == []
    line = line_of("- says: You imp", source)
    assert [str(one) for one in found.unproved] == [
        f"sample.md:{line}: needs the picture of memory, which was not sent: You imported it"
    ]
