"""A full server: who comes then sees where she stands, sees it change, and is let in without doing anything."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.learner import Learner
from tests.browser.test_looks import SIZES, fits, violations
from tests.web.serving import Server, sandbox


@pytest.fixture(scope="module")
def small() -> Iterator[Server]:
    with sandbox(capacity="1", waiting="3") as running:
        yield running


def open_page(browser: Browser, server: Server, size: str) -> Page:
    """In a browser of its own."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{server.port}/")
    return page


def test_newcomers_see_their_place_in_line_and_come_in_by_themselves(small: Server, browser: Browser) -> None:
    first = Learner(open_page(browser, small, "desk")).wait()
    pages = [open_page(browser, small, "phone"), open_page(browser, small, "desk")]
    places = [page.get_by_role("status").filter(has_text="in line") for page in pages]
    expect(places[0]).to_contain_text("You are 1st in line.")
    expect(places[1]).to_contain_text("You are 2nd in line.")
    expect(pages[0].locator("#status")).to_contain_text("waits for a place")
    assert [violations(page) for page in pages] == [[], []]
    assert [fits(page) for page in pages] == [True, True]
    first.enter("exit()")
    first.sees("Your code ended the interpreter")
    first.page.context.close()
    expect(places[0]).to_have_count(0)
    expect(places[1]).to_contain_text("You are 1st in line.")
    second = Learner(pages[0]).wait()
    second.page.locator("#panes").get_by_role("button", name="Console").click()
    expect(second.prompt).to_be_visible()
    second.run("6 * 7")
    second.sees("42")
    second.page.context.close()
    pages[1].context.close()
