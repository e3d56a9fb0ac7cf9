"""What hostile learners try, typed as entries of a session, judged by the host; and what their neighbours notice."""

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from engine.redteam.bombs import BOMBS, ERRORS, LIMITED
from engine.redteam.cases import CASES, Case, End
from engine.redteam.range import Range, laid_out
from sandbox.engine.interface import MIB, Limits, Rejected
from sandbox.engine.interpreter import default_python
from sandbox.engine.isolation import Isolation
from sandbox.engine.local import LocalEngine
from sandbox.engine.zygotes import ZygoteStarter
from sandbox.protocol import Save

from .client import DEADLINE, Client
from .conftest import leaving_nothing

LIMITS = Limits(cpu_seconds=2, wall_seconds=3, output_bytes=MIB)


@pytest.fixture(scope="module")
def field() -> Iterator[Range]:
    with laid_out() as field:
        yield field


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, found: Isolation) -> Iterator[LocalEngine]:
    """One for all: an attacker leaves nothing to the next."""
    folder = tmp_path_factory.mktemp("engine")
    with leaving_nothing(folder, lambda: ZygoteStarter(found, default_python(), LIMITS), capacity=40) as engine:
        yield engine


ENDS = {
    End.STATUS_42: ("quit", "exit status 42"),
    End.SEGMENTATION_FAULT: ("crashed", "segmentation fault"),
    End.FORBIDDEN_CALL: ("crashed", "forbidden"),
    End.ABORTED: ("crashed", "abort"),
    End.KILLED: ("crashed", "signal 9"),
}


HARMFUL = [case for case in CASES if case.name != "forged_frames"]
"""All but the one that writes to what it should not find: here its own line is there to be found, see test_forged."""


@pytest.mark.parametrize("case", HARMFUL, ids=lambda case: case.name)
def test_an_attack_from_a_session_harms_nobody(case: Case, engine: LocalEngine, field: Range) -> None:
    attack(engine, default_python(), case, field)


def attack(engine: LocalEngine, python: str, case: Case, field: Range) -> None:
    client = Client(engine, case.name, limits=LIMITS, python=python)
    source = json.dumps(field.aimed(case))
    client.start(f"exec(compile({source}, '<attack>', 'exec'), {{'__name__': '__main__'}})")
    ended = client.until_end()
    assert not any("ESCAPED" in client.text(run) for run in range(client.number + 1)), case.promise
    if case.end in ENDS:
        assert ended.kind == "exited" and (ended.cause, ENDS[case.end][1] in ended.message) == (ENDS[case.end][0], True)
    client.worker.kill("stopped")
    engine.forget(case.name)


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_ends_as_an_error_or_at_its_limit_and_its_neighbours_go_on(bomb: str, engine: LocalEngine) -> None:
    neighbours = [Client(engine, f"{bomb} {number}", limits=LIMITS) for number in range(5)]
    offender = Client(engine, bomb, limits=LIMITS)
    offender.start(BOMBS[bomb])
    done = Event()

    def watch() -> None:
        offender.until("finished")
        done.set()

    watcher = Thread(target=watch)
    watcher.start()
    over = False
    while not over:  # once at least, and until it is over
        over = done.is_set()
        for neighbour in neighbours:
            assert neighbour.said("1 + 1") == "2\n"
    watcher.join(DEADLINE)
    (finished,) = [event for event in offender.events if event.kind == "finished"]
    if bomb in ERRORS:
        assert finished.error == ERRORS[bomb], offender.text()[-500:]
    else:
        assert finished.status == "interrupted"
        assert [limited.cause for limited in offender.limited()] == [LIMITED[bomb]]
    for client in (*neighbours, offender):
        client.worker.kill("stopped")
        client.exited()


def test_what_fills_the_disk_may_be_deleted_and_a_new_python_has_the_servers_files(engine: LocalEngine) -> None:
    client = Client(engine, "full", {"a.py": "x = 1\n"}, limits=LIMITS)
    assert client.run("n = 0\nwhile True: open(str(n), 'w').close(); n += 1\n").error == "OSError"
    client.worker.kill("stopped")
    client.exited()
    again = Client(engine, "full", {"a.py": "x = 1\n", "b.py": "y = 2\n"}, limits=LIMITS)
    assert again.said("import a, b; a.x, b.y") == "(1, 2)\n"


def test_a_learner_who_took_every_inode_saves_in_the_editor_all_the_same(engine: LocalEngine) -> None:
    client = Client(engine, "inodes", {"a.py": "x = 1\n"}, limits=LIMITS)
    assert client.run("n = 0\nwhile True: open(str(n), 'w').close(); n += 1\n").error == "OSError"
    for number in range(3):
        client.worker.send(Save("a.py", f"x = {number}\n"))
        assert client.said(f"from importlib import reload; import a; reload(a).x == {number}") == "True\n"


def test_a_learner_who_filled_the_disk_is_told_by_one_sentence_what_to_do(engine: LocalEngine) -> None:
    client = Client(engine, "disk", {"a.py": "x = 1\n"}, limits=LIMITS)
    fill = "n = 0\nwhile True:\n    with open(f'{n}.bin', 'wb', 0) as file: file.write(b'\\0' * 2**20)\n    n += 1\n"
    assert client.run(fill).error == "OSError"
    with pytest.raises(Rejected, match=r"os\.remove") as rejection:
        client.worker.send(Save("b.py", "y = 1\n" * 10_000))
    assert rejection.value.code == "too-large"
    client.run("import os; os.remove('0.bin')")
    client.worker.send(Save("b.py", "y = 1\n"))
    assert client.said("import b; b.y") == "1\n"


def test_no_learner_sees_another(engine: LocalEngine, tmp_path: Path) -> None:
    one, other = Client(engine, "one", limits=LIMITS), Client(engine, "other", limits=LIMITS)
    one.run("open('mine.txt', 'w').write('secret'); import os, signal; secret = 'hunter2-of-one'")
    assert other.said("import os; os.listdir('/work'), os.listdir('/tmp')") == "([], [])\n"
    assert (
        other.said("sorted(os.listdir('/proc')) if os.path.exists('/proc') else 'no processes'") == "'no processes'\n"
    )
    other.run("for number in range(3, 200):\n    try: os.kill(number, 9)\n    except OSError: pass\n")
    assert one.said("secret") == "'hunter2-of-one'\n"
