"""Lessons beyond the tutorial, by keyboard alone: threads, packages, copies on the disk, a plugin of one's own."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from sandbox.lessons.view import lesson_view
from tests.browser.test_looks import SIZES
from tests.browser.typist import Typed, Typist
from tests.lessons.ours import SHELF

PLAYED = ["lying-traceback", "packages", "code-that-is-running", "who-holds-it", "caches"]


class Exact(Typist):
    """Ends a file with a newline, as it is shown: Python's copies on the disk know the length of a file."""

    def write(self, path: str, text: str) -> None:
        super().write(path, text)
        if not text.rstrip("\n").split("\n")[-1].startswith(" "):
            self.press("Alt+1", "Control+End", "Enter", "Control+s")
            expect(self.file_line).to_contain_text("Saved")


@pytest.fixture
def typist(browser: Browser, base_url: str, typed: Typed) -> Iterator[Typist]:
    width, height = SIZES["desk"]
    viewport: Any = {"width": width, "height": height}
    context = browser.new_context(base_url=base_url, viewport=viewport, reduced_motion="reduce")
    someone = Exact(context.new_page(), typed)
    yield someone
    assert someone.complaints == []
    context.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", PLAYED)
def test_a_later_lesson_is_played_to_its_end_by_typing(name: str, typist: Typist) -> None:
    lesson = SHELF.lesson(name)
    assert lesson is not None
    typist.take(name)
    for step, view in zip(lesson.steps, lesson_view(SHELF, lesson)["steps"], strict=True):
        typist.play(step, view["solution"])
        typist.go_on(lesson, step)
    expect(typist.pane).to_contain_text(f"You have done all {len(lesson.steps)} steps.")
