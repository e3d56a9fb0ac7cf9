"""One entry: how it is fed, how it ends, what it asks for, and what an incomplete one turns into."""

import pytest

from tests.worker.host import Host, Stuck


@pytest.fixture
def host(shared):
    return shared


def test_an_entry_ends_ok_or_with_the_class_of_its_error(host):
    assert host.run("1 + 1").output == "2\n"
    outcome = host.run("{}['k']")
    assert (outcome.status, outcome.error) == ("error", "KeyError")
    assert (host.run("x = = 1").status, host.run("None").status) == ("error", "ok")


def test_several_statements_run_in_order_and_an_error_drops_the_rest(host):
    outcome = host.run("print(1)\nif True:\n    print(2)\n\nprint(3)\n1 / 0\nprint('never')")
    assert outcome.output.startswith("1\n2\n3\nTraceback")
    assert (outcome.status, outcome.error) == ("error", "ZeroDivisionError")


@pytest.mark.parametrize(
    "source", ["", "\n", "\n\n\n", "# a comment", "   ", "\t", "\x0c", "# a\n# b\n", "x = 1;", "\r\n"]
)
def test_an_entry_with_nothing_to_do_is_ok(host, source):
    outcome = host.run(source)
    assert (outcome.status, outcome.output) == ("ok", "")


def test_an_incomplete_entry_goes_on_when_the_next_run_repeats_it(host):
    source = "print('once')\ndef f():"
    first = host.run(source)
    assert (first.status, first.output) == ("incomplete", "once\n")
    assert host.run(source).status == "incomplete"
    assert host.run(source + "\n    return 1").status == "incomplete"
    last = host.run(source + "\n    return 1\n\nf()")
    assert (last.status, last.output) == ("ok", "1\n")


def test_a_string_over_many_lines_goes_on_too(host):
    assert host.run('text = """one').status == "incomplete"
    assert host.run('text = """one\n').status == "incomplete"
    assert host.run('text = """one\n\ntwo"""\ntext').output == "'one\\n\\ntwo'\n"


def test_another_entry_drops_an_incomplete_one_as_ctrl_c_does(host):
    assert host.run("def f():\n    return 1").status == "incomplete"
    outcome = host.run("2 + 2")
    assert (outcome.status, outcome.output) == ("ok", "\nKeyboardInterrupt\n4\n")
    assert host.run("f").error == "NameError"
    assert host.run("(").status == "incomplete"
    assert host.run("[\n1]").output == "\nKeyboardInterrupt\n[1]\n"


def test_a_decorated_block_waits_for_its_end(host):
    source = "@staticmethod\ndef f():\n    return 1"
    assert host.run("@staticmethod").status == "incomplete"
    assert host.run(source).status == "incomplete"
    assert host.run(source + "\n").status == "ok"


def test_a_class_followed_at_once_by_a_statement_is_the_syntax_error_it_is_at_the_prompt(host):
    outcome = host.run("class A:\n    x = 1\nprint('no')")
    assert (outcome.status, outcome.error) == ("error", "SyntaxError")


@pytest.mark.parametrize("length", [90, 97, 98, 99, 100, 101, 197, 198, 199, 200, 5_000, 60_000])
def test_a_line_of_any_length_arrives_whole(host, length):
    assert host.run(f"len('{'x' * length}')").output == f"{length}\n"


def test_a_long_entry_of_many_lines_with_wide_characters_arrives_whole(host):
    body = "\n".join(f"    'äöü€😀 {number}'," for number in range(500))
    assert host.run(f"x = [\n{body}\n]\nlen(x), x[-1]").output == "(500, 'äöü€😀 499')\n"


def test_the_last_value_stays_in_underscore_between_entries(host):
    host.run("41")
    assert host.run("_ + 1").output == "42\n"


def test_all_output_comes_before_the_end_of_its_run_however_it_is_written(host):
    host.run("import os, ctypes, sys")
    outcome = host.run("print('a'); _ = os.write(1, b'b\\n'); print('c', file=sys.stderr); _ = os.write(2, b'd\\n')")
    assert outcome.output == "a\nb\nc\nd\n"
    host.run("c = ctypes.CDLL(None)")
    assert host.run("_ = c.printf(b'e\\n'), c.fflush(None)").output == "e\n"


def test_milliseconds_are_wall_time(host):
    assert 90 <= host.run("import time; time.sleep(0.1)").end.ms < 5000


# --- input ---


def test_input_asks_and_goes_on_with_the_answer(host):
    asked = host.run("name = input('name? ')\nname")
    assert (asked.status, asked.end.prompt, asked.output) == ("asked", "name? ", "name? ")
    host.answer("Ada é")
    assert host.collect().output == "'Ada é'\n"


def test_input_twice_in_one_entry_and_a_statement_after_it(host):
    host.run("a = input('a')\nb = input('b')\na + b")
    host.answer("1")
    assert host.collect().status == "asked"
    host.answer("2")
    assert host.collect().output == "'12'\n"


def test_an_answer_may_come_before_it_is_asked_for(host):
    host.begin("import sys; a = sys.stdin.readline(); b = sys.stdin.readline()\na, b")
    host.answer("one")
    host.answer("two")
    assert host.collect().output == "('one\\n', 'two\\n')\n"


def test_an_answer_never_runs_as_code(host):
    host.begin("import time; time.sleep(0.05)\nprint('next')\nprint('last')")
    for _ in range(20):
        host.answer("print('stray')")
    assert host.collect().output == "next\nlast\n"
    assert host.run("'after'").output == "'after'\n"
    host.begin("x = input()")
    host.answer("fresh")
    while host.collect().status == "asked":
        pass
    assert host.run("x").output == "'fresh'\n"


def test_an_end_of_file_is_an_eof_error_and_the_rest_of_the_entry_runs(host):
    host.run("try: input()\nexcept EOFError: print('end')\n\nprint('rest')")
    host.answer(None)
    assert host.collect().output == "end\nrest\n"
    host.run("again = input('again? ')")
    host.answer("yes")
    host.collect()
    assert host.run("again").output == "'yes'\n"


def test_an_end_of_file_ends_a_loop_over_stdin(host):
    host.begin("import sys; print([line for line in sys.stdin])")
    host.answer("one")
    host.answer("two")
    host.answer(None)
    assert host.collect().output == "['one\\n', 'two\\n']\n"


def test_help_asks_for_what_to_explain(host):
    assert host.run("help()").status == "asked"
    host.answer("len")
    assert "Return the number of items" in host.collect().output
    host.answer("quit")
    assert host.collect().status == "ok"


# --- threads, signals, ends ---


def test_a_thread_runs_on_and_prints_between_entries(host):
    host.run("import threading; go = threading.Event(); done = threading.Event()")
    host.run("def f(): go.wait(); print('between'); done.set()\n\nthreading.Thread(target=f, daemon=True).start()")
    assert host.run("go.set(); done.wait()").output.splitlines()[0] == "between"


def test_a_thread_that_asks_while_the_prompt_waits_takes_no_line_of_an_entry(host):
    host.run("import threading, sys; heard = []\ndef ask(): go.wait(); heard.append(input())\n")
    host.run("def hear(event, _, once=['asks']): event == 'builtins.input' and once and print(once.pop())\n")
    host.run("sys.addaudithook(hear); go = threading.Event()")
    host.run("asker = threading.Thread(target=ask, daemon=True); asker.start()")
    host.run("threading.Timer(0.05, go.set).start()")
    host.wait_for_output("asks\n")
    host.take_output()
    assert [host.run(f"{number}").output for number in range(5)] == [f"{number}\n" for number in range(5)]
    host.begin("asker.join(); heard")
    host.answer("for her")
    assert host.collect().output == "['for her']\n"


def test_asyncio_runs(host):
    assert host.run("import asyncio; asyncio.run(asyncio.sleep(0, 'slept'))").output == "'slept'\n"


def test_a_signal_handler_of_the_learner_runs_while_the_prompt_waits(host):
    host.run("import signal, os\ndef h(*a): os.write(1, b'ding\\n')\n")
    host.run("_ = signal.signal(signal.SIGALRM, h); _ = signal.setitimer(signal.ITIMER_REAL, 0.05)")
    host.wait_for_output("ding\n")
    assert host.run("'fine'").output.endswith("'fine'\n")


def test_a_signal_handler_that_raises_at_the_prompt_is_shown_and_harms_nothing(host):
    host.run("import signal\ndef h(*a): raise TimeoutError('too late')\n")
    host.run("_ = signal.signal(signal.SIGALRM, h); _ = signal.setitimer(signal.ITIMER_REAL, 0.05)")
    host.wait_for_output("TimeoutError: too late\n")
    assert host.run("'fine'").output.endswith("'fine'\n")


@pytest.mark.parametrize(
    ("source", "status"), [("exit()", 0), ("import sys; sys.exit(3)", 3), ("raise SystemExit(4)", 4)]
)
def test_leaving_ends_the_process_with_its_status(host, source, status):
    assert host.run(source).status == "gone"
    assert host.process.returncode == status


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("import os; os._exit(3)", 3),
        ("import os; os.abort()", -6),
        ("import os; os.kill(os.getpid(), 9)", -9),
        ("import ctypes; ctypes.string_at(0)", -11),
        ("import os; os.closerange(0, 1000)", 0),
    ],
)
def test_a_violent_end_is_seen_from_the_wait_status(host, source, status):
    assert host.run(source).status == "gone"
    assert host.process.returncode == status


def test_the_worker_ends_when_its_channel_does(host):
    host.channel.close()
    assert host.process.wait(20) == 0


def test_a_hook_taken_away_leaves_a_worker_that_only_stays_silent(python, tmp_path):
    with Host(python, tmp_path) as host:
        host.begin("import ctypes; ctypes.c_void_p.in_dll(ctypes.pythonapi, 'PyOS_InputHook').value = None")
        with pytest.raises(Stuck):
            host.collect(patience=0.3)
