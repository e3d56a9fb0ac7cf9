"""Who has to wait for a start is told her place, in the order of asking."""

from collections.abc import Iterator
from functools import partial
from threading import Event

import pytest

from sandbox.engine import starts
from sandbox.engine.dispatcher import Dispatcher
from sandbox.engine.starts import Starts

from .client import DEADLINE


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
        dispatcher.call(partial(line.add, begun[number].set, partial(wait, number)))
    assert begun[0].wait(DEADLINE) and seen[1].wait(DEADLINE) and seen[2].wait(DEADLINE)
    assert not begun[1].is_set()
    for number in (1, 2):
        dispatcher.call(line.done)
        assert begun[number].wait(DEADLINE)
    assert told[0] == []
    assert set(told[1]) == {1}
    assert sorted(told[2], reverse=True) == told[2] and set(told[2]) <= {1, 2}
