"""Learner code can find the channel and say anything on it: it confuses nobody, and at worst ends its own worker."""

import os

import pytest

from sandbox.codec import HEADER, frame
from sandbox.engine.interface import Engine
from sandbox.engine.unfold import unfold
from sandbox.picture import Picture
from sandbox.protocol import (
    Answer,
    Asked,
    Complete,
    Completions,
    Exited,
    Finished,
    Loaded,
    Message,
    Probed,
    Ready,
    Run,
)

from .client import FIND_CHANNEL as FIND, Client
from .pictures import picture, space


def _framed(body: bytes) -> bytes:
    return HEADER.pack(len(body)) + body


GARBAGE = {
    "no JSON": _framed(b"nonsense"),
    "not UTF-8": _framed(b"\xff\xfe\x00"),
    "an unknown kind": _framed(b'{"kind":"welcome"}'),
    "an exit of its own": frame(Exited("idle", "forged")),
    "a command": frame(Run(1, "1")),
    "a missing field": _framed(b'{"kind":"finished","run":1}'),
    "a lone surrogate": _framed(b'{"kind":"asked","run":1,"prompt":"\\ud800"}'),
    "nesting": _framed(b"[" * 100_000),
    "a huge number": _framed(b'{"kind":"asked","run":' + b"9" * 5000 + b',"prompt":""}'),
    "a picture with a column missing": frame(picture(2, space(marks=()))),
    "too long a frame": HEADER.pack(1 << 20 | 1) + b"{",
    "a frame of gigabytes": HEADER.pack((1 << 32) - 1),
}


@pytest.mark.parametrize("data", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_ends_the_worker(engine: Engine, data: bytes) -> None:
    client = Client(engine)
    client.run(FIND)
    client.start(f"say({data!r}); import time; time.sleep(60)")
    exited = client.exited()
    assert (exited.cause, "connection" in exited.message) == ("crashed", True)
    assert [event.kind for event in client.events].count("exited") == 1


def test_garbage_from_one_costs_the_others_nothing(engine: Engine) -> None:
    other, client = Client(engine, "other"), Client(engine)
    client.run(FIND)
    client.start(f"while True: say({frame(Asked(2, 'x' * 100_000))!r} + b'nonsense')\n")
    assert other.said("'alive'") == "'alive'\n"
    client.exited()
    assert other.said("'alive'") == "'alive'\n"


HARMLESS: dict[str, Message] = {
    "ready": Ready("9.9", "Forged"),
    "finished of another run": Finished(99, "ok", "", 0),
    "finished of the last run": Finished(1, "ok", "", 0),
    "asked of another run": Asked(99, "password? "),
    "loaded of another run": Loaded(99, "m", "m.py", 1, "import", True, "", False),
    "picture of another run": picture(99),
    "an answer nobody asked for": Completions("c1", 0, ("x",)),
    "a proof nobody asked for": Probed("p1", True, "42"),
}


def test_what_does_not_fit_is_dropped(engine: Engine) -> None:
    client = Client(engine)
    client.run(FIND)
    for what, message in HARMLESS.items():
        before = len(client.events)
        client.run(f"say({frame(message)!r} * 200)")
        told = unfold(message) if isinstance(message, Picture) else message
        assert told not in client.events[before:], what
        assert client.said("'alive'") == "'alive'\n"


def test_a_forged_end_of_its_own_run_shifts_nothing(engine: Engine) -> None:
    client = Client(engine)
    client.run(FIND)
    forged = frame(Finished(2, "ok", "", 0))
    finished = client.run(f"say({forged!r} * 5); import time; time.sleep(.2)")
    assert finished.run == 2
    assert client.said("'alive'") == "'alive'\n"
    assert [event.run for event in client.events if isinstance(event, Finished)] == [1, 2, 3]


def test_a_flood_of_fitting_frames_is_passed_in_order_and_delays_nobody(engine: Engine) -> None:
    other, client = Client(engine, "other"), Client(engine)
    client.run(FIND)
    asked = frame(Asked(2, "?"))
    client.start(f"say({asked!r} * 20000)")
    assert other.said("'alive'") == "'alive'\n"
    client.until("finished")
    assert sum(event.kind == "asked" for event in client.events) == 20000


def test_a_frame_that_is_begun_and_left_ends_the_worker(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.engine.lines.PARTIAL_PATIENCE", 0.2)
    client = Client(engine)
    client.run(FIND)
    client.start("say(b'\\0\\0\\0'); import time; time.sleep(60)")
    assert client.exited().cause == "crashed"


def test_descriptors_that_learner_code_sends_are_not_taken(engine: Engine) -> None:
    client = Client(engine)
    client.run(FIND)
    client.run("line = socket.socket(fileno=os.dup(channel))")
    before = len(os.listdir("/proc/self/fd"))
    asked = frame(Asked(3, "?"))
    client.run(f"_ = [socket.send_fds(line, [{asked!r}], [0, 1, 2]) for _ in range(50)]")
    assert len(os.listdir("/proc/self/fd")) < before + 50  # an engine may open some of its own meanwhile


def test_a_worker_that_reads_nothing_costs_the_engine_no_memory(engine: Engine) -> None:
    client = Client(engine)
    client.start("print('in')\nwhile True: pass\n")
    client.wait_for_output("in")
    for number in range(2000):
        client.worker.send(Complete(f"c{number}", "x" * 10_000, 0))
        client.worker.send(Answer(client.number, "x" * 10_000))
    client.worker.send(Run(99, "never"))
    client.interrupt()
    assert client.until("finished").status == "interrupted"
    assert client.said("'alive'") == "'alive'\n"
