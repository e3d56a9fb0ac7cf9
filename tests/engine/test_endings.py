"""Every way a worker can end gives one `exited` with the cause that the kernel and the engine's own clock know."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from sandbox.engine.ending import KEPT, Ended, judge
from sandbox.engine.interface import MIB, Engine, Limits
from sandbox.protocol import Event

from .client import FIND_CHANNEL, Client
from .kernel import memory_group

CLOSE_ALL = "import os\nfor fd in range(64):\n    try: os.close(fd)\n    except OSError: pass\n\n"
FILL = "import os, ctypes; full = []\ntry:\n    while True: full.append(bytearray(65536))\nexcept MemoryError: "
IGNORE = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
ENDINGS = {
    "exit()": ("quit", "exit status 0"),
    "exit(7)": ("quit", "exit status 7"),
    "import os; os._exit(3)": ("quit", "exit status 3"),
    "import os; os.abort()": ("crashed", "abort"),
    "import ctypes; ctypes.string_at(0)": ("crashed", "segmentation fault"),
    "import os; os.kill(os.getpid(), 9)": ("crashed", "signal 9"),
    "import os; os.kill(os.getpid(), 15)": ("crashed", "signal 15"),
    CLOSE_ALL: ("quit", ""),
    FIND_CHANNEL + "if os.close(channel) is None:\n    while True: pass\n": ("quit", "closed"),
    FILL + "os.abort()\n": ("memory", "512 MiB, the limit"),
    FILL + "ctypes.string_at(0)\n": ("memory", "512 MiB, the limit"),
    FILL + "os._exit(7)\n": ("quit", "exit status 7"),
    "import signal, resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass\n": (
        "crashed",
        "SIGKILL",
    ),
    IGNORE + "while True: pass\n": ("time", "time limit"),
    IGNORE + "while True: print('x' * 9999)\n": ("output", "output limit"),
}
LIMITS = Limits(memory_bytes=512 * MIB, cpu_seconds=3, output_bytes=MIB)
"""Of these ends: enough processor time for whoever reaches another limit first, more memory than the tests take."""


@pytest.mark.parametrize("source", ENDINGS, ids=[source.strip().splitlines()[-1] for source in ENDINGS])
def test_an_end_has_its_cause_and_keeps_the_files(engine: Engine, source: str) -> None:
    cause, words = ENDINGS[source]
    client = _client_with_files(engine, replace(LIMITS, cpu_seconds=1) if cause == "time" else LIMITS)
    client.start(source)
    exited = client.exited()
    assert (exited.cause, words in exited.message) == (cause, True), exited
    _assert_kept(engine, client, exited.message)


@pytest.mark.parametrize("cause", ["stopped", "idle"])
def test_an_end_that_the_session_wants_has_its_cause_and_keeps_the_files(engine: Engine, cause: str) -> None:
    client = _client_with_files(engine)
    client.worker.kill(cause)
    exited = client.exited()
    assert exited.cause == cause
    _assert_kept(engine, client, exited.message)


def test_a_python_that_used_up_the_processor_time_of_its_life_says_so(engine: Engine) -> None:
    client = Client(engine, limits=Limits(life_cpu_seconds=1))
    client.start("while True: pass\n")
    exited = client.exited()
    assert (exited.cause, "1 s of processor time in all" in exited.message) == ("time", True), exited


def test_a_learner_that_took_all_memory_goes_on_and_may_give_it_back(engine: Engine) -> None:
    client = Client(engine, limits=LIMITS)
    assert client.run("full = []\nwhile True: full.append(bytearray(65536))\n").error == "MemoryError"
    assert client.said("len(full) > 1000") == "True\n"
    assert client.said("del full; 'alive'") == "'alive'\n"
    assert client.events[-1].kind == "finished"


def test_when_the_machine_runs_out_of_memory_the_learner_who_took_it_ends_and_is_told(spawn_engine: Engine) -> None:
    greedy, neighbour = Client(spawn_engine, limits=Limits(memory_bytes=1024 * MIB)), Client(spawn_engine, "neighbour")
    numbers = [int(client.said("import os; print(os.getpid())")) for client in (greedy, neighbour)]
    with memory_group(96 * MIB, numbers):
        greedy.start("full = []\nwhile True: full.append(b'x' * 2**20)\n")
        exited = greedy.exited()
    assert (exited.cause, "out of memory" in exited.message) == ("memory", True), exited
    assert neighbour.said("'alive'") == "'alive'\n"


def _client_with_files(engine: Engine, limits: Limits = LIMITS) -> Client:
    client = Client(engine, files={"changer.py": "x = 1\n"}, limits=limits)
    client.run("open('written.txt', 'w').write('kept'); open('written.bin', 'wb').write(b'\\0kept')")
    return client


def _assert_kept(engine: Engine, client: Client, message: str) -> None:
    assert message.endswith(f". {KEPT}")
    _assert_once_and_last(client.events)
    again = Client(engine, files={"changer.py": "x = 1\n", "written.txt": "kept"})
    assert again.said("import changer; changer.x, open('written.txt').read()") == "(1, 'kept')\n"
    assert again.said("open('written.bin', 'rb').read()") == "b'\\x00kept'\n"


def _assert_once_and_last(events: list[Event]) -> None:
    kinds = [event.kind for event in events]
    assert (kinds.count("exited"), kinds[-1]) == (1, "exited")


def test_what_was_printed_and_written_last_is_told_before_the_end(engine: Engine) -> None:
    client = Client(engine)
    client.start("open('last.txt', 'w').write('words'); print('x' * 50000 + 'end'); import os; os._exit(0)")
    client.exited()
    assert client.text().endswith("end\n")
    assert client.files()[-1].changed[0].text == "words"
    _assert_once_and_last(client.events)


def test_a_worker_that_leaves_a_child_behind_has_ended(spawn_engine: Engine) -> None:
    client = Client(spawn_engine)
    client.start("import os\nif os.fork(): os._exit(4)\nelse:\n    while True: pass\n")
    assert client.exited().message.startswith("Your code ended the interpreter (exit status 4).")


def test_what_a_worker_started_ends_with_it(spawn_engine: Engine) -> None:
    client = Client(spawn_engine)
    child = int(client.said("import subprocess; p = subprocess.Popen(['sleep', '60']); print(p.pid)"))
    process = psutil.Process(child)
    client.worker.kill("stopped")
    client.exited()
    psutil.wait_procs([process], timeout=5)
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE  # init reaps it


SERVER = """
import sys, time
from pathlib import Path
from queue import Queue
from sandbox.engine.interface import Job
from sandbox.engine.interpreter import default_python
from sandbox.engine.local import LocalEngine
from sandbox.protocol import Run
engine = LocalEngine(folder=Path(sys.argv[1]))
say = "import os; print(os.getpid())\\n"
for number, source in enumerate((say + "while True: pass\\n", say)):
    events = Queue()
    hear = lambda *said, put=events.put: [*map(put, said)]
    engine.open(str(number), Job(default_python()), hear).send(Run(1, source))
    event = events.get()
    while event.kind != "output":
        event = events.get()
    print(event.text, flush=True)
time.sleep(60)
"""


def test_when_the_server_is_killed_no_worker_lives_on(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SERVER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        numbers: list[str] = []
        while len(numbers) < 2 and (line := server.stdout.readline()):
            numbers += line.split()
        workers = [psutil.Process(int(number)) for number in numbers]
        server.kill()
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert [worker for worker in alive if worker.status() != psutil.STATUS_ZOMBIE] == []  # init reaps them


def test_a_worker_killed_from_outside_did_not_end_by_our_will(spawn_engine: Engine) -> None:
    client = Client(spawn_engine)
    os.kill(int(client.said("import os; print(os.getpid())")), signal.SIGKILL)
    assert client.exited().cause == "crashed"


def test_the_engines_own_kill_names_its_cause_unless_the_end_came_before() -> None:
    ours = ("time", "It took too long.")
    assert judged(-signal.SIGKILL, killed=ours) == ours
    assert judged(3, killed=ours)[0] == "quit"
    assert judged(-signal.SIGSEGV, killed=ours)[0] == "crashed"


def test_every_signal_has_its_words() -> None:
    for number in (*signal.Signals, 40, 63):
        cause, message = judged(-number)
        assert cause == "crashed"
        assert message.endswith(".")


def test_an_interpreter_that_ends_before_it_is_ready_did_not_start() -> None:
    assert judged(1, was_ready=False) == ("crashed", "Python did not start (exit status 1).")
    assert judged(-4, was_ready=False)[1] == "Python did not start (signal 4 (SIGILL))."


def judged(status: int, killed: tuple[str, str] | None = None, was_ready: bool = True) -> tuple[str, str]:
    return judge(Ended(status), killed, was_ready, Limits(), machine_full=False)
