"""Lessons in the browser: read, predicted, typed, checked, and kept."""

import re

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.learner import Learner
from tests.browser.test_connection import forget_session
from tests.browser.test_looks import SIZES, fits, show_pane, violations
from tests.lessons.ours import SHELF

FIRST = SHELF.lessons[0].id
PROGRESS = "localStorage.getItem('reload-sandbox-progress:/lessons')"


def take(learner: Learner, lesson: str, step: str = "") -> None:
    """Open a lesson at its address, and wait until its step is set up."""
    learner.page.goto(f"/lessons/{lesson}" + (f"#{step}" if step else ""))
    is_set_up(learner)


def is_set_up(learner: Learner) -> None:
    learner.wait()
    expect(learner.page.locator("#lesson .checks")).to_be_attached()
    expect(learner.page.locator("#lesson .busy, #lesson .away")).to_have_count(0)


def pane(learner: Learner) -> Locator:
    return learner.page.locator("#lesson")


def guess(learner: Learner, place: int) -> None:
    """Predict by keyboard: choose with the arrows, record with Enter."""
    choices = pane(learner).locator(".predict input")
    choices.first.focus()
    learner.page.keyboard.press("Space")
    for _ in range(place):
        learner.page.keyboard.press("ArrowDown")
    learner.page.keyboard.press("Enter")
    expect(pane(learner).get_by_text("Now run it and see.")).to_be_visible()


def test_what_comes_after_a_question_waits_for_a_prediction_or_a_skip(learner: Learner) -> None:
    take(learner, "from-imports", "reload")
    button = pane(learner).get_by_role("button", name="Type it for me")
    conclusion = pane(learner).get_by_text("The picture calls your printer stale")
    expect(conclusion).to_have_count(0)
    expect(button).to_be_disabled()
    expect(pane(learner).locator(".example").last).to_contain_text("Predict first, or skip.")
    pane(learner).get_by_role("button", name="Put it into the editor").click()
    expect(pane(learner).locator(".checks li")).to_have_count(0)
    expect(pane(learner).locator(".checks")).to_contain_text("once you have predicted, or skipped the question")
    learner.button("Skip").click()
    expect(button).to_be_enabled()
    expect(pane(learner).locator(".checks li.now")).to_be_visible()
    expect(conclusion).to_be_visible()
    button.click()
    expect(pane(learner).get_by_text("Step done.")).to_be_visible()
    expect(pane(learner).locator(".settled h3")).to_have_text("This is what happened.")


def test_the_console_is_never_closed(learner: Learner) -> None:
    take(learner, FIRST, "second")
    learner.run("import greeting")
    expect(pane(learner).locator(".settled")).to_contain_text("happened")


def test_a_mistake_that_is_known_gets_its_reply(learner: Learner) -> None:
    take(learner, FIRST)
    learner.run("import greeting.py")
    reply = pane(learner).get_by_role("status").filter(has_text="Leave out the")
    expect(reply.locator("code").first).to_have_text(".py")


def test_what_a_learner_writes_is_never_html(learner: Learner) -> None:
    take(learner, FIRST)
    evil = "<img src=x onerror=alert(1)>"
    learner.run(f"print({evil!r})", f"raise ValueError({evil!r})")
    learner.new_file("x<b>.txt")
    learner.sees(evil)
    assert learner.page.locator("img, #lesson script").count() == 0


def test_a_file_is_put_into_the_editor_and_saved(learner: Learner) -> None:
    take(learner, "the-example")
    pane(learner).get_by_role("button", name="Put it into the editor").first.click()
    expect(learner.tab("changer.py")).to_be_visible()
    expect(learner.file_line).to_contain_text(re.compile("^Saved"))


def test_the_solution_and_the_reset_ask_first(learner: Learner) -> None:
    take(learner, FIRST)
    learner.run("mine = 1")
    more = learner.button("More for this step")
    more.click()
    learner.button("Show solution").click()
    learner.button("Cancel").click()
    expect(pane(learner).locator(".solution")).to_have_count(0)
    more.click()
    learner.button("Show solution").click()
    learner.button("Show it").click()
    expect(pane(learner).locator(".solution")).to_contain_text("import greeting")
    more.click()
    learner.button("Reset this step").click()
    learner.button("Reset the step").click()
    learner.sees("memory is empty")
    is_set_up(learner)
    learner.run("mine")
    learner.sees("NameError")


def test_progress_and_place_outlive_the_page(learner: Learner) -> None:
    take(learner, FIRST)
    learner.run("import greeting")
    expect(pane(learner).get_by_text("Step done.")).to_be_visible()
    learner.button("Next step").click()
    expect(learner.page).to_have_url(re.compile("#second$"))
    learner.page.reload()
    is_set_up(learner)
    expect(pane(learner).locator(".title")).to_have_text("The second import")
    learner.page.locator("#crumbs").get_by_role("link", name="Lessons").click()
    expect(pane(learner).locator(".shelf li").first).to_contain_text("1 of 6 steps done")


def test_reading_back_leaves_python_where_it_is(learner: Learner) -> None:
    take(learner, FIRST, "second")
    pane(learner).get_by_role("link", name="Step 1: The first import").click()
    expect(pane(learner).locator(".away")).to_be_visible()
    expect(pane(learner).get_by_role("button", name="Type it for me")).to_be_disabled()
    learner.page.go_back()
    expect(pane(learner).locator(".away")).to_have_count(0)
    expect(pane(learner).locator(".title")).to_have_text("The second import")


def test_free_play_offers_lessons_and_has_its_files_back_after_them(learner: Learner) -> None:
    learner.save("mine = 1\n")
    expect(pane(learner).locator(".shelf li")).to_have_count(len(SHELF.lessons))
    pane(learner).get_by_role("link", name=SHELF.lessons[0].title).click()
    is_set_up(learner)
    expect(learner.tab("greeting.py")).to_be_visible()
    learner.page.locator("#crumbs").get_by_role("link", name="Lessons").click()
    learner.button("Leave to free play").click()
    learner.button("Leave").click()
    expect(learner.tab("changer.py")).to_be_visible()
    expect(learner.editor).to_contain_text("mine = 1")
    expect(learner.page).to_have_url(re.compile(r":\d+/$"))


def test_on_paper_stands_the_whole_lesson(learner: Learner) -> None:
    take(learner, FIRST)
    learner.page.emulate_media(media="print")
    learner.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for step in SHELF.lessons[0].steps:
        expect(learner.page.locator(".paper h2").filter(has_text=step.title)).to_be_visible()
    expect(learner.page.locator("#main")).to_be_hidden()


def test_the_top_of_a_lesson_fits_a_window_of_any_width(learner: Learner) -> None:
    longest = max(SHELF.lessons, key=lambda lesson: len(lesson.title))
    take(learner, longest.id)
    for width in (760, 820, 930, 1000):
        learner.page.set_viewport_size({"width": width, "height": 900})
        expect(learner.button("Keyboard shortcuts and help")).to_be_in_viewport(ratio=1)
        assert fits(learner.page), width


@pytest.mark.parametrize("size", SIZES)
def test_the_pane_is_accessible_and_fits(browser: Browser, base_url: str, size: str) -> None:
    width, height = SIZES[size]
    context = browser.new_context(base_url=base_url, viewport={"width": width, "height": height})
    learner = Learner(context.new_page())
    take(learner, FIRST, "second")
    assert violations(learner.page) == [] and fits(learner.page)
    guess(learner, 0)
    pane(learner).get_by_role("button", name="Type it for me").click()
    show_pane(learner, "Lesson")
    expect(pane(learner).locator(".settled h3")).to_have_text("It went another way.")
    assert violations(learner.page) == [] and fits(learner.page)
    learner.button("More for this step").click()
    learner.button("Show solution").click()
    assert violations(learner.page) == []
    learner.button("Show it").click()
    if learner.button("Show the picture").is_visible():
        learner.button("Show the picture").click()
        assert violations(learner.page) == [] and fits(learner.page)
    learner.page.goto("/")
    learner.page.locator("#lesson .title").wait_for(state="attached")
    assert violations(learner.page) == [] and fits(learner.page)
    context.close()


def test_a_session_remembers_what_a_browser_forgets(learner: Learner) -> None:
    take(learner, FIRST)
    learner.run("import greeting")
    expect(pane(learner).get_by_text("Step done.")).to_be_visible()
    assert learner.page.evaluate(PROGRESS)
    learner.page.evaluate(PROGRESS.replace("get", "remove"))
    learner.page.reload()
    is_set_up(learner)
    learner.page.locator("#crumbs").get_by_role("link", name="Lessons").click()
    expect(pane(learner).locator(".shelf li").first).to_contain_text("1 of 6 steps done")


def test_the_index_tells_how_far_each_lesson_is_and_where_to_go_on(learner: Learner) -> None:
    learner.page.goto("/lessons/")
    rows = learner.page.locator(".lessons li")
    expect(rows).to_have_count(len(SHELF.lessons))
    expect(rows.first).to_contain_text("6 steps")
    expect(learner.button("Go on")).to_have_count(0)
    take(learner, FIRST)
    learner.run("import greeting")
    expect(pane(learner).get_by_text("Step done.")).to_be_visible()
    learner.page.goto("/lessons/")
    expect(rows.first).to_contain_text("1 of 6 steps done")
    assert violations(learner.page) == []
    learner.page.get_by_role("link", name=f"Go on: {SHELF.lessons[0].title}").click()
    is_set_up(learner)
    expect(pane(learner).locator(".title")).to_have_text("The second import")


def test_a_session_that_ends_in_a_lesson_takes_nothing_along(learner: Learner) -> None:
    learner.save("mine = 1\n")
    take(learner, "the-example", "edit")
    learner.save("message = 'half done'\n")
    forget_session(learner)
    learner.page.reload()
    learner.sees("Your earlier session has ended. This step is set up again")
    notice = learner.page.get_by_role("alert")
    expect(notice).to_contain_text("What you had written in changer.py is still in this browser.")
    expect(learner.editor).to_contain_text("First version")
    learner.button("Bring it back").click()
    expect(learner.editor).to_contain_text("half done")
    expect(notice).to_have_count(0)
    is_set_up(learner)
    learner.page.locator("#crumbs").get_by_role("link", name="Lessons").click()
    learner.button("Leave to free play").click()
    learner.button("Leave").click()
    expect(notice).to_contain_text("Its file is still in this browser")
    learner.button("Bring the files back").click()
    expect(learner.editor).to_contain_text("mine = 1")


def test_what_was_not_saved_in_free_play_comes_back_after_a_lesson(learner: Learner) -> None:
    learner.edit("not = 'saved yet'\n")
    pane(learner).get_by_role("link", name=SHELF.lessons[0].title).click()
    is_set_up(learner)
    learner.page.locator("#crumbs").get_by_role("link", name="Lessons").click()
    learner.button("Leave to free play").click()
    learner.button("Leave").click()
    expect(learner.editor).to_contain_text("not = 'saved yet'")


def test_a_step_that_is_begun_again_forgets_what_was_not_saved(learner: Learner) -> None:
    take(learner, FIRST)
    learner.edit("broken = (\n")
    learner.button("More for this step").click()
    learner.button("Reset this step").click()
    learner.button("Reset the step").click()
    expect(learner.editor).to_contain_text("greeting.py is running")
    expect(learner.editor).not_to_contain_text("broken")


def test_a_key_leads_from_a_step_that_is_done_to_the_next(learner: Learner) -> None:
    take(learner, FIRST)
    learner.page.keyboard.press("Alt+0")
    expect(pane(learner).locator(".title")).to_be_focused()
    learner.run("import greeting")
    expect(pane(learner).get_by_text("Step done.")).to_be_visible()
    learner.page.keyboard.press("Alt+0")
    expect(learner.button("Next step")).to_be_focused()
    learner.button("Keyboard shortcuts and help").press("Enter")
    expect(learner.page.get_by_role("dialog")).to_contain_text("Go to the lesson")


def test_what_has_come_of_an_entry_is_brought_into_sight(learner: Learner) -> None:
    learner.page.set_viewport_size({"width": 1440, "height": 480})
    take(learner, "the-example", "use")
    learner.run("import changer", "printer()")
    expect(pane(learner).locator(".reply")).to_be_in_viewport()
    learner.run("changer.printer()")
    expect(pane(learner).locator(".passed")).to_be_in_viewport()


def test_a_guess_hands_the_focus_on(learner: Learner) -> None:
    take(learner, FIRST, "second")
    guess(learner, 0)
    expect(pane(learner).locator("section.predict")).to_be_focused()


def test_a_phone_tells_under_the_console_how_the_step_stands(learner: Learner) -> None:
    learner.page.set_viewport_size({"width": 390, "height": 844})
    take(learner, FIRST, "second")
    brief = learner.page.locator(".brief")
    expect(brief).to_be_hidden()
    show_pane(learner, "Console")
    expect(brief).to_contain_text("Predict first")
    brief.click()
    guess(learner, 1)
    show_pane(learner, "Console")
    expect(brief).to_contain_text("0 of 1")
    expect(brief).to_contain_text("a second time")
    learner.run("import greeting.py")
    learner.run("import greeting")
    expect(brief).to_contain_text("You were right.")
    assert violations(learner.page) == [] and fits(learner.page)
    brief.click()
    expect(pane(learner).locator(".settled")).to_be_in_viewport()


def test_a_phone_goes_on_to_the_next_step_where_nothing_is_left_to_read(learner: Learner) -> None:
    learner.page.set_viewport_size({"width": 390, "height": 844})
    take(learner, FIRST)
    show_pane(learner, "Console")
    learner.run("import greeting")
    brief = learner.page.locator(".brief")
    expect(brief).to_contain_text("Go on to the next.")
    brief.click()
    is_set_up(learner)
    expect(pane(learner).locator(".title")).to_have_text("The second import")
    expect(pane(learner).locator(".title")).to_be_in_viewport()


def test_a_step_shows_the_file_that_it_brings(learner: Learner) -> None:
    take(learner, "leftover-names", "restart")
    learner.button("Restart Python").first.click()
    learner.sees("memory is empty")
    learner.wait().run("import greet, importlib", 'greet.greet_all(["Ada"])')
    expect(pane(learner).get_by_text("Step done.")).to_be_visible()
    learner.button("Next step").click()
    expect(learner.tab("limits.py")).to_have_attribute("aria-selected", "true")


def test_who_asks_is_given_the_hints_of_the_checks_too(learner: Learner) -> None:
    take(learner, "leftover-names", "clean")
    learner.button("Hint").click()
    expect(pane(learner).locator(".help .hint")).to_contain_text("works on a name inside a module")
    expect(learner.button("Hint")).to_be_disabled()
