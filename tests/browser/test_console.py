"""The console: entries, input, interrupts, endings."""

import re

from playwright.sync_api import expect

from tests.browser.learner import Learner

PASTED = """\
>>> import changer
>>> changer.printer()
First version
>>> for i in (1, 2):
...     print(i)
>>> 'end'
'end'
"""


def test_output_arrives_piece_by_piece(learner: Learner) -> None:
    learner.enter("import time", "for i in range(3): print('piece', i); time.sleep(.4)", "")
    learner.sees("piece 0")
    assert "piece 2" not in learner.log.inner_text()
    learner.sees("piece 2")


def test_an_entry_goes_on_until_the_empty_line(learner: Learner) -> None:
    learner.enter("def f():")
    expect(learner.page.locator("#prompt > .ps")).to_have_text("...")
    expect(learner.prompt).to_have_text(re.compile(r"^\s{4}$"))
    learner.page.keyboard.type("return 42")
    learner.page.keyboard.press("Enter")
    expect(learner.prompt).to_have_text("")
    learner.enter("", "f()")
    learner.prints("42")
    assert learner.transcript() == [">>> def f():", "...     return 42", "... ", ">>> f()", "42"]


def test_lines_typed_ahead_are_run_in_order_and_go_on_where_one_was_incomplete(learner: Learner) -> None:
    learner.enter("import time; time.sleep(.5)", "if True:", "    print('in')", "", "print('out')")
    learner.prints("out")
    assert learner.transcript()[-6:] == [">>> if True:", "...     print('in')", "... ", "in", ">>> print('out')", "out"]


def test_several_lines_in_one_entry(learner: Learner) -> None:
    learner.prompt.focus()
    for line in ("for i in range(2):", "print('line', i)"):
        learner.page.keyboard.type(line)
        learner.page.keyboard.press("Shift+Enter")
    learner.page.keyboard.press("Enter")
    learner.sees("line 1")


def test_input_is_answered_at_the_prompt(learner: Learner) -> None:
    learner.enter("name = input('Your name? ')")
    expect(learner.page.locator("#prompt > .ps")).to_have_text("input")
    learner.enter("Ada")
    learner.wait().run("name")
    assert learner.transcript()[1:] == ["Your name? Ada", ">>> name", "'Ada'"]


def test_control_d_ends_input_and_then_python(learner: Learner) -> None:
    learner.enter("input()")
    expect(learner.page.locator("#prompt > .ps")).to_have_text("input")
    learner.page.keyboard.press("Control+d")
    learner.sees("EOFError")
    learner.wait().prompt.focus()
    learner.page.keyboard.press("Control+d")
    learner.sees(">>> exit()")
    learner.button("Start Python again").click()
    learner.wait().run("1 + 1")
    learner.sees("2")
    expect(learner.tab("changer.py")).to_be_visible()


def test_a_line_can_be_sent_to_standard_input_of_what_runs(learner: Learner) -> None:
    learner.enter("import sys; line = sys.stdin.readline()")
    expect(learner.button("Send as input")).to_be_visible()
    learner.page.keyboard.insert_text("by hand")
    learner.page.keyboard.press("Alt+Enter")
    learner.wait().run("line")
    learner.sees("'by hand\\n'")


def test_control_c_interrupts_and_drops_what_waits(learner: Learner) -> None:
    learner.enter("import time; time.sleep(60)", "print('never')")
    expect(learner.page.locator("#log .waiting")).to_be_visible()
    learner.page.keyboard.press("Control+c")
    learner.wait().sees("KeyboardInterrupt")
    learner.run("print('after')")
    assert learner.transcript()[-1] == "after"
    assert "never" not in learner.log.inner_text()


def test_control_c_drops_an_incomplete_entry(learner: Learner) -> None:
    learner.enter("x = (1,")
    expect(learner.page.locator("#prompt > .ps")).to_have_text("...")
    learner.page.keyboard.press("Control+c")
    learner.wait().sees("KeyboardInterrupt")
    learner.run("1 + 1")
    assert learner.transcript()[-1] == "2"


def test_restart_is_offered_for_what_does_not_react(learner: Learner) -> None:
    learner.run("import signal", "old = signal.signal(signal.SIGINT, signal.SIG_IGN)")
    learner.enter("while True: pass", "")
    learner.button("Interrupt").click()
    offer = learner.page.locator("#console-acts .primary")
    expect(offer).to_have_text("Restart Python")
    offer.click()
    learner.sees("started, memory is empty")
    learner.wait().run("1 + 1")
    assert learner.transcript()[-1] == "2"


def test_restart_python_empties_memory_and_keeps_files(learner: Learner) -> None:
    learner.run("import changer")
    learner.page.locator("#acts").get_by_role("button", name="Restart Python").click()
    learner.sees("started, memory is empty")
    learner.wait().run("changer")
    learner.sees("NameError")
    expect(learner.file_line).to_have_text("Saved, not imported yet")


def test_a_restart_is_seen_from_the_click_on(learner: Learner) -> None:
    learner.run("x = 1")
    learner.hold("restart")
    learner.button("Restart Python").click()
    expect(learner.page.locator("#status .word")).to_have_text("starting")
    learner.let_go()
    learner.wait()
    assert "started, memory is empty" in (learner.log.text_content() or "")


def test_endless_output_is_cut_with_a_message_and_the_page_lives(learner: Learner) -> None:
    learner.enter("while True: print('x' * 99)", "")
    expect(learner.log.locator(".notice")).to_be_visible(timeout=30_000)
    expect(learner.log.locator(".left-out").first).to_be_visible()
    learner.wait().run("1 + 1")
    assert learner.transcript()[-1] == "2"


def test_a_pasted_transcript_runs_entry_by_entry(learner: Learner) -> None:
    learner.paste(PASTED)
    learner.sees("'end'")
    learner.wait()
    assert learner.transcript() == [
        ">>> import changer",
        ">>> changer.printer()",
        "First version",
        ">>> for i in (1, 2):",
        "...     print(i)",
        "... ",
        "1",
        "2",
        ">>> 'end'",
        "'end'",
    ]


def test_tab_completes_names(learner: Learner) -> None:
    learner.run("import changer")
    learner.prompt.focus()
    learner.page.keyboard.type("changer.pr")
    learner.page.keyboard.press("Tab")
    expect(learner.prompt).to_have_text(re.compile(r"^changer\.printer"))
    learner.page.keyboard.press("Control+c")
    learner.page.keyboard.type("changer.__na")
    learner.page.keyboard.press("Tab")
    expect(learner.prompt).to_have_text("changer.__name__")
    learner.page.keyboard.press("Control+c")
    learner.page.keyboard.type("changer.__")
    learner.page.keyboard.press("Tab")
    expect(learner.page.get_by_role("option").first).to_be_visible()


def test_arrows_bring_entries_back_whole(learner: Learner) -> None:
    learner.run("first = 1", "second = 2")
    learner.enter("if first:", "print('yes')", "")
    learner.sees("yes")
    learner.wait()
    learner.page.keyboard.type("draft")
    learner.page.keyboard.press("ArrowUp")
    expect(learner.prompt.locator(".cm-line")).to_have_text(["if first:", "    print('yes')"])
    for _ in range(3):  # one of them goes from the second line to the first
        learner.page.keyboard.press("ArrowUp")
    expect(learner.prompt).to_have_text("first = 1")
    for _ in range(3):
        learner.page.keyboard.press("ArrowDown")
    expect(learner.prompt).to_have_text("draft")


def test_colours_are_shown_and_markup_stays_text(learner: Learner) -> None:
    learner.run(r"print('\x1b[31mred\x1b[0m <b>no markup</b>')")
    expect(learner.log.locator(".fg-1")).to_have_text("red")
    learner.sees("<b>no markup</b>")
    assert learner.log.locator("b").count() == 0


def test_clear_empties_the_console_only(learner: Learner) -> None:
    learner.run("x = 5")
    learner.button("Clear").click()
    expect(learner.log).to_have_text("")
    learner.run("x")
    assert learner.transcript() == [">>> x", "5"]


def test_the_prompt_says_how_the_keyboard_leaves_it(learner: Learner) -> None:
    expect(learner.prompt).to_have_attribute("aria-description", "Escape, then Tab leaves it.")
    learner.run("import changer")
    learner.prompt.focus()
    learner.page.keyboard.press("Escape")
    learner.page.keyboard.press("Tab")
    expect(learner.page.locator("#memory :focus")).to_have_count(1)
