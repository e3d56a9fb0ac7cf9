"""Ctrl-C: what is interrupted, that nothing is lost by it, and what shows."""

import signal
import time

import pytest

from tests.transcripts.reference import Reference
from tests.worker.host import Host, environment

ROUNDS = 150


@pytest.fixture
def host(shared):
    return shared


def begin(host: Host, source: str) -> None:
    """Hand an entry over that prints when it runs, and wait until it does."""
    host.begin(source)
    host.wait_for_output("runs\n")


@pytest.mark.parametrize(
    "source",
    [
        "import time; print('runs'); time.sleep(60)",
        "print('runs')\nwhile True: pass\n",
        "import threading; print('runs'); threading.Event().wait()",
        "import threading as h\nt = h.Thread(target=h.Event().wait, daemon=True); t.start(); print('runs'); t.join()",
        "import asyncio; print('runs'); asyncio.run(asyncio.sleep(60))",
        "import sys; print('runs'); sys.stdin.readline()",
    ],
    ids=["sleep", "loop", "event", "join", "asyncio", "stdin"],
)
def test_what_runs_or_waits_is_interrupted(host, source):
    begin(host, source)
    outcome = host.stop()
    assert (outcome.status, outcome.error) == ("interrupted", "KeyboardInterrupt")
    assert outcome.output.rstrip().endswith("KeyboardInterrupt")
    assert "sandbox" not in outcome.output
    assert host.run("'fine'").output == "'fine'\n"


def test_a_waiting_input_is_interrupted(host):
    assert host.run("x = input('? ')").status == "asked"
    assert host.stop().status == "interrupted"
    host.run("y = input('! ')")
    host.answer("yes")
    host.collect()
    assert host.run("y").output == "'yes'\n"


def test_the_rest_of_an_interrupted_entry_is_dropped(host):
    begin(host, "print('runs')\nimport time; time.sleep(60)\nprint('never')")
    assert "never" not in host.stop().output


def test_an_interrupt_that_learner_code_swallows_drops_the_lines_that_were_typed_ahead(host):
    begin(
        host,
        "import time\ntry: print('runs'); time.sleep(60)\nexcept KeyboardInterrupt: print('caught')\n\nprint('never')",
    )
    outcome = host.stop()
    assert (outcome.status, outcome.output) == ("interrupted", "runs\ncaught\n\nKeyboardInterrupt\n")


def test_code_that_swallows_every_interrupt_runs_on(host):
    begin(
        host,
        "import time\nfor n in range(3):\n"
        "    try: print('runs', flush=True); time.sleep(60)\n    except KeyboardInterrupt: print('no')\n\n",
    )
    for last in (False, False, True):
        host.take_output()
        host.interrupt()
        host.wait_for_output("no\n" if last else "no\nruns\n")
    assert host.collect().status in ("ok", "interrupted")


def test_an_incomplete_entry_is_dropped_by_the_message_alone(host):
    assert host.run("def f():\n    x = 1").status == "incomplete"
    host.ask_to_interrupt()
    outcome = host.collect()
    assert (outcome.status, outcome.output, outcome.end.run) == (
        "interrupted",
        "\nKeyboardInterrupt\n",
        host.run_number,
    )
    assert host.run("f").error == "NameError"


def test_dropping_an_incomplete_entry_prints_what_ctrl_c_prints(host, python, tmp_path):
    bare = Reference(python, str(tmp_path), environment(str(tmp_path)))
    try:
        bare.line("def f():")
        expected = bare.interrupt(signal.SIGINT)
    finally:
        bare.close()
    host.run("def f():")
    host.ask_to_interrupt()
    assert (host.collect().output, "prompt") == expected


def test_an_incomplete_entry_is_dropped_even_if_sigint_is_ignored(host):
    host.run("import signal; _ = signal.signal(signal.SIGINT, signal.SIG_IGN)")
    host.run("if True:")
    host.ask_to_interrupt()
    assert host.collect().status == "interrupted"
    assert host.run("signal.getsignal(signal.SIGINT)").output == "<Handlers.SIG_IGN: 1>\n"


def test_signals_while_an_incomplete_entry_is_dropped_do_no_harm(host):
    for _ in range(20):
        host.run("def f():")
        host.ask_to_interrupt()
        for _ in range(3):
            host.process.send_signal(signal.SIGINT)
        assert host.collect().status == "interrupted"
    assert host.run("'fine'").output == "'fine'\n"


def test_an_interrupt_with_nothing_in_flight_does_nothing(host):
    host.run("1")
    for _ in range(20):
        host.interrupt()
    assert host.run("'fine'").output == "'fine'\n"


def test_a_handler_of_the_learner_gets_the_signal(host):
    host.run("import signal, time; seen = []\ndef h(*a): seen.append(a[0])\n")
    host.run("_ = signal.signal(signal.SIGINT, h)")
    begin(host, "while not seen: print('runs'); time.sleep(0.01)\n\n")
    host.interrupt()
    host.collect()
    assert host.run("seen").output == "[2]\n"


@pytest.mark.parametrize("threads", [False, True], ids=["alone", "beside-a-thread"])
def test_interrupts_at_any_moment_lose_no_entry_and_end_no_worker(host, threads):
    if threads:
        host.run("import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()")
    for number in range(ROUNDS):
        host.begin(f"x = {number}\nif x:\n    y = [0, 1]\n\nfor z in range(300): id(z)\n\n")
        end = time.perf_counter() + (number % 50) * 2e-5
        while time.perf_counter() < end:
            pass
        host.interrupt()
        outcome = host.collect()
        assert outcome.status in ("ok", "interrupted"), outcome
        assert "Exception ignored" not in outcome.output
        assert "sandbox" not in outcome.output
    assert host.run("'fine'").output == "'fine'\n"


def test_an_endless_loop_is_always_stopped_by_one_interrupt_however_early(host):
    for number in range(60):
        host.begin("a = 1\nwhile True: pass\n\n")
        end = time.perf_counter() + number * 1e-5
        while time.perf_counter() < end:
            pass
        host.interrupt()
        assert host.collect().status == "interrupted"


def test_a_loop_that_reloads_is_stopped_although_a_load_is_told_meanwhile(host):
    """Where the signal comes just before our weak reference's callback, CPython raises it as that function is entered,
    and shows its name: seldom, and listed in the README."""
    (host.workspace / "reloaded.py").write_text("x = 1\n")
    shown = 0
    for _ in range(20):
        host.begin("import reloaded, importlib\nwhile True: _ = importlib.reload(reloaded)\n\n")
        host.next_load()
        outcome = host.stop()
        assert outcome.status in ("interrupted", "error")  # CPython may be cut in the middle of a reload
        shown += "sandbox" in outcome.output
    assert shown <= 2
