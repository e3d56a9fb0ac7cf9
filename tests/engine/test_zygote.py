"""Learners forked from a zygote: what they look like, and what happens when a zygote, or its server, ends."""

import os
import resource
import stat
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from sandbox.engine import landlock
from sandbox.engine.descend import LEARNER_UID
from sandbox.engine.ending import KEPT
from sandbox.engine.footprint import footprint
from sandbox.engine.interface import Engine, Limits
from sandbox.engine.interpreter import default_python
from sandbox.engine.isolation import Isolation, probe
from sandbox.engine.jail import Jail
from sandbox.engine.local import LocalEngine
from sandbox.engine.zygote_process import _AFTER_FORK
from sandbox.engine.zygotes import ZygoteStarter
from sandbox.protocol import Save
from tests.interpreters import interpreters

from .client import DEADLINE, Client
from .conftest import leaving_nothing
from .redteam.range import UID, open_python, own_uid_policy

SOURCE = str(Path(__file__).parents[2])


@pytest.fixture
def many(tmp_path: Path, found: Isolation) -> Iterator[LocalEngine]:
    """Room for a class."""
    with leaving_nothing(tmp_path, lambda: ZygoteStarter(found, default_python()), capacity=60) as engine:
        yield engine


def outermost() -> list[psutil.Process]:
    """The processes that this one started and that zygotes live in, or are."""
    return [child for child in psutil.Process().children() if "zygote_process" in " ".join(child.cmdline())]


def first_process(outer: psutil.Process) -> psutil.Process:
    """The zygote itself: the one that has learners."""
    family = [outer, *outer.children(recursive=True)]
    return max(family, key=lambda one: len(one.children()))


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_learner_sees_the_same_as_in_a_bare_interpreter(zygote_engine: Engine, tmp_path: Path) -> None:
    questions = """import sys, os, gc, threading, time, signal
sorted(sys.modules)
sys.argv, sys.flags, sys.path, sys.warnoptions, sorted(sys.path_importer_cache)
threading.active_count(), threading.stack_size(), threading.current_thread().name
[signal.getsignal(number) for number in sorted(signal.valid_signals()) if number not in (9, 19)]
signal.pthread_sigmask(signal.SIG_BLOCK, [])
gc.get_freeze_count(), gc.isenabled(), gc.get_threshold(), gc.callbacks
time.tzname, time.localtime(0).tm_hour
sorted(vars()), __name__, __doc__, __spec__
sys.stdin.seekable(), sys.stdout.line_buffering, sys.stderr.encoding, os.umask(0o22), os.get_inheritable(1)
sorted(name for name in os.environ)
os.listdir(), sys.getrecursionlimit(), sys.getrefcount(sys) > 0, sys.getswitchinterval(), sys.gettrace()
sys in [one for one in gc.get_referents(sys.modules)], sys.modules in gc.get_referrers(threading)
"""
    work = tmp_path / "work"
    work.mkdir()
    bare = subprocess.run(
        [default_python(), "-u", "-i"],
        input=questions,
        capture_output=True,
        text=True,
        cwd=work,
        env={"PATH": "", "LANG": "C.UTF-8", "TERM": "dumb", "HOME": "/", "TMPDIR": "/", "PYTHON_BASIC_REPL": "1"},
    )
    client = Client(zygote_engine)
    lines = bare.stdout.replace("'PYTHON_BASIC_REPL', ", "").replace(str(work), "/work").splitlines()
    for question, answer in zip(questions.splitlines()[1:], lines, strict=True):
        if client.number == 0:
            client.run(questions.splitlines()[0])
        assert _same(client.said(question), answer + "\n"), question


def _same(ours: str, bare: str) -> bool:
    if ours != bare and ours.startswith("["):
        print("ours alone", set(eval(ours)) - set(eval(bare)), "bare alone", set(eval(bare)) - set(eval(ours)))
    return ours == bare


def test_each_learner_has_its_own_number_chance_and_time(zygote_engine: Engine) -> None:
    one, other = Client(zygote_engine, "one"), Client(zygote_engine, "other")
    for learner in (one, other):
        learner.run("import random, os, uuid, tempfile")
    for number in ("random.random()", "os.urandom(8)", "uuid.uuid4()", "tempfile.mktemp()"):
        assert one.said(number) != other.said(number)
    assert one.said("import time; time.process_time() < 1") == "True\n"
    assert one.said("os.getpid(), os.getcwd(), os.getuid()") == "(2, '/work', 1000)\n"


def test_chance_is_each_learners_own_also_where_a_bare_interpreter_has_loaded_it(tmp_path: Path) -> None:
    venv.create(tmp_path / "env", symlinks=True)
    (packages,) = (tmp_path / "env").glob("lib/python3*/site-packages")
    (packages / "early.pth").write_text("import random\n")
    python = str(tmp_path / "env" / "bin" / "python")
    found = probe(python)
    with leaving_nothing(tmp_path, lambda: ZygoteStarter(found, python)) as engine:
        learners = [Client(engine, name, python=python) for name in ("one", "other")]
        told = [
            learner.said("import sys; 'random' in sys.modules, sys.modules['random'].random()") for learner in learners
        ]
    assert all(one.startswith("(True, ") for one in told)
    assert told[0] != told[1]


REGISTERED = """
import os, sys
found = []
os.register_at_fork = lambda **functions: found.append(functions.get("after_in_child"))
for name in sys.argv[1:]:
    sys.modules.pop(name, None)
    __import__(name)
for function in found:
    owner = getattr(function, "__self__", None)
    print(function.__module__, *(["_inst"] if owner is sys.modules["random"]._inst else []), function.__name__)
"""


@pytest.mark.parametrize("version", sorted(interpreters()))
def test_what_is_rehearsed_is_what_these_modules_do_in_a_fork(version: str) -> None:
    modules = [module for module, *_ in _AFTER_FORK]
    command = [interpreters()[version], "-I", "-S", "-c", REGISTERED, *modules]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert [tuple(line.split()) for line in said.splitlines()] == [*_AFTER_FORK]


def test_loads_are_told_by_their_path_in_the_workspace(zygote_engine: Engine) -> None:
    client = Client(zygote_engine, files={"changer.py": "x = 1\n", "pack/__init__.py": ""})
    client.run("import changer, pack")
    assert [event.path for event in client.events if event.kind == "loaded"] == ["changer.py", "pack/__init__.py"]
    assert client.said("changer.__file__") == "'/work/changer.py'\n"


def test_learners_of_a_zygote_that_was_killed_are_lost_and_the_next_ones_come_from_another(many: Engine) -> None:
    clients = [Client(many, str(number), {"a.py": f"x = {number}\n"}) for number in range(50)]
    (outer,) = outermost()
    first_process(outer).kill()
    assert {client.exited().cause for client in clients} == {"lost"}
    again = [Client(many, str(number), {"a.py": f"x = {number}\n"}) for number in range(50)]
    assert [client.said("import a; a.x") for client in again] == [f"{number}\n" for number in range(50)]


def test_what_a_learners_code_wrote_outlives_the_zygote(many: Engine) -> None:
    client = Client(many, files={"a.py": "x = 1\n"})
    client.run("import os; os.makedirs('data/raw'); open('data/raw/image.bin', 'wb').write(bytes(range(256)) * 999)")
    client.run("os.symlink('/etc/passwd', 'link'); open('text.txt', 'w').write('text')")
    outermost()[0].kill()
    exited = client.exited()
    assert (exited.cause, exited.message.endswith(KEPT)) == ("lost", True)
    again = Client(many, files={"a.py": "x = 1\n", "text.txt": "text"})
    assert again.said("import os; sorted(os.listdir())") == "['a.py', 'data', 'text.txt']\n"
    assert again.said("open('data/raw/image.bin', 'rb').read() == bytes(range(256)) * 999") == "True\n"
    assert again.files() == []


def test_killing_what_the_server_started_loses_learners_and_leaves_no_process(many: Engine) -> None:
    clients = [Client(many, str(number)) for number in range(5)]
    (outer,) = outermost()
    family = outer.children(recursive=True)
    outer.kill()
    assert {client.exited().cause for client in clients} == {"lost"}
    assert psutil.wait_procs(family, timeout=10)[1] == []
    assert Client(many, "another").said("1") == "1\n"


def test_a_zygote_that_has_forked_often_is_replaced_and_ends_with_its_last_learner(
    tmp_path: Path, found: Isolation
) -> None:
    with leaving_nothing(tmp_path, lambda: ZygoteStarter(found, default_python(), forks=8), capacity=20) as engine:
        early = Client(engine, "early")
        (first,) = outermost()
        clients = [Client(engine, str(number)) for number in range(10)]
        wait_for(lambda: [len(outer.children(recursive=True)) > 4 for outer in outermost()] == [True, True])
        late = Client(engine, "late")
        assert early.said("1") == "1\n"
        for client in (early, *clients):
            client.worker.kill("stopped")
            assert client.exited().cause == "stopped"
        wait_for(lambda: not first.is_running() or first.status() == psutil.STATUS_ZOMBIE)
        assert late.said("1") == "1\n"
        again = Client(engine, "early", {"a.py": "x = 1\n"})
        assert again.said("import a; a.x") == "1\n"


def live(engine: LocalEngine, python: str) -> None:
    """What every learner may do, and what is there after a restart and after the end of the zygote."""
    client = Client(engine, files={"changer.py": "x = 1\n"}, python=python)
    assert client.said("import importlib, changer; changer.x") == "1\n"
    client.worker.send(Save("changer.py", "x = 2\n"))
    assert client.said("importlib.reload(changer).x") == "2\n"
    assert client.run("open('mine.txt', 'w').write('mine')").status == "ok"
    assert client.files()[-1].changed[0].text == "mine"
    client.start("print('in')\nwhile True: pass\n")
    client.wait_for_output("in")
    client.interrupt()
    assert client.until("finished").status == "interrupted"
    assert client.run("import os; os.fork()").error == "PermissionError"
    client.worker.kill("stopped")
    client.exited()
    files = {"changer.py": "x = 2\n", "mine.txt": "mine"}
    again = Client(engine, files=files, python=python)
    assert again.said("import os; sorted(os.listdir())") == "['changer.py', 'mine.txt']\n"
    outermost()[0].kill()
    assert again.exited().cause == "lost"
    assert Client(engine, files=files, python=python).said("import changer; changer.x") == "2\n"


@pytest.mark.parametrize("version", sorted(interpreters()))
def test_every_interpreter_is_served_at_level_full(version: str, tmp_path: Path, found: Isolation) -> None:
    python = interpreters()[version]
    needs = footprint(python)
    policy = replace(found.policy, paths=needs.paths, links=needs.links)
    walls = replace(found, jail=replace(found.jail, needs=needs), policy=policy)
    with leaving_nothing(tmp_path, lambda: ZygoteStarter(walls, python)) as engine:
        live(engine, python)


def test_learners_have_uids_and_folders_of_their_own_at_level_partial(tmp_path: Path) -> None:
    if not UID or not landlock.version():
        pytest.skip("LEVEL PARTIAL IS NOT TESTED HERE: needs root and Landlock")
    python = open_python()
    policy = replace(own_uid_policy(python), first_uid=LEARNER_UID)
    walls = Isolation("partial", Jail(footprint(python)), policy, ())
    with leaving_nothing(tmp_path, lambda: ZygoteStarter(walls, python)) as engine:
        live(engine, python)
        one, other = Client(engine, "one", python=python), Client(engine, "other", python=python)
        uids = {client.said("import os; os.getuid()") for client in (one, other)}
        assert len(uids) == 2
        place = one.said("print(os.getcwd())").strip()
        assert other.run(f"os.listdir({place!r})").error == "PermissionError"
        assert other.run(f"open({place!r} + '/a', 'w')").error == "PermissionError"


SERVER = """import sys, time
from pathlib import Path
from queue import Queue
from sandbox.engine.interface import Job
from sandbox.engine.interpreter import default_python
from sandbox.engine.isolation import probe
from sandbox.engine.local import LocalEngine
from sandbox.engine.zygotes import ZygoteStarter
from sandbox.protocol import Run
engine = LocalEngine(folder=Path(sys.argv[1]), starter=ZygoteStarter(probe(default_python()), default_python()))
for number, source in enumerate(("print(1)\\nwhile True: pass\\n", "print(1)")):
    events = Queue()
    hear = lambda *said, put=events.put: [*map(put, said)]
    engine.open(str(number), Job(default_python()), hear).send(Run(1, source))
    while events.get().kind != "output": pass
print("on", flush=True)
time.sleep(60)
"""


def test_when_the_server_is_killed_no_learner_lives_on(tmp_path: Path, found: Isolation) -> None:
    mounts = _mounts_of_sandboxes()
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=SOURCE
    ) as server:
        assert server.stdout and server.stdout.readline() == "on\n"
        family = psutil.Process(server.pid).children(recursive=True)
        assert len(family) >= 4
        server.kill()
    _, alive = psutil.wait_procs(family, timeout=10)
    assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []  # init reaps them
    assert _mounts_of_sandboxes() <= mounts


def _mounts_of_sandboxes() -> set[str]:
    """Those that tests beside this one make for themselves are theirs."""
    with open("/proc/self/mounts", encoding="utf-8") as file:
        return {line for line in file if "pytest" not in line}


def test_a_learner_that_waited_and_died_is_not_given_to_anybody(zygote_engine: Engine) -> None:
    Client(zygote_engine, "one")
    (outer,) = outermost()
    wait_for(lambda: len(learners(outer)) == 2)  # one that waits, and ours
    those = learners(outer)
    for learner in those:
        learner.kill()
    psutil.wait_procs(those, timeout=DEADLINE)
    assert Client(zygote_engine, "other").said("1") == "1\n"


def learners(outer: psutil.Process) -> list[psutil.Process]:
    """Python processes below the zygote; beside each an idle one keeps its namespace."""
    return [one for one in first_process(outer).children() if one.num_threads() and _threads_run(one)]


def _threads_run(process: psutil.Process) -> bool:
    with open(f"/proc/{process.pid}/wchan") as file:
        return "pause" not in file.read()


def test_a_first_python_is_there_at_once_when_one_waits(tmp_path: Path, found: Isolation) -> None:
    with leaving_nothing(tmp_path, lambda: ZygoteStarter(found, default_python(), ready=4)) as engine:
        Client(engine, "first")
        (outer,) = outermost()
        wait_for(lambda: len(learners(outer)) == 5)  # four that wait, and hers
        waiting = learners(outer)
        Client(engine, "second").start("while True: pass\n")
        wait_for(lambda: max(one.cpu_times().user for one in waiting) > 0.2)


@pytest.fixture
def high_numbers() -> Iterator[None]:
    """Every descriptor that is opened gets a number beyond what `select` takes, as on a server with many learners."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    taken = [os.dup(0) for _ in range(1100)]
    yield
    for descriptor in taken:
        os.close(descriptor)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_server_with_many_descriptors_starts_and_ends_learners(
    high_numbers: None, tmp_path: Path, found: Isolation
) -> None:
    with leaving_nothing(tmp_path, lambda: ZygoteStarter(found, default_python(), ready=2)) as engine:
        learners = [Client(engine, name) for name in "abc"]
        assert [one.said("1 + 1") for one in learners] == ["2\n"] * 3
        engine.forget("a")
        assert learners[0].exited().cause == "stopped"


def test_a_limit_that_is_not_the_usual_one_holds_too(zygote_engine: Engine) -> None:
    client = Client(zygote_engine, limits=Limits(descriptors=50, workspace_bytes=100_000))
    assert client.said("import resource; resource.getrlimit(resource.RLIMIT_NOFILE)") == "(50, 50)\n"
    assert client.run("open('big', 'wb').write(bytes(200_000))").error == "OSError"
    assert "No space left on device" in client.text()
    client.run("import os; os.remove('big')")
    client.worker.send(Save("small.py", "x = 1\n"))
    assert client.said("import small; small.x") == "1\n"


def test_a_worker_has_its_own_lines_open_and_nothing_else(zygote_engine: Engine) -> None:
    client = Client(zygote_engine)
    client.run(
        "import os, stat\ndef kind(number):\n    try: found = os.fstat(number)\n    except OSError: return\n"
        "    return stat.S_IFMT(found.st_mode), found.st_rdev\n"
    )
    found = eval(client.said("{number: kind(number) for number in range(1024) if kind(number)}"))
    null = (stat.S_IFCHR, os.stat("/dev/null").st_rdev)  # for checks, whose output goes nowhere
    line, pipe = (stat.S_IFSOCK, 0), (stat.S_IFIFO, 0)
    assert found == {0: line, 1: pipe, 2: pipe} | dict.fromkeys(range(40, 44), line) | {44: null}


def test_secrets_of_the_server_are_nowhere(tmp_path: Path, found: Isolation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_SECRET_KEY", "hunter2-of-the-server")
    with leaving_nothing(tmp_path, lambda: ZygoteStarter(found, default_python())) as engine:
        client = Client(engine)
        client.run("import gc, os, sys")
        found_where = "[one for one in gc.get_objects() if type(one) is dict and 'SANDBOX_SECRET_KEY' in one]"
        assert client.said(found_where) == "[]\n"
        assert client.said("sys.orig_argv[1:], sys.argv, len(os.environ)") == "(['-u', '-i'], [''], 5)\n"
