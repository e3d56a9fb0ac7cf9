"""What happens to her work when the connection, the page or the session goes."""

import json

from playwright.sync_api import expect

from tests.browser.learner import Learner


def test_a_break_in_the_middle_of_a_run_loses_and_doubles_nothing(learner: Learner) -> None:
    learner.enter("import time")
    learner.enter("for i in range(30): print('tick', i); time.sleep(.05)", "")
    learner.sees("tick 3")
    before = learner.sockets()
    learner.cut()
    learner.enter("print('typed meanwhile')")
    learner.reconnects(before)
    learner.sees("tick 29")
    learner.wait().sees("typed meanwhile")
    lines = learner.transcript()
    assert [line for line in lines if line.startswith("tick")] == [f"tick {i}" for i in range(30)]
    assert lines[-2:] == [">>> print('typed meanwhile')", "typed meanwhile"]
    assert lines.count(">>> print('typed meanwhile')") == 1


def test_what_is_saved_and_run_without_a_connection_is_done_after_it_is_back(learner: Learner) -> None:
    before = learner.sockets()
    learner.cut()
    learner.edit("message = 'offline'\n")
    learner.page.keyboard.press("Control+s")
    learner.enter("import changer", "changer.message")
    learner.reconnects(before)
    learner.sees("'offline'")
    learner.wait()
    assert learner.transcript() == [">>> import changer", ">>> changer.message", "'offline'"]


def test_a_long_break_is_told(learner: Learner) -> None:
    learner.page.evaluate("""() => {
        window.Real = WebSocket;
        window.WebSocket = class { constructor() { setTimeout(() => this.onclose?.()); } close() {} send() {} };
        window.sockets.at(-1).close();
    }""")
    alert = learner.page.get_by_role("alert").filter(has_text="Connection lost")
    expect(alert).to_be_visible()
    learner.page.evaluate("addEventListener('click', () => { window.WebSocket = window.Real; }, { capture: true })")
    learner.button("Try now").click()
    expect(alert).to_have_count(0)
    learner.wait()


def test_edits_of_a_file_that_is_deleted_during_a_break_can_be_brought_back(learner: Learner) -> None:
    learner.hold("files")
    learner.edit("mine = 1\n")
    learner.run("import os; os.remove('changer.py')")
    before = learner.sockets()
    learner.cut()
    learner.reconnects(before)
    learner.undoes_deleting("changer.py", "mine = 1\n")


def test_loading_the_page_again_resumes_the_session_with_the_unsaved_text(learner: Learner) -> None:
    learner.run("kept = 'in memory'")
    learner.edit("not_saved = 1\n")
    learner.page.reload()
    learner.wait()
    assert learner.text() == "not_saved = 1\n"
    expect(learner.file_line).to_contain_text("Not saved")
    learner.run("kept")
    assert learner.transcript() == [">>> kept = 'in memory'", ">>> kept", "'in memory'"]


def test_a_second_tab_takes_over_and_the_first_says_so_and_can_take_it_back(learner: Learner) -> None:
    learner.run("where = 'here'")
    other = Learner(learner.page.context.new_page()).open()
    expect(learner.page.get_by_role("alert")).to_contain_text("You opened this session in another tab.")
    expect(learner.button("Use it here")).to_be_focused()
    other.enter("where")
    other.prints("'here'")
    learner.button("Use it here").click()
    learner.wait()
    assert learner.transcript() == [">>> where = 'here'", ">>> where", "'here'"]
    expect(other.page.get_by_role("alert")).to_contain_text("You opened this session in another tab.")
    other.page.close()


def test_what_another_tab_saved_is_not_called_the_programs(learner: Learner) -> None:
    learner.edit("mine = 1\n")
    other = Learner(learner.page.context.new_page()).open()
    other.save("theirs = 1\n")
    learner.button("Use it here").click()
    expect(learner.file_line).to_have_text("Not saved, and this file was changed elsewhere too")
    assert learner.text() == "mine = 1\n"
    learner.button("Take the other version").click()
    expect(learner.file_line).to_have_text("Saved, not imported yet")
    assert learner.text() == "theirs = 1\n"
    other.page.close()


def forget_session(learner: Learner) -> None:
    """As if the server had ended it: the browser's token opens nothing any more."""
    learner.page.add_init_script("""
        for (const key of Object.keys(localStorage)) {
          const kept = JSON.parse(localStorage[key]);
          const gone = { ...kept, token: "gone", session: "gone" };
          if (kept.token && !sessionStorage.done) localStorage[key] = JSON.stringify(gone);
        }
        sessionStorage.done = "yes";
    """)


def test_the_files_of_a_session_that_has_ended_are_offered(learner: Learner) -> None:
    learner.save("worth = 'keeping'\n")
    learner.edit("worth = 'keeping, not saved'\n")
    forget_session(learner)
    learner.page.reload()
    learner.button("Bring the files back").click()
    expect(learner.tab("changer.py")).to_be_visible()
    assert learner.text() == "worth = 'keeping, not saved'\n"
    learner.wait().run("import changer; changer.worth")
    learner.sees("'keeping, not saved'")


def test_an_ended_session_without_work_starts_afresh_without_a_word(learner: Learner) -> None:
    learner.run("1")
    forget_session(learner)
    learner.page.reload()
    learner.wait()
    expect(learner.tab("changer.py")).to_be_visible()
    expect(learner.page.get_by_role("alert")).to_have_count(0)


def test_the_token_is_the_only_secret_that_is_kept(learner: Learner) -> None:
    learner.run("password = 'swordfish'")
    learner.page.reload()
    learner.wait()
    kept = json.dumps(learner.page.evaluate("({ ...localStorage })"))
    assert "swordfish" not in kept
