"""A session hears what belongs together at once, in order, and a load before what its entry prints."""

from collections.abc import Iterator
from functools import partial
from queue import Queue

import pytest

from sandbox.engine.dispatcher import Dispatcher
from sandbox.engine.telling import Telling
from sandbox.protocol import Event, Finished, Loaded, Output

PRINTED, LOADED = Output(1, "x\n"), Loaded(1, "m", "m.py", 1, "import", True, "", False)
FINISHED = Finished(1, "ok", "", 1)


@pytest.fixture
def dispatcher() -> Iterator[Dispatcher]:
    dispatcher = Dispatcher("test")
    yield dispatcher
    dispatcher.close()


class Ear:
    """Says in the dispatcher's thread what it is asked to, and keeps what is told in one go."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._told: Queue[tuple[Event, ...]] = Queue()
        self._telling = Telling(dispatcher, self._hear)

    def _hear(self, *events: Event) -> None:
        self._told.put(events)
        if events == (FINISHED,):
            raise ValueError("nobody listens")

    def say(self, *events: Event) -> None:
        """One after the other, in a turn within a turn."""
        self._dispatcher.call(partial(self._say, events))

    def _say(self, events: tuple[Event, ...]) -> None:
        with self._telling.turn():
            for event in events:
                with self._telling.turn():
                    self._telling.say(event)

    def alone(self, event: Event) -> None:
        """Outside of any turn."""
        self._dispatcher.call(partial(self._telling.say, event))

    def hears(self) -> tuple[Event, ...]:
        return self._told.get(timeout=5)


def test_what_is_said_in_a_turn_is_told_together_and_else_at_once(dispatcher: Dispatcher) -> None:
    ear = Ear(dispatcher)
    ear.say(LOADED, PRINTED, FINISHED)
    ear.say()
    ear.alone(PRINTED)
    ear.alone(PRINTED)
    assert [ear.hears() for _ in range(3)] == [(LOADED, PRINTED, FINISHED), (PRINTED,), (PRINTED,)]


def test_a_load_waits_for_what_follows_but_not_for_long(dispatcher: Dispatcher) -> None:
    ear = Ear(dispatcher)
    dispatcher.call(lambda: (ear._say((LOADED,)), ear._say((PRINTED,))))
    assert ear.hears() == (LOADED, PRINTED)
    for _ in range(2):
        ear.say(LOADED)
        assert ear.hears() == (LOADED,)


def test_what_nobody_takes_keeps_nothing_from_being_told(
    dispatcher: Dispatcher, caplog: pytest.LogCaptureFixture
) -> None:
    ear = Ear(dispatcher)
    ear.say(FINISHED)
    ear.say(PRINTED)
    assert [ear.hears() for _ in range(2)] == [(FINISHED,), (PRINTED,)]
    assert "nobody took finished" in caplog.text
