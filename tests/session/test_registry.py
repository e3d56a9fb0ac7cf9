"""Who gets a session, and when one is forgotten."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.engine.interface import Full, Job
from sandbox.protocol import Finished, Hello, Refused, Run, Save
from sandbox.session.registry import Entered, Keeping, Registry
from tests.session.puppet import PATIENCE, READY, Listener, PuppetEngine, PuppetStore


class Hall:
    """A registry over puppets, with a clock of its own."""

    def __init__(self, **keeping: Any) -> None:
        self.now = 1000.0
        self.engine, self.store = PuppetEngine(), PuppetStore()
        self.asked: list[str] = []
        self.open = True
        self.registry = Registry(
            self.engine,
            Job("python", files={"changer.py": ""}),
            self.store,
            isolation="none",
            keeping=Keeping(**keeping),
            may_start=self._may_start,
            clock=lambda: self.now,
        )

    def _may_start(self, address: str) -> bool:
        self.asked.append(address)
        return self.open

    def enter(self, token: str = "", listener: Listener | None = None) -> Entered:
        entered = self.registry.enter(Hello(token), listener or Listener(), "10.0.0.1")
        assert isinstance(entered, Entered), entered
        return entered

    def refused(self, token: str = "") -> str:
        refused = self.registry.enter(Hello(token), Listener(), "10.0.0.1")
        assert isinstance(refused, Refused)
        assert refused.fatal
        return refused.code


def test_a_token_resumes_its_session_and_is_kept_as_a_hash_alone() -> None:
    hall = Hall()
    first = hall.enter()
    again = hall.enter(first.welcome.token)
    assert again.session is first.session
    assert again.welcome.token == first.welcome.token
    assert hall.asked == ["10.0.0.1"]
    assert first.welcome.token.encode() not in b"".join(hall.registry._sessions)


def test_an_unknown_token_gets_a_new_session_with_another_token() -> None:
    hall = Hall()
    entered = hall.enter("what-the-server-forgot")
    assert entered.welcome.token not in ("", "what-the-server-forgot")
    assert [file.path for file in entered.welcome.files] == ["changer.py"]


def test_tokens_and_names_differ() -> None:
    hall = Hall()
    welcomes = [hall.enter().welcome for _ in range(20)]
    assert len({welcome.token for welcome in welcomes} | {welcome.session for welcome in welcomes}) == 40


def test_a_full_server_refuses_newcomers_and_lets_the_others_come_back() -> None:
    hall = Hall(capacity=2)
    first = hall.enter()
    hall.enter()
    assert hall.refused() == "full"
    assert hall.enter(first.welcome.token).session is first.session
    assert hall.registry.live == len(hall.registry) == 2


def test_who_sleeps_without_a_socket_takes_no_place() -> None:
    hall = Hall(capacity=1)
    listener = Listener()
    entered = hall.enter(listener=listener)
    entered.session.detach(listener)
    assert hall.refused() == "full"
    hall.engine.worker.die("idle")
    hall.enter()
    assert len(hall.registry) == 2


def test_when_the_engine_is_full_nothing_is_left_behind() -> None:
    hall = Hall()
    hall.engine.failure = Full("No room.")
    assert hall.refused() == "full"
    assert len(hall.registry) == 0
    assert len(hall.engine.forgotten) == 1


def test_an_address_that_starts_too_often_is_refused() -> None:
    hall = Hall()
    entered = hall.enter()
    hall.open = False
    assert hall.refused() == "busy"
    hall.enter(entered.welcome.token)


def test_idle_interpreters_are_ended_and_files_kept() -> None:
    hall = Hall(idle_seconds=60)
    listener = Listener()
    entered = hall.enter(listener=listener)
    entered.session.on_events(READY)
    entered.session.handle(listener, Save("a.py", "x"))
    hall.now += 59
    entered.session.handle(listener, Run(1, "x"))
    hall.now += 59
    hall.registry.reap()
    assert hall.engine.worker.killed == ""
    hall.now += 2
    hall.registry.reap()
    assert hall.engine.worker.killed == "idle"
    hall.engine.worker.die()
    assert "a.py" in [file.path for file in hall.enter(entered.welcome.token).welcome.files]


def test_sessions_without_a_socket_are_forgotten_after_their_time() -> None:
    hall = Hall(absent_seconds=3600)
    here, gone = Listener(), Listener()
    hall.enter(listener=here)
    session = hall.enter(listener=gone).session
    session.detach(gone)
    hall.now += 3601
    hall.registry.reap()
    assert len(hall.registry) == 1
    hall.engine.worker.die()
    assert hall.engine.forgotten == [session.name]


def test_who_comes_back_after_an_hour_finds_everything_in_the_store() -> None:
    hall = Hall(idle_seconds=1200, absent_seconds=3600)
    listener = Listener()
    entered = hall.enter(listener=listener)
    entered.session.on_events(READY)
    entered.session.handle(listener, Save("a.py", "x = 1", "s1"))
    entered.session.handle(listener, Run(1, "import a", "r1"))
    entered.session.on_events(Finished(1, "ok", "", 1))
    entered.session.detach(listener)
    hall.now += 1201
    hall.registry.reap()
    hall.engine.worker.die()
    hall.now += 2400
    hall.registry.reap()
    assert len(hall.registry) == 0
    again = hall.enter(entered.welcome.token)
    assert again.session is not entered.session
    assert (again.welcome.session, again.welcome.run) == (entered.welcome.session, 1)
    assert "a.py" in [file.path for file in again.welcome.files]
    again.session.on_events(READY)
    assert [command.kind for command in hall.engine.worker.sent] == ["save", "run"]


def test_what_is_too_old_is_erased_from_the_store_now_and_then() -> None:
    hall = Hall(retention_days=2)
    hall.now = 10 * 24 * 3600.0
    hall.registry.reap()
    assert hall.store.erased_before == 8 * 24 * 3600


def test_a_session_that_another_server_has_taken_is_found_again() -> None:
    hall = Hall()
    entered = hall.enter()
    hall.store.kept[next(iter(hall.store.kept))][1].lost = True
    hall.store.find = lambda key: None  # type: ignore[method-assign]  # it was erased there
    assert hall.enter(entered.welcome.token).welcome.session != entered.welcome.session


def test_when_memory_runs_short_the_longest_absent_goes_first() -> None:
    hall = Hall(memory_bytes=2 * 1024 * 1024)
    entered = []
    for _ in range(6):
        listener = Listener()
        one = hall.enter(listener=listener)
        one.session.handle(listener, Save("a.py", "x" * 500_000))
        one.session.detach(listener)
        hall.now += 1
        entered.append(one)
    hall.registry.reap()
    assert 1 <= len(hall.registry) < 6
    assert hall.enter(entered[-1].welcome.token).session is entered[-1].session
    assert hall.enter(entered[0].welcome.token).session is not entered[0].session


def test_close_ends_every_session_and_the_reaper_and_lets_nobody_in() -> None:
    hall = Hall()
    hall.registry.start()
    hall.enter()
    hall.enter()
    hall.registry.close()
    assert [worker.killed for worker in hall.engine.workers] == ["stopped", "stopped"]
    assert hall.refused() == "full"
    assert "session-reaper" not in [thread.name for thread in threading.enumerate()]


@pytest.mark.parametrize("round", range(3))
def test_a_herd_that_enters_at_once_gets_no_more_places_than_there_are(round: int) -> None:
    hall = Hall(capacity=10)
    results: list[Entered | Refused] = []
    gate = threading.Barrier(30)

    def enter() -> None:
        gate.wait()
        results.append(hall.registry.enter(Hello(), Listener(), ""))

    threads = [threading.Thread(target=enter) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(result, Entered) for result in results) == 10


class Waiting:
    """Somebody who wants to come in: what she is told in the line, and what she gets once called."""

    def __init__(self, hall: Hall, token: str = "") -> None:
        self._hall, self._hello = hall, Hello(token)
        self.listener = Listener()
        self.told: list[int] = []
        self.called = threading.Event()
        self.first = self.enter()

    def wait(self, position: int, ticket: str) -> None:
        self.told.append(position)
        self.ticket = ticket

    def come(self) -> None:
        self.called.set()

    def enter(self) -> Entered | Refused | None:
        return self._hall.registry.enter(self._hello, self.listener, "10.0.0.1", waiter=self)

    def gets_in(self) -> Entered:
        assert self.called.wait(PATIENCE)
        entered = self.enter()
        assert isinstance(entered, Entered)
        return entered


@pytest.fixture
def small() -> Iterator[Hall]:
    """One place, and three may wait."""
    hall = Hall(capacity=1, waiting=3)
    hall.registry.start()
    yield hall
    hall.registry.close()


def test_newcomers_wait_in_line_are_told_their_place_and_come_in_by_turns(small: Hall) -> None:
    here = Listener()
    session = small.enter(listener=here).session
    waiting = [Waiting(small) for _ in range(3)]
    assert [one.first for one in waiting] == [None] * 3
    small.engine.worker.die("stopped")
    session.detach(here)
    first = waiting[0].gets_in()
    assert [one.told for one in waiting] == [[1], [2, 1], [3, 2]]
    small.engine.worker.die("stopped")
    assert not waiting[1].called.is_set()
    first.session.detach(waiting[0].listener)
    waiting[1].gets_in()
    assert [one.told for one in waiting] == [[1], [2, 1], [3, 2, 1]]


def test_a_line_has_an_end_and_whoever_comes_then_is_told_that_it_is_full(small: Hall) -> None:
    small.enter()
    waiting = [Waiting(small) for _ in range(3)]
    refused = Waiting(small).first
    assert isinstance(refused, Refused)
    assert (refused.code, refused.fatal) == ("full", True)
    small.registry.leave(waiting[1])
    assert Waiting(small).told == [3]
    assert [one.told for one in waiting] == [[1], [2], [3, 2]]


def test_who_loses_her_connection_in_line_finds_her_place_again_for_a_while(small: Hall) -> None:
    small.enter()
    first, second, third = (Waiting(small) for _ in range(3))
    small.registry.leave(first)
    assert Waiting(small, first.ticket).told == [1]
    small.registry.leave(second)
    small.now += 31
    assert Waiting(small, second.ticket).told == [3]
    assert third.told == [3, 2]


def test_whose_turn_comes_while_she_is_away_is_passed_by_and_comes_next(small: Hall) -> None:
    here = Listener()
    session = small.enter(listener=here).session
    first, second = Waiting(small), Waiting(small)
    small.registry.leave(first)
    small.engine.worker.die("stopped")
    session.detach(here)
    second.gets_in()
    assert Waiting(small, first.ticket).told == [1]


def test_who_leaves_the_line_when_called_gives_the_place_to_the_next(small: Hall) -> None:
    here = Listener()
    session = small.enter(listener=here).session
    first, second = Waiting(small), Waiting(small)
    small.engine.worker.die("stopped")
    session.detach(here)
    assert first.called.wait(PATIENCE)
    assert not second.called.is_set()
    small.registry.leave(first)
    second.gets_in()


def test_nobody_takes_the_place_of_one_who_was_called(small: Hall) -> None:
    here = Listener()
    session = small.enter(listener=here).session
    first = Waiting(small)
    small.engine.worker.die("stopped")
    session.detach(here)
    assert first.called.wait(PATIENCE)
    assert Waiting(small).told == [1]
    first.gets_in()


def test_who_comes_back_to_a_session_that_sleeps_waits_like_others_and_gets_her_own(small: Hall) -> None:
    mine, other = Listener(), Listener()
    entered = small.enter(listener=mine)
    small.engine.worker.die("stopped")
    entered.session.detach(mine)
    session = small.enter(listener=other).session
    back = Waiting(small, entered.welcome.token)
    assert back.told == [1]
    small.engine.worker.die("stopped")
    session.detach(other)
    assert back.gets_in().session is entered.session


def test_who_is_away_gives_her_place_away_while_others_wait(small: Hall) -> None:
    here = Listener()
    entered = small.enter(listener=here)
    entered.session.on_events(READY)
    entered.session.detach(here)
    small.now += 59
    waiting = Waiting(small)
    small.registry.reap()
    assert small.engine.worker.killed == ""
    small.now += 2
    small.registry.reap()
    assert small.engine.worker.killed == "idle"
    small.engine.worker.die()
    waiting.gets_in()
