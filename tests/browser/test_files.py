"""File tabs and the editor."""

import re

from playwright.sync_api import expect

from tests.browser.learner import Learner

THEIRS = "open('changer.py', 'w').write('theirs = 1')"
LONG = "mine = 1\n# " + "x" * 300_000


def test_files_are_made_renamed_deleted_and_brought_back(learner: Learner) -> None:
    learner.new_file("shapes.py")
    learner.save("side = 3\n")
    learner.rename("shapes.py", "forms.py")
    expect(learner.tab("forms.py")).to_have_attribute("aria-selected", "true")
    expect(learner.tab("shapes.py")).to_have_count(0)
    learner.run("import forms; forms.side")
    learner.sees("3")
    learner.tab("forms.py").focus()
    learner.page.keyboard.press("Delete")
    expect(learner.tab("forms.py")).to_have_count(0)
    learner.button("Undo").click()
    expect(learner.tab("forms.py")).to_be_visible()
    assert learner.text() == "side = 3\n"


def test_a_name_that_cannot_be_is_refused_with_its_reason(learner: Learner) -> None:
    learner.button("New file").click()
    field = learner.page.get_by_label("Name of the new file")
    field.fill("changer.py")
    field.press("Enter")
    expect(learner.page.get_by_role("alert").filter(has_text="There is a file named changer.py.")).to_be_visible()
    field.press("Escape")
    expect(field).to_have_count(0)


def test_marks_tell_what_is_not_saved_and_what_memory_does_not_hold(learner: Learner) -> None:
    learner.run("import changer")
    learner.edit("message = 1\n")
    expect(learner.tab("changer.py, not saved")).to_be_visible()
    expect(learner.file_line).to_contain_text("Not saved")
    learner.page.keyboard.press("Control+s")
    expect(learner.tab("changer.py, edited since load 1")).to_be_visible()


def test_a_file_is_told_to_be_saved_before_the_reload_that_was_asked_for_with_it(learner: Learner) -> None:
    learner.run("import changer, importlib")
    learner.edit("message = 1\n")
    learner.button("Save and reload").click()
    learner.wait()
    reload = "import importlib, changer; importlib.reload(changer)"
    said = ["import changer, importlib", "changer.py saved2", reload]  # and its step's number
    expect(learner.log.locator(".entry code, .event")).to_have_text(said)


def test_a_file_written_by_her_code_appears(learner: Learner) -> None:
    learner.enter("with open('made.py', 'w') as f: n = f.write('x = 1')", "")
    learner.wait()
    learner.tab("made.py").click()
    assert learner.text() == "x = 1"


def test_her_edits_are_not_lost_when_her_code_writes_the_same_file(learner: Learner) -> None:
    learner.edit("mine = 1\n")
    learner.enter("with open('changer.py', 'w') as f: n = f.write('theirs = 1')", "")
    expect(learner.file_line).to_contain_text("your program has changed this file too")
    assert learner.text() == "mine = 1\n"
    learner.button("Take your program's version").click()
    assert learner.text() == "theirs = 1"


def test_a_save_that_comes_after_her_codes_write_stands(learner: Learner) -> None:
    learner.hold("save")
    learner.edit("mine = 1\n")
    learner.page.keyboard.press("Control+s")
    learner.enter(THEIRS)
    learner.prints("10")
    expect(learner.file_line).to_have_text("Saving")
    assert learner.text() == "mine = 1\n"
    learner.let_go()
    expect(learner.file_line).to_have_text("Saved, not imported yet")
    assert learner.text() == "mine = 1\n"
    learner.enter("print(open('changer.py').read(), end='')")
    learner.prints("mine = 1")


def test_her_codes_write_that_comes_after_a_save_is_shown_and_undo_brings_hers_back(learner: Learner) -> None:
    learner.hold("accepted")
    learner.edit("mine = 1\n")
    learner.page.keyboard.press("Control+s")
    learner.enter(THEIRS)
    learner.prints("10")
    expect(learner.file_line).to_have_text("Saving")
    learner.let_go()
    expect(learner.file_line).to_have_text("Saved, not imported yet")
    assert learner.text() == "theirs = 1"
    learner.editor.focus()
    learner.page.keyboard.press("Control+z")
    assert learner.text() == "mine = 1\n"


def test_edits_of_a_file_that_her_code_deletes_can_be_brought_back(learner: Learner) -> None:
    learner.edit("mine = 1\n")
    learner.run("import os; os.remove('changer.py')")
    learner.undoes_deleting("changer.py", "mine = 1\n")


def test_what_was_typed_after_a_save_can_be_brought_back_though_her_code_deleted_the_file(learner: Learner) -> None:
    learner.hold("accepted")
    learner.edit("mine = 1\n")
    learner.page.keyboard.press("Control+s")
    learner.edit("mine = 2\n")
    learner.enter("import os; os.remove('changer.py'); print('gone')")
    learner.prints("gone")
    assert learner.text() == "mine = 2\n"
    learner.let_go()
    learner.undoes_deleting("changer.py", "mine = 2\n")


def test_a_text_whose_save_is_refused_stays_in_the_editor(learner: Learner) -> None:
    learner.enter("import os; os.remove('changer.py'); os.mkdir('changer.py'); input()")
    expect(learner.page.locator("#status .word")).to_have_text("waits for your input")
    learner.edit("mine = 1\n")
    learner.page.keyboard.press("Control+s")
    learner.sees("changer.py is a folder.")
    expect(learner.file_line).to_contain_text("Not saved")
    assert learner.text() == "mine = 1\n"


def test_a_file_whose_new_name_is_refused_keeps_its_old_one(learner: Learner) -> None:
    learner.run("import os; os.mkdir('forms.py')")
    learner.edit("mine = 1\n")
    learner.rename("changer.py", "forms.py")
    learner.sees("forms.py is a folder.")
    expect(learner.tab("forms.py")).to_have_count(0)
    expect(learner.tab("changer.py, not saved")).to_be_visible()
    assert learner.text() == "mine = 1\n"


def test_a_text_too_long_to_be_sent_is_neither_renamed_nor_deleted_away(learner: Learner) -> None:
    learner.edit(LONG)
    learner.rename("changer.py", "forms.py")
    learner.sees("That is too long to send")
    expect(learner.tab("changer.py, not saved")).to_be_visible()
    assert learner.text().startswith("mine = 1\n")
    learner.tab("changer.py").focus()
    learner.page.keyboard.press("Delete")
    learner.button("Undo").click()
    expect(learner.file_line).to_contain_text("Not saved")
    assert learner.text().startswith("mine = 1\n")


def test_what_was_typed_in_a_file_that_could_not_be_made_can_be_brought_back(learner: Learner) -> None:
    learner.run("import os; os.mkdir('forms.py')")
    learner.hold("refused")
    learner.new_file("forms.py")
    learner.edit("mine = 1\n")
    learner.let_go()
    expect(learner.file_line).to_have_text("forms.py not saved.")
    learner.button("Try again").click()
    expect(learner.file_line).to_have_text("forms.py not saved.")
    learner.run("os.rmdir('forms.py')")
    learner.button("Try again").click()
    expect(learner.file_line).to_have_text("Saved, not imported yet")
    assert learner.text() == "mine = 1\n"


def test_edits_of_all_files_that_her_code_deletes_can_be_brought_back(learner: Learner) -> None:
    learner.edit("one = 1\n")
    learner.new_file("second.py")
    learner.edit("two = 2\n")
    learner.run("import os; os.remove('changer.py'); os.remove('second.py')")
    learner.undoes_deleting("changer.py and second.py", "two = 2\n")
    learner.tab("changer.py").click()
    assert learner.text() == "one = 1\n"


def test_a_file_that_cannot_be_deleted_is_not_told_to_be(learner: Learner) -> None:
    learner.enter("import os; os.remove('changer.py'); os.mkdir('changer.py'); input()")
    expect(learner.page.locator("#status .word")).to_have_text("waits for your input")
    learner.edit("mine = 1\n")
    learner.tab("changer.py").focus()
    learner.page.keyboard.press("Delete")
    learner.sees("changer.py is a folder.")
    expect(learner.file_line).to_contain_text("Not saved")
    assert learner.text() == "mine = 1\n"


def test_tabs_are_walked_with_arrows_and_named_with_f2(learner: Learner) -> None:
    learner.new_file("second.py")
    learner.tab("second.py").focus()
    learner.page.keyboard.press("ArrowLeft")
    expect(learner.tab("changer.py")).to_be_focused()
    learner.page.keyboard.press("F2")
    expect(learner.page.get_by_label("New name of changer.py")).to_be_focused()
    learner.page.keyboard.press("Escape")
    expect(learner.tab("changer.py")).to_be_focused()


def test_escape_and_tab_leave_the_editor(learner: Learner) -> None:
    learner.editor.focus()
    learner.page.keyboard.press("Tab")
    expect(learner.editor).to_be_focused()
    learner.page.keyboard.press("Control+z")
    learner.page.keyboard.press("Escape")
    learner.page.keyboard.press("Tab")
    expect(learner.editor).not_to_be_focused()


def test_words_are_completed_and_brackets_closed(learner: Learner) -> None:
    learner.edit("remember = 1\nrem")
    learner.page.keyboard.press("Control+Space")
    expect(learner.page.get_by_role("option", name="remember")).to_be_visible()
    learner.page.keyboard.press("Enter")
    learner.page.keyboard.type(" = [(")
    assert learner.text() == "remember = 1\nremember = [()]"


def test_find_comes_when_it_is_asked_for(learner: Learner) -> None:
    learner.editor.focus()
    learner.page.keyboard.press("Control+f")
    expect(learner.page.get_by_role("textbox", name="Find")).to_be_focused()


def test_the_help_lists_the_keys(learner: Learner) -> None:
    learner.page.locator("#log").focus()
    learner.page.keyboard.press("?")
    dialog = learner.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Leave the editor")
    expect(dialog).to_contain_text(re.compile(r"CPython 3\.\d+"))
    learner.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
