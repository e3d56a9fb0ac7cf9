"""What a lesson file may hold, and that every mistake in one is told with its file, its line and what was expected."""

import dataclasses
from pathlib import Path

import pytest
import yaml

from sandbox.lessons.lesson import LessonError, Prediction, Prose, Snippet, Write
from sandbox.lessons.located import LocatedError, load
from sandbox.lessons.parse import FILE_LIMIT, parse_lesson, read_lesson
from sandbox.lessons.shelf import OURS, lesson_files, open_shelf, unique
from sandbox.lessons.template import new_lesson
from tests.lessons.drafts import LESSON, line_of, planted

MISTAKES = {
    # what is planted for what: (old, new, text whose line is named, words of the message)
    "no front matter": ("---\nid: sample", "id: sample", "id: sample", "expected front matter"),
    "no title": ("title: A sample\n", "", "---\nid", "expected title"),
    "unknown front matter": (
        "level: basics",
        "level: basics\nauthor: me",
        "author: me",
        "unknown front matter 'author'",
    ),
    "bad id": ("id: sample", "id: A Sample", "id: A Sample", "expected an id of small letters"),
    "bad minutes": ("minutes: 5", "minutes: 500", "minutes: 500", "expected 1 to 60"),
    "minutes as text": ("minutes: 5", "minutes: five", "minutes: five", "expected a whole number"),
    "bad level": ("level: basics", "level: hard", "level: hard", "expected one of basics, beyond"),
    "step without id": ("## First {#first}", "## First", "## First", "expected a step as '## Title {#id}'"),
    "step with a bad id": ("{#first}", "{#First Step}", "## First", "expected an id of small letters"),
    "big heading": ("Some *prose*.", "# Some", "# Some", "expected '## ' for a step"),
    "unknown fence": ("```python {file=sample.py}", "```python {fiel=sample.py}", "```python {fiel", "unknown fence"),
    "fence without a mark": ("```pycon {type}", "```pycon", "```pycon", "unknown fence 'pycon'"),
    "fence with two marks": ("```pycon {type}", "```pycon {type solution}", "```pycon", "unknown fence"),
    "path outside": ("{file=sample.py}", "{file=../sample.py}", "```python", "'.' or '..'"),
    "absolute path": ("{file=sample.py}", "{file=/etc/passwd}", "```python", "relative to the workspace"),
    "fence in a list": ("Some *prose*.", "- one\n\n  ```text {hint}\n  x\n  ```", "  ```text", "at the left margin"),
    "fence above the steps": ("An introduction.", "```text {hint}\nx\n```", "```text {hint}", "expected a step"),
    "indented code": ("Some *prose*.", "    x = 1", "    x = 1", "expected a fence"),
    "no check": ("```yaml {check}", "```text {hint}", "## First", "expected a check"),
    "unknown check": ("  ran: import sample\n", "  run: import sample\n", "  run: import", "unknown check 'run'"),
    "check without says": ("says: You looked", "times: 1", "- times: 1", "expected 'says'"),
    "check that asks nothing": ("  ran: import sample\n", "", "- says: You imported", "expected at least one of"),
    "bad YAML": ("- says: You looked", "- says: [You looked", "  ran: sample.word", "bad YAML"),
    "key twice": ("  then: true", "  says: twice", "  says: twice", "'says' stands here twice"),
    "no Python": ("ran: import sample\n-", "ran: import import\n-", "  ran: import import", "expected Python"),
    "pattern of nothing": ("ran: import sample\n-", "ran: ...\n-", "  ran: ...", "matches everything"),
    "number for text": ("says: You looked", "says: 12", "- says: 12", "expected a text, found 12"),
    "then as text": ("  then: true", "  then: please", "  then: please", "expected true or false"),
    "alias": ("says: You looked", "says: &a You looked", "- says: &a", "anchors and aliases are not allowed"),
    "tag": ("says: You looked", "says: !!python/name:os.system x", "- says: !!python", "bad YAML"),
    "no right choice": ("    right: true\n", "", "  - text: hello", "exactly one with 'right: true'"),
    "choice without a test": ("    error: any\n", "", "  - text: an error", "expected at least one of"),
    "prediction without because": ("because: So it is.\n", "", "ask: What", "expected because"),
    "wrong without reply": ("reply: Leave out the `.py`.\n", "", "try: import", "expected 'reply'"),
    "wrong without a try": ("try: import sample.py\n", "", "ran: import sample.py", "what the learner does"),
    "console text without a prompt": (">>> import sample\n", "import sample\n", "import sample\n", "'>>> '"),
    "image": ("Some *prose*.", "![x](https://example.org/x.png)", "![x]", "expected no image"),
    "script link": ("Some *prose*.", "[x](javascript:alert(1))", "[x]", "begins with https://"),
    "data link": ("Some *prose*.", "[x](data:text/html;base64,xx)", "[x]", "begins with https://"),
    "relative link": ("Some *prose*.", "[x](../../admin)", "[x]", "begins with https://"),
}


@pytest.mark.parametrize("old, new, place, words", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_line_and_what_was_expected(old: str, new: str, place: str, words: str) -> None:
    source = planted(old, new)
    with pytest.raises(LessonError) as caught:
        parse_lesson(source, "sample.md")
    assert str(caught.value).startswith(f"sample.md:{caught.value.line}: ")
    assert caught.value.line == line_of(place, source)
    assert words in caught.value.message


def test_a_step_id_stands_once() -> None:
    again = LESSON[LESSON.index("## First") :]
    with pytest.raises(LessonError, match="step id 'first' stands already in line 11") as caught:
        parse_lesson(LESSON + again, "sample.md")
    assert caught.value.line == LESSON.count("\n") + 1


def test_a_lesson_id_stands_once() -> None:
    with pytest.raises(LessonError, match=r"b.md:2: lesson id 'sample' stands already in a.md"):
        unique([parse_lesson(LESSON, "a.md"), parse_lesson(LESSON, "b.md")])


def test_a_step_has_at_most_one_prediction() -> None:
    block = LESSON[LESSON.index("```yaml {predict}") : LESSON.index("```pycon")]
    with pytest.raises(LessonError, match="one prediction at most"):
        parse_lesson(LESSON.replace(block, block + block), "sample.md")


def test_a_check_block_holds_a_check() -> None:
    block = LESSON[LESSON.index("- says: You imported") : LESSON.index("```\n\n```yaml {wrong}")]
    with pytest.raises(LessonError, match=r"yaml \{check\}: expected at least one check") as caught:
        parse_lesson(LESSON.replace(block, "[]\n"), "sample.md")
    assert caught.value.line == line_of("- says: You imported", LESSON)


@pytest.mark.parametrize(
    "bomb",
    [
        "a: &a [x, x, x]\nb: &b [*a, *a, *a]\n",
        "- says: " + "x" * 30_000,
        "[" * 5_000,
        "{a: " * 5_000,
        "- says: x\n  value: {a: " + "9" * 6_000 + "}",
        "- says: 2001-99-99",
        "- ? [a]\n  : b",
        "- says: x\n  value: {'" + "(" * 3_000 + "': 1}",
        "- says: x\n  ran: '" + "-" * 9_000 + "x'",
    ],
    ids=["aliases", "long", "deep lists", "deep maps", "number", "date", "key", "deep expression", "deep pattern"],
)
def test_hostile_yaml_is_an_error_and_nothing_worse(bomb: str) -> None:
    block = LESSON[LESSON.index("- says: You imported") : LESSON.index("```\n\n```yaml {wrong}")]
    with pytest.raises(LessonError):
        parse_lesson(LESSON.replace(block, bomb + "\n"), "sample.md")


@pytest.mark.parametrize("libyaml", [True, False], ids=["libyaml", "PyYAML alone"])
@pytest.mark.parametrize("character", "\x00\x07\x1b\x7f\ufffe")
def test_a_control_character_is_told_with_its_line(
    character: str, libyaml: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not libyaml:
        monkeypatch.delattr(yaml, "CSafeLoader")
    with pytest.raises(LocatedError, match="cannot stand here") as caught:
        load(f"says: ü\nthen: x{character}y\n", 5)
    assert caught.value.line == 6


def test_lessons_are_read_where_libyaml_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    with_it = parse_lesson(LESSON, "sample.md")
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert parse_lesson(LESSON, "sample.md") == with_it


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.md"
    with path.open("wb") as file:
        file.truncate(10 * 1024**3)
    with pytest.raises(LessonError, match=f"expected at most {FILE_LIMIT} bytes"):
        read_lesson(path)


def test_a_file_that_is_no_text_is_an_error_with_a_line(tmp_path: Path) -> None:
    path = tmp_path / "binary.md"
    path.write_bytes(LESSON.encode().replace(b"*prose*", b"\xff\xfe"))
    with pytest.raises(LessonError, match="expected UTF-8") as caught:
        read_lesson(path)
    assert caught.value.line == line_of("Some", LESSON)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "<b onclick=x>bold</b>",
        '[x](https://example.org/"onmouseover=alert(1))',
        "<https://example.org/><iframe>",
        "`<script>`",
    ],
)
def test_no_markup_of_an_author_reaches_the_page(text: str) -> None:
    lesson = parse_lesson(planted("Some *prose*.", text), "sample.md")
    prose = lesson.steps[0].parts[0]
    assert isinstance(prose, Prose)
    for mark in ("<script", "<img", "<iframe", "<b ", "onclick=x>", ' onmouseover="'):
        assert mark not in prose.html


def test_links_to_the_web_are_kept_and_lead_out_safely() -> None:
    lesson = parse_lesson(planted("Some *prose*.", "[docs](https://docs.python.org/3/)"), "sample.md")
    prose = lesson.steps[0].parts[0]
    assert isinstance(prose, Prose)
    assert prose.html == '<p><a href="https://docs.python.org/3/" rel="noopener">docs</a></p>\n'


def test_the_parts_of_a_step_keep_the_order_of_the_text() -> None:
    step = parse_lesson(LESSON, "sample.md").steps[0]
    kinds = [type(part).__name__ for part in step.parts]
    assert kinds == ["Prose", "Write", "Prediction", "Snippet", "Wrong"]
    assert [write.path for write in step.starters] == ["sample.py"]
    assert isinstance(step.actions[0], Snippet) and len(step.actions) == 1


def test_a_lesson_is_frozen_data() -> None:
    lesson = parse_lesson(LESSON, "sample.md")
    with pytest.raises(dataclasses.FrozenInstanceError):
        lesson.title = "x"  # type: ignore[misc]
    assert lesson == parse_lesson(LESSON, "sample.md")


@pytest.mark.parametrize("end", ["...\n", ""], ids=["with its empty line", "without"])
def test_a_multi_line_entry_keeps_its_lines(end: str) -> None:
    block = f">>> for x in range(2):\n...     x\n{end}0\n1\n>>> 3\n3\n"
    step = parse_lesson(planted(">>> import sample\n", block + ">>> import sample\n"), "sample.md").steps[0]
    snippet = step.actions[0]
    assert isinstance(snippet, Snippet)
    assert [example.source for example in snippet.examples][:2] == ["for x in range(2):\n    x\n", "3"]
    assert snippet.examples[0].expected == "0\n1"


def test_the_way_to_a_step_is_all_that_comes_before_it() -> None:
    lesson = open_shelf().lesson("the-example")
    assert lesson is not None
    way = lesson.way_to(lesson.steps[3])
    assert [type(action).__name__ for action in way] == ["Write", "Snippet", "Write", "Snippet"]
    assert isinstance(way[2], Write) and "After editing" in way[2].text


def test_a_folder_may_hold_other_texts_too(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(LESSON)
    (tmp_path / "README.md").write_text("# Not a lesson\n")
    assert [lesson.id for lesson in open_shelf([tmp_path]).lessons] == ["sample"]
    assert len(open_shelf([OURS, tmp_path]).lessons) == len(lesson_files(OURS)) + 1


def test_a_new_lesson_is_whole() -> None:
    lesson = parse_lesson(new_lesson("my-lesson", "Mine"), "my-lesson.md")
    assert lesson.id == "my-lesson"
    assert isinstance(lesson.steps[0].prediction, Prediction)
