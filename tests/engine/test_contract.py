"""What every engine promises to a session."""

import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import pairwise
from pathlib import Path
from queue import Queue

import pytest

from sandbox.engine import output
from sandbox.engine.interface import Engine, EngineError, Full, Job, Limits, Rejected
from sandbox.protocol import Answer, Complete, Delete, Exited, Interrupt, Output, Run, Save
from tests.interpreters import interpreters

from .client import Client


def test_an_entry_gives_its_output_and_then_its_end(engine: Engine) -> None:
    client = Client(engine)
    assert client.run("print('hello')\n1 + 1").status == "ok"
    assert client.text() == "hello\n2\n"
    kinds = [event.kind for event in client.events if event.kind != "snapshot"]
    assert [kind for kind, before in zip(kinds, ["", *kinds], strict=False) if kind != before] == [
        "ready",
        "output",
        "finished",
    ]


def test_all_output_of_a_run_comes_before_its_end_and_carries_its_number(engine: Engine) -> None:
    client = Client(engine)
    for _ in range(200):
        client.run("import os; _ = os.write(1, b'one '); print('two', flush=True); _ = os.write(2, b'three')")
        assert client.text() == "one two\nthree"
    kinds = [(event.kind, event.run) for event in client.events if event.kind in {"output", "finished"}]
    assert all(earlier[1] <= later[1] for earlier, later in pairwise(kinds))


def test_output_arrives_while_the_entry_runs(engine: Engine) -> None:
    client = Client(engine)
    client.start("print('first')\ninput()")
    client.wait_for_output("first")
    client.answer("")
    client.until("finished")


def test_what_an_entry_prints_first_waits_for_nothing_more(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    for wait in ("BREATH", "LULL", "LINE"):
        monkeypatch.setattr(output, wait, 3600.0)
    client = Client(engine)
    for _ in range(3):
        client.start("import time; print('here'); time.sleep(60)")
        client.wait_for_output("here\n")
        client.interrupt()
        assert client.until_end().kind == "finished"


def test_a_program_that_prints_line_by_line_gives_few_pieces(engine: Engine) -> None:
    client = Client(engine)
    client.run("for i in range(20000): print('x' * 79)\n")
    assert client.text() == ("x" * 79 + "\n") * 20000
    assert sum(isinstance(event, Output) for event in client.events) < 1000


def test_a_character_written_in_two_pieces_arrives_whole(engine: Engine) -> None:
    client = Client(engine)
    client.start("import os; _ = os.write(1, b'\\xe2\\x82'); _ = input(); _ = os.write(1, b'\\xac')")
    client.until("asked")
    client.answer("")
    client.until("finished")
    assert client.text() == "€"


def test_half_a_character_at_the_end_of_a_run_shows_as_such(engine: Engine) -> None:
    client = Client(engine)
    client.run("import os; _ = os.write(1, b'\\xe2\\x82')")
    assert client.text() == "\ufffd"


def test_output_of_threads_between_entries_belongs_to_none(engine: Engine) -> None:
    client = Client(engine)
    client.run("import threading; go = threading.Event(); stay = threading.Event()")
    client.run("def late():\n    go.wait(); print('late'); stay.wait()\n\nthreading.Thread(target=late).start()")
    client.run("threading.Timer(.1, go.set).start()")
    client.until("output", lambda event: event.run == 0)
    client.run("stay.set()")
    assert client.text(0) == "late\n"


def test_input_takes_the_answer(engine: Engine) -> None:
    client = Client(engine)
    client.start("name = input('who? ')\nprint('hello', name)")
    assert client.until("asked").prompt == "who? "
    client.wait_for_output("who? ")
    client.answer("Ada")
    client.until("finished")
    assert client.text() == "who? hello Ada\n"


def test_an_answer_may_come_before_the_question(engine: Engine) -> None:
    client = Client(engine)
    client.run("import time")
    client.start("time.sleep(.05); a = input(); b = input(); print(a, b)")
    client.answer("one")
    client.answer("two")
    client.until("finished")
    assert client.text() == "one two\n"


def test_an_answer_that_nobody_read_is_never_run_as_code(engine: Engine) -> None:
    client = Client(engine)
    client.start("import time; time.sleep(.1)")
    client.answer("print('ran')")
    client.until("finished")
    client.run("1")
    assert client.text(1) + client.text(2) == "1\n"


def test_an_answer_for_another_run_is_dropped(engine: Engine) -> None:
    client = Client(engine)
    client.start("input()")
    client.until("asked")
    client.worker.send(Answer(99, "stray"))
    client.answer("right")
    client.until("finished")
    assert client.text() == "'right'\n"


def test_an_end_of_file_ends_one_question_and_no_later_one(engine: Engine) -> None:
    client = Client(engine)
    client.start("try: input()\nexcept EOFError: print('end')\n\nprint('on')")
    client.until("asked")
    client.answer(None)
    client.until("finished")
    assert client.text() == "end\non\n"
    client.start("input()")
    client.until("asked")
    client.answer("again")
    client.until("finished")
    assert client.text() == "'again'\n"


def test_an_interrupt_ends_what_runs(engine: Engine) -> None:
    client = Client(engine)
    sources = ["import time; print('in'); time.sleep(60)", "print('in')\nwhile True: pass\n", "print('in'); input()"]
    for source in sources:
        client.start(source)
        client.wait_for_output("in")
        client.interrupt()
        finished = client.until("finished")
        assert (finished.status, finished.run) == ("interrupted", client.number)
        assert "KeyboardInterrupt" in client.text()
    assert client.said("'alive'") == "'alive'\n"


def test_an_interrupt_right_after_the_run_ends_it_too(engine: Engine) -> None:
    client = Client(engine)
    client.run("import time")
    for _ in range(20):
        client.start("time.sleep(60)")
        client.interrupt()
        assert client.until("finished").status == "interrupted"
    assert client.said("'alive'") == "'alive'\n"


def test_an_interrupt_of_a_run_that_is_not_in_flight_does_nothing(engine: Engine) -> None:
    client = Client(engine)
    client.run("1")
    client.worker.send(Interrupt(1))
    client.worker.send(Interrupt(7))
    assert client.said("2") == "2\n"


@pytest.fixture
def in_the_background() -> Iterator[None]:
    """As a shell starts a command with `&`: SIGINT is ignored, and so in all that is started from here."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_server_that_ignores_an_interrupt_has_learners_that_do_not(in_the_background: None, engine: Engine) -> None:
    client = Client(engine)
    client.start("import time; time.sleep(60)")
    client.interrupt()
    assert client.until("finished").status == "interrupted"


@pytest.mark.parametrize("python", interpreters().values(), ids=interpreters())
def test_of_a_learner_s_files_those_run_at_the_start_that_run_in_a_bare_interpreter(
    spawn_engine: Engine, python: str, tmp_path: Path
) -> None:
    names = ("json", "linecache", "os", "re", "sandbox", "site", "struct", "tokenize", "types")
    files = {f"{name}.py": f"print({name!r})\n_register_code = print\n" for name in names}
    bare = tmp_path / "bare"
    bare.mkdir()
    for name, text in files.items():
        (bare / name).write_text(text)
    command = [python, "-q", "-u", "-i"]
    environment = {"PYTHON_BASIC_REPL": "1"}
    said = subprocess.run(command, cwd=bare, env=environment, input=b"1\n", capture_output=True, timeout=20).stdout
    client = Client(spawn_engine, files=files, python=python)
    client.run("1")
    ours = client.text(0) + client.text()
    assert sorted(ours.split()) == sorted(said.decode().split())


def test_an_incomplete_entry_goes_on_or_is_dropped(engine: Engine) -> None:
    client = Client(engine)
    assert client.run("def f():").status == "incomplete"
    assert client.run("def f():\n    return 5\n").status == "ok"
    assert client.run("if True:").status == "incomplete"
    client.interrupt()
    assert client.until("finished").status == "interrupted"
    assert client.said("f()") == "5\n"


def test_a_question_gets_its_answer(engine: Engine) -> None:
    client = Client(engine)
    client.worker.send(Complete("c1", "prin", 4))
    assert client.until("completions").id == "c1"


def test_the_interpreter_sees_no_more_of_the_server_than_it_must(engine: Engine) -> None:
    client = Client(engine)
    names = client.said("import os; print(*sorted(os.environ))")
    assert set(names.split()) <= {"HOME", "LANG", "PATH", "TERM", "TMPDIR", "LC_CTYPE"}
    assert client.said("print(os.path.commonpath([os.getcwd(), os.environ['HOME']]) == os.getcwd())") == "False\n"
    client.run("def is_open(fd):\n    try: return os.fstat(fd)\n    except OSError: return None\n")
    assert client.said("print(*filter(is_open, range(40)))") == "0 1 2\n"


def test_exited_comes_once_and_last_and_then_nothing_does_anything(engine: Engine) -> None:
    client = Client(engine)
    client.start("print('bye'); exit()")
    assert client.exited().cause == "quit"
    client.worker.send(Run(9, "1"))
    client.worker.send(Save("a.py", ""))
    client.worker.kill("stopped")
    client.worker.throttle(True)
    assert Client(engine, "other").said("1") == "1\n"  # the dispatcher has been through all of it
    kinds = [event.kind for event in client.events]
    assert list(dict.fromkeys(kinds)) == ["ready", "output", "exited"]  # output may come in pieces
    assert (kinds.count("exited"), kinds[-1]) == (1, "exited")


def test_the_processor_time_of_a_worker_is_told(engine: Engine) -> None:
    client = Client(engine)
    before = client.worker.cpu()
    client.run("import time\nwhile time.process_time() < 0.5: pass\n")
    assert client.worker.cpu() > before
    assert client.worker.cpu() >= 0.5
    client.worker.kill("stopped")
    client.exited()
    assert client.worker.cpu() == 0


def test_killing_names_the_cause(engine: Engine) -> None:
    for cause in ("stopped", "idle"):
        client = Client(engine, cause)
        client.start("while True: pass\n")
        client.worker.kill(cause)
        client.worker.kill("lost")
        assert client.exited().cause == cause


def test_a_worker_can_be_killed_before_it_is_ready(engine: Engine) -> None:
    client = Client(engine, ready=False)
    client.worker.kill("stopped")
    assert client.exited().cause == "stopped"


def test_a_run_sent_before_ready_is_done(engine: Engine) -> None:
    client = Client(engine, ready=False)
    assert client.said("1 + 1") == "2\n"


def test_an_interrupt_before_ready_drops_the_run(engine: Engine) -> None:
    client = Client(engine, ready=False)
    client.start("while True: pass\n")
    client.interrupt()
    assert client.until("finished").status == "interrupted"
    assert client.said("'alive'") == "'alive'\n"


def test_a_worker_that_cannot_be_started_says_so(engine: Engine) -> None:
    events: Queue[object] = Queue()
    engine.open("session", Job("/nowhere/python"), events.put)
    exited = events.get(timeout=5)
    assert isinstance(exited, Exited)
    assert exited.cause == "crashed"
    assert "could not be started" in exited.message


def test_the_next_worker_can_be_opened_as_soon_as_the_last_has_exited(engine: Engine) -> None:
    client = Client(engine, files={"a.py": "x = 1\n"})
    again: list[Client] = []
    client.on_event = lambda event: again.append(Client(engine, ready=False)) if event.kind == "exited" else None
    client.worker.kill("stopped")
    client.exited()
    again[0].until("ready")
    with pytest.raises(EngineError):
        Client(engine)


def test_when_all_places_are_taken_the_next_hears_so(engine: Engine) -> None:
    clients = [Client(engine, str(number), ready=False) for number in range(8)]
    with pytest.raises(Full):
        Client(engine, "one more")
    clients[3].worker.kill("stopped")
    clients[3].exited()
    Client(engine, "one more")


def test_sessions_do_not_see_each_other(engine: Engine) -> None:
    one, other = Client(engine, "one", {"a.py": "x = 1\n"}), Client(engine, "other", {"b.py": ""})
    assert one.said("import os; os.listdir()") == "['a.py']\n"
    assert other.said("import os; os.listdir()") == "['b.py']\n"


def test_a_save_is_seen_by_the_next_reload(engine: Engine) -> None:
    client = Client(engine, files={"changer.py": "x = 1\n"})
    client.run("import importlib, changer")
    client.worker.send(Save("changer.py", "x = 2\n"))
    assert client.said("importlib.reload(changer).x") == "2\n"


def test_a_thousand_edits_of_the_same_size_are_all_seen(engine: Engine) -> None:
    client = Client(engine, files={"changer.py": "x = 0000\n"})
    client.run("import importlib, changer")
    stale = 0
    for number in range(1, 1001):
        client.worker.send(Save("changer.py", f"x = {1000 + number}\n"))
        stale += client.said("importlib.reload(changer).x") != f"{1000 + number}\n"
    assert stale == 0
    assert client.files() == []


def test_a_new_file_can_be_imported_at_once(engine: Engine) -> None:
    client = Client(engine)
    for number in range(100):
        client.worker.send(Save(f"new{number}.py", f"x = {number}\n"))
        assert client.said(f"import new{number}; new{number}.x") == f"{number}\n"
    client.worker.send(Save("pack/__init__.py", ""))
    client.worker.send(Save("pack/inner.py", "x = 'inner'\n"))
    assert client.said("import pack.inner; pack.inner.x") == "'inner'\n"
    client.worker.send(Save("pack/late.py", "x = 'late'\n"))
    assert client.said("import pack.late; pack.late.x") == "'late'\n"


def test_a_running_loop_never_reads_half_a_file(engine: Engine) -> None:
    def text(number: int) -> str:
        return f"first = {number}\n" + "# filler\n" * 1000 + f"last = {number}\n"

    client = Client(
        engine, files={"changer.py": text(0)}, limits=Limits(output_bytes=1 << 30)
    )  # sources of loads count
    client.run("import importlib, changer, time; seen = set(); torn = 0; end = time.time() + 1.5")
    client.start(
        "while time.time() < end:\n    _ = importlib.reload(changer); seen.add(changer.first); "
        "torn += changer.first != changer.last\n\nprint(torn, len(seen))"
    )
    number = 0
    while not any(event.kind == "finished" and event.run == client.number for event in client.events):
        number += 1
        client.worker.send(Save("changer.py", text(number)))
        threading.Event().wait(0.002)  # a writer's pace, nothing is awaited
    torn, seen = map(int, client.text().split())
    assert torn == 0
    assert seen > 5


def test_what_may_not_be_saved_is_rejected_with_its_code(engine: Engine) -> None:
    limits = Limits(file_bytes=1000, workspace_bytes=1500, workspace_files=3)
    client = Client(engine, files={"a.py": "", "pack/b.py": ""}, limits=limits)
    cases = [
        (Save("../x.py", ""), "name"),
        (Save("pack", ""), "name"),
        (Save("a.py/c.py", ""), "name"),
        (Save("__pycache__/a.pyc", ""), "name"),
        (Save("big.py", "x" * 1001), "too-large"),
        (Delete("pack"), "name"),
        (Save("c.py", "x" * 1000), None),
        (Save("d.py", ""), "too-many"),
        (Save("a.py", "x" * 501), "too-large"),
    ]
    for command, code in cases:
        with pytest.raises(Rejected) if code else nullcontext() as rejection:
            client.worker.send(command)
        assert not code or (rejection.value.code, bool(str(rejection.value))) == (code, True)
    assert client.said("import os; sorted(os.listdir())") == "['a.py', 'c.py', 'pack']\n"


def test_a_deleted_file_is_gone_with_its_empty_folder(engine: Engine) -> None:
    client = Client(engine, files={"pack/inner/a.py": "", "pack/b.py": ""})
    client.worker.send(Delete("pack/inner/a.py"))
    assert client.said("import os; os.listdir('pack')") == "['b.py']\n"
    client.worker.send(Delete("pack/b.py"))
    client.worker.send(Delete("never/was.py"))
    assert client.said("os.listdir()") == "[]\n"
    assert client.files() == []


def test_files_are_kept_for_the_next_worker_and_those_that_say_the_same_keep_their_times(engine: Engine) -> None:
    files = {"same.py": "x = 1\n", "changed.py": "x = 1\n", "gone.py": ""}
    client = Client(engine, files=files)
    times = "import os; {name: os.stat(name).st_mtime_ns for name in sorted(os.listdir())}"
    before = eval(client.said(times))
    client.run("open('mine.bin', 'wb').write(b'\\0')")
    client.worker.kill("stopped")
    client.exited()
    client = Client(engine, files={"same.py": "x = 1\n", "changed.py": "x = 2\n"})
    after = eval(client.said(times))
    assert set(after) == {"same.py", "changed.py", "mine.bin"}
    assert after["same.py"] == before["same.py"]
    assert after["changed.py"] > before["changed.py"]


def test_a_forgotten_session_starts_empty(engine: Engine) -> None:
    client = Client(engine)
    client.run("open('mine.txt', 'w').write('x')")
    engine.forget("session")
    assert client.exited().cause == "stopped"
    assert Client(engine).said("import os; os.listdir()") == "[]\n"
    engine.forget("never seen")


def test_throttling_makes_prints_wait_and_loses_nothing(engine: Engine) -> None:
    client = Client(engine)
    client.run("import time")
    client.worker.throttle(True)
    number = client.start("for i in range(20000): print(i)\n")
    assert Client(engine, "other").said("sum(range(10**6)); 'done'") == "499999500000\n'done'\n"
    assert client.text(number) == ""
    client.worker.throttle(False)
    client.until("finished")
    assert client.text() == "".join(f"{i}\n" for i in range(20000))


def test_closing_ends_every_worker_and_says_so(engine: Engine) -> None:
    clients = [Client(engine, str(number)) for number in range(3)]
    clients[0].start("while True: pass\n")
    clients[1].start("import subprocess; subprocess.run(['sleep', '60'])")
    engine.close()
    assert [client.events[-1].kind for client in clients] == ["exited"] * 3
    with pytest.raises(EngineError):
        Client(engine, "late")
