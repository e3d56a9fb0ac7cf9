"""What a learner finds again when her interpreter, or the whole server, has ended: everything, in true order.

Orders of events are told by puppets; what CPython makes of them is shown with real ones.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from sandbox.engine.interface import Job, Limits
from sandbox.engine.local import LocalEngine
from sandbox.protocol import (
    Answer,
    Asked,
    Command,
    Delete,
    Different,
    Exited,
    File,
    Files,
    Finished,
    Interrupt,
    Loaded,
    Look,
    Looked,
    Output,
    Queued,
    Rebuilt,
    Restart,
    Run,
    Save,
    Saved,
    Snapshot,
)
from sandbox.session.comeback import REBUILD_SECONDS, TURN_SECONDS
from sandbox.session.record import FILES_EVERY
from sandbox.session.revival import UNREAD
from sandbox.session.session import Session
from sandbox.session.timer import Plan, plan
from sandbox.session.turns import Turns
from tests.session.puppet import READY, Listener, PuppetEngine, PuppetJournal


def finished(run: int, status: str = "ok") -> Finished:
    return Finished(run, status, "", 1)


def snapshot(run: int) -> Snapshot:
    return Snapshot(0, run, False, (), ())


class Planned:
    """Timers that go off when the test says so."""

    def __init__(self) -> None:
        self.calls: list[tuple[float, Callable[[], None]]] = []

    def __call__(self, seconds: float, call: Callable[[], None]) -> "Planned":
        self.calls.append((seconds, call))
        return self

    def cancel(self) -> None:
        """The test looks at what was planned, not at what is left."""

    def go_off(self) -> float:
        """The newest one; after how long."""
        seconds, call = self.calls.pop()
        call()
        return seconds


class House:
    """One server after another, over one journal, with puppets for workers."""

    def __init__(self, turns: Turns | None = None) -> None:
        self.now = 1000.0
        self.turns = turns
        self.journal = PuppetJournal()
        self.begin(PuppetJournal.past, new=True)
        self.event(READY)

    def begin(self, past: Any = PuppetJournal.past, new: bool = False) -> None:
        """A server that knows nothing but what was kept."""
        self.engine, self.planned, self.listener = PuppetEngine(), Planned(), Listener()
        job = Job("python", Limits(), {"changer.py": "text = 1\n"})
        self.session = Session(
            "s",
            self.engine,
            job,
            clock=lambda: self.now,
            journal=self.journal,
            past=None if new else past(self.journal),
            plan=self.planned,
            turns=self.turns,
        )
        self.welcome = self.session.attach(self.listener, "token")
        self.session.start()

    def do(self, *commands: Command) -> None:
        for command in commands:
            self.session.handle(self.listener, command)

    def event(self, *events: Any) -> None:
        for event in events:
            self.session.on_events(event)

    def run(self, number: int, source: str, printed: str = "") -> None:
        """An entry from its beginning to its end."""
        self.do(Run(number, source, f"r{number}"))
        self.event(*([Output(number, printed)] if printed else []), finished(number))

    def state_after(self, seq: int) -> tuple[int, str]:
        """The newest load of the one file and its state, after an input."""
        listener = Listener()
        self.session.attach(listener, "token")
        self.session.handle(listener, Look(seq))
        (looked,) = (one for one in listener.take() if isinstance(one, Looked))
        assert looked.disk is not None
        (file,) = looked.disk
        return file.load, file.state

    @property
    def sent(self) -> list[Command]:
        return self.engine.worker.sent

    def shown(self) -> list[Any]:
        """The transcript as a page would be told now, without times."""
        listener = Listener()
        welcome = self.session.attach(listener, "token")
        self.listener = listener
        return [noted.message for noted in welcome.transcript]


@pytest.fixture
def house() -> House:
    return House()


def test_a_restarted_server_has_files_transcript_and_numbers_as_they_were(house: House) -> None:
    house.do(Save("a.py", "x = 1\n", "s1"))
    house.run(1, "import a", "hello\n")
    before = house.shown()
    house.begin()
    assert [(file.path, file.text) for file in house.welcome.files] == [
        ("a.py", "x = 1\n"),
        ("changer.py", "text = 1\n"),
    ]
    assert [noted.message for noted in house.welcome.transcript] == before
    assert house.welcome.run == 1
    assert house.welcome.state == "starting"


def test_the_new_interpreter_gets_the_same_files_at_the_same_moments(house: House) -> None:
    house.run(1, "import changer")
    house.do(Save("changer.py", "text = 2\n", "s1"), Save("b.py", "", "s2"))
    house.run(2, "importlib.reload(changer)")
    house.do(Delete("b.py", "d1"))
    house.begin()
    assert dict(house.engine.worker.job.files) == {"changer.py": "text = 1\n"}
    assert house.sent == []
    house.event(READY)
    assert [type(one).__name__ for one in house.sent] == ["Run"]
    house.event(finished(1))
    assert house.sent[1:] == [
        Save("changer.py", "text = 2\n", "s1"),
        Save("b.py", "", "s2"),
        Run(2, "importlib.reload(changer)", "r2"),
    ]
    house.event(finished(2))
    assert house.sent[-1] == Delete("b.py", "d1")


def test_files_get_the_times_that_they_had(house: House) -> None:
    house.do(Save("a.py", "x = 1\n", "s1"))
    house.run(1, "import a")
    house.do(Save("a.py", "x = 2\n", "s2"))
    taken = [row.mtime_ns for row in house.journal.rows if isinstance(row.message, Save)]
    house.begin()
    house.event(READY, finished(1))
    times = dict(zip([one.kind for one in house.sent], house.engine.worker.times, strict=True))
    assert times["save"] == taken[1]


def test_it_is_quiet_until_everything_was_done_and_then_says_so_once(house: House) -> None:
    house.run(1, "print(1)", "1\n")
    house.begin()
    house.listener.take()
    house.event(READY, Output(1, "1\n"), Loaded(1, "a", "a.py", 1, "import", True, "", False), snapshot(1))
    assert house.listener.take() == []
    house.event(finished(1))
    heard = house.listener.take()
    assert [one.kind for one in heard] == ["rebuilt", "snapshot", "disk"]
    assert heard[0] == Rebuilt("3.11.7", 1, (Different(1, "1\n"),), "")  # the load is new


def test_who_comes_back_with_many_others_sees_her_place_in_line(house: House) -> None:
    house.run(1, "print(1)", "1\n")
    house.begin()
    house.listener.take()
    house.event(Queued(7))
    assert house.listener.take() == [Queued(7)]


def test_what_comes_out_the_same_is_not_marked_and_what_differs_is(house: House) -> None:
    house.run(1, "print(1)", "1\n")
    house.run(2, "time()", "17.5\n")
    house.begin()
    house.event(READY, Output(1, "1"), Output(1, "\n"), finished(1), Output(2, "18.5\n"), finished(2))
    assert house.listener.wait_for("rebuilt") == Rebuilt("3.11.7", 2, (Different(2, "18.5\n"),), "")


def test_pictures_and_states_are_as_if_nothing_had_happened(house: House) -> None:
    load = Loaded(1, "changer", "changer.py", 1, "import", True, "text = 1\n", False)
    house.do(Run(1, "import changer", "r1"))
    house.event(load, snapshot(1), finished(1))
    house.do(Save("changer.py", "text = 2\n", "s1"))
    house.begin()
    house.event(READY, load, snapshot(1), finished(1))
    newest = [one for one in house.listener.take() if isinstance(one, Snapshot)][-1]
    assert (newest.seq, newest.run) == (1, 1)
    (state,) = house.session.attach(Listener(), "token").disk
    assert (state.load, state.state) == (1, "edited")
    assert [house.state_after(seq) for seq in (1, 2)] == [(1, "same"), (1, "edited")]


def test_an_entry_that_ran_when_the_server_died_runs_once_more_and_is_shown_once(house: House) -> None:
    house.run(1, "x = 1")
    house.do(Run(2, "input()", "r2"))
    house.event(Output(2, "half"), Asked(2, ""))
    house.do(Answer(2, "yes", "a1"), Run(3, "later", "r3"), Save("a.py", "", "s1"))
    house.begin()
    assert [noted.message for noted in house.welcome.transcript][-3:] == [
        Saved("a.py"),
        Run(2, "input()", "r2"),
        Run(3, "later", "r3"),
    ]
    house.event(READY, finished(1))
    assert house.sent[1:] == [Save("a.py", "", "s1"), Run(2, "input()", "r2"), Answer(2, "yes", "a1")]
    house.event(Output(2, "half and whole"), finished(2))
    assert house.sent[-1] == Run(3, "later", "r3")
    house.event(finished(3))
    once = house.shown()
    assert [one for one in once if isinstance(one, Run | Answer)] == [
        Run(1, "x = 1", "r1"), Run(2, "input()", "r2"), Answer(2, "yes", "a1"), Run(3, "later", "r3"),
    ]  # fmt: skip
    house.begin()
    assert [noted.message for noted in house.welcome.transcript] == once
    house.event(READY, finished(1), Output(2, "half and whole"), finished(2), finished(3))
    assert house.listener.wait_for("rebuilt") == Rebuilt("3.11.7", 3, (), "")


def test_a_beginning_that_was_not_read_back_is_told(house: House) -> None:
    house.run(1, "x = 1")
    house.run(2, "y = 1")
    second = next(row.place for row in house.journal.rows if row.seq == 2)
    house.begin(lambda journal: replace(journal.past(), rows=tuple(journal.rows[second - 1 :])))
    assert house.shown()[:2] == [Output(0, UNREAD), Run(2, "y = 1", "r2")]


def test_an_input_is_taken_once_also_by_the_next_server(house: House) -> None:
    house.run(1, "x = 1")
    house.begin()
    house.event(READY, finished(1))
    house.do(Run(1, "x = 1", "r1"))
    assert house.listener.wait_for("accepted").seq == 1  # type: ignore[attr-defined]
    assert len([one for one in house.sent if isinstance(one, Run)]) == 1


def test_what_has_come_while_a_run_was_in_flight_comes_after_the_same_output_and_time(house: House) -> None:
    house.do(Run(1, "loop", "r1"))
    house.now += 1
    house.event(Output(1, "once\n"))
    house.now += 2.5
    house.do(Save("changer.py", "text = 2\n", "s1"))
    house.event(Output(1, "again\n"))
    house.do(Interrupt(1, "i1"))
    house.event(finished(1, "interrupted"))
    house.begin()
    house.event(READY)
    assert house.planned.calls.pop()[0] == 120.0, "the deadline of all"
    house.planned.calls.clear()
    house.event(Output(1, "once"))
    assert house.planned.calls == []
    house.event(Output(1, "\n"))
    assert house.planned.go_off() == 2.5
    assert house.sent[-1] == Save("changer.py", "text = 2\n", "s1")
    house.event(Output(1, "again\n"))
    assert house.planned.go_off() == 0.0
    assert house.sent[-1] == Interrupt(1, "i1")


def test_an_answer_waits_for_its_question_whatever_that_has_become(house: House) -> None:
    house.do(Run(1, "input(time())", "r1"))
    house.event(Output(1, "12345"), Asked(1, "12345"))
    house.do(Answer(1, "yes", "a1"))
    house.event(finished(1))
    house.begin()
    house.event(READY, Output(1, "12"), Asked(1, "12"))
    assert house.sent[-1] == Answer(1, "yes", "a1")


def test_a_file_that_the_learners_code_wrote_says_what_it_said_then(house: House) -> None:
    house.do(Run(1, "write()", "r1"))
    house.event(Files((File("made.py", "17"),), (), ()), finished(1))
    house.run(2, "import made")
    house.begin()
    assert "made.py" in [file.path for file in house.welcome.files]
    house.event(
        READY,
        Files(
            (
                File("made.py", "18"),
                File("other.py", ""),
            ),
            (),
            (),
        ),
        finished(1),
    )
    assert set(house.sent[1:3]) == {Delete("other.py"), Save("made.py", "17")}
    assert house.sent[3] == Run(2, "import made", "r2")


def test_saves_and_entries_that_come_meanwhile_come_after_everything(house: House) -> None:
    house.run(1, "import changer")
    house.begin()
    house.event(READY)
    house.do(Save("changer.py", "text = 3\n", "s1"), Run(2, "reload", "r2"))
    assert house.sent == [Run(1, "import changer", "r1")]
    house.event(finished(1))
    assert house.sent[1:] == [Save("changer.py", "text = 3\n", "s1"), Run(2, "reload", "r2")]


@pytest.mark.parametrize("cause", ["idle", "lost", "crashed"])
def test_after_an_end_the_next_entry_brings_the_interpreter_back(house: House, cause: str) -> None:
    house.run(1, "x = 1")
    house.event(Exited(cause, "It ended."))
    house.do(Run(2, "x", "r2"))
    house.event(READY)
    assert house.sent == [Run(1, "x = 1", "r1")]
    house.event(finished(1))
    assert house.sent[1:] == [Run(2, "x", "r2")]


def test_the_entry_that_ended_the_interpreter_is_left_out(house: House) -> None:
    house.run(1, "x = 1")
    house.do(Run(2, "os._exit(1)", "r2"))
    house.event(Exited("crashed", "It crashed."))
    house.begin()
    house.event(READY, finished(1))
    assert house.sent == [Run(1, "x = 1", "r1")]
    assert house.listener.wait_for("rebuilt") == Rebuilt("3.11.7", 1, (), "")


@pytest.mark.parametrize("cause", ["quit", "restart"])
def test_who_wants_a_fresh_interpreter_gets_one(house: House, cause: str) -> None:
    house.run(1, "x = 1")
    if cause == "quit":
        house.event(Exited("quit", "It ended."))
    else:
        house.do(Restart("q1"))
        house.engine.worker.die()
    house.begin()
    house.event(READY)
    assert house.sent == []
    assert house.listener.wait_for("ready") == READY


def test_a_dropped_incomplete_entry_is_dropped_again_and_an_open_one_stays_open(house: House) -> None:
    house.do(Run(1, "def f():", "r1"))
    house.event(finished(1, "incomplete"))
    house.do(Interrupt(1, "i1"))
    house.event(finished(1, "interrupted"))
    house.do(Run(2, "if x:", "r2"))
    house.event(finished(2, "incomplete"))
    house.begin()
    house.event(READY, finished(1, "incomplete"))
    assert house.sent[-1] == Interrupt(1, "i1")
    house.event(finished(1, "interrupted"), finished(2, "incomplete"))
    house.do(Interrupt(2, "i2"))
    assert house.sent[-1] == Interrupt(2, "i2")


def test_an_interrupt_finds_its_entry_also_where_that_is_incomplete_by_now(house: House) -> None:
    house.do(Run(1, "def f():", "r1"), Interrupt(1, "i1"))
    house.event(finished(1, "interrupted"))
    house.begin()
    house.event(READY, finished(1, "incomplete"))
    assert house.sent[-1] == Interrupt(1, "i1")
    house.event(finished(1, "interrupted"))
    assert house.listener.wait_for("rebuilt") == Rebuilt("3.11.7", 1, (), "")


def test_runs_that_were_dropped_from_the_queue_are_not_run(house: House) -> None:
    house.do(Run(1, "loop", "r1"), Run(2, "never", "r2"), Interrupt(1, "i1"))
    house.event(finished(1, "interrupted"))
    house.begin()
    house.event(READY)
    house.planned.calls.pop(0)
    house.planned.go_off()
    house.event(finished(1, "interrupted"))
    assert [one for one in house.sent if isinstance(one, Run)] == [Run(1, "loop", "r1")]


def test_entries_that_slept_sleep_again_however_long_that_was(house: House) -> None:
    for number in (1, 2, 3):
        house.do(Run(number, "sleep(50)", f"r{number}"))
        house.now += 50
        house.event(finished(number))
    house.begin()
    house.event(READY, finished(1), finished(2), finished(3))
    assert house.listener.wait_for("rebuilt") == Rebuilt("3.11.7", 3, (), "")


@pytest.mark.parametrize("spends", ["clock", "processor"])
def test_a_replay_that_takes_too_long_is_given_up_and_the_next_entry_meets_a_fresh_one(
    house: House, spends: str
) -> None:
    house.run(1, "x = 1")
    house.run(2, "y = 1")
    house.begin()
    assert house.planned.calls == [], "it may wait for its start"
    house.event(READY)
    if spends == "clock":
        house.event(finished(1))
        assert house.planned.go_off() == 120.0
        said = "it took 120 s, which is the limit, and 1 of its 2 entries were done by then"
    else:
        house.engine.worker.used = 20.5
        house.event(finished(1))
        said = "it used 20 s of processor time, which is the limit, and 1 of its 2 entries were done by then"
    house.engine.worker.die()
    assert said in house.listener.wait_for("rebuilt").problem  # type: ignore[attr-defined]
    house.do(Run(3, "z", "r3"))
    house.event(READY)
    assert house.sent == [Run(3, "z", "r3")]


def test_a_replay_that_fails_keeps_the_files_and_is_not_tried_for_ever(house: House) -> None:
    house.do(Save("a.py", "kept", "s1"))
    house.run(1, "x = 1")
    house.begin()
    house.event(READY, Exited("crashed", "It crashed."))
    assert "It crashed." in house.listener.wait_for("rebuilt").problem  # type: ignore[attr-defined]
    house.begin()
    house.event(READY)
    assert house.sent == []
    assert "a.py" in [file.path for file in house.welcome.files]


def test_restart_ends_a_replay(house: House) -> None:
    house.run(1, "x = 1")
    house.begin()
    house.event(READY)
    house.do(Restart("q1"))
    house.engine.worker.die()
    house.event(READY)
    assert house.sent == []
    assert house.listener.wait_for("ready") == READY


@pytest.fixture
def street() -> list[House]:
    """Three of one server, which brings one back at a time: all are ready to be, in this order."""
    turns = Turns(1)
    houses = [House(turns) for _ in range(3)]
    for house in houses:
        house.run(1, "x = 1")
        house.begin()
    for house in houses:
        house.event(READY)
    return houses


def test_a_server_brings_so_many_back_at_a_time_and_the_others_in_their_order(street: list[House]) -> None:
    first, second, third = street
    assert [len(house.sent) for house in street] == [1, 0, 0]
    first.event(finished(1))
    assert second.planned.go_off() == 0
    assert [len(house.sent) for house in street] == [1, 1, 0]
    second.event(finished(1))
    assert third.planned.go_off() == 0
    third.event(finished(1))
    assert {house.listener.wait_for("rebuilt").problem for house in street} == {""}  # type: ignore[attr-defined]


def test_nobody_waits_for_long_for_one_who_sleeps_on_her_way_back(street: list[House]) -> None:
    first, second, _ = street
    (leave,) = [call for seconds, call in first.planned.calls if seconds == TURN_SECONDS]
    leave()
    assert second.planned.go_off() == 0
    assert [len(house.sent) for house in street] == [1, 1, 0]
    first.event(finished(1))
    assert len(street[2].sent) == 0, "a turn is given back once"


def test_who_gives_up_waiting_to_be_brought_back_is_passed_by(street: list[House]) -> None:
    first, second, third = street
    second.do(Restart("q1"))
    second.engine.worker.die()
    first.event(finished(1))
    assert third.planned.go_off() == 0
    assert [len(house.sent) for house in street] == [1, 0, 1]


def test_a_turn_that_comes_too_late_begins_nothing(street: list[House]) -> None:
    first, second, third = street
    first.event(finished(1))
    second.do(Restart("q1"))
    assert second.planned.go_off() == 0
    second.engine.worker.die()
    assert second.sent == []
    assert third.planned.go_off() == 0


def test_a_server_that_stops_in_order_leaves_no_end_in_the_journal(house: House) -> None:
    house.run(1, "x = 1")
    house.session.close()
    house.engine.worker.die()
    house.begin()
    house.event(READY)
    assert house.sent == [Run(1, "x = 1", "r1")]


def test_all_files_are_written_now_and_then(house: House) -> None:
    for number in range(FILES_EVERY + 1):
        house.do(Save("a.py", f"x = {number}\n", f"s{number}"))
    assert [row.role for row in house.journal.rows].count("stored") == 2


def test_what_cannot_be_kept_is_refused_and_not_done(house: House) -> None:
    house.journal.problem = "The server's disk is full."
    house.do(Run(1, "x", "r1"), Save("a.py", "", "s1"))
    refused = [house.listener.wait_for("refused") for _ in range(2)]
    assert [(one.code, one.reason, one.id) for one in refused] == [  # type: ignore[attr-defined]
        ("unkept", "The server's disk is full.", "r1"),
        ("unkept", "The server's disk is full.", "s1"),
    ]
    assert house.sent == []
    house.journal.problem = ""
    house.do(Run(1, "x", "r1"))
    assert house.sent == [Run(1, "x", "r1")]


def test_a_session_that_has_grown_too_large_takes_no_more_also_in_the_next_server(house: House) -> None:
    house.session._record._limit = 10_000
    house.do(Save("a.py", "x" * 9_000, "s1"), Save("a.py", "x" * 9_000, "s2"), Save("a.py", "y", "s3"))
    assert "the most that is kept" in house.listener.wait_for("refused").reason  # type: ignore[attr-defined]
    house.begin(lambda journal: replace(journal.past(), size=2**40))
    house.event(READY)
    house.do(Run(1, "x", "r1"))
    assert house.listener.wait_for("refused").id == "r1"  # type: ignore[attr-defined]
    assert house.session.erase(house.listener)
    assert house.journal.erased


def test_accepted_is_said_when_it_is_safe_and_not_before(house: House) -> None:
    house.journal.slow = True
    house.do(Run(1, "x", "r1"))
    assert house.sent == [Run(1, "x", "r1")]
    assert "accepted" not in house.listener.kinds()
    house.journal.waiting.pop()()
    assert house.listener.wait_for("accepted").id == "r1"  # type: ignore[attr-defined]


def test_who_drives_a_session_that_another_server_has_taken_is_told_so(house: House) -> None:
    house.journal.lost = True
    house.do(Run(1, "x", "r1"))
    assert house.listener.wait_for("refused").code == "taken-over"  # type: ignore[attr-defined]
    assert house.sent == []


# --- with a real interpreter ---


class Real:
    """Sessions over one journal, each with an engine of its own."""

    def __init__(self) -> None:
        self.journal, self.engine = PuppetJournal(), LocalEngine(capacity=2)
        self.number = 0
        self.session = self._session()
        self.listener.wait_for("ready")

    def _session(self, past: Any = None, seconds: float = REBUILD_SECONDS, plan: Plan = plan) -> Session:
        job = Job(sys.executable)
        session = Session("s", self.engine, job, journal=self.journal, past=past, plan=plan, rebuild_seconds=seconds)
        self.listener = Listener()
        session.attach(self.listener, "token")
        session.start()
        return session

    def run(self, source: str) -> str:
        self.number += 1
        self.session.handle(self.listener, Run(self.number, source, f"r{self.number}"))
        heard = self.listener.wait_until("finished")
        return "".join(one.text for one in heard if isinstance(one, Output))

    def again(self, seconds: float = REBUILD_SECONDS, plan: Plan = plan) -> Rebuilt:
        """The server dies and another one begins."""
        self.session.close()
        self.engine.close()
        past = self.journal.past()
        self.engine = LocalEngine(capacity=2)
        self.session = self._session(past, seconds, plan)
        rebuilt = self.listener.wait_for("rebuilt")
        assert isinstance(rebuilt, Rebuilt)
        return rebuilt


@pytest.fixture
def real() -> Iterator[Real]:
    real = Real()
    yield real
    real.engine.close()


def save(real: Real, path: str, text: str) -> None:
    real.session.handle(real.listener, Save(path, text, f"{path}{text}"))
    real.listener.wait_for("accepted")


def test_the_example_goes_on_after_its_third_step(real: Real) -> None:
    save(real, "changer.py", "def printer():\n    print('First version')\n")
    real.run("import changer, importlib")
    assert real.run("changer.printer()") == "First version\n"
    save(real, "changer.py", "def printer():\n    print('reloaded: After editing')\n")
    assert real.run("changer.printer()") == "First version\n"
    rebuilt = real.again()
    assert (rebuilt.entries, rebuilt.different, rebuilt.problem) == (3, (), "")
    real.run("_ = importlib.reload(changer)")
    assert real.run("changer.printer()") == "reloaded: After editing\n"


def test_names_objects_and_times_of_files_come_back(real: Real) -> None:
    real.run("import os, time")
    save(real, "a.py", "x = [1]\n")
    real.run("import a; y = a.x; y.append(2)")
    before = real.run("os.stat('a.py').st_mtime_ns")
    real.run("_ = open('made.txt', 'w').write(str(time.time()))")
    made = real.run("open('made.txt').read()")
    real.run("def f():")
    rebuilt = real.again()
    assert [one.run for one in rebuilt.different] == []
    assert real.run("def f():\n    return y is a.x\n") == ""
    assert real.run("f(), y") == "(True, [1, 2])\n"
    assert real.run("os.stat('a.py').st_mtime_ns") == before
    assert real.run("open('made.txt').read()") == made


def test_an_endless_loop_is_interrupted_again_and_marked(real: Real) -> None:
    real.number += 1
    real.session.handle(real.listener, Run(real.number, "x = 1\nwhile True: pass\n", "loop"))
    real.listener.wait_for("accepted")
    real.session.handle(real.listener, Interrupt(real.number, "i1"))
    real.listener.wait_for("finished")
    rebuilt = real.again()
    assert rebuilt.problem == ""
    assert real.run("1 + 1") == "2\n"


def test_what_depends_on_time_is_marked(real: Real) -> None:
    real.run("import time")
    real.run("time.time_ns()")
    assert [one.run for one in real.again().different] == [2]


def test_sleep_costs_a_replay_nothing_and_work_costs_its_processor_time(real: Real) -> None:
    real.run("import time; time.sleep(2); x = 17")
    by_the_clock = Planned()  # on a busy machine it may take as long as it likes
    assert real.again(1.5, by_the_clock).problem == ""
    assert real.run("x") == "17\n"
    real.run("while time.process_time() < 2: pass\n")
    real.run("'more'")
    assert "it used 1.5 s of processor time, which is the limit" in real.again(1.5, by_the_clock).problem
    real.run("'a fresh one'")
    assert "NameError" in real.run("x")
