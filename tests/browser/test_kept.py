"""What a page shows when its server has died and another one goes on, and how a session is deleted."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.learner import Learner
from tests.browser.test_tutorial import EDITED
from tests.web.serving import sandbox
from tests.web.typists import kill

WIDTHS = (1440, 390)


def test_the_example_goes_on_in_the_open_page_when_the_server_was_killed(browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page()
    with sandbox(data_dir=str(tmp_path)) as first:
        page.goto(f"http://127.0.0.1:{first.port}/")
        learner = Learner(page).wait()
        learner.run("import changer, importlib", "changer.printer()")
        learner.save(EDITED)
        learner.run("changer.printer()")
        before = learner.transcript()
        learner.run("'the last that the journal must hold'")
        port = first.port
        kill(first)
    expect(page.locator("#status .word")).to_have_text("reconnecting")
    with sandbox(port=port, data_dir=str(tmp_path)):
        learner.wait()
        learner.sees("Python is back as it was")
        assert learner.transcript()[: len(before)] == before
        expect(learner.file_line).to_have_text("Saved. Edited since load 1: memory still runs load 1")
        learner.run("_ = importlib.reload(changer)", "changer.printer()")
        learner.prints("reloaded: After editing")
        expect(learner.file_line).to_have_text("Saved, loaded as load 2")
        expect(page.locator("#memory")).to_contain_text("load 2")
        page.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_session_is_deleted_in_two_steps_and_the_page_begins_anew(learner: Learner, width: int) -> None:
    learner.run("x = 17")
    learner.page.set_viewport_size({"width": width, "height": 844})
    learner.button("Keyboard shortcuts and help").click()
    learner.button("Delete my session").click()
    learner.button("Keep it").click()
    learner.button("Delete my session").click()
    with learner.page.expect_navigation():
        learner.button("Delete it for good").click()
    learner.wait()
    expect(learner.page.locator("#log .items")).to_be_empty()
    assert learner.page.locator("#notice").text_content() == ""
