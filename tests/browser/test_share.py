"""A workspace goes out as a link and comes in again: looked at first, then gone through step by step, in true order."""

import json
import re
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.learner import Learner
from tests.browser.test_connection import forget_session
from tests.browser.test_looks import SIZES, fits, show_pane, violations
from tests.browser.test_tutorial import EDITED
from tests.web.serving import sandbox

HOLD_BACK = """() => {
  const send = WebSocket.prototype.send;
  window.held = [];
  WebSocket.prototype.send = function (text) {
    if (text.includes('"retrace"')) window.held.push(() => send.call(this, text));
    else send.call(this, text);
  };
}"""
"""Questions what was done are asked when the test says so."""
HOLD_COPIES = """() => {
  navigator.clipboard.writeText = () => new Promise(copied => (window.copied = copied));
}"""
"""What is copied is in the clipboard when the test says so."""
README = (Path(__file__).parents[2] / "README.md").read_text()
STARTER = 'message = "First version"\n\ndef printer():\n    print(message)\n'
TUTORIAL = ["import changer", "changer.printer()", "import importlib", "importlib.reload(changer)", "changer.printer()"]
EVIL = '<img src=x onerror="document.title=1"><script>document.title=2</script>'


def link_to(data: Any, form: int = 1) -> str:
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    deflate = zlib.compressobj(9, wbits=-15)
    return f"/#w={form}." + urlsafe_b64encode(deflate.compress(text) + deflate.flush()).decode().rstrip("=")


def steps_of(*steps: str | dict[str, Any]) -> dict[str, Any]:
    entries = [{"run": step} if isinstance(step, str) else step for step in steps]
    return {"files": {"changer.py": STARTER}, "steps": entries}


class Visitor(Learner):
    """Somebody who opens a link."""

    def look(self, link: str) -> "Visitor":
        self.page.goto(link)
        expect(self.page.locator("dialog.arrival")).to_be_visible()
        return self

    def accept(self) -> "Visitor":
        self.page.get_by_role("button", name=re.compile("^Open")).click()
        self.wait()
        return self

    def shown_button(self, name: str) -> Locator:
        return self.page.locator("button:visible", has_text=re.compile(f"^{name}$"))

    def next(self) -> None:
        self.shown_button("Next step").click()

    def run_all(self) -> None:
        self.shown_button("Run all").click()

    @property
    def says(self) -> Locator:
        return self.page.locator(".pace [role=status]:visible")


@pytest.fixture
def visitor(page: Page) -> Iterator[Visitor]:
    """Somebody without any session. At the end the browser must have complained of nothing."""
    someone = Visitor(page)
    yield someone
    assert someone.complaints == []


@pytest.fixture(params=[1440, 390], ids=["desk", "phone"])
def pair(request: pytest.FixtureRequest, browser: Browser, base_url: str) -> Iterator[tuple[Visitor, Visitor]]:
    """Who shares, and who opens the link, each with a browser that lets pages copy."""
    contexts = [browser.new_context(base_url=base_url, viewport={"width": request.param, "height": 844}) for _ in "ab"]
    for context in contexts:
        context.grant_permissions(["clipboard-read", "clipboard-write"])
    sharer, opener = (Visitor(context.new_page()) for context in contexts)
    yield sharer, opener
    assert sharer.complaints == opener.complaints == []
    for context in contexts:
        context.close()


def open_sharing(learner: Learner) -> Locator:
    learner.button("Share, export and import").click()
    learner.button("Share as a link…").click()
    dialog = learner.page.locator("dialog.sharing")
    expect(dialog).to_be_visible()
    return dialog


def copied(learner: Learner, with_steps: bool) -> str:
    dialog = open_sharing(learner)
    if with_steps:
        dialog.get_by_label("With what I ran").check()
    learner.button("Copy link").click()
    expect(dialog.get_by_text("Copied.")).to_be_visible()
    link: str = learner.page.evaluate("navigator.clipboard.readText()")
    expect(dialog).to_contain_text(f"{len(link.split('#')[1]) / 1000:.1f} of 32 kB")
    learner.button("Close").click()
    return link


def play_tutorial(learner: Learner) -> None:
    show_pane(learner, "Console")
    learner.run(*TUTORIAL[:2])
    show_pane(learner, "Code")
    learner.save(EDITED)
    show_pane(learner, "Console")
    learner.run(*TUTORIAL)


def test_the_tutorial_shared_with_its_steps_prints_the_same_step_by_step(pair: tuple[Visitor, Visitor]) -> None:
    sharer, opener = pair
    sharer.open()
    play_tutorial(sharer)
    opener.look(copied(sharer, with_steps=True))
    dialog = opener.page.locator("dialog.arrival")
    expect(dialog).to_contain_text('message = "First version"')
    expect(dialog).to_contain_text("importlib.reload(changer)")
    assert opener.sockets() == 0, "nothing begins before it is asked for"
    opener.accept()
    assert opener.transcript() == []
    assert opener.text() == STARTER
    opener.next()
    expect(opener.says).to_have_text("Step 1 of 8: import changer")
    opener.next()
    opener.prints("First version")
    opener.next()
    expect(opener.says).to_have_text("Step 3 of 8: save changer.py")
    show_pane(opener, "Code")
    assert opener.text() == EDITED
    expect(opener.file_line).to_contain_text("Edited since load 1")
    opener.run_all()
    expect(opener.says).to_contain_text("That was the last one.")
    opener.prints("reloaded: After editing")
    assert opener.transcript() == sharer.transcript()


def test_a_link_without_steps_brings_the_files_as_they_are_in_the_editor(pair: tuple[Visitor, Visitor]) -> None:
    sharer, opener = pair
    sharer.open()
    sharer.new_file("pkg/größe.py")
    sharer.edit("x = 'not saved'\n")
    dialog = open_sharing(sharer)
    expect(dialog).to_contain_text("pkg/größe.py: as in the editor, though not saved yet.")
    sharer.button("Close").click()
    opener.look(copied(sharer, with_steps=False))
    expect(opener.page.locator("dialog.arrival")).to_contain_text("Somebody shares 2 files with you")
    opener.accept()
    show_pane(opener, "Code")
    opener.tab("pkg/größe.py").click()
    assert opener.text() == "x = 'not saved'\n"
    assert opener.transcript() == []
    expect(opener.says).to_have_count(0)


def test_a_link_leaves_the_learners_own_work_alone(visitor: Visitor) -> None:
    visitor.open()
    visitor.save("mine = 1\n")
    visitor.run("mine = 2")
    beside = Visitor(visitor.page.context.new_page()).look(link_to(steps_of("mine = 3"))).accept()
    assert beside.sockets() == 1
    beside.run_all()
    expect(beside.says).to_contain_text("That was the last one.")
    assert visitor.button("Use it here").count() == 0
    visitor.run("mine")
    visitor.prints("2")
    beside.page.get_by_role("link", name="as you left them").click()
    beside.wait()
    assert beside.text() == "mine = 1\n"
    assert beside.complaints == []


def test_the_link_leads_back_to_where_it_was_left_and_can_begin_anew(visitor: Visitor) -> None:
    link = link_to(steps_of("x = 1", "x = x + 1", "x"))
    visitor.look(link).accept()
    visitor.next()
    expect(visitor.says).to_have_text("Step 1 of 3: x = 1")
    visitor.page.get_by_role("link", name="Skip to the workspace").press("Enter")
    expect(visitor.page).to_have_url(re.compile(re.escape(link) + "$"))
    visitor.page.reload()
    visitor.wait()
    expect(visitor.says).to_have_text("Step 1 of 3: x = 1")
    visitor.run_all()
    visitor.prints("2")
    visitor.shown_button("Begin anew").click()
    visitor.page.get_by_role("dialog").get_by_role("button", name="Begin anew").click()
    expect(visitor.page.locator("dialog.arrival")).to_be_visible()
    visitor.accept()
    assert visitor.transcript() == []
    expect(visitor.says).to_have_text("3 steps. Nothing has run yet.")


def test_where_its_session_has_ended_the_link_begins_again_and_nothing_written_is_lost(visitor: Visitor) -> None:
    visitor.look(link_to(steps_of("x = 1", "x"))).accept()
    visitor.next()
    visitor.save("mine = 1\n")
    forget_session(visitor)
    visitor.page.reload()
    visitor.wait()
    expect(visitor.says).to_have_text("2 steps. Nothing has run yet.")
    visitor.button("Bring the files back").click()
    expect(visitor.file_line).to_contain_text("Saved")
    assert visitor.text() == "mine = 1\n"
    visitor.run_all()
    visitor.prints("1")


def test_a_link_pasted_into_the_address_of_an_open_page_is_looked_at_too(visitor: Visitor) -> None:
    visitor.open()
    visitor.page.evaluate("link => { location.hash = link.slice(1) }", link_to(steps_of("1")))
    expect(visitor.page.locator("dialog.arrival")).to_be_visible()
    visitor.page.keyboard.press("Escape")
    visitor.wait()
    expect(visitor.page).to_have_url(re.compile("/$"))


def test_what_needs_somebody_stops_the_steps_with_a_sentence(visitor: Visitor) -> None:
    steps = ("1/0", "name = input('? ')", "name", "def f():", "2")
    visitor.look(link_to(steps_of(*steps))).accept()
    visitor.run_all()
    expect(visitor.says).to_have_text("Step 1 of 5: 1/0 It ended with ZeroDivisionError. Look at it, then go on.")
    visitor.run_all()
    expect(visitor.says).to_contain_text("It waits for your input: answer in the console.")
    expect(visitor.shown_button("Next step")).to_have_attribute("aria-disabled", "true")
    visitor.enter("Ada")
    visitor.wait()
    visitor.run_all()
    expect(visitor.says).to_contain_text("Step 4 of 5: def f(): This entry is not finished")
    visitor.run_all()
    expect(visitor.says).to_contain_text("That was the last one.")
    printed = visitor.log.locator(".output").all_text_contents()
    assert [text.strip() for text in printed][-3:] == ["'Ada'", "KeyboardInterrupt", "2"]


def test_a_file_saved_while_an_entry_ran_is_saved_while_it_runs(visitor: Visitor) -> None:
    loop = "import changer, importlib\nwhile changer.message == 'First version': _ = importlib.reload(changer)\n"
    meanwhile = {"save": "changer.py", "text": EDITED, "meanwhile": True}
    visitor.look(link_to(steps_of(loop, meanwhile, "changer.message"))).accept()
    visitor.run_all()
    expect(visitor.says).to_contain_text("The next step was taken while this entry ran.")
    visitor.next()
    visitor.wait()
    visitor.run_all()
    visitor.prints("'After editing'")


def test_an_entry_with_a_save_between_its_lines_goes_on(visitor: Visitor) -> None:
    between = {"save": "changer.py", "text": EDITED}
    visitor.look(
        link_to(steps_of("if True:", between, "if True:\n    from changer import message\n", "message"))
    ).accept()
    visitor.run_all()
    visitor.prints("'After editing'")
    assert visitor.transcript()[:3] == [">>> if True:", "...     from changer import message", "... "]


def test_the_files_of_the_end_can_be_had_without_running_anything(visitor: Visitor) -> None:
    steps = (
        "1/0",
        {"save": "changer.py", "text": "end = 1\n"},
        {"save": "b.py", "text": "b\n"},
        {"delete": "b.py"},
        "2/0",
    )
    visitor.look(link_to(steps_of(*steps))).accept()
    visitor.shown_button("Files only").click()
    expect(visitor.says).to_contain_text("The rest of the entries was not run.")
    assert visitor.text() == "end = 1\n"
    expect(visitor.page.get_by_role("tab")).to_have_count(1)
    assert visitor.transcript() == []


@pytest.mark.parametrize(
    ("link", "says"),
    [
        (link_to(steps_of("1"), form=2), "It has form 2, and this page knows form 1 alone."),
        (link_to(bytes(10_000_000)), "It unpacks to more than 1 MB."),
        (link_to({"files": {"../../etc/passwd": EVIL}}), "It has a file named “../../etc/passwd”."),
        (link_to({"files": {}})[:-6], "It was cut off or changed on its way here."),
        (link_to({"files": {}}) + "junk", "It was cut off or changed on its way here."),
    ],
    ids=["newer form", "bomb", "climbs", "cut off", "junk behind"],
)
def test_a_hostile_or_damaged_link_is_refused_with_the_reason(visitor: Visitor, link: str, says: str) -> None:
    visitor.look(link)
    expect(visitor.page.locator("dialog.arrival")).to_contain_text(
        f"This link cannot be opened. {says}", use_inner_text=True
    )
    assert visitor.sockets() == 0
    visitor.page.get_by_role("link", name="Go to your own workspace").click()
    visitor.wait()
    assert visitor.text() == STARTER


def test_script_in_a_link_stays_text(visitor: Visitor) -> None:
    hidden = "access = 'user\u202e'\n"
    data = {"files": {f"{EVIL.replace('/', '')}.py": EVIL, "seen.py": hidden}, "steps": [{"run": f"# {EVIL}"}]}
    visitor.look(link_to(data))
    expect(visitor.page.locator("dialog.arrival")).to_contain_text(EVIL)
    expect(visitor.page.locator("dialog.arrival mark")).to_have_text("U+202E")
    visitor.accept()
    visitor.run_all()
    expect(visitor.says).to_contain_text("That was the last one.")
    assert visitor.page.locator("img, #lesson script, dialog script").count() == 0
    assert visitor.page.title() == "Reload Sandbox"


def test_a_link_that_would_be_too_long_says_what_to_leave_out(learner: Learner) -> None:
    learner.run(
        "import random, string",
        "_ = open('noise.txt', 'w').write(''.join(random.choices(string.printable[:90], k=60_000)))",
    )
    expect(learner.tab("noise.txt")).to_be_visible()
    dialog = open_sharing(learner)
    expect(dialog.get_by_role("alert")).to_contain_text("The largest file is noise.txt")
    expect(learner.button("Copy link")).to_have_count(0)
    dialog.get_by_label("With what I ran").check()
    expect(learner.button("Copy link")).to_be_visible()
    learner.button("Close").click()
    learner.run("_ = open('noise.txt', 'w').write('a' * 260_000)")
    expect(open_sharing(learner).get_by_role("alert")).to_contain_text("“noise.txt” is longer than 250 kB.")


def test_where_the_clipboard_is_refused_the_link_is_selected(learner: Learner) -> None:
    learner.page.evaluate(
        "navigator.clipboard.writeText = async () => { throw new Error() }; document.execCommand = () => false"
    )
    dialog = open_sharing(learner)
    learner.button("Copy link").click()
    expect(dialog).to_contain_text("The link is selected: copy it with the keyboard.")
    assert "#w=1." in learner.page.evaluate("getSelection().toString()")


def test_what_comes_late_is_for_the_dialog_that_asked_for_it(learner: Learner) -> None:
    learner.run("x = 1")
    learner.page.evaluate(HOLD_BACK)
    dialog, item = learner.page.locator("dialog.sharing"), learner.page.get_by_text("Share as a link…")
    item.evaluate("item => { item.click(); item.click(); }")
    expect(dialog).to_have_count(1)
    expect(dialog).to_contain_text("The link is being put together")
    learner.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    learner.page.evaluate("window.held.forEach(send => send())")
    learner.run("x = 2")  # whose answer comes after all that were held back
    expect(dialog).to_have_count(0)
    held = learner.page.evaluate("window.held.length")
    item.evaluate("item => item.click()")
    learner.page.wait_for_function("held => window.held.length > held", arg=held)
    learner.page.evaluate("window.held.at(-1)()")
    expect(learner.button("Copy link")).to_be_focused()
    learner.page.evaluate(HOLD_COPIES)
    learner.button("Copy link").click()
    dialog.get_by_label("With what I ran").check()
    learner.page.evaluate("window.copied()")
    expect(dialog.locator(".deeds li")).to_have_count(2)
    expect(dialog.get_by_text("Copied.")).to_have_count(0)
    learner.button("Copy link").click()
    learner.page.evaluate("window.copied()")
    expect(dialog.get_by_text("Copied.")).to_be_visible()


def test_sharing_works_by_keyboard(learner: Learner) -> None:
    learner.button("Share, export and import").focus()
    for key in ("Enter", "Tab", "Enter"):
        learner.page.keyboard.press(key)
    expect(learner.button("Copy link")).to_be_focused()
    learner.page.keyboard.press("Escape")
    expect(learner.page.locator("dialog.sharing")).to_have_count(0)


def test_the_steps_are_gone_through_by_keyboard(visitor: Visitor) -> None:
    visitor.look(link_to(steps_of("import changer", {"save": "changer.py", "text": EDITED}, "changer.message")))
    visitor.page.keyboard.press("Enter")
    visitor.wait()
    visitor.page.keyboard.press("Alt+0")
    expect(visitor.page.locator("#lesson .title")).to_be_focused()
    visitor.shown_button("Next step").focus()
    for number in (1, 2, 3):
        expect(visitor.shown_button("Next step")).to_have_attribute("aria-disabled", "false")
        visitor.page.keyboard.press("Enter")
        expect(visitor.says).to_contain_text(f"Step {number} of 3")
    visitor.prints("'First version'")
    expect(visitor.says).to_be_focused()


def test_a_lesson_is_shared_with_what_was_done_in_it(learner: Learner) -> None:
    learner.page.goto("/lessons/the-example")
    expect(learner.page.locator("#lesson .checks")).to_be_attached()
    learner.wait()
    learner.run("answer = 42")
    dialog = open_sharing(learner)
    dialog.get_by_label("With what I ran").check()
    dialog.get_by_text("It holds").click()
    expect(dialog.locator(".deeds")).to_contain_text("answer = 42")
    assert "/lessons" not in learner.page.get_by_label("Link", exact=True).input_value()


def test_an_invite_code_does_not_lose_the_link(page: Page) -> None:
    with sandbox(invite_code="open sesame") as server:
        page.goto(f"http://127.0.0.1:{server.port}{link_to(steps_of('1'))}")
        page.get_by_label("Invite code").fill("open sesame")
        page.get_by_role("button", name="Enter").click()
        expect(page.locator("dialog.arrival")).to_contain_text("nothing has run yet")


def test_the_readmes_lines_write_a_link_that_opens(visitor: Visitor, base_url: str) -> None:
    section = README.split("\n### Writing links\n")[1].split("\n## ")[0]
    blocks = [
        re.sub("^    ", "", block, flags=re.MULTILINE)
        for block in re.findall(r"(?:^    .*\n|^\n(?=    ))+", section, re.MULTILINE)
    ]
    data, code = json.loads(blocks[0]), blocks[1]
    names: dict[str, Any] = {}
    exec(code.split("\nprint(")[0], names)
    visitor.look(names["link_to"](f"{base_url}/", data["files"], data["steps"])).accept()
    visitor.run_all()
    expect(visitor.says).to_contain_text("Step 3 of 3: importlib.reload(changer) That was the last one.")
    visitor.run("changer.text")
    visitor.prints("2")


@pytest.fixture(params=SIZES)
def viewer(request: pytest.FixtureRequest, browser: Browser, base_url: str) -> Iterator[Visitor]:
    width, height = SIZES[request.param]
    context = browser.new_context(base_url=base_url, viewport={"width": width, "height": height})
    yield Visitor(context.new_page())
    context.close()


def test_everything_about_sharing_is_accessible_and_fits(viewer: Visitor) -> None:
    page = viewer.page
    viewer.look(link_to({"files": {f"{'w' * 250}.py": ""}}))
    assert violations(page) == [] and fits(page)
    long = {"save": "package/with_a_rather_long_name/module.py", "text": f"x = '{'w' * 300}'\n"}
    page.goto("about:blank")
    shared = steps_of("import changer", long, "'" + "w" * 300 + "'", "1/0", "2")
    shared["files"]["w" * 190] = "w" * 500
    viewer.look(link_to(shared))
    page.get_by_text("save package").click()
    assert violations(page) == [] and fits(page)
    viewer.accept()
    assert violations(page) == [] and fits(page)
    viewer.run_all()
    expect(viewer.says).to_contain_text("ZeroDivisionError")
    assert violations(page) == [] and fits(page)
    dialog = open_sharing(viewer)
    assert violations(page) == [] and fits(page)
    dialog.get_by_label("With what I ran").check()
    dialog.get_by_text("It holds").click()
    assert violations(page) == [] and fits(page)
