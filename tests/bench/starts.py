"""What a start costs: `python -m tests.bench.starts`, three minutes; reading learners' memory takes root.

Ours at the level this machine gives, through the real websocket, with a Python kept ready and without one, beside
ipykernel and a bare `python -I`, in one run. Then edit, reload, output beside a bare `python -i`, 300 learners at once,
and 500 who sit idle. The client runs on the same processors: what it takes is in the table. Below each table stands
what a plain loop took meanwhile: strangers on the same processors make all of it slower.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from sandbox.bench.machine import Spent, spent
from tests.bench.compare import edit, prepare, ratios, seconds
from tests.bench.herd import arrive, together
from tests.bench.memory import kernel, learners, pages, whole
from tests.bench.peers import Kernel, Sandbox, Server, Terminal, cpu, quantile, serving, table
from tests.bench.speed import Speed

STARTS = 15
COST_STARTS = 20
COST_ROUNDS = 5
HERD = 300
IDLE = 500
EDITS = 200
REFILL = 0.5
"""Seconds between two starts, in which a ready Python is made anew."""
MIB = 2**20


def first_output(server: Server) -> float:
    """Seconds from nothing to the first output of a first entry; the learner leaves."""
    began = time.perf_counter()
    learner = server.connect()
    learner.begin("print('here')")
    learner.until("output")
    took = time.perf_counter() - began
    learner.until("finished")
    learner.close()
    return took


def bare() -> float:
    """Seconds until a bare isolated Python has printed."""
    began = time.perf_counter()
    with subprocess.Popen([_python(), "-I", "-c", "print('here')"], stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdout is not None and process.stdout.read(5) == b"here\n"
        return time.perf_counter() - began


def _python() -> str:
    return str(sys._base_executable)  # type: ignore[attr-defined]


def notebook() -> float:
    """Seconds until a notebook's kernel has printed."""
    began = time.perf_counter()
    peer = Kernel()
    peer.run("print('here')")
    took = time.perf_counter() - began
    peer.close()
    return took


def compare_starts(ready: Server, cold: Server) -> None:
    ways: dict[str, Callable[[], float]] = {
        "ours, a Python ready": lambda: first_output(ready),
        "ours, none ready": lambda: first_output(cold),
        "python -I": bare,
        "ipykernel": notebook,
    }
    took: dict[str, list[float]] = {name: [] for name in ways}
    for server in (ready, cold):
        first_output(server)  # what each server does once
    speed = Speed()
    for _ in range(STARTS):  # in turn, so that drift hits all alike
        speed.look()
        for name, way in ways.items():
            time.sleep(REFILL)
            took[name].append(way())
    rows = ratios({name: statistics.median(times) for name, times in took.items()})
    for row, times in zip(rows, took.values(), strict=True):
        row.insert(2, f"{min(times) * 1000:.1f}")
    table(f"Start to first output ({STARTS} starts each)", ["peer", "median ms", "min ms", "x ours ready"], rows)
    print(f"\n{speed}")


def compare_cost(ready: Server, cold: Server) -> None:
    """Processor time of a start up to the end of its first entry, by all processes that have to do with it."""
    speed = Speed()
    ways = {"ours, a Python ready": ready, "ours, none ready": cold}
    took: dict[str, list[float]] = {}
    for _ in range(COST_ROUNDS):
        for name, costs in {
            **{name: _cost(server) for name, server in ways.items()},
            "python -I": [_bare_cost()],
            "ipykernel": [_notebook_cost()],
        }.items():
            took[name] = [one + more for one, more in zip(took.get(name, [0.0] * 3), costs, strict=False)]
        speed.look()
    rows = [[name, *(f"{one / COST_ROUNDS * 1000:.1f}" for one in costs)] for name, costs in took.items()]
    columns = ["peer", "CPU ms a start", "of it the server", "the learner and its zygote"]
    table(f"Cost of a start ({COST_ROUNDS * COST_STARTS} of ours)", columns, [([*row, "", ""])[:4] for row in rows])
    print(f"\n{speed}")


def _bare_cost() -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    bare()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _cost(server: Server) -> list[float]:
    """Seconds of all, of the server, and of the rest."""
    seats = [server.connect()]
    seats[0].run("1")
    before = spent(server.process.pid)
    for _ in range(COST_STARTS):
        seats.append(server.connect())
        seats[-1].run("print('here')")
    time.sleep(REFILL)
    cost = spent(server.process.pid).since(before)
    for seat in seats:
        seat.close()
    rest = cost.theirs - cost.busiest
    return [one / COST_STARTS for one in (cost.theirs, cost.busiest, rest)]


def _notebook_cost() -> float:
    peer = Kernel()
    peer.run("print('here')")
    provisioner = peer.manager.provisioner
    assert provisioner is not None
    spent_by_it = cpu(provisioner.pid)  # type: ignore[attr-defined]
    peer.close()
    return spent_by_it


def measure_herd() -> None:
    """All open the page, the socket and a first entry at once."""
    speed = Speed()
    speed.look()
    with serving("--capacity", str(HERD + 10)) as server:
        before = spent(server.process.pid)
        arrived: list[tuple[Sandbox, float]] = []
        whole_time = together([lambda: arrived.append(arrive(server)) for _ in range(HERD)])
        cost = spent(server.process.pid).since(before)
        opening = [took for _, took in arrived]
        rows = [
            [
                f"{len(arrived)} of {HERD}",
                f"{whole_time:.2f}",
                f"{statistics.median(opening):.2f}",
                f"{max(opening):.2f}",
                *_shares(cost),
            ]
        ]
        columns = ["served", "all s", "median s", "worst s", "CPU s: ours", "client", "other programs"]
        table("Page, socket and first entry, all at once", columns, rows)
        speed.look()
        print(f"\n{speed}")
        for learner, _ in arrived:
            learner.close()


def _shares(cost: Spent) -> list[str]:
    return [f"{cost.theirs:.1f}", f"{cost.ours:.1f}", f"{cost.others:.1f}"]


def measure_idle() -> None:
    """Each learner has run one entry; after that, memory is looked at again when all have imported a module."""
    with serving("--ready-pythons", "0", "--capacity", str(IDLE + 10), "--new-sessions-per-minute", "0") as server:
        pid = server.process.pid
        server.connect().run("1")
        held, began = kernel(), whole(pid)
        seats = [server.connect() for _ in range(IDLE)]
        rows = [_idle(f"{IDLE} learners, Python waits", pid, held, began)]
        for seat in seats:
            seat.run("print('here')")
        rows.append(_idle("each has run an entry", pid, held, began))
        for seat in seats:
            prepare(seat)
        rows.append(_idle("each has imported a module", pid, held, began))
        columns = ["state", "private MiB", "+ kernel's", "= a learner", "server's part", f"all {IDLE} MiB"]
        table("Idle learners (medians; kernel: the machine's growth, by learner)", columns, rows)
        for seat in seats:
            seat.close()


def _idle(state: str, pid: int, held: int, began: int) -> list[str]:
    private = statistics.median(pages(one).private for one in learners(pid)) / MIB
    kernels = (kernel() - held) / IDLE / MIB
    total = whole(pid)
    server = (total - began) / IDLE / MIB - private
    everything = total / MIB + kernels * IDLE
    return [state, *(f"{one:.2f}" for one in (private, kernels, private + kernels, server)), f"{everything:.0f}"]


def compare_edits(server: Server) -> None:
    """From an edit to what the reloaded module prints, and to the end of that entry, with its picture; in turn with
    a bare Python."""
    learner, terminal, speed = server.connect(), Terminal(), Speed()
    took: dict[str, list[float]] = {"ours, output": [], "ours, end of the entry": [], "python -i, next prompt": []}
    for peer in (learner, terminal):
        prepare(peer)
    for number in range(EDITS):
        for waits, wait in zip(took.values(), (*_edit(learner, number), _seconds(terminal, number)), strict=True):
            waits.append(wait)
        if number % 20 == 0:
            speed.look()
    bare = statistics.median(took["python -i, next prompt"])
    rows = [
        [
            what,
            *(f"{quantile(waits, share) * 1000:.2f}" for share in (0.5, 0.9, 0.99)),
            f"{statistics.median(waits) / bare:.2f}",
        ]
        for what, waits in took.items()
    ]
    table(f"Edit, reload, output ({EDITS})", ["until", "p50 ms", "p90 ms", "p99 ms", "p50 to python -i"], rows)
    print(f"\n{speed}")
    terminal.close()
    learner.close()


def _seconds(peer: Terminal, number: int) -> float:
    return seconds(lambda: edit(peer, number))


def _edit(learner: Sandbox, number: int) -> tuple[float, float]:
    began = time.perf_counter()
    learner.save("changer.py", f"value = {number}\n")
    learner.begin("_ = importlib.reload(changer); print(changer.value)")
    said = learner.until("output")[-1]["text"]
    printed = time.perf_counter() - began
    assert said.strip() == str(number), said  # its newline may come apart
    learner.until("finished")
    return printed, time.perf_counter() - began


def main() -> None:
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, learners' Python {_python()}")
    more = ("--capacity", "1000", "--new-sessions-per-minute", "0")
    with serving(*more) as ready, serving("--ready-pythons", "0", *more) as cold:
        compare_starts(ready, cold)
        compare_cost(ready, cold)
        compare_edits(ready)
    measure_herd()
    measure_idle()
    print(f"\nload {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
