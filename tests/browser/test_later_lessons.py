"""Lessons beyond the tutorial, each typed to its end in the browser: threads, copies on the disk, packages and all."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from sandbox.lessons.lesson import Step
from sandbox.lessons.shelf import open_shelf
from sandbox.lessons.view import lesson_view
from tests.browser.learner import Learner
from tests.browser.test_lessons import do, guess, is_set_up, pane, take

SHELF = open_shelf()
PLAYED = ["lying-traceback", "packages", "code-that-is-running", "who-holds-it", "caches", "reload-safe-plugin"]


def act(learner: Learner, action: dict[str, Any]) -> None:
    """What a step asks for, by hand: also files that are new, and files to delete."""
    if action["kind"] == "delete":
        learner.tab(action["path"]).click()
        learner.tab(action["path"]).press("Delete")
        expect(learner.tab(action["path"])).to_have_count(0)
    elif action["kind"] == "file":
        write(learner, action["path"], action["text"])
    else:
        do(learner, action)


def write(learner: Learner, path: str, text: str) -> None:
    """Empty the file, and type another text."""
    if learner.tab(path).count():
        learner.tab(path).click()
    else:
        learner.new_file(path)
    learner.editor.focus()
    for key in ("Control+a", "Delete"):
        learner.page.keyboard.press(key)
    learner.page.keyboard.insert_text(text)
    learner.page.keyboard.press("Control+s")
    expect(learner.file_line).to_contain_text(re.compile("^Saved"))


def play(learner: Learner, step: Step, actions: list[dict[str, Any]]) -> None:
    """A step from its question to its end."""
    if step.prediction:
        guess(learner, step.prediction.right)
    for action in actions:
        act(learner, action)
    expect(pane(learner).get_by_text("Step done.")).to_be_visible()
    if step.prediction:
        expect(pane(learner).locator(".settled h3")).to_have_text("You were right.")


@pytest.mark.parametrize("name", PLAYED)
def test_a_later_lesson_is_typed_to_its_end(learner: Learner, name: str) -> None:
    lesson = next(one for one in SHELF.lessons if one.id == name)
    take(learner, name)
    for step, view in zip(lesson.steps, lesson_view(SHELF, lesson)["steps"], strict=True):
        expect(pane(learner).locator(".title")).to_have_text(step.title)
        play(learner, step, view["solution"])
        pane(learner).locator("footer .next").press("Enter")
        if step is not lesson.steps[-1]:
            expect(learner.page).to_have_url(re.compile(r"#(?!" + step.id + r"$)\w+"))
            is_set_up(learner)
    expect(pane(learner).locator(".title")).to_have_text("Lesson finished")
