"""What `reload-sandbox bench` promises: real learners on a real server, honest words, and no process left behind."""

import os
import signal
import subprocess
import sys

import psutil
import pytest

from sandbox.bench.machine import Spent, family, spent
from sandbox.bench.report import GIB, MIB, report
from sandbox.bench.workshop import Arrival, Rehearsal, Work, rehearse
from sandbox.engine.interpreter import default_python
from tests.server import ROOT


def rehearsal(*, waits: float = 0.004, theirs: float = 3.0, others: float = 0.0, memory: int = 16 * GIB) -> Rehearsal:
    """A hundred learners on two cores for ten seconds."""
    work = Work([waits] * 100, Spent(10.0, {1: theirs / 3, 2: theirs * 2 / 3}, 1.0, theirs + 1.0 + others))
    return Rehearsal(100, Arrival(5.0, 0.5), 4.0 * MIB, memory, work, 2)


def test_a_small_workshop_is_measured_and_leaves_no_process() -> None:
    said: list[str] = []
    before = family(os.getpid())
    measured = rehearse(3, default_python(), said.append, seconds=2)
    assert [line.split()[0] for line in said] == ["3", "1"]
    assert measured.arrival.seconds >= measured.arrival.slowest > 0
    assert measured.work.p99 >= measured.work.median > 0
    assert measured.work.spent.theirs > 0 and measured.room > 0
    assert list(report(measured))[-1].startswith("room for ")
    assert family(os.getpid()) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_half_way_it_leaves_no_process(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "sandbox", "bench", "--learners", "5"]
    bench = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert bench.stdout is not None and bench.stderr is not None
    assert "processors" in bench.stdout.readline()
    assert "come in" in bench.stderr.readline()
    below = psutil.Process(bench.pid).children(recursive=True)
    assert below
    bench.send_signal(number)
    _, errors = bench.communicate(timeout=30)
    assert bench.returncode == 1 and "Traceback" not in errors
    assert not psutil.wait_procs(below, timeout=5)[1]


def test_what_cannot_be_measured_is_one_sentence() -> None:
    command = [sys.executable, "-m", "sandbox", "bench", "--python", "/nowhere/python"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: There is no interpreter at /nowhere/python.\n"


def test_processor_time_is_that_of_the_whole_family() -> None:
    burn = "while True: pass"
    shell = subprocess.Popen(["/bin/sh", "-c", f"{sys.executable} -c '{burn}'; true"])
    try:
        before = now = spent(shell.pid)
        while now.since(before).theirs < 0.1:
            now = spent(shell.pid)
        assert now.since(before).busiest > 0 and len(now.family) == 2
    finally:
        for pid in reversed(family(shell.pid)):
            os.kill(pid, signal.SIGKILL)
        shell.wait()


def test_the_room_is_what_the_scarcer_thing_allows() -> None:
    assert list(report(rehearsal()))[-1] == (
        "room for about 350 learners of whom one in 10 works at a time: the processors are the limit; measured with 100"
    )
    assert list(report(rehearsal(memory=GIB)))[-1] == (
        "room for about 200 learners of whom one in 10 works at a time: memory is the limit; measured with 100"
    )
    assert "measured with" not in list(report(rehearsal(memory=GIB // 4)))[-1]


def test_a_machine_too_slow_for_what_was_measured_is_told_so() -> None:
    assert list(report(rehearsal(waits=2.0)))[-1] == "room for fewer than 100: they wait too long; try --learners 50"


def test_a_busy_machine_is_told_of() -> None:
    assert not any(line.startswith("beware") for line in report(rehearsal()))
    assert any(line.startswith("beware   other programs took 50%") for line in report(rehearsal(others=10.0)))
