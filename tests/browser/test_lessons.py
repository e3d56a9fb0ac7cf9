"""Lessons in the browser: read, predicted, typed, checked, and kept."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from sandbox.lessons.lesson import Step
from sandbox.lessons.shelf import open_shelf
from sandbox.lessons.view import lesson_view
from tests.browser.learner import Learner
from tests.browser.test_looks import SIZES, fits, show_pane, violations

SHELF = open_shelf()
FIRST = SHELF.lessons[0].id


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


def do(learner: Learner, action: dict[str, Any]) -> None:
    """What the instructions ask for, by hand."""
    if action["kind"] == "type":
        for entry in action["entries"]:
            learner.enter(*entry.split("\n"), *([""] if "\n" in entry else []))
            learner.wait()
    elif action["kind"] == "file":
        learner.tab(action["path"]).click()
        learner.save(action["text"])
    elif action["kind"] == "restart":
        learner.page.locator("#acts").get_by_role("button", name="Restart Python").press("Enter")
        learner.sees("memory is empty")
        learner.wait()


def play(learner: Learner, step: Step, actions: list[dict[str, Any]]) -> None:
    prediction = step.prediction
    if prediction:
        guess(learner, prediction.right)
    for action in actions:
        do(learner, action)
    expect(pane(learner).get_by_text("Step done.")).to_be_visible()
    if prediction:
        expect(pane(learner).locator(".settled h3")).to_have_text("You were right.")


def test_a_lesson_is_played_to_its_end_by_keyboard(learner: Learner) -> None:
    take(learner, FIRST)
    lesson = SHELF.lessons[0]
    for step, view in zip(lesson.steps, lesson_view(SHELF, lesson)["steps"], strict=True):
        expect(pane(learner).locator(".title")).to_have_text(step.title)
        play(learner, step, view["solution"])
        pane(learner).locator("footer .next").press("Enter")
        if step is not lesson.steps[-1]:
            expect(learner.page).to_have_url(re.compile(r"#(?!" + step.id + r"$)\w+"))
            is_set_up(learner)
    expect(pane(learner).locator(".title")).to_have_text("Lesson finished")
    learner.button("All lessons").press("Enter")
    expect(pane(learner).locator(".shelf li").first).to_contain_text("Done")


def test_what_comes_after_a_question_waits_for_a_prediction_or_a_skip(learner: Learner) -> None:
    take(learner, FIRST, "second")
    button = pane(learner).get_by_role("button", name="Type it for me")
    expect(button).to_be_disabled()
    expect(pane(learner).locator(".example")).to_contain_text("Predict first, or skip.")
    learner.button("Skip").click()
    expect(button).to_be_enabled()
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_pane_is_accessible_and_fits(browser: Browser, base_url: str, size: str, scheme: Any) -> None:
    width, height = SIZES[size]
    context = browser.new_context(base_url=base_url, viewport={"width": width, "height": height}, color_scheme=scheme)
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
