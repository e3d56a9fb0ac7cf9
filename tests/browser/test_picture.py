"""The memory picture, beside what the learner does."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.learner import FRAME, Learner
from tests.browser.test_looks import SIZES, fits, show_pane, violations

FIRST = 'message = "First version"\n\n\ndef printer():\n    print(message)\n'
EDITED = 'message = "After editing"\n\n\ndef printer():\n    print("reloaded:", message)\n'
WHY = (
    "from changer import printer copied a reference to the function of load 1. The reload made a new function and put "
    "it in changer. Nothing told __main__."
)
CURE = "To get the new one, run from changer import printer again, or call changer.printer()."

ENDS = """() => {
  const root = document.querySelector(".picture").getBoundingClientRect();
  const far = [];
  for (const wire of document.querySelectorAll(".wire")) {
    const port = document.querySelector(`[data-key="${CSS.escape(wire.dataset.row)}"] > .port`).getBoundingClientRect();
    const card = document.querySelector(`.thing[data-key="${CSS.escape(wire.dataset.to)}"]`).getBoundingClientRect();
    const start = wire.getPointAtLength(0), end = wire.getPointAtLength(wire.getTotalLength());
    const [x, y] = [root.x + end.x, root.y + end.y];
    const off = Math.hypot(
      root.x + start.x - port.x - port.width / 2,
      root.y + start.y - port.y - port.height / 2,
    );
    const gap = Math.max(card.left - x, x - card.right, card.top - y, y - card.bottom, 0);
    if (off > 6 || gap > 8) far.push([wire.dataset.row, off, gap]);
  }
  return far;
}"""
"""The arrows of which an end is not at its row or not at its card: the row, and how far both ends are off."""

SPILT = """() => [...document.querySelectorAll(".thing")].flatMap(card =>
  [...card.querySelectorAll("*:not(.port, .sr)")]
    .filter(part => part.getBoundingClientRect().right > card.getBoundingClientRect().right)
    .map(part => part.textContent))"""
"""What reaches over the edge of a card."""

SETTLED = """() => {
  const picture = document.querySelector(".picture");
  return !picture || (!picture.ariaBusy && !picture.getAnimations({ subtree: true }).length);
}"""
"""All of the picture is there, and nothing fades."""
IN_PLACE = f"() => ({SETTLED})() && !({ENDS})().length"
"""And the arrows end where they should: a page that was made wider or narrower notes it in its next frame."""
WATCH = f"""() => {{
  const ends = {ENDS};
  window.frames_seen = 0; window.torn = []; window.moved = new Set();
  const look = () => {{
    window.frames_seen += 1;
    window.torn.push(...ends());
    const stale = document.querySelector(".thing.s-stale");
    if (stale) window.moved.add(stale.style.transform);
    window.watching = requestAnimationFrame(look);
  }};
  look();
}}"""


INTERRUPTS = """() => {
  for (let id = 0; id < 200; id++) sockets.at(-1).send(JSON.stringify({ kind: "interrupt", run: 2, id: `i${id}` }));
}"""
"""So many inputs that come to nothing; only the last 200 keep their pictures."""


def pane(learner: Learner) -> Locator:
    return learner.page.locator(".memory")


def card(learner: Learner, title: str, load: int) -> Locator:
    """The card with this title, of this load."""
    heading = learner.page.locator("h3").filter(has_text=re.compile(rf"^\s*{re.escape(title)}\s+load {load}\s*$"))
    return learner.page.locator(".things > .thing").filter(has=heading)


def open_answer(learner: Learner) -> None:
    """All of it, where the pane has room for its first line only."""
    expect(learner.page.locator(".inspector")).to_be_visible()
    more = learner.page.locator(".inspector .link.whole")
    if more.is_visible():
        more.click()


def play_from_import(learner: Learner) -> Learner:
    """The tutorial's example, with a name taken by a from-import."""
    show_pane(learner, "Code")
    learner.save(FIRST)
    show_pane(learner, "Console")
    learner.run("import changer, importlib", "from changer import printer")
    show_pane(learner, "Code")
    learner.save(EDITED)
    show_pane(learner, "Console")
    learner.run("importlib.reload(changer)")
    show_pane(learner, "Memory")
    return learner


@pytest.fixture
def told(learner: Learner) -> Learner:
    return play_from_import(learner)


def test_before_the_first_entry_the_pane_says_what_it_is_for(learner: Learner) -> None:
    expect(pane(learner)).to_contain_text("Run an entry, and this shows what is in memory")


def test_the_old_function_is_seen_with_its_arrow_and_the_reason(told: Learner) -> None:
    old, new = card(told, "printer()", 1), card(told, "printer()", 2)
    expect(old).to_have_class(re.compile(r"\bs-stale\b"))
    expect(old.locator("pre")).to_have_text("print(message)\n")
    expect(old).to_contain_text("__globals__")
    expect(new).to_have_class(re.compile(r"\bs-new\b"))
    arrow = told.page.locator(f'.wire.s-stale[data-to="{old.get_attribute("data-key")}"]')
    expect(arrow).to_have_count(1)
    assert (arrow.get_attribute("data-row") or "").endswith(".printer")
    answer = told.page.locator(".inspector")
    expect(answer).to_contain_text("Why is __main__.printer stale?")
    expect(answer.locator(".because")).to_have_text(WHY)
    expect(answer.locator(".so")).to_have_text("So it runs the old code on the new values.")
    expect(answer.locator(".cure")).to_have_text(CURE)
    expect(answer).to_contain_text("Kept alive by")


def test_what_the_answer_advises_cures(told: Learner) -> None:
    told.run("from changer import printer")
    expect(told.log.locator(".happened").last).to_contain_text("__main__.printer is no longer stale.")
    expect(told.page.locator(".thing.s-stale")).to_have_count(0)
    told.run("printer()")
    told.sees("reloaded: After editing")


def test_who_keeps_an_object_alive_is_asked_anew_after_each_entry(told: Learner) -> None:
    kept = told.page.locator(".inspector dd").last
    told.run("printer")
    expect(kept).to_have_text("_ and __main__.printer")
    told.run("more = [printer]")
    expect(kept).to_have_text("_, __main__.printer and more[0]")
    told.run("del printer, more")
    expect(told.page.locator(".inspector")).to_have_count(0)


def test_the_words_of_the_picture_are_explained_in_a_dialog(told: Learner) -> None:
    page = told.page
    button = page.locator(".legend").get_by_role("button")
    button.click()
    dialog = page.get_by_role("dialog", name="How to read the picture")
    for word in ("Stale", "Dotted grey line", "load 1 of 2", "Kept alive by", "dunder names"):
        expect(dialog.get_by_role("term").filter(has_text=word)).to_be_visible()
    assert accessible(page)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()
    expect(page.locator(".inspector")).to_be_visible()


def test_the_console_says_what_happened_and_its_lines_lead_to_their_pictures(told: Learner) -> None:
    lines = told.log.locator(".happened")
    expect(lines.first).to_contain_text("changer ran for the first time: message and printer new.")
    expect(lines.last).to_have_text(
        "What happened changer ran again in the same module object: message and printer rebound. "
        "__main__.printer is now stale. Why?"
    )
    button = told.page.get_by_label("Show memory after step 2")
    button.click()
    expect(button).to_have_attribute("aria-current", "step")
    expect(pane(told).locator(".after")).to_have_text("after from changer import printer")
    expect(card(told, "printer()", 1)).to_have_count(1)
    expect(card(told, "printer()", 2)).to_have_count(0)


def test_time_is_travelled_back_and_forth_with_the_keyboard(told: Learner) -> None:
    slider = told.page.get_by_label("Time travel")
    slider.focus()
    told.page.keyboard.press("Home")
    expect(pane(told).locator(".after")).to_have_text("after import changer, importlib")
    expect(told.page.locator(".thing.s-stale")).to_have_count(0)
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^Step 1 of 4: import changer, importlib"))
    told.page.keyboard.press("End")
    expect(card(told, "printer()", 1)).to_have_class(re.compile(r"\bs-stale\b"))
    told.page.keyboard.press("Home")
    told.run("printer()")
    expect(pane(told).locator(".after")).to_have_text("after printer()")


def test_the_text_says_what_the_picture_shows_also_on_paper(told: Learner) -> None:
    told.button("Switch to dark colours").click()
    told.page.emulate_media(media="print")
    told.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    paper = told.page.locator(".paper")
    expect(paper.locator("pre").first).to_have_text(EDITED)
    expect(paper.locator(".log .row").last).to_have_text(">>> importlib.reload(changer)")
    expect(paper.locator(".step").first).to_be_hidden()
    expect(paper.locator(".twin")).to_contain_text(WHY)
    expect(told.page.locator("#main")).to_be_hidden()
    assert told.page.evaluate("getComputedStyle(document.body).colorScheme") == "light"
    told.page.evaluate("dispatchEvent(new Event('afterprint'))")
    told.page.emulate_media(media="screen")
    told.button("Text").click()
    text = told.page.locator(".twin")
    expect(text).to_contain_text("printer refers to the function printer(), load 1: Stale")
    expect(text).to_contain_text(WHY)
    expect(text).to_contain_text("message = 'After editing': Rebound, was 'First version'")


def test_after_a_reconnect_and_after_loading_the_page_again_it_is_the_same_picture(told: Learner) -> None:
    question = told.page.locator(".inspector h3")
    told.button("Close the answer").click()
    told.button("Text").click()
    text = told.page.locator(".twin").inner_text()
    before = told.sockets()
    told.cut()
    told.reconnects(before)
    told.wait()
    assert told.page.locator(".twin").inner_text() == text
    told.button("Picture").click()
    told.run("printer()")
    expect(pane(told).locator(".after")).to_have_text("after printer()")
    expect(question).to_have_count(0)  # closed is closed, also after a reconnect
    told.button("Text").click()
    text = told.page.locator(".twin").inner_text()
    happened = told.log.locator(".happened").all_inner_texts()
    told.page.reload()
    told.wait()
    expect(question).to_have_text("Why is __main__.printer stale?")
    told.button("Text").click()
    expect(told.page.locator(".twin")).to_have_text(re.compile("So it runs the old code on the new values"))
    assert told.page.locator(".twin").inner_text() == text
    expect(told.log.locator(".happened")).to_have_count(len(happened))
    assert told.log.locator(".happened").all_inner_texts() == happened
    told.page.get_by_label("Show memory after step 3").click()
    expect(pane(told).locator(".after")).to_have_text("after changer.py saved")
    expect(told.page.locator(".twin")).not_to_contain_text("Stale")
    told.button("Picture").click()
    expect(card(told, "changer", 1)).to_contain_text("its file was edited since load 1")


def test_a_picture_that_is_no_longer_kept_leaves_the_oldest_that_is_and_says_so(learner: Learner) -> None:
    learner.run("import changer", "x = 2")
    learner.page.evaluate(INTERRUPTS)
    learner.run("x = 3", "x = 4")
    learner.page.reload()
    learner.wait()
    learner.page.get_by_label("Time travel").press("Home")
    expect(pane(learner).get_by_role("status")).to_contain_text("is no longer kept, nor are those before it")
    expect(pane(learner).locator(".after")).to_have_text("after x = 3")
    expect(learner.log.locator(".notice")).to_have_count(0)
    assert accessible(learner.page)
    learner.run("x = 5")
    expect(pane(learner).get_by_role("status")).to_have_count(0)


def test_a_restart_empties_the_picture_and_the_one_before_can_be_travelled_to(told: Learner) -> None:
    told.page.locator("#acts").get_by_text("Restart Python").click()
    told.sees("started, memory is empty")
    expect(told.page.locator(".thing")).to_have_count(0)
    empty = pane(told).locator(".empty")
    expect(empty).to_contain_text("Memory is empty: nothing has run in this Python yet.")
    told.button("Text").click()
    expect(empty).to_be_visible()
    expect(told.page.locator(".twin")).to_be_hidden()
    told.button("Picture").click()
    told.page.get_by_label("One step back").click()
    expect(empty).to_have_count(0)
    expect(card(told, "printer()", 1)).to_have_class(re.compile(r"\bs-stale\b"))


def test_the_gutter_marks_what_memory_does_not_run(learner: Learner) -> None:
    learner.save(FIRST)
    learner.run("import changer")
    expect(learner.page.locator(".cm-marks .mark")).to_have_count(0)
    learner.edit(EDITED)
    marks = learner.page.locator(".cm-marks .mark")
    expect(marks).to_have_count(2)
    expect(marks.first).to_have_class("mark changed")
    learner.page.keyboard.press("Control+s")
    learner.wait().run("import importlib; importlib.reload(changer)")
    expect(marks).to_have_count(0)


def test_the_source_of_a_load_is_shown_beside_the_file_and_one_click_leads_back(told: Learner) -> None:
    open_answer(told)
    told.button("Source of changer load 1").click()
    assert told.text() == FIRST
    expect(told.page.locator("#source")).to_contain_text("changer.py as load 1 ran it (import)")
    told.editor.focus()
    told.page.keyboard.insert_text("x")
    assert told.text() == FIRST
    told.page.get_by_label("Load", exact=True).select_option("2")
    expect(told.page.locator("#source")).to_contain_text("changer.py as load 2 ran it (reload)")
    told.button("Back to the file").click()
    assert told.text() == EDITED
    told.button("Show load 1").click()
    told.page.keyboard.press("Escape")
    assert told.text() == EDITED


def test_a_failed_reload_says_that_nothing_was_rolled_back(learner: Learner) -> None:
    learner.save('limit = 10\nname = "old"\n')
    learner.run("import changer, importlib")
    learner.save('limit = 20\n1 / 0\nname = "new"\n')
    learner.run("importlib.reload(changer)")
    expect(learner.log.locator(".happened").last).to_contain_text(
        "changer ran again in the same module object and stopped with ZeroDivisionError: limit rebound; "
        "nothing was rolled back."
    )
    expect(pane(learner)).to_contain_text("half new: load 2 stopped with an error")
    expect(learner.file_line).to_contain_text("Load 2 of it stopped with an error")


def test_that_a_load_failed_is_told_beside_the_answer_about_what_it_made_stale(learner: Learner) -> None:
    learner.save("limit = 10\nname = 'old'\n")
    learner.run("import changer, importlib", "from changer import limit")
    learner.save("limit = 20\n1 / 0\nname = 'new'\n")
    learner.run("importlib.reload(changer)")
    expect(learner.page.locator(".inspector")).to_contain_text("Why is __main__.limit stale?")
    expect(pane(learner).locator(".happened")).to_contain_text("stopped with ZeroDivisionError")
    expect(pane(learner).locator(".happened")).to_be_visible()
    learner.run("name = changer.name")
    expect(pane(learner).locator(".happened")).to_have_count(0)


def test_why_a_name_is_left_over_is_told_at_once(learner: Learner) -> None:
    learner.save("greeting = 'Hi'\n")
    learner.run("import changer, importlib")
    learner.save("other = 1\n")
    learner.run("importlib.reload(changer)")
    answer = learner.page.locator(".inspector")
    expect(answer).to_contain_text("Why is changer.greeting still there?")
    expect(answer.locator(".cure")).to_have_text("del changer.greeting takes it out.")
    expect(answer.locator(".cure")).to_be_in_viewport(ratio=1)


def test_the_picture_of_a_save_says_that_the_file_is_another_than_what_ran(told: Learner) -> None:
    told.page.get_by_label("Show memory after step 3").click()
    module = card(told, "changer", 1)
    expect(module).to_contain_text("its file was edited since load 1")
    told.page.get_by_label("One step back").click()
    expect(module).not_to_contain_text("edited")


def test_the_timeline_names_its_steps_also_beside_the_text(told: Learner) -> None:
    names = told.page.locator(".track li")
    expect(names).to_have_text(["import", "from", "save", "reload"])
    told.button("Text").click()
    expect(told.page.locator(".twin")).to_be_visible()
    told.page.wait_for_function(FRAME)
    expect(names).to_have_text(["import", "from", "save", "reload"])


def test_who_closes_an_answer_with_the_keyboard_is_back_at_what_she_asked_about(told: Learner) -> None:
    close, name = told.button("Close the answer"), told.page.locator(".thing .name").get_by_text("message")
    for key in ("Enter", "Escape"):
        name.focus()
        told.page.keyboard.press("Enter")
        expect(told.page.locator(".inspector h3")).to_have_text("What happened to changer.message?")
        close.focus()
        told.page.keyboard.press(key)
        expect(told.page.locator(".inspector")).to_have_count(0)
        expect(name).to_be_focused()


def test_long_names_stay_on_their_cards(learner: Learner) -> None:
    name = "a_module_with_a_rather_long_name"
    learner.new_file(f"{name}.py")
    learner.save(f"def {name}_of_a_function(): return {name}_of_a_value.with_an_attribute\n")
    learner.run(f"import {name}")
    expect(card(learner, f"{name}_of_a_function()", 1)).to_be_visible()
    assert learner.page.evaluate(SPILT) == []


def test_deeply_indented_code_is_broken_between_its_words(learner: Learner) -> None:
    classes = "".join(f"{'    ' * depth}class {name}:\n" for depth, name in enumerate("ABCD"))
    learner.save(f"{classes}{'    ' * 4}def f(self):\n{'    ' * 5}return 1\n")
    learner.run("import changer")
    line = card(learner, "A", 1).locator("pre span").filter(has_text="def f(self):")
    assert line.evaluate("line => line.offsetHeight / parseFloat(getComputedStyle(line).lineHeight)") < 3
    expect(card(learner, "A", 1).locator("pre")).to_have_text(re.compile(r"\n {16}def f\(self\):\n {20}return 1\n"))


def test_an_answer_about_a_module_with_a_very_long_name_stays_in_its_box(learner: Learner) -> None:
    name = "m" * 80
    learner.new_file(f"{name}.py")
    learner.save("def f(): pass\n")
    learner.run(f"import {name}, importlib", f"from {name} import f", f"importlib.reload({name})")
    open_answer(learner)
    expect(learner.button(f"Source of {name} load 1")).to_be_visible()
    assert pane(learner).locator(".answer").evaluate("box => box.scrollWidth <= box.clientWidth")


def test_an_import_that_runs_nothing_says_so(learner: Learner) -> None:
    learner.run("import changer", "import changer", "import changer")
    expect(learner.log.locator(".happened")).to_have_count(3)
    expect(learner.log.locator(".happened").last).to_contain_text("Nothing ran: changer was already in sys.modules")


def test_who_holds_an_object_is_asked_of_python_itself(told: Learner) -> None:
    told.run("keeper = lambda kept=printer: kept")
    card(told, "printer()", 1).get_by_role("button", name="printer()").click()
    expect(told.page.locator(".inspector")).to_contain_text(re.compile(r"Kept alive by.*keeper", re.DOTALL))


def test_the_keyboard_goes_everywhere(told: Learner) -> None:
    page = told.page
    page.keyboard.press("Alt+3")
    expect(page.locator(".picture button:focus")).to_have_count(1)
    page.keyboard.press("Home")
    expect(page.locator(".picture button:focus")).to_have_text("sys.modules")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".picture button:focus")).to_have_text("__main__")
    page.keyboard.press("Enter")
    expect(page.locator(".inspector")).to_contain_text("The names of the console.")
    page.keyboard.press("Escape")
    expect(page.locator(".inspector")).to_have_count(0)
    page.keyboard.press("Alt+2")
    expect(told.prompt).to_be_focused()


def test_arrows_stay_on_their_cards_while_these_glide(told: Learner) -> None:
    page = told.page
    page.get_by_label("One step back").click()
    page.get_by_label("One step back").click()
    page.wait_for_function(SETTLED)
    page.evaluate(WATCH)
    page.get_by_label("One step forward").click()
    page.get_by_label("One step forward").click()
    page.wait_for_function("() => window.moved.size > 2")
    page.wait_for_function(SETTLED)
    page.evaluate("cancelAnimationFrame(window.watching)")
    assert page.evaluate("window.torn") == []
    assert page.evaluate(ENDS) == []


def test_a_picture_of_many_cards_is_whole_after_each_step(learner: Learner) -> None:
    page = learner.page
    text = "".join(f"def f{number}(): pass\\n" for number in range(20))
    learner.run("import importlib", f"text = '{text}'")
    learner.enter("for n in range(4):", "    with open(f'mod{n}.py', 'w') as file: _ = file.write(text)", "")
    learner.run("import mod0, mod1, mod2, mod3", "old = mod0.f0, mod0.f1", "importlib.reload(mod0)")
    expect(page.locator(".thing.s-stale")).to_have_count(2)
    for step in ("One step back", "One step back", "One step forward", "One step forward"):
        page.get_by_label(step).click()
    expect(page.locator(".thing.s-stale")).to_have_count(2)
    expect(page.locator(".thing[inert]")).to_have_count(0)
    expect(page.locator(".wire")).to_have_count(page.locator(".port").count())
    assert page.locator(".thing").count() > 80
    page.wait_for_function(IN_PLACE)


@pytest.fixture(params=SIZES)
def view(request: pytest.FixtureRequest, browser: Browser, base_url: str) -> Any:
    width, height = SIZES[request.param]
    context = browser.new_context(base_url=base_url, viewport={"width": width, "height": height})
    someone = Learner(context.new_page()).open()
    yield play_from_import(someone)
    assert someone.complaints == []
    context.close()


def test_it_is_accessible_and_fits(view: Learner) -> None:
    page = view.page
    assert_told_at_once(view)
    assert accessible(page)
    open_answer(view)
    assert accessible(page)
    view.button("Text").click()
    assert accessible(page)
    view.button("Picture").click()
    show_pane(view, "Console")
    assert accessible(page)
    page.get_by_label("Show memory after step 3").click()
    expect(pane(view)).to_be_visible()
    expect(pane(view).locator(".after")).to_have_text("after changer.py saved")
    show_pane(view, "Code")
    view.button("Show load 1").click()
    assert accessible(page)


def assert_told_at_once(learner: Learner) -> None:
    """Cause, consequence, cure and the stale card are in sight, none over another."""
    answer, old = learner.page.locator(".inspector"), card(learner, "printer()", 1)
    expect(answer.locator(".because")).to_have_text(WHY)
    for one in (answer.locator(".because"), answer.locator(".so"), answer.locator(".cure"), old):
        expect(one).to_be_in_viewport(ratio=1)
    if learner.page.locator("#panes").is_hidden():  # there the cards stand beside each other
        for name in ("changer", "printer()"):  # the title, or what stays of one that is cut off, but for its border
            head = learner.page.locator(".heads > p").filter(has_text=f"{name} · load 2")
            expect(head.or_(card(learner, name, 2).locator("h3")).first).to_be_in_viewport(ratio=0.9)
    above, below = old.bounding_box(), answer.bounding_box()
    assert above is not None and below is not None
    assert above["y"] + above["height"] <= below["y"]


def accessible(page: Page) -> bool:
    page.wait_for_function(SETTLED)
    assert violations(page) == []
    return fits(page)


@pytest.fixture
def phone(browser: Browser, base_url: str) -> Iterator[Learner]:
    context = browser.new_context(base_url=base_url, viewport={"width": 390, "height": 844})
    someone = Learner(context.new_page()).open()
    show_pane(someone, "Console")
    yield someone
    assert someone.complaints == []
    context.close()


def test_a_phone_tells_that_the_picture_has_changed(phone: Learner) -> None:
    tab = phone.page.locator("#panes").get_by_role("button", name="Memory")
    phone.run("import changer")
    expect(tab).to_have_text(re.compile("news"))
    tab.click()
    expect(tab).not_to_have_text(re.compile("news"))
    expect(phone.page.locator(".thing")).not_to_have_count(0)
    play_from_import(phone)
    expect(card(phone, "printer()", 1)).to_be_in_viewport()


def test_a_phone_opens_at_the_newest_picture_and_keeps_the_one_travelled_to_until_there_is_news(phone: Learner) -> None:
    after, count = pane(phone).locator(".after"), pane(phone).locator(".count")
    phone.run("import changer, importlib", "from changer import printer", "importlib.reload(changer)")
    show_pane(phone, "Memory")
    expect(after).to_have_text("after importlib.reload(changer)")
    expect(count).to_have_text("step 3 of 3")
    phone.page.get_by_label("Time travel").press("Home")
    for elsewhere in ("Console", "Code", "Lesson"):
        show_pane(phone, elsewhere)
        show_pane(phone, "Memory")
        expect(count).to_have_text("step 1 of 3")
    show_pane(phone, "Console")
    phone.run("x = 1")
    show_pane(phone, "Memory")
    expect(after).to_have_text("after x = 1")
    expect(count).to_have_text("step 4 of 4")


def test_a_phone_s_console_leads_to_why_something_is_old(phone: Learner) -> None:
    play_from_import(phone)
    phone.button("Close the answer").click()
    show_pane(phone, "Console")
    phone.run("printer()")
    phone.button("Why?").click()
    expect(pane(phone).locator(".after")).to_have_text("after importlib.reload(changer)")
    expect(phone.page.locator(".inspector .because")).to_have_text(WHY)
    phone.button("Close the answer").click()
    show_pane(phone, "Console")
    phone.button("Why?").click()
    expect(phone.page.locator(".inspector .because")).to_have_text(WHY)
    expect(card(phone, "printer()", 1)).to_be_in_viewport()


def test_a_phone_shows_the_module_whose_reload_failed(phone: Learner) -> None:
    play_from_import(phone)
    show_pane(phone, "Code")
    phone.save("message = 1\n1 / 0\n")
    show_pane(phone, "Console")
    phone.run("del printer", "importlib.reload(changer)")
    show_pane(phone, "Memory")
    expect(pane(phone).get_by_text("half new: load 3 stopped with an error")).to_be_in_viewport(ratio=1)


def test_a_phone_names_the_steps_on_its_timeline_and_the_card_that_is_cut_off(phone: Learner) -> None:
    play_from_import(phone)
    expect(phone.page.locator(".track li")).to_have_text(["import", "from", "save", "reload"])
    head, rows = phone.page.locator(".heads p"), card(phone, "changer", 2).locator(".slot")
    expect(card(phone, "changer", 2).locator("h3")).to_be_in_viewport()
    expect(head).to_have_count(0)
    rows.last.evaluate("row => row.scrollIntoView({ block: 'start' })")
    expect(head).to_have_text("changer · load 2")
    expect(head).to_be_in_viewport()
    phone.button("Text").click()
    expect(head).to_have_count(0)


def test_the_picture_is_there_in_a_window_of_any_width(told: Learner) -> None:
    for width in (760, 820, 930, 1280):
        told.page.set_viewport_size({"width": width, "height": 900})
        expect(card(told, "printer()", 1)).to_be_visible()
        told.page.wait_for_function(IN_PLACE)
        assert fits(told.page), width
    for width in (360, 320):
        told.page.set_viewport_size({"width": width, "height": 640})
        for name in ("Lesson", "Code", "Console", "Memory"):
            show_pane(told, name)
            assert fits(told.page), (width, name)


def test_at_twice_the_size_the_answer_leaves_room_for_the_timeline(told: Learner) -> None:
    told.page.set_viewport_size({"width": 720, "height": 450})
    show_pane(told, "Memory")
    expect(told.page.get_by_label("Time travel")).to_be_in_viewport(ratio=1)
    expect(told.page.locator(".inspector h3")).to_be_in_viewport(ratio=1)
    assert accessible(told.page)


def test_an_open_answer_stays_open_as_long_as_its_thing_is_there(phone: Learner) -> None:
    play_from_import(phone)
    open_answer(phone)
    facts = phone.page.locator(".inspector .facts")
    for entry in ("x = 1", "del printer"):
        expect(facts).to_be_visible()
        show_pane(phone, "Console")
        phone.run(entry)
        show_pane(phone, "Memory")
        expect(pane(phone).locator(".after")).to_have_text(f"after {entry}")
    expect(phone.page.locator(".inspector")).to_have_count(0)


def test_a_picture_that_comes_while_the_panes_change_is_whole(phone: Learner) -> None:
    play_from_import(phone)
    show_pane(phone, "Console")
    phone.enter("printer = changer.printer")
    for name in ("Memory", "Console", "Memory"):
        show_pane(phone, name)
    expect(pane(phone).locator(".after")).to_have_text("after printer = changer.printer")
    expect(phone.page.locator(".thing.s-stale")).to_have_count(0)
    expect(phone.page.locator(".wire")).to_have_count(phone.page.locator(".port").count())
    phone.page.wait_for_function(IN_PLACE)
