"""What an entry may use, and that no entry costs another learner more than its share."""

import time
from dataclasses import replace

import pytest

from sandbox.engine.interface import MIB, Engine, Limits

from .client import Client

LIMITS = Limits(cpu_seconds=1, wall_seconds=1, output_bytes=MIB)
ENDLESS = "while True: print('x' * 79)\n"


def test_an_entry_over_its_cpu_time_is_told_and_interrupted(engine: Engine) -> None:
    client = Client(engine, limits=replace(LIMITS, wall_seconds=60))
    assert client.run("while True: pass\n").status == "interrupted"
    (limited,) = client.limited()
    assert (limited.run, limited.cause) == (client.number, "time")
    assert "processor time" in limited.message
    assert client.said("'alive'") == "'alive'\n"


def test_the_cpu_time_of_threads_counts(engine: Engine) -> None:
    client = Client(engine, limits=replace(LIMITS, wall_seconds=60))
    client.run("import threading, hashlib; data = bytes(10**6); on = True")
    client.run("def work():\n    while on: hashlib.sha512(data)\n")
    assert client.run("t = threading.Thread(target=work); t.start(); t.join()").status == "interrupted"
    client.run("on = False")


def test_an_entry_over_its_wall_time_is_told_and_interrupted(engine: Engine) -> None:
    client = Client(engine, limits=LIMITS)
    assert client.run("import time; time.sleep(60)").status == "interrupted"
    assert [limited.message.split(",")[0] for limited in client.limited()] == ["This entry took 1 s"]


def test_wall_time_stands_still_while_the_entry_asks(engine: Engine) -> None:
    client = Client(engine, limits=LIMITS)
    client.start("a = input(); import time; time.sleep(60)")
    asked = time.monotonic()
    client.until("asked")
    with pytest.raises(AssertionError):
        client.until("limited", deadline=1.5)
    client.answer("go on")
    client.until("finished")
    assert time.monotonic() - asked > 2
    assert len(client.limited()) == 1


@pytest.mark.parametrize(
    "source",
    [
        "import time\nwhile True:\n    try: time.sleep(60)\n    except KeyboardInterrupt: pass\n",
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass\n",
        "sum(iter(int, 1))",
    ],
    ids=["swallows", "ignores", "in C"],
)
def test_what_cannot_be_interrupted_is_killed_in_time(engine: Engine, source: str) -> None:
    client = Client(engine, limits=LIMITS)
    client.start(source)
    assert client.exited().cause == "time"
    assert len(client.limited()) == 1


def test_output_over_its_limit_is_cut_with_a_message(engine: Engine) -> None:
    client = Client(engine, limits=replace(LIMITS, cpu_seconds=20, wall_seconds=20))
    assert client.run(ENDLESS).status == "interrupted"
    assert len(client.text()) == MIB
    (limited,) = client.limited()
    assert (limited.cause, "1 MiB" in limited.message) == ("output", True)
    assert client.said("'alive'") == "'alive'\n"


def test_output_that_goes_on_after_its_limit_ends_the_worker(engine: Engine) -> None:
    client = Client(engine, limits=replace(LIMITS, cpu_seconds=20, wall_seconds=20))
    client.start("import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + ENDLESS)
    assert client.exited().cause == "output"
    assert len(client.text()) == MIB


def test_frames_over_the_limit_end_like_output(engine: Engine) -> None:
    client = Client(engine, files={"changer.py": "#" * 10000}, limits=replace(LIMITS, cpu_seconds=20, wall_seconds=20))
    client.run("import importlib, changer")
    assert client.run("while True: _ = importlib.reload(changer)\n").status == "interrupted"
    assert [limited.cause for limited in client.limited()] == ["output"]


def test_beside_floods_entries_go_on_and_end_in_their_turn(engine: Engine) -> None:
    """How long they take then is `tests.bench.transport`'s and `tests.bench.offenders`' to say."""
    calm = Client(engine, "calm")
    floods = [Client(engine, str(number), limits=Limits(output_bytes=1024 * MIB)) for number in range(3)]
    for flood in floods:
        flood.start("import os\nwhile True: _ = os.write(1, b'x' * 65536)\n")
        flood.until("output")
    for number in range(40):
        assert calm.said(str(number)) == f"{number}\n"
    for flood in floods:
        printed = len(flood.text())
        flood.until("output", lambda _, flood=flood, printed=printed: len(flood.text()) > printed)


def test_threads_that_print_between_entries_wait_and_lose_nothing(engine: Engine) -> None:
    client = Client(engine)
    client.run("import threading, os; counted = 0; go = True")
    client.run("def flood():\n    global counted\n    while go: counted += os.write(1, b'x' * 4096)\n")
    client.run("threading.Thread(target=flood).start()")
    client.until("output", lambda _: len(client.text(0)) > MIB)
    seen = len(client.text(0))
    with pytest.raises(AssertionError):
        client.until("output", lambda _: len(client.text(0)) > seen + MIB, deadline=0.5)
    client.run("go = False")
    total = int(client.said("import time; time.sleep(.1); print('counted', counted)").split("counted")[1])
    assert sum(len(client.text(run).replace("counted", "").strip(f"{total} \n")) for run in range(7)) == total


def test_threads_that_keep_the_processor_busy_between_entries_are_warned_and_then_ended(engine: Engine) -> None:
    client = Client(engine)
    client.run("import threading")
    client.run("def spin():\n    while True: pass\n")
    client.run("threading.Thread(target=spin, daemon=True).start()")
    exited = client.exited()
    assert exited.cause == "time"
    assert [(limited.run, limited.cause) for limited in client.limited()][:1] == [(0, "time")]


def test_memory_ends_at_its_limit_as_an_error_of_the_learners(engine: Engine) -> None:
    client = Client(engine, limits=Limits(memory_bytes=128 * MIB))
    assert client.run("x = bytearray(200 * 2**20)").error == "MemoryError"
    assert client.said("'alive'") == "'alive'\n"


def test_files_and_descriptors_end_at_their_limits(engine: Engine) -> None:
    client = Client(engine, limits=Limits(file_bytes=MIB))
    assert client.run("open('big', 'wb').write(bytes(2 * 2**20))").error == "OSError"
    assert client.run("files = [open('/dev/null') for _ in range(70)]").error == "OSError"
