"""Who has to wait for a start is told her place, in the order of asking; who starts without end waits for herself."""

from collections.abc import Iterator
from functools import partial
from queue import Queue
from threading import Event

import pytest

from sandbox.engine import starts
from sandbox.engine.dispatcher import Dispatcher
from sandbox.engine.interface import Engine
from sandbox.engine.starts import Starts

from .client import DEADLINE, Client


@pytest.fixture
def dispatcher() -> Iterator[Dispatcher]:
    dispatcher = Dispatcher("test")
    yield dispatcher
    dispatcher.close()


def test_who_waits_sees_her_place_move_until_it_is_her_turn(
    dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starts, "TELL", 0.02)
    line, told, begun = Starts(dispatcher, 1), [list[int]() for _ in range(3)], [Event() for _ in range(3)]
    seen = [Event() for _ in range(3)]

    def wait(number: int, position: int) -> None:
        told[number].append(position)
        if position == number:
            seen[number].set()

    for number in range(3):
        dispatcher.call(partial(line.add, str(number), begun[number].set, partial(wait, number)))
    assert begun[0].wait(DEADLINE) and seen[1].wait(DEADLINE) and seen[2].wait(DEADLINE)
    assert not begun[1].is_set()
    for number in (1, 2):
        dispatcher.call(line.done)
        assert begun[number].wait(DEADLINE)
    assert told[0] == []
    assert set(told[1]) == {1}
    assert sorted(told[2], reverse=True) == told[2] and set(told[2]) <= {1, 2}


def test_who_starts_again_and_again_waits_a_little_and_nobody_else_does(dispatcher: Dispatcher) -> None:
    line, begun = Starts(dispatcher, 100), Queue[str]()

    def add_all() -> None:
        for who in ["greedy"] * (starts.IN_A_ROW + 1) + ["modest"]:
            line.add(who, partial(begun.put, who), lambda place: None)

    dispatcher.call(add_all)
    order = [begun.get(timeout=DEADLINE) for _ in range(starts.IN_A_ROW + 2)]
    assert order == ["greedy"] * starts.IN_A_ROW + ["modest", "greedy"]


@pytest.fixture
def waiting(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Has started so often that she waits for an hour."""
    monkeypatch.setattr(starts, "EACH", 3600.0)
    for _ in range(starts.IN_A_ROW):
        client = Client(engine)
        client.worker.kill("stopped")
        client.exited()
    return Client(engine, ready=False)


def test_who_is_ended_while_she_waits_for_her_start_ends_at_once(engine: Engine, waiting: Client) -> None:
    waiting.worker.kill("idle")
    assert waiting.exited().cause == "idle"
    engine.forget("session")
    assert Client(engine, "another").said("1") == "1\n"


def test_an_engine_closes_although_somebody_waits_for_her_start(engine: Engine, waiting: Client) -> None:
    engine.close()
    assert waiting.exited().cause == "stopped"
