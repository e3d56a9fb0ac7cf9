"""What the outbox promises: order, merging, marks, bounds."""

import json
from typing import Any

from sandbox.protocol import Accepted, Finished, Output, Refused
from sandbox.web.outbox import DEAF_MARK, HIGH_MARK, LIMIT, LOW_MARK, Outbox


class Box:
    """An outbox that counts its calls back."""

    def __init__(self) -> None:
        self.woken = self.relieved = 0
        self.outbox = Outbox(self._wake, self._relieve)

    def _wake(self) -> None:
        self.woken += 1

    def _relieve(self) -> None:
        self.relieved += 1

    def take_all(self) -> list[dict[str, Any]]:
        messages = []
        while text := self.outbox.take():
            messages.append(json.loads(text))
        return messages


def test_messages_come_out_in_order_and_outputs_of_a_run_as_one() -> None:
    box = Box()
    for message in (Output(1, "a"), Output(1, "b"), Accepted("x", 1), Output(1, "c"), Output(2, "d"), Output(2, "e")):
        box.outbox.push(message)
    assert box.woken == 6
    assert [message.get("text", message["kind"]) for message in box.take_all()] == ["ab", "accepted", "c", "de"]
    assert box.outbox.take() == ""


def test_merged_outputs_have_a_length() -> None:
    box = Box()
    for _ in range(20):
        box.outbox.push(Output(1, "x" * 20_000))
    assert [len(message["text"]) for message in box.take_all()] == [80_000] * 5


def test_it_is_full_from_the_high_mark_down_to_the_low_one() -> None:
    box = Box()
    piece = Output(1, "x" * 64_000)
    while not box.outbox.full:
        box.outbox.push(piece)
    held = HIGH_MARK
    while box.outbox.full:
        assert held > LOW_MARK
        assert box.relieved == 0
        held -= len(json.loads(box.outbox.take())["text"])
    assert box.relieved == 1
    box.take_all()
    assert box.relieved == 1


def test_beyond_the_deaf_mark_nothing_should_be_asked() -> None:
    box = Box()
    while not box.outbox.deaf:
        box.outbox.push(Refused("malformed", "x" * 100_000))
    assert box.outbox.full
    box.take_all()
    assert not box.outbox.deaf
    assert DEAF_MARK > HIGH_MARK


def test_after_a_fatal_refusal_nothing_more_is_taken() -> None:
    box = Box()
    box.outbox.push(Output(1, "a"))
    box.outbox.push(Refused("taken-over", "It goes on elsewhere.", fatal=True))
    box.outbox.push(Finished(1, "ok", "", 1))
    assert not box.outbox.ended
    assert [message["kind"] for message in box.take_all()] == ["output", "refused"]
    assert box.outbox.ended


def test_what_cannot_be_kept_bursts_it_and_takes_no_more_memory() -> None:
    box = Box()
    for _ in range(2 * LIMIT // 1_000_000):
        box.outbox.push(Refused("malformed", "x" * 1_000_000))
    assert box.outbox.burst
    assert box.outbox.take() == ""


def test_while_it_is_held_nobody_is_woken_and_at_the_end_once() -> None:
    box = Box()
    for pushed in (3, 0):
        box.woken = 0
        box.outbox.hold(True)
        for _ in range(pushed):
            box.outbox.push(Accepted("x", 1))
        assert box.woken == 0
        box.outbox.hold(False)
        assert box.woken == min(pushed, 1)
    assert len(box.take_all()) == 3
    box.outbox.push(Accepted("x", 1))
    assert box.woken == 1
