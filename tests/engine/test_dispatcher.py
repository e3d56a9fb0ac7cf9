"""The one thread: calls in order, alarms in time, and no failure that reaches a neighbour."""

import os
import time
from collections.abc import Iterator
from itertools import count
from queue import Queue

import pytest

from sandbox.engine.dispatcher import READ, Alarm, Dispatcher, Watch


@pytest.fixture
def dispatcher() -> Iterator[Dispatcher]:
    dispatcher = Dispatcher("test")
    yield dispatcher
    dispatcher.close()


def test_calls_come_in_order_and_a_failing_one_costs_the_others_nothing(dispatcher: Dispatcher) -> None:
    seen: Queue[int] = Queue()
    for number in range(100):
        dispatcher.call(lambda number=number: seen.put(number // (number != 50)))
    assert [seen.get(timeout=5) for _ in range(99)] == [number for number in range(100) if number != 50]


def test_an_alarm_rings_once_at_the_time_it_was_last_set_to(dispatcher: Dispatcher) -> None:
    rung: Queue[float] = Queue()
    start = time.monotonic()

    def set_alarms() -> None:
        alarm, never = dispatcher.alarm(lambda: rung.put(time.monotonic())), dispatcher.alarm(lambda: rung.put(0))
        for moment in (start + 60, start + 0.05, start + 0.2, start + 0.1):
            alarm.set(moment)
        never.set(start + 0.05)
        never.set(None)
        last = dispatcher.alarm(lambda: rung.put(-1))
        last.set(start + 0.3)

    dispatcher.call(set_alarms)
    assert rung.get(timeout=5) >= start + 0.1
    assert rung.get(timeout=5) == -1


def test_a_watch_stopped_by_an_earlier_callback_of_the_round_is_not_called(dispatcher: Dispatcher) -> None:
    pipes = [os.pipe() for _ in range(2)]
    watches: list[Watch] = []
    called: Queue[int] = Queue()

    def callback(number: int) -> None:
        for watch in watches:
            watch.want(0)
        called.put(number)

    def begin() -> None:
        for number, (reader, writer) in enumerate(pipes):
            os.write(writer, b"x")
            watches.append(dispatcher.watch(reader, lambda _, number=number: callback(number)))
        for watch in watches:
            watch.want(READ)

    dispatcher.call(begin)
    called.get(timeout=5)
    dispatcher.call(lambda: called.put(-1))
    assert called.get(timeout=5) == -1
    for pipe in pipes:
        for end in pipe:
            os.close(end)


def test_after_closing_a_call_does_nothing() -> None:
    dispatcher = Dispatcher("test")
    dispatcher.close()
    dispatcher.call(lambda: pytest.fail("called"))


def test_an_alarm_out_of_date_does_not_ring() -> None:
    heap: list[tuple[float, int, Alarm]] = []
    alarm = Alarm(heap, count(), lambda: None)
    alarm.set(10.0)
    alarm.set(5.0)
    assert [entry[0] for entry in heap] == [5.0, 10.0]
    assert alarm.rings(5.0, 6.0)
    assert not alarm.rings(10.0, 11.0)
