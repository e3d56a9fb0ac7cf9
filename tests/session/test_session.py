"""What a session promises, whatever order commands and events come in."""

import errno
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from sandbox.engine.interface import Full, Job, Limits, Rejected
from sandbox.protocol import (
    Accepted,
    Answer,
    Asked,
    Complete,
    Completions,
    Delete,
    Exited,
    File,
    Files,
    Finished,
    Holders,
    Interrupt,
    LeftOut,
    Loaded,
    Look,
    Noted,
    Open,
    Output,
    Refused,
    Restart,
    Run,
    Save,
    Saved,
    Snapshot,
    Welcome,
)
from sandbox.session.session import Session
from tests.session.puppet import READY, Listener, PuppetEngine, PuppetJournal


class Desk:
    """A session with a puppet for a worker and one listener."""

    def __init__(self, ready: bool = True, limits: Limits = Limits()) -> None:  # noqa: B008  frozen
        self.now = 1000.0
        self.engine = PuppetEngine()
        job = Job("python", limits, {"changer.py": "text = 1\n"})
        self.session = Session("s", self.engine, job, "none", lambda: self.now, journal=PuppetJournal())
        self.listener = Listener()
        self.welcome = self.session.attach(self.listener, "token")
        self.session.start()
        if ready:
            self.event(READY)
            self.listener.take()

    def do(self, *commands: Any) -> list[str]:
        """The kinds of what is heard when these are sent."""
        for command in commands:
            self.session.handle(self.listener, command)
        return self.listener.kinds()

    def event(self, *events: Any) -> None:
        for event in events:
            self.session.on_events(event)

    def sent(self) -> list[Any]:
        sent, self.engine.worker.sent = self.engine.worker.sent, []
        return sent

    def look(self) -> Welcome:
        """What a page would be told that came now, in the place of the one there is."""
        self.listener = Listener()
        return self.session.attach(self.listener, "token")

    def disk(self) -> dict[str, str]:
        return {state.path: state.state for state in self.look().disk}


@pytest.fixture
def desk() -> Iterator[Desk]:
    yield Desk()


def finished(run: int, status: str = "ok") -> Finished:
    return Finished(run, status, "", 1)


def loaded(text: str | None, load: int = 1, **other: Any) -> Loaded:
    values = {"cause": "import", "ok": True, "stale_bytecode": False} | other
    return Loaded(1, "changer", "changer.py", load, source=text, **values)


def test_a_new_session_is_starting_and_then_ready() -> None:
    desk = Desk(ready=False)
    assert (desk.welcome.state, desk.welcome.files) == ("starting", (File("changer.py", "text = 1\n"),))
    desk.event(READY)
    assert desk.listener.kinds() == ["ready"]
    assert (desk.look().state, desk.look().python) == ("ready", "3.11.7")


def test_a_run_goes_to_the_worker_and_its_events_come_back_in_order(desk: Desk) -> None:
    assert desk.do(Run(1, "print(1)", "a")) == ["accepted"]
    assert desk.sent() == [Run(1, "print(1)", "a")]
    desk.event(Output(1, "1\n"), finished(1))
    assert desk.listener.kinds() == ["output", "finished", "disk"]


def test_an_event_that_cannot_be_handled_keeps_those_that_came_with_it_from_nobody(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.do(Run(1, "import changer"))
    broken = replace(loaded("text = 1\n"), path=None)  # type: ignore[arg-type]
    desk.session.on_events(Output(1, "1\n"), broken, finished(1))
    assert desk.listener.kinds()[-3:] == ["output", "finished", "disk"]
    assert "event not handled" in caplog.text
    assert desk.look().state == "ready"


def test_runs_wait_until_the_interpreter_is_ready() -> None:
    desk = Desk(ready=False)
    assert desk.do(Run(1, "a"), Run(2, "b")) == []
    assert desk.sent() == []
    desk.event(READY)
    assert desk.sent() == [Run(1, "a")]
    desk.event(finished(1))
    assert desk.sent() == [Run(2, "b")]


def test_a_run_that_waits_is_accepted_at_once_and_in_the_transcript_from_its_turn_on(desk: Desk) -> None:
    assert desk.do(Run(1, "a", "r1"), Run(2, "b", "r2")) == ["accepted", "accepted"]
    desk.do(Save("changer.py", "text = 2\n"))
    desk.event(finished(1))
    inputs = [(noted.seq, noted.message.kind) for noted in desk.look().transcript if noted.seq]
    assert inputs == [(1, "run"), (3, "saved"), (2, "run")]


def test_run_numbers_must_rise(desk: Desk) -> None:
    desk.do(Run(5, "a"))
    assert desk.do(Run(5, "b")) == ["refused"]
    assert desk.do(Run(4, "b")) == ["refused"]
    assert desk.look().run == 5


def test_the_twenty_first_waiting_run_is_refused_and_its_number_stays_free(desk: Desk) -> None:
    assert desk.do(*(Run(number, "a") for number in range(1, 22))) == []
    desk.session.handle(desk.listener, Run(22, "a", "late"))
    assert desk.listener.take() == [Refused("busy", "At most 20 entries can wait for their turn.", "late")]
    desk.event(finished(1))
    assert desk.do(Run(22, "a")) == ["finished", "disk"]


def test_interrupt_is_forwarded_and_drops_the_runs_that_wait(desk: Desk) -> None:
    desk.do(Run(1, "a"), Run(2, "b"), Run(3, "c"))
    desk.sent()
    desk.session.handle(desk.listener, Interrupt(1))
    assert desk.listener.take() == [Finished(2, "interrupted", "", 0), Finished(3, "interrupted", "", 0)]
    assert desk.sent() == [Interrupt(1)]
    desk.event(finished(1, "interrupted"))
    assert desk.sent() == []


def test_interrupt_of_a_run_that_is_over_does_nothing(desk: Desk) -> None:
    desk.do(Run(1, "a"))
    desk.event(finished(1))
    desk.do(Run(2, "b"), Run(3, "c"))
    desk.sent()
    assert desk.do(Interrupt(1)) == []
    assert desk.sent() == []


def test_interrupt_of_a_run_that_waits_for_ready_drops_it() -> None:
    desk = Desk(ready=False)
    assert desk.do(Run(1, "a"), Interrupt(1)) == ["finished"]
    desk.event(READY)
    assert desk.sent() == []


def test_interrupt_of_an_incomplete_entry_is_forwarded(desk: Desk) -> None:
    desk.do(Run(1, "def f():"))
    desk.event(finished(1, "incomplete"))
    desk.sent()
    desk.do(Interrupt(1))
    assert desk.sent() == [Interrupt(1)]
    desk.event(finished(1, "interrupted"))
    assert desk.listener.kinds() == ["finished", "disk"]
    desk.do(Interrupt(1))
    assert desk.sent() == []


def test_answers_go_only_to_the_run_in_flight(desk: Desk) -> None:
    desk.do(Run(1, "input()"))
    desk.event(Asked(1, "name? "))
    assert desk.look().state == "asked"
    desk.sent()
    desk.do(Answer(1, "Ada"), Answer(2, "Eve"))
    assert desk.sent() == [Answer(1, "Ada")]
    assert desk.look().state == "running"


def test_what_is_sent_again_with_its_id_is_taken_once(desk: Desk) -> None:
    desk.session.handle(desk.listener, Run(1, "a", "one"))
    desk.session.handle(desk.listener, Save("b.py", "", "two"))
    desk.session.handle(desk.listener, Run(1, "a", "one"))
    desk.session.handle(desk.listener, Save("b.py", "", "two"))
    told = [message for message in desk.listener.take() if isinstance(message, Accepted)]
    assert told == [Accepted("one", 1), Accepted("two", 2), Accepted("one", 1), Accepted("two", 2)]
    assert desk.sent() == [Run(1, "a", "one"), Save("b.py", "", "two")]


def test_a_waiting_run_that_is_sent_again_is_run_once(desk: Desk) -> None:
    assert desk.do(Run(1, "a"), Run(2, "b", "two"), Run(2, "b", "two")) == ["accepted", "accepted"]
    desk.event(finished(1), finished(2))
    assert desk.sent() == [Run(1, "a"), Run(2, "b", "two")]


def test_ids_have_a_length(desk: Desk) -> None:
    assert desk.do(Save("a.py", "", "x" * 201)) == ["refused"]
    assert "a.py" not in desk.disk()


def test_restart_ends_the_interpreter_and_starts_another_with_the_files(desk: Desk) -> None:
    desk.do(Save("new.py", "x = 1\n"), Run(1, "a"), Run(2, "b"))
    assert desk.do(Restart("r")) == ["accepted", "finished"]
    first = desk.engine.worker
    assert first.killed == "stopped"
    assert desk.do(Run(3, "c")) == []
    first.die()
    assert desk.listener.kinds() == ["exited", "disk"]
    assert desk.engine.worker is not first
    assert dict(desk.engine.worker.job.files) == {"changer.py": "text = 1\n", "new.py": "x = 1\n"}
    desk.event(READY)
    assert desk.sent() == [Run(3, "c")]


def test_of_a_dying_interpreter_only_output_files_and_its_end_are_heard(desk: Desk) -> None:
    desk.do(Run(1, "a"), Restart())
    desk.listener.take()
    desk.event(READY, finished(1), Asked(1, ""), loaded(""), Output(1, "bye\n"), Files((), (), ()))
    assert desk.listener.kinds() == ["output", "files", "disk"]
    assert desk.look().state == "starting"


def test_a_second_restart_while_the_first_is_under_way_changes_nothing(desk: Desk) -> None:
    desk.do(Restart(), Restart())
    desk.engine.worker.die()
    assert len(desk.engine.workers) == 2
    desk.event(READY)
    assert desk.look().state == "ready"


@pytest.mark.parametrize("wake", [Run(2, "b"), Restart(), Complete("c", "pri", 3)])
def test_after_its_end_the_interpreter_sleeps_until_it_is_needed(desk: Desk, wake: Any) -> None:
    desk.do(Run(1, "exit()"))
    desk.engine.worker.die("quit")
    assert desk.look().state == "asleep"
    desk.do(Save("changer.py", "text = 2\n"))
    desk.do(wake)
    assert desk.look().state == "starting"
    assert dict(desk.engine.worker.job.files) == {"changer.py": "text = 2\n"}


def test_runs_that_wait_when_the_interpreter_ends_are_dropped(desk: Desk) -> None:
    desk.do(Run(1, "exit()"), Run(2, "b"))
    desk.engine.worker.die("quit")
    assert desk.listener.kinds() == ["exited", "finished", "disk"]
    assert desk.look().run == 2


def test_when_there_is_no_room_to_wake_the_input_is_refused_and_may_be_sent_again(desk: Desk) -> None:
    desk.engine.worker.die("crashed")
    desk.engine.failure = Full("No room.")
    desk.listener.take()
    desk.session.handle(desk.listener, Run(1, "a", "x"))
    assert desk.listener.take() == [Refused("full", "No room.", "x")]
    desk.engine.failure = None
    assert desk.do(Run(1, "a", "x")) == ["accepted"]
    desk.event(READY)
    assert desk.sent() == [Run(1, "a", "x")]


def test_a_restart_without_room_ends_asleep_and_says_so(desk: Desk) -> None:
    desk.do(Restart())
    desk.engine.failure = Full("No room.")
    desk.engine.worker.die()
    assert desk.listener.kinds() == ["exited", "disk", "refused"]
    assert desk.look().state == "asleep"


def test_an_idle_interpreter_is_ended_and_wakes_for_the_next_entry(desk: Desk) -> None:
    desk.session.sleep_if_idle(60)
    assert desk.engine.worker.killed == ""
    desk.now += 61
    desk.session.sleep_if_idle(60)
    assert desk.engine.worker.killed == "idle"
    desk.do(Run(1, "a"))
    desk.engine.worker.die()
    assert len(desk.engine.workers) == 2
    desk.event(READY)
    assert desk.sent() == [Run(1, "a")]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("../x", "name"),
        ("/etc/passwd", "name"),
        ("a\0b", "name"),
        ("", "name"),
        ("x" * 300, "name"),
        ("folder", "name"),
        ("changer.py/x.py", "name"),
        ("a//b.py", "name"),
    ],
)
def test_a_save_under_an_impossible_name_is_refused(desk: Desk, path: str, code: str) -> None:
    desk.do(Save("folder/x.py", ""))
    desk.session.handle(desk.listener, Save(path, "", "id"))
    (refused,) = desk.listener.take()
    assert isinstance(refused, Refused)
    assert (refused.code, refused.id, refused.fatal) == (code, "id", False)
    assert refused.reason.endswith(".")


def test_a_workspace_has_its_limits() -> None:
    desk = Desk(limits=Limits(workspace_files=3, workspace_bytes=100, file_bytes=60))
    desk.do(Save("a.py", "x" * 40))
    desk.session.handle(desk.listener, Save("b.py", "x" * 61))
    desk.session.handle(desk.listener, Save("b.py", "x" * 60))
    desk.session.handle(desk.listener, Save("b.py", ""))
    desk.session.handle(desk.listener, Save("c.py", ""))
    assert desk.listener.refusals() == ["too-large", "too-large", "too-many"]
    desk.do(Delete("a.py"))
    assert desk.do(Save("c.py", "x" * 60)) == ["disk"]


def test_a_file_that_is_not_there_cannot_be_deleted(desk: Desk) -> None:
    desk.session.handle(desk.listener, Delete("none.py"))
    assert desk.listener.refusals() == ["name"]


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (Rejected("too-many", "Too many."), "too-many"),
        (OSError(errno.ENOSPC, "No space left on device"), "too-large"),
        (IsADirectoryError(errno.EISDIR, "Is a directory"), "name"),
    ],
)
def test_what_the_engine_cannot_write_is_refused_and_not_kept(desk: Desk, failure: Exception, code: str) -> None:
    desk.engine.worker.failure = failure
    desk.session.handle(desk.listener, Save("a.py", "x", "id"))
    assert desk.listener.refusals() == [code]
    assert "a.py" not in desk.disk()


def test_disk_says_whether_memory_holds_what_the_disk_holds(desk: Desk) -> None:
    assert desk.disk() == {"changer.py": "unloaded"}
    desk.event(loaded("text = 1\n"))
    assert desk.disk() == {"changer.py": "same"}
    desk.do(Save("changer.py", "text = 2\n"))
    assert desk.disk() == {"changer.py": "edited"}
    desk.event(loaded("text = 2\n", 2, cause="reload"))
    assert [(state.state, state.load) for state in desk.look().disk] == [("same", 2)]
    desk.do(Delete("changer.py"))
    assert desk.disk() == {"changer.py": "deleted"}
    desk.engine.worker.die("quit")
    assert desk.disk() == {}


def test_disk_knows_stale_bytecode(desk: Desk) -> None:
    desk.event(loaded(None, stale_bytecode=True))
    assert desk.disk() == {"changer.py": "stale-bytecode"}


def test_files_that_the_learner_writes_are_taken_over(desk: Desk) -> None:
    desk.event(Files((File("made.py", "x"), File("../evil.py", "x")), ("changer.py",), (LeftOut("fifo", "a pipe"),)))
    assert desk.listener.kinds() == ["files", "disk"]
    assert desk.look().files == (File("made.py", "x"),)


def test_files_tell_after_which_saves_they_were_written(desk: Desk) -> None:
    desk.do(Save("a.py", "x = 1\n"))
    desk.do(Run(1, "a"))
    desk.listener.take()
    desk.event(Files((File("a.py", "x = 2\n"),), (), (), 1))
    assert [event.seq for event in desk.listener.take() if isinstance(event, Files)] == [2]


def test_a_save_done_after_the_engine_had_looked_is_not_undone_by_what_it_saw(desk: Desk) -> None:
    desk.do(
        Save("a.py", ""), Save("b.py", ""), Run(1, "a"), Save("a.py", "saved"), Delete("b.py"), Save("new.py", "saved")
    )
    seen = Files((File("a.py", "seen"), File("b.py", "seen"), File("c.py", "seen")), ("changer.py", "new.py"), (), 2)
    desk.event(seen)
    assert {file.path: file.text for file in desk.look().files} == {"a.py": "saved", "c.py": "seen", "new.py": "saved"}


def test_a_new_worker_counts_its_saves_anew(desk: Desk) -> None:
    desk.do(Save("a.py", "saved"), Restart())
    desk.engine.worker.die()
    desk.event(READY, Files((File("a.py", "seen"),), (), ()))
    assert File("a.py", "seen") in desk.look().files


def test_events_that_fit_no_run_are_dropped(desk: Desk) -> None:
    desk.event(finished(7), Asked(7, ""), Completions("nobody", 0, ()), READY)
    assert desk.listener.kinds() == []
    desk.do(Run(1, "a"))
    desk.event(finished(2), Asked(2, ""), READY)
    assert desk.listener.kinds() == []
    assert desk.look().state == "running"


def test_completions_come_from_an_idle_interpreter_and_are_empty_otherwise(desk: Desk) -> None:
    desk.do(Complete("a", "pri", 3))
    desk.event(Completions("a", 0, ("print",)), Completions("a", 0, ("print",)))
    assert desk.listener.take() == [Completions("a", 0, ("print",))]
    desk.do(Run(1, "b"))
    desk.session.handle(desk.listener, Complete("b", "pri", 3))
    assert desk.listener.take() == [Completions("b", 3, ())]


def test_questions_that_an_interpreter_takes_with_it_are_answered(desk: Desk) -> None:
    desk.do(Complete("a", "pri", 3), Holders("h", 1))
    desk.engine.worker.die("crashed")
    assert desk.listener.kinds() == ["exited", "completions", "refused", "disk"]


def test_an_interpreter_is_asked_eight_questions_at_a_time(desk: Desk) -> None:
    desk.do(*(Complete(str(number), "x", 1) for number in range(30)))
    assert len(desk.sent()) == 8


def test_the_picture_is_numbered_after_its_input_and_can_be_looked_at_again(desk: Desk) -> None:
    desk.do(Save("a.py", ""), Run(1, "x = 1"))
    desk.listener.take()
    desk.event(Snapshot(0, 1, False, (), ()), finished(1))
    assert desk.listener.take()[0] == Snapshot(2, 1, False, (), ())
    assert desk.look().snapshot == Snapshot(2, 1, False, (), ())
    assert desk.do(Look(2)) == ["looked", "snapshot"]
    assert desk.do(Look(1)) == ["looked", "snapshot"]
    assert desk.do(Look(3)) == ["refused"]


def test_what_this_server_has_not_is_refused(desk: Desk) -> None:
    desk.session.handle(desk.listener, Open("lesson", "", "id"))
    (refused,) = desk.listener.take()
    assert isinstance(refused, Refused)
    assert refused.id == "id"


def test_a_newer_driver_takes_over_and_the_older_is_told_and_heard_no_more(desk: Desk) -> None:
    older, newer = desk.listener, Listener()
    desk.session.attach(newer, "token")
    assert [message.fatal for message in older.take() if isinstance(message, Refused)] == [True]
    desk.session.handle(older, Run(1, "a"))
    assert desk.sent() == []
    desk.session.detach(older)
    desk.session.handle(newer, Run(1, "a"))
    assert desk.sent() == [Run(1, "a")]
    assert older.take() == []


def test_between_welcome_and_events_nothing_is_missing_and_nothing_doubled(desk: Desk) -> None:
    desk.do(Run(1, "a", "id"))
    desk.event(Output(1, "one\n"))
    desk.session.detach(desk.listener)
    desk.event(Output(1, "two\n"))
    welcome = desk.look()
    desk.event(Output(1, "three\n"), finished(1))
    assert [(noted.seq, noted.message) for noted in welcome.transcript[1:]] == [
        (1, Run(1, "a", "id")),
        (0, Output(1, "one\ntwo\n")),
    ]
    assert desk.listener.take()[:2] == [Output(1, "three\n"), finished(1)]


def test_a_run_that_waits_is_at_the_end_of_the_transcript(desk: Desk) -> None:
    desk.do(Run(1, "a"), Run(2, "b"))
    desk.event(Output(1, "x"))
    assert desk.look().transcript[-1] == Noted(2, desk.now, Run(2, "b"))


def test_a_run_that_was_dropped_is_in_the_transcript_with_its_end(desk: Desk) -> None:
    desk.do(Run(1, "a"), Run(2, "b"), Interrupt(1))
    kept = [noted.message for noted in desk.look().transcript[-3:]]
    assert kept == [Interrupt(1), Run(2, "b"), Finished(2, "interrupted", "", 0)]


def test_a_slow_reader_slows_its_learner_down_and_a_vanished_one_does_not(desk: Desk) -> None:
    desk.do(Run(1, "a"))
    desk.listener.full = True
    desk.event(Output(1, "x"))
    assert desk.engine.worker.paused
    desk.listener.full = False
    desk.session.ease()
    assert not desk.engine.worker.paused
    desk.listener.full = True
    desk.event(Output(1, "x"))
    desk.session.detach(desk.listener)
    assert not desk.engine.worker.paused


def test_a_new_worker_is_slowed_down_as_its_forerunner_was(desk: Desk) -> None:
    desk.listener.full = True
    desk.do(Restart())
    assert desk.engine.worker.paused
    desk.engine.worker.die()
    assert desk.engine.worker.paused


def test_the_transcript_keeps_what_was_done(desk: Desk) -> None:
    desk.do(Save("a.py", "secret"), Run(1, "a"))
    desk.event(loaded("text"), Output(1, "x"), Exited("crashed", "It crashed."))
    kept = [noted.message for noted in desk.look().transcript]
    assert kept[1:3] == [Saved("a.py"), Run(1, "a")]
    assert [message.source for message in kept if isinstance(message, Loaded)] == ["text"]
    assert kept[-1] == Exited("crashed", "It crashed. What was in memory comes back with your next entry.")


@pytest.mark.parametrize(("cause", "outlook"), [("crashed", "comes back"), ("idle", "comes back"), ("quit", "is gone")])
def test_the_end_of_python_tells_what_becomes_of_its_memory(desk: Desk, cause: str, outlook: str) -> None:
    desk.do(Run(1, "a = 1"))
    desk.event(Finished(1, "ok", "", 1))
    desk.event(Exited(cause, "It ended."))
    end = desk.look().transcript[-1].message
    assert isinstance(end, Exited) and f"What was in memory {outlook}" in end.message


def test_a_closed_session_gives_everything_back(desk: Desk) -> None:
    desk.session.close()
    assert desk.engine.worker.killed == "stopped"
    assert desk.engine.forgotten == []
    desk.engine.worker.die()
    assert desk.engine.forgotten == ["s"]
    assert desk.do(Run(1, "a")) == ["exited", "disk"]
    assert len(desk.engine.workers) == 1
