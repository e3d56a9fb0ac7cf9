"""A probe evaluates an expression for a check, and leaves no trace."""

import pytest

from sandbox.protocol import Loaded


@pytest.fixture
def host(shared):
    return shared


@pytest.mark.parametrize(
    ("source", "ok", "value"),
    [
        ("1 + 1", True, "2"),
        ("'a' 'b'", True, "'ab'"),
        ("2.5", True, "2.5"),
        ("b'x'", True, "b'x'"),
        ("None", True, "None"),
        ("1 < 2", True, "True"),
        ("[1]", False, "TypeError"),
        ("print", False, "TypeError"),
        ("type('S', (str,), {})('x')", False, "TypeError"),
        ("1 / 0", False, "ZeroDivisionError"),
        ("x = 1", False, "SyntaxError"),
        ("undefined", False, "NameError"),
        ("__import__('sys').exit(3)", False, "SystemExit"),
        ("'x' * 10 ** 6", False, "OverflowError"),
        ("1 << 10 ** 6", False, "OverflowError"),
        ("", False, "SyntaxError"),
    ],
)
def test_exact_scalars_are_shown_and_failures_named(host, source, ok, value):
    probed = host.probe(source)
    assert (probed.ok, probed.value) == (ok, value)


def test_a_probe_sees_the_session_and_leaves_it_as_it_was(host):
    host.run("x = 41\nimport sys")
    before = host.run("sorted(globals()), list(sys.modules), hasattr(sys, 'last_value')").output
    assert host.probe("x + 1").value == "42"
    host.probe("1 / 0")
    assert host.run("sorted(globals()), list(sys.modules), hasattr(sys, 'last_value')").output == before
    host.run("x")
    host.probe("x + 1")
    assert host.run("_").output == "41\n"


def test_what_a_probe_prints_and_reads_goes_nowhere(host):
    host.run("import os, ctypes")
    assert host.probe("print('noise')").value == "None"
    host.probe("os.write(1, b'noise')")
    host.probe("ctypes.CDLL(None).printf(b'noise')")
    host.probe("os.system('echo noise')")
    assert host.probe("input('noise')").value == "EOFError"
    assert host.run("'quiet'").output == "'quiet'\n"


@pytest.mark.parametrize(
    "source",
    ["[0 for _ in iter(int, 1)]", "__import__('time').sleep(60)", "swallow()"],
    ids=["loop", "sleep", "swallow"],
)
def test_a_probe_ends_in_time(host, source):
    host.run(
        "import time\ndef swallow():\n    for n in range(3):\n"
        "        try: time.sleep(60)\n        except BaseException: pass\n    time.sleep(60)\n"
    )
    probed = host.probe(source)
    assert (probed.ok, probed.value) == (False, "TimeoutError")
    assert host.run("'fine'").output == "'fine'\n"


def test_a_timer_and_a_handler_of_the_learner_go_on_after_a_probe(host):
    host.run("import signal, os\ndef h(*a): os.write(1, b'ding\\n')\n")
    host.run("_ = signal.signal(signal.SIGALRM, h); _ = signal.setitimer(signal.ITIMER_REAL, 5)")
    host.probe("__import__('time').sleep(60)")
    assert host.run("signal.getsignal(signal.SIGALRM) is h").output == "True\n"
    assert host.run("0 < signal.getitimer(signal.ITIMER_REAL)[0] < 5").output == "True\n"
    host.run("_ = signal.setitimer(signal.ITIMER_REAL, 0.1)")
    host.wait_for_output("ding\n")


def test_a_probe_of_a_reload_tells_the_load(host):
    (host.workspace / "m.py").write_text("x = 1\n")
    host.run("import m, importlib")
    assert host.probe("importlib.reload(m).x").value == "1"
    assert [one.load for one in host.stray if isinstance(one, Loaded)] == [2]
