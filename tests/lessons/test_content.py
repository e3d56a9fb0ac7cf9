"""The lessons that come with the product: each plays in real workers, on every interpreter found, and says no more."""

import ast
import builtins
import dataclasses
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.engine.local import LocalEngine
from sandbox.lessons.check import Value
from sandbox.lessons.judge import begin, judge, results
from sandbox.lessons.lesson import Lesson
from sandbox.lessons.player import check_lesson
from sandbox.lessons.shelf import OURS, lesson_files
from sandbox.lessons.view import lesson_view, shelf_view
from tests.interpreters import WANTED, interpreters
from tests.lessons.ours import SHELF
from tests.lessons.stages import starter

IDS = [
    "imports-run-once", "the-same-module", "calling-reload", "the-example", "from-imports", "everything-runs-again",
    "compiled-modules", "good-habits", "leftover-names", "when-reload-fails", "old-objects",
    "same-name-other-thing", "functions-kept-elsewhere", "lying-traceback", "signing-up-again",
    "the-right-order", "packages", "two-copies", "code-that-is-running",
    "who-holds-it", "caches", "reload-safe-plugin",
]  # fmt: skip


EngineOf = Callable[[str], LocalEngine]


@pytest.mark.parametrize("lesson", SHELF.lessons, ids=lambda lesson: lesson.id)
@pytest.mark.parametrize("version", WANTED)
def test_a_lesson_holds_what_it_says(version: str, lesson: Lesson, engine_of: EngineOf) -> None:
    python = interpreters().get(version)
    if python is None:
        pytest.skip(f"NOT TESTED: CPython {version} is missing")
    report = check_lesson(lesson, starter(engine_of(python), python))
    for one in report.unproved:
        logging.getLogger(__name__).warning("unproved: %s", one)
    assert [str(problem) for problem in report.problems] == []
    assert report.proved > len(lesson.steps)


def test_the_lessons_stand_in_the_order_of_the_plan() -> None:
    assert [lesson.id for lesson in SHELF.lessons] == IDS


@pytest.mark.parametrize("lesson", SHELF.lessons, ids=lambda lesson: lesson.id)
def test_a_lesson_is_short_asks_first_and_expects_mistakes(lesson: Lesson) -> None:
    assert 3 <= len(lesson.steps) <= 8
    assert 5 <= lesson.minutes <= 10
    assert any(step.prediction for step in lesson.steps)
    assert any(step.hints or any(check.hint for check in step.checks) for step in lesson.steps)
    assert any(step.wrongs for step in lesson.steps)


@pytest.mark.parametrize("path", lesson_files(OURS), ids=lambda path: path.stem)
def test_the_language_is_plain(path: Path) -> None:
    """Sentences of at most 30 words; no exclamation marks; nobody is told that it is easy."""
    prose = re.sub(r"```.*?```\n", "\n", path.read_text().split("---\n", 2)[2], flags=re.DOTALL)
    for sentence in re.split(r"[.?:]\s+|\n\n", re.sub(r"`[^`]*`", "code", prose)):
        assert len(sentence.split()) <= 30, sentence
        assert "!" not in sentence, sentence
        assert not re.search(r"\b(simply|obviously|of course|easily|trivial)\b", sentence), sentence


def test_the_page_is_not_told_the_answers() -> None:
    for lesson in SHELF.lessons:
        for step in lesson_view(SHELF, lesson)["steps"]:
            asked = [part for part in step["parts"] if part["kind"] == "predict"]
            assert all(set(part) == {"kind", "ask", "choices"} for part in asked)


def test_no_value_leans_on_a_name_that_a_learner_may_patch() -> None:
    for lesson in SHELF.lessons:
        for expression in values_of(lesson):
            used = {node.id for node in ast.walk(ast.parse(expression)) if isinstance(node, ast.Name)}
            assert used.isdisjoint(dir(builtins)), f"{lesson.id}: {expression}"


def values_of(lesson: Lesson) -> Iterator[str]:
    for step in lesson.steps:
        asked = [*(check.conditions for check in step.checks), *(wrong.conditions for wrong in step.wrongs)]
        yield from (one.expression for conditions in asked for one in conditions if isinstance(one, Value))


PATCHES = [
    "importlib.reload = lambda module: module",
    "import sys; sys.modules = dict(sys.modules)",
    "import builtins; builtins.compile = builtins.exec = builtins.eval = builtins.repr = None",
    "import sys; sys.audit = sys.addaudithook = sys._getframe = sys.excepthook = lambda *args: None",
    "import builtins; builtins.__import__ = lambda name, *args, **more: changer",
    "import gc, weakref; gc.get_objects = gc.get_referrers = weakref.ref = None",
    "importlib._bootstrap._exec = importlib._bootstrap._load_unlocked = None",
]


@pytest.mark.parametrize("patch", PATCHES)
def test_what_a_learner_patches_changes_no_verdict(patch: str, engine_of: EngineOf) -> None:
    """Whether the module was really reloaded is told by its own value, and the check says the same."""
    step = SHELF.step("the-example", "reload")
    assert step is not None
    python = interpreters()[WANTED[0]]
    with starter(engine_of(python), python)() as player:
        player.save("changer.py", "message = 'First version'\n")
        player.run("import changer, importlib")
        player.run(patch)
        player.save("changer.py", "message = 'After editing'\n")
        entry = player.run("importlib.reload(changer)")
        really = player.run("changer.message").output == "'After editing'\n"
        evidence = dataclasses.replace(player.look(), kind="ran", entry=entry)
        told = [result.passed for result in results(step, judge(step, evidence, begin(step)))]
    assert told[:2] == [really, really]


def test_the_views_link_the_lessons() -> None:
    views = [lesson_view(SHELF, lesson) for lesson in SHELF.lessons]
    assert [view["previous"] for view in views] == ["", *IDS[:-1]]
    assert [view["next"] for view in views] == [*IDS[1:], ""]
    assert [row["id"] for row in shelf_view(SHELF)["lessons"]] == IDS


SECTIONS = [
    "Introduction", "Why Reload Modules", "How Reload Works", "Reload Syntax", "Key Point 1", "Key Point 2",
    "Key Point 3", "Example, Step 1", "Example, Step 2", "Example, Step 3", "Example, Step 4", "Explanation",
    "Pitfall 1", "Pitfall 2", "Pitfall 3", "Best Practice: `import` instead of `from`",
    "Best Practice: reload during development", "Best Practice: watch for side effects",
    "Best Practice: long-running applications", "Conclusion",
]  # fmt: skip


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_of_the_tutorial_is_taught(section: str) -> None:
    assert f"\n| {section}" in (OURS / "COVERAGE.md").read_text()


ROW = re.compile(r"^\|.*\| `([a-z-]+)#([a-z-]+)` \| (.*) \|$", re.MULTILINE)


def test_the_table_of_what_is_taught_names_steps_and_checks_that_exist() -> None:
    text = (OURS / "COVERAGE.md").read_text()
    rows = ROW.findall(text)
    tables = text.count("\n|---|")
    assert len(rows) == sum(line.startswith("| ") for line in text.splitlines()) - tables, "every row is understood"
    for lesson, step, says in rows:
        found = SHELF.step(lesson, step)
        assert found is not None, f"{lesson}#{step}"
        assert says in [check.says for check in found.checks], f"{lesson}#{step}: {says}"
    assert {lesson for lesson, _, _ in rows} == set(IDS)
