"""The tutorial's own example, typed as a reader of it would."""

from playwright.sync_api import expect

from tests.browser.learner import Learner

EDITED = 'message = "After editing"\n\ndef printer():\n    print("reloaded:", message)\n'


def test_a_newcomer_finds_the_module_and_an_invitation(learner: Learner) -> None:
    expect(learner.tab("changer.py")).to_be_visible()
    assert learner.text() == 'message = "First version"\n\ndef printer():\n    print(message)\n'
    expect(learner.page.locator("#log .invitation")).to_contain_text("Try it: import changer")
    expect(learner.file_line).to_have_text("Saved, not imported yet")


def test_the_four_steps_of_the_tutorial(learner: Learner) -> None:
    learner.run("import changer", "changer.printer()")
    expect(learner.file_line).to_have_text("Saved, loaded as load 1")
    learner.save(EDITED)
    expect(learner.file_line).to_have_text("Saved. Edited since load 1: memory still runs load 1")
    learner.run(
        "import changer", "changer.printer()", "import importlib", "importlib.reload(changer)", "changer.printer()"
    )
    expect(learner.file_line).to_have_text("Saved, loaded as load 2")
    transcript = learner.transcript()
    assert transcript[:6] == [
        ">>> import changer",
        ">>> changer.printer()",
        "First version",
        ">>> import changer",
        ">>> changer.printer()",
        "First version",
    ]
    assert transcript[6:8] == [">>> import importlib", ">>> importlib.reload(changer)"]
    assert transcript[8].startswith("<module 'changer' from ")
    assert transcript[9:] == [">>> changer.printer()", "reloaded: After editing"]


def test_a_from_import_keeps_the_old_function_with_the_new_message(learner: Learner) -> None:
    learner.run("from changer import printer", "printer()")
    learner.save(EDITED)
    learner.run("import changer, importlib", "module = importlib.reload(changer)", "printer()", "changer.printer()")
    assert learner.transcript()[-4:] == [
        ">>> printer()",
        "After editing",
        ">>> changer.printer()",
        "reloaded: After editing",
    ]


def test_the_buttons_type_the_python_that_they_mean(learner: Learner) -> None:
    learner.button("Import").click()
    learner.wait().sees(">>> import changer")
    learner.run("changer.printer()")
    learner.edit(EDITED)
    learner.button("Save and reload").click()
    learner.sees("import importlib, changer; importlib.reload(changer)")
    learner.wait().run("changer.printer()")
    learner.sees("reloaded: After editing")


def test_reload_is_right_after_a_from_import_and_for_submodules(learner: Learner) -> None:
    learner.new_file("pkg/mod.py")
    learner.save("value = 1\n")
    expect(learner.button("Reload")).to_be_disabled()
    learner.run("from pkg.mod import value")
    learner.save("value = 22\n")
    learner.button("Reload").click()
    learner.sees(">>> import importlib, pkg.mod; importlib.reload(pkg.mod)")
    learner.wait().run("value, pkg.mod.value")
    learner.sees("(1, 22)")


def test_control_enter_saves_and_loads(learner: Learner) -> None:
    learner.editor.focus()
    learner.page.keyboard.press("Control+Enter")
    learner.wait().sees(">>> import changer")
    learner.edit(EDITED)
    learner.page.keyboard.press("Control+Enter")
    learner.sees("importlib.reload(changer)")
    expect(learner.file_line).to_have_text("Saved, loaded as load 2")
