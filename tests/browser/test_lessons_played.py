"""Lessons played to their end by keyboard alone, every kind of line typed key by key, on a desk and on a phone."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.lessons.view import lesson_view
from tests.browser.test_looks import SIZES, fits
from tests.browser.typist import Typed, Typist
from tests.lessons.ours import SHELF

PLAYED = ["imports-run-once", "the-example", "from-imports", "leftover-names", "old-objects"]
ON_A_PHONE = ["the-example", "old-objects"]


@pytest.fixture
def typist(size: str, browser: Browser, base_url: str, typed: Typed) -> Iterator[Typist]:
    width, height = SIZES[size]
    viewport: Any = {"width": width, "height": height}
    context = browser.new_context(base_url=base_url, viewport=viewport, reduced_motion="reduce")
    someone = Typist(context.new_page(), typed)
    yield someone
    assert someone.complaints == []
    context.close()


@pytest.mark.parametrize(("size", "id"), [*(("desk", id) for id in PLAYED), *(("phone", id) for id in ON_A_PHONE)])
def test_a_lesson_is_played_to_its_end_by_typing(id: str, typist: Typist) -> None:
    lesson = SHELF.lesson(id)
    assert lesson is not None
    typist.take(id)
    for step, view in zip(lesson.steps, lesson_view(SHELF, lesson)["steps"], strict=True):
        typist.play(step, view["solution"])
        assert fits_everywhere(typist.page)
        typist.go_on(lesson, step)
    expect(typist.pane).to_contain_text(f"You have done all {len(lesson.steps)} steps.")


def fits_everywhere(page: Page) -> bool:
    """In a window of each size."""
    before: Any = page.viewport_size
    found = []
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        found.append(fits(page))
    page.set_viewport_size(before)
    return all(found)
