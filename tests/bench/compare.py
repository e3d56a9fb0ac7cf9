"""Reload Sandbox beside its peers, in one run: `python -m tests.bench.compare`.

Start to first output, edit to reload to output, memory idle, stale reloads in a tight loop of same-size edits, and
10 MB printed line by line. Read the ratios: the machine's own speed drifts.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from threading import Thread

from tests.bench.peers import Kernel, Peer, Sandbox, Server, Terminal, quantile, serving, table

STARTS = 9
EDITS = 30
STALE_EDITS = 1000
LINES = 131_072
PRINT = f"for _ in range({LINES}): said = print('x' * 79)\n"
"""Assigned, since at a prompt, and only there, CPython gives the value of each expression to sys.displayhook."""
SIZE = LINES * 80


def seconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def first_output(start: Callable[[], Peer]) -> float:
    """Seconds from nothing to the output of a first entry."""
    began = time.perf_counter()
    peer = start()
    said = peer.run("print('here')")
    took = time.perf_counter() - began
    peer.close()
    assert "here" in said, said
    return took


def compare_starts(starts: dict[str, Callable[[], Peer]]) -> None:
    took: dict[str, list[float]] = {name: [] for name in starts}
    for _ in range(STARTS):  # in turn, so that drift hits all alike
        for name, start in starts.items():
            took[name].append(first_output(start))
    rows = ratios({name: statistics.median(times) for name, times in took.items()})
    for row, times in zip(rows, took.values(), strict=True):
        row.insert(2, f"{min(times) * 1000:.0f}")
    table(f"Start to first output ({STARTS} starts each)", ["peer", "median ms", "min ms", "x ours"], rows)


def ratios(medians: dict[str, float]) -> list[list[str]]:
    """A row a peer: its name, its milliseconds, its ratio to the first."""
    base = next(iter(medians.values()))
    return [[name, f"{value * 1000:.2f}", f"{value / base:.1f}"] for name, value in medians.items()]


def edit(peer: Peer, number: int) -> bool:
    """Save a text of the same size, reload, read it back: whether the new text was seen."""
    peer.save("changer.py", f"value = {number:06d}\n".replace(" = 0", " = 1"))
    return f"{number:06d}"[1:] in peer.run("_ = importlib.reload(changer); print(changer.value)")


def prepare(peer: Peer) -> None:
    peer.save("changer.py", "value = 100000\n")
    peer.run("import importlib, changer")


def compare_edits(peers: list[Peer]) -> None:
    took: dict[str, list[float]] = {peer.name: [] for peer in peers}
    for number in range(EDITS):
        for peer in peers:
            took[peer.name].append(seconds(lambda peer=peer, number=number: edit(peer, number)))
    rows = ratios({name: statistics.median(times) for name, times in took.items()})
    for row, peer in zip(rows, peers, strict=True):
        row.append(f"{peer.memory() / 2**20:.1f}")
    table(f"Edit, reload, output ({EDITS} each); memory then", ["peer", "median ms", "x ours", "PSS MiB"], rows)


def compare_stale(peers: list[Peer]) -> None:
    rows = []
    for peer in peers:
        seen = [edit(peer, number) for number in range(STALE_EDITS)]
        rows.append([peer.name, str(seen.count(False)), str(STALE_EDITS)])
    table("Same-size edits as fast as they go", ["peer", "stale reloads", "of"], rows)


def raw_pipe() -> float:
    """Seconds for `python -u` to print the same into a pipe, read in pieces of 64 KiB."""
    began = time.perf_counter()
    command = [sys._base_executable, "-u", "-c", PRINT]  # type: ignore[attr-defined]
    with subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdout is not None
        size = 0
        first = None
        while piece := process.stdout.read(65536):
            first = first or time.perf_counter()
            size += len(piece)
    assert size == SIZE
    return time.perf_counter() - (first or began)


def flood(peer: Peer) -> float:
    """Seconds until the client has all of the output."""
    began = time.perf_counter()
    said = peer.run(PRINT)
    assert len(said.replace("\r", "")) >= SIZE - 1, len(said)
    return time.perf_counter() - began


def compare_print(ours: Sandbox, kernel: Kernel) -> None:
    took: dict[str, list[float]] = {"python -u into a pipe": [], ours.name: [], kernel.name + " iopub": []}
    for _ in range(5):
        for name, measure in zip(took, (raw_pipe, lambda: flood(ours), lambda: flood(kernel)), strict=True):
            took[name].append(measure())
    rows = ratios({name: statistics.median(times) for name, times in took.items()})
    table("10 MB printed line by line (5 each)", ["path", "median ms", "x pipe"], rows)


ECHOES = 200
ENDLESS = "while True: print('x' * 79)\n"


def echoes(learner: Sandbox, during: Callable[[], bool] = lambda: True) -> list[float]:
    """Seconds that each of some short entries takes, typed one after the other; fewer when `during` is over."""
    waits = []
    while len(waits) < ECHOES and during():
        waits.append(seconds(lambda: learner.run("1 + 1")))
    return waits


def compare_flood(server: Server) -> None:
    """What a learner who types waits while another prints without end, until that is cut."""
    typist, flooder = server.connect(), server.connect()
    alone = echoes(typist)
    floods = []
    beside: list[float] = []
    while len(beside) < ECHOES:
        flooding = Thread(target=lambda: floods.append(flooder.entry(ENDLESS)))
        flooding.start()
        beside += echoes(typist, flooding.is_alive)
        flooding.join()
    assert all("limited" in {message["kind"] for message in flood} for flood in floods)
    size = max(sum(len(message.get("text", "")) for message in flood) for flood in floods)
    rows = [
        [name, f"{quantile(waits, 0.5) * 1000:.2f}", f"{quantile(waits, 0.99) * 1000:.2f}"]
        for name, waits in (("nobody else", alone), (f"an endless print, cut at {size / 2**20:.1f} MiB", beside))
    ]
    rows[1].append(f"{quantile(beside, 0.99) / quantile(alone, 0.99):.1f}")
    rows[0].append("1.0")
    table(f"An entry of a neighbour ({ECHOES} each)", ["beside", "p50 ms", "p99 ms", "x usual p99"], rows)
    for learner in (typist, flooder):
        learner.close()


def main(server: Server) -> None:
    compare_starts({"reload-sandbox": server.connect, "ipykernel": Kernel, "python -i on a pty": Terminal})
    peers: list[Peer] = [server.connect(), Kernel(), Terminal()]
    try:
        for peer in peers:
            prepare(peer)
        compare_edits(peers)
        compare_stale(peers)
        assert isinstance(peers[0], Sandbox) and isinstance(peers[1], Kernel)
        compare_print(peers[0], peers[1])
        compare_flood(server)
    finally:
        for peer in peers:
            peer.close()


if __name__ == "__main__":
    with serving() as running:
        main(running)
