"""What a session promises about lessons, whatever order commands and events come in."""

from typing import Any

import pytest

from sandbox.engine.interface import Job
from sandbox.lessons.parse import parse_lesson
from sandbox.lessons.shelf import Shelf
from sandbox.protocol import (
    Accepted,
    Checked,
    Done,
    File,
    Files,
    Finished,
    Holders,
    Holding,
    Interrupt,
    Loaded,
    Message,
    Open,
    Output,
    Predict,
    Probe,
    Probed,
    Refused,
    Restart,
    Run,
    Save,
)
from sandbox.session.session import Session
from tests.session.puppet import READY, Listener, PuppetEngine, PuppetJournal

TEXT = """\
---
id: one
title: One
summary: A lesson.
minutes: 5
level: basics
---

## First {#first}

```python {file=a.py}
x = 1
```

```yaml {predict}
ask: What is it?
when: {ran: a.x}
choices:
  - text: one
    output: "1"
    right: true
  - text: two
    output: "2"
because: It is one.
```

```pycon {type}
>>> import a
>>> a.x
1
```

```yaml {check}
- says: You <b>looked</b>
  ran: a.x
  output: "1"
  hint: Look.
```

## Second {#second}

```python {file=b.py}
y = 2
```

```pycon {type}
>>> y = 2
```

```yaml {check}
- says: It is two
  value: {y: 2}
```

## Third {#third}

```pycon {type}
>>> z = 3
```

```yaml {check}
- says: You said z
  ran: z = 3
```
"""
LESSON = parse_lesson(TEXT, "one.md")
SHELF = Shelf((LESSON,))


class Desk:
    """A session with a puppet for a worker, one listener and one lesson."""

    def __init__(self, files: dict[str, str] | None = None, lesson: str = "", step: str = "") -> None:
        self.engine = PuppetEngine()
        self.journal = PuppetJournal()
        self.session = Session(
            "s", self.engine, Job("python", files=files or {}), journal=self.journal, shelf=lambda: SHELF
        )
        self.listener = Listener()
        self.welcome = self.session.attach(self.listener, "token", lesson, step)
        self.session.start()
        self.run = 0

    def do(self, *commands: Any) -> list[Message]:
        for command in commands:
            self.session.handle(self.listener, command)
        return self.listener.take()

    def say(self, *events: Any) -> list[Message]:
        """What is heard when the worker says these."""
        for event in events:
            self.engine.worker.say(event)
        return self.listener.take()

    def enter(self, source: str, *events: Any, error: str = "") -> list[Message]:
        """Run an entry to its end, with these events on the way."""
        self.run = self.session._console.runs.highest + 1
        self.do(Run(self.run, source))
        return self.say(*events, Finished(self.run, "error" if error else "ok", error, 1))

    def finish(self, text: str = "") -> list[Message]:
        """End the run that the worker was given last."""
        run = next(one for one in reversed(self.engine.worker.sent) if isinstance(one, Run))
        printed = [Output(run.run, text)] if text else []
        return self.say(*printed, Finished(run.run, "ok", "", 1))


def only(kind: type[Any], messages: list[Message]) -> list[Any]:
    return [message for message in messages if isinstance(message, kind)]


def standing(messages: list[Message]) -> Checked:
    """The newest word of how the step stands."""
    found: Checked = only(Checked, messages)[-1]
    return found


def pass_first(desk: Desk) -> Checked:
    return standing(desk.enter("a.x", Output(desk.session._console.runs.highest + 1, "1\n")))


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.say(READY)
    desk.do(Open("one"))
    return desk


def test_a_step_opens_with_its_files_and_says_how_it_stands() -> None:
    desk = Desk()
    desk.say(READY)
    heard = desk.do(Open("one", "first", "o"))
    assert only(Accepted, heard) == [Accepted("o", 1)]
    assert only(Files, heard) == [Files((File("a.py", "x = 1\n"),), (), (), 2)]
    assert desk.engine.worker.sent == [Save("a.py", "x = 1\n")]
    checked = standing(heard)
    assert (checked.lesson, checked.step, checked.passed, checked.reply) == ("one", "first", False, "")
    assert [(one.passed, one.unknown, one.hint) for one in checked.results] == [(False, False, "")]
    assert "<b>" not in checked.results[0].says


def test_an_entry_is_judged_by_what_it_printed(desk: Desk) -> None:
    assert not standing(desk.enter("a.x")).passed
    assert pass_first(desk).passed


def test_a_hint_comes_after_two_tries_and_goes_with_the_check(desk: Desk) -> None:
    hints = [standing(desk.enter("a.y", error="AttributeError")).results[0].hint for _ in range(2)]
    assert hints[0] == "" and "Look." in hints[1]
    assert pass_first(desk).results[0].hint == ""


def test_an_incomplete_entry_is_judged_when_it_is_whole(desk: Desk) -> None:
    desk.do(Run(1, "for n in [1]:\n    print(a.x)"))
    assert only(Checked, desk.say(Finished(1, "incomplete", "", 1))) == []
    desk.do(Run(2, "for n in [1]:\n    print(a.x)\n"))
    assert len(only(Checked, desk.say(Output(2, "1\n"), Finished(2, "ok", "", 1)))) == 1


def test_the_next_step_of_a_passed_one_goes_on_in_the_same_python(desk: Desk) -> None:
    pass_first(desk)
    heard = desk.do(Open("one", "second"))
    assert len(desk.engine.workers) == 1 and not desk.engine.worker.killed
    assert [file.path for files in only(Files, heard) for file in files.changed] == ["b.py"]
    assert standing(heard + desk.say(Probed("check:1", False, "NameError"))).step == "second"


def test_a_session_remembers_what_was_passed_in_it(desk: Desk) -> None:
    assert desk.welcome.done == ()
    pass_first(desk)
    desk.do(Open("one", "first"))
    desk.engine.worker.die()
    assert not standing(desk.listener.take() + desk.say(READY)).passed
    done = (Done("one", ("first",)),)
    assert desk.session.attach(Listener(), "token").done == done
    past = desk.journal.past()
    next_server = Session("s", PuppetEngine(), Job("python"), journal=desk.journal, past=past, shelf=lambda: SHELF)
    assert next_server.attach(Listener(), "token").done == done


def test_a_step_that_was_skipped_to_is_set_up_in_a_fresh_python(desk: Desk) -> None:
    desk.enter("junk = 1")
    desk.do(Save("mine.py", "m = 1\n"))
    heard = desk.do(Open("one", "second", "o"))
    assert only(Restart, heard) and desk.engine.worker.killed == "stopped"
    desk.engine.worker.die()
    assert desk.session._workspace.texts() == {}
    heard = desk.listener.take() + desk.say(READY)
    assert ("a.py",) in [tuple(file.path for file in files.changed) for files in only(Files, heard)]
    assert [run.source for run in only(Run, heard)] == ["import a"]
    assert only(Checked, heard) == []
    assert [run.source for run in only(Run, desk.finish())] == ["a.x"]
    heard = desk.finish("1\n")
    assert sorted(desk.session._workspace.texts()) == ["a.py", "b.py"]
    heard += desk.say(Probed("check:1", False, "NameError"))
    assert (standing(heard).step, standing(heard).passed) == ("second", False)


def test_what_is_typed_on_the_way_is_no_evidence() -> None:
    desk = Desk()
    desk.say(READY)
    desk.do(Open("one", "second"))
    desk.finish()
    assert not standing(desk.finish("1\n") + desk.say(Probed("check:1", False, "NameError"))).passed


def test_while_a_step_is_set_up_entries_are_refused_and_an_interrupt_gives_it_up(desk: Desk) -> None:
    desk.enter("junk = 1")
    desk.do(Open("one", "third"))
    desk.engine.worker.die()
    desk.say(READY)
    assert [one.code for one in only(Refused, desk.do(Run(9, "1"), Save("a.py", "")))] == ["busy", "busy"]
    desk.do(Interrupt(desk.session._console.runs.in_flight))
    run = desk.session._console.runs.in_flight
    heard = desk.say(Finished(run, "interrupted", "KeyboardInterrupt", 1))
    assert standing(heard).step == "third"
    assert only(Refused, desk.do(Run(99, "1"))) == []


def test_a_deep_link_of_a_new_session_is_set_up_once_python_is_there() -> None:
    desk = Desk(lesson="one", step="third")
    assert (desk.welcome.lesson, desk.welcome.step, desk.welcome.files) == ("one", "third", ())
    assert desk.session._life.state == "starting"
    typed: list[Any] = only(Run, desk.say(READY))
    for printed in ("", "1\n", ""):
        heard = desk.finish(printed)
        typed += only(Run, heard)
    assert [run.source for run in typed] == ["import a", "a.x", "y = 2"]
    assert standing(heard).step == "third"


def test_a_socket_that_comes_back_finds_its_step_as_it_was(desk: Desk) -> None:
    pass_first(desk)
    other = Listener()
    welcome = desk.session.attach(other, "token", "one", "first")
    assert (welcome.lesson, welcome.step) == ("one", "first")
    assert [message.kind for message in other.heard] == ["checked"]
    assert standing(other.heard).passed
    assert standing(told_to_another(desk, "")).passed


def told_to_another(desk: Desk, lesson: str) -> list[Message]:
    """What a new socket is told that names this lesson."""
    listener = Listener()
    desk.session.attach(listener, "token", lesson)
    return listener.heard


@pytest.mark.parametrize(
    ("place", "says"), [(Open("two", "", "o"), "no lesson 'two'"), (Open("one", "ninth", "o"), "no step 'ninth'")]
)
def test_an_unknown_place_is_refused_and_the_open_one_stays(desk: Desk, place: Open, says: str) -> None:
    refused = only(Refused, desk.do(place))
    assert [(one.code, one.id) for one in refused] == [("name", "o")]
    assert says in refused[0].reason
    assert desk.session.attach(Listener(), "token", place.lesson, place.step).step == "first"


def test_the_files_of_free_play_come_back() -> None:
    desk = Desk({"mine.py": "m = 1\n"})
    desk.say(READY)
    assert [type(one) for one in desk.do(Open("one")) if isinstance(one, Restart | Checked)] == [Restart]
    desk.engine.worker.die()
    assert desk.engine.worker.job.files == {}
    assert standing(desk.listener.take() + desk.say(READY)).step == "first"
    assert desk.session._workspace.texts() == {"a.py": "x = 1\n"}
    desk.do(Open(""))
    desk.engine.worker.die()
    assert desk.engine.worker.job.files == {"mine.py": "m = 1\n"}
    assert standing(desk.listener.take() + desk.say(READY)) == Checked("", "", False, (), "", None)


def test_a_question_of_a_check_goes_to_the_worker_and_holds_back_the_next_entry(desk: Desk) -> None:
    pass_first(desk)
    desk.do(Open("one", "second"))
    desk.say(Probed("check:1", False, "NameError"))
    desk.do(Run(8, "y = 2"), Run(9, "y = 3"))
    heard = desk.say(Finished(8, "ok", "", 1))
    assert only(Checked, heard) == [] and desk.engine.worker.sent[-1] == Probe("check:2", "y")
    assert only(Checked, desk.say(Probed("stray", True, "2"))) == []
    heard = desk.say(Probed("check:2", True, "2"))
    assert standing(heard).passed
    assert desk.engine.worker.sent[-1] == Run(9, "y = 3")
    assert only(Probed, heard) == []


def test_an_interpreter_that_dies_with_a_question_frees_the_session(desk: Desk) -> None:
    pass_first(desk)
    desk.do(Open("one", "second"))
    desk.engine.worker.die("quit")
    desk.do(Run(8, "y = 2"))
    desk.say(READY)
    assert desk.engine.worker.sent[-1] in (Run(8, "y = 2"), Probe("check:2", "y"))


def test_a_prediction_is_kept_changed_and_settled(desk: Desk) -> None:
    heard = desk.do(Predict("one", "first", "1", "p"), Predict("one", "first", "0", "q"))
    assert [one.id for one in only(Accepted, heard)] == ["p", "q"]
    prediction = standing(heard).prediction
    assert prediction and (prediction.choice, prediction.settled, prediction.right) == ("0", False, -1)
    settled = pass_first(desk).prediction
    assert settled and (settled.choice, settled.happened, settled.right) == ("0", (0,), 0)
    assert "It is one." in settled.because
    assert "has run already" in only(Refused, desk.do(Predict("one", "first", "1", "r")))[0].reason


@pytest.mark.parametrize(
    "predict",
    [Predict("one", "second", "0"), Predict("two", "first", "0"), Predict("one", "first", "2"),
     Predict("one", "first", "-1"), Predict("one", "first", chr(0x660)), Predict("one", "first", "x" * 1000)],
)  # fmt: skip
def test_a_prediction_of_something_else_is_refused(desk: Desk, predict: Predict) -> None:
    assert [one.code for one in only(Refused, desk.do(predict))] == ["name"]


def test_without_a_lesson_nothing_is_judged_and_nothing_asked() -> None:
    desk = Desk()
    desk.say(READY)
    heard = desk.enter("1", Output(1, "1\n")) + desk.do(Save("a.py", "")) + desk.do(Restart())
    assert only(Checked, heard) == []
    assert only(Probe, desk.engine.workers[0].sent) == []


def test_what_the_worker_says_is_kept_within_bounds(desk: Desk) -> None:
    desk.do(Run(1, "a.x"))
    for number in range(2_000):
        desk.say(Output(1, "x" * 1_000), Loaded(1, f"m{number}", "a.py", number, "import", True, None, False))
    witness = desk.session._course._witness
    assert len(witness._output) <= 65_000
    assert len(witness._loads) == len(witness._loaded) == 400
    desk.say(Output(1, "1\n"), Finished(1, "ok", "", 1))
    assert witness._output == "" and not witness._loaded


def test_holders_asked_by_a_check_and_by_the_page_are_told_apart(desk: Desk) -> None:
    desk.do(Holders("mine", 7))
    assert desk.say(Holding("mine", (), True)) == [Holding("mine", (), True)]
