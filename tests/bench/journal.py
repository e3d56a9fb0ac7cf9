"""What keeping sessions costs: python -m tests.bench.journal

1. From an input to its `accepted`, alone and with 200 learners who type, on the disk and in memory.
2. Bringing an interpreter back after 50 and 500 entries.
3. The size of a two-hour session: an entry a minute and two saves, with a module of 2,000 characters.
"""

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from sandbox.engine.interface import Job
from sandbox.engine.local import LocalEngine
from sandbox.protocol import Accepted, Finished, Message, Output, Run, Save
from sandbox.session.session import Session
from sandbox.store.store import SqlStore
from tests.session.puppet import READY, Listener, PuppetEngine, PuppetJournal

ENTRIES = 300
LEARNERS = 200
PAUSE = 0.5
"""Seconds from one entry of a learner to the next, while 200 type."""


class Clocked:
    """Hears when an input is accepted."""

    full = False

    def __init__(self) -> None:
        self.accepted = threading.Event()

    def push(self, message: Message) -> None:
        if isinstance(message, Accepted):
            self.accepted.set()

    def hold(self, held: bool) -> None:
        pass


def type_on(journal: Any, times: list[float], entries: int, pause: float) -> None:
    """Entries one after the other, each once the last one was accepted; their waits go to `times`."""
    listener, engine = Clocked(), PuppetEngine()
    session = Session("bench", engine, Job("python"), journal=journal)
    session.attach(listener, "token")
    session.start()
    session.on_events(READY)
    for number in range(1, entries + 1):
        listener.accepted.clear()
        began = time.perf_counter()
        session.handle(listener, Run(number, f"changer.printer({number})", f"i{number}"))
        listener.accepted.wait()
        times.append(time.perf_counter() - began)
        session.on_events(Output(number, "After editing\n"))
        session.on_events(Finished(number, "ok", "", 1))
        time.sleep(pause)


def waits(begin: Callable[[int], Any], learners: int, entries: int, pause: float) -> str:
    times: list[float] = []
    threads = [threading.Thread(target=type_on, args=(begin(one), times, entries, pause)) for one in range(learners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cuts = statistics.quantiles(times, n=100)
    return f"p50 {1000 * cuts[49]:7.2f} ms   p99 {1000 * cuts[98]:7.2f} ms"


def begin(store: SqlStore, number: int) -> Any:
    return store.begin(f"s{number}", number.to_bytes(32, "big"), 1.0)


def measure_waits(folder: Path) -> None:
    for learners, entries, pause in ((1, ENTRIES, 0.0), (LEARNERS, 20, PAUSE)):
        said = waits(lambda _: PuppetJournal(), learners, entries, pause)
        print(f"{learners:4} learners, in memory            {said}")
        for durability in ("normal", "full"):
            with closing(SqlStore(folder / f"{durability}-{learners}", durability)) as store:
                said = waits(partial(begin, store), learners, entries, pause)
            print(f"{learners:4} learners, on the disk, {durability:7} {said}")


def measure_rebuild(entries: int) -> None:
    engine, journal = LocalEngine(capacity=2), PuppetJournal()
    session, listener = Session("bench", engine, Job(sys.executable), journal=journal), Listener()
    session.attach(listener, "token")
    session.start()
    listener.wait_for("ready")
    for number in range(1, entries + 1):
        session.handle(listener, Save("changer.py", f"value = {number}\n", f"s{number}"))
        source = "import changer, importlib" if number == 1 else "_ = importlib.reload(changer); changer.value"
        session.handle(listener, Run(number, source, f"r{number}"))
        listener.wait_for("finished")
    session.close()
    engine.close()
    engine = LocalEngine(capacity=2)
    began = time.perf_counter()
    session = Session("bench", engine, Job(sys.executable), journal=journal, past=journal.past())
    session.attach(listener, "token")
    session.start()
    rebuilt: Any = listener.wait_for("rebuilt")
    took = 1000 * (time.perf_counter() - began)
    print(f"rebuilt after {rebuilt.entries} entries: {took:.0f} ms, {len(rebuilt.different)} differ")
    session.close()
    engine.close()


def measure_size(folder: Path) -> None:
    store = SqlStore(folder / "size")
    listener, engine = Listener(), PuppetEngine()
    session = Session("bench", engine, Job("python"), journal=store.begin("bench", bytes(32), 1.0))
    session.attach(listener, "token")
    session.start()
    session.on_events(READY)
    for minute in range(1, 121):
        for save in range(2):
            session.handle(listener, Save("changer.py", f"# {minute} {save}\n".ljust(2000, "x"), f"s{minute}-{save}"))
        session.handle(listener, Run(minute, "importlib.reload(changer); changer.printer()", f"r{minute}"))
        session.on_events(Output(minute, "After editing\n" * 20))
        session.on_events(Finished(minute, "ok", "", 1))
    session.flush()
    store.close()
    size = sum(path.stat().st_size for path in (folder / "size").iterdir())
    print(f"two hours, 120 entries and 240 saves of 2,000 characters: {size / 1024:.0f} KiB")


def main() -> None:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        measure_waits(Path(name))
        measure_size(Path(name))
    for entries in (50, 500):
        measure_rebuild(entries)


if __name__ == "__main__":
    main()
