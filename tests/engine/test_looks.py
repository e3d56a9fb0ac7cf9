"""What learner code made of its files is told in true order, and however much it is, nobody else waits meanwhile."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from itertools import groupby
from pathlib import Path
from queue import Queue
from threading import Event
from typing import Any

import pytest

from sandbox.engine.dispatcher import Dispatcher
from sandbox.engine.empty import FOLDER
from sandbox.engine.interface import MIB, Engine
from sandbox.engine.looks import Looks
from sandbox.engine.place import Folder
from sandbox.engine.workspace import TEXT_BYTES, TooMuch, Workspace
from sandbox.protocol import Files

from .client import DEADLINE, FIND_CHANNEL, Client

FILL = "for n in range(300): open(str(n), 'w').close()\n"
MUCH = {"names": 150, "files": 50, "bytes": 2}


def make_much(place: Folder, of: str) -> int:
    """The number of files that are kept of it."""
    for number in range(MUCH[of]):
        path = place.work / f"{number}"
        path.mkdir() if of == "names" else path.write_text("x" * (TEXT_BYTES if of == "bytes" else 1))
    return 0 if of == "names" else MUCH[of]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Folder]:
    place = Folder(tmp_path / "place")
    yield place
    place.remove()


@pytest.mark.parametrize("of", MUCH)
def test_what_is_too_much_for_a_glance_is_all_seen_by_a_look(place: Folder, of: str) -> None:
    kept = make_much(place, of)
    with pytest.raises(TooMuch):
        place.workspace.changes(at_a_glance=True)
    changes = place.workspace.changes()
    assert (len(changes.changed) if changes else 0) == kept


def test_files_that_are_not_kept_are_too_much_once(place: Folder) -> None:
    for name in "ab":
        (place.work / name).write_bytes(bytes(TEXT_BYTES))
    with pytest.raises(TooMuch):
        place.workspace.changes(at_a_glance=True)
    assert place.workspace.changes() is not None
    assert place.workspace.changes(at_a_glance=True) is None


def test_a_file_too_large_to_be_kept_is_not_read(place: Folder) -> None:
    (place.work / "large").write_text("x" * 8 * MIB)
    changes = place.workspace.changes(at_a_glance=True)
    assert changes and [one.path for one in changes.left_out] == ["large"]


class Looking:
    """Looks in a thread that is busy until the test says so; `seen` is what came of them, in order."""

    def __init__(self, workspace: Workspace) -> None:
        self.seen: Queue[Any] = Queue()
        self.free = Event()
        self.after_each: Callable[[], None] = lambda: None
        self.dispatcher, self.thread = Dispatcher("test"), ThreadPoolExecutor(1)
        self.thread.submit(self.free.wait, DEADLINE)
        put, fail = self.seen.put, partial(self.seen.put, "failed")
        self.looks = Looks(workspace, self.dispatcher, self.thread, hold=put, tell=self._tell, fail=fail)

    def _tell(self, files: Files) -> None:
        self.seen.put(files)
        self.after_each()

    def look(self) -> None:
        self.dispatcher.call(partial(self.looks.look, partial(self.seen.put, "then")))

    def next(self) -> Any:
        return self.seen.get(timeout=DEADLINE)

    def close(self) -> None:
        self.free.set()
        self.thread.shutdown()
        self.dispatcher.close()


@pytest.fixture
def looking(place: Folder) -> Iterator[Looking]:
    looking = Looking(place.workspace)
    yield looking
    looking.close()


def test_others_do_not_wait_for_a_look_at_much(place: Folder, looking: Looking) -> None:
    make_much(place, "files")
    looking.look()
    looking.dispatcher.call(partial(looking.seen.put, "another worker's turn"))
    assert [looking.next(), looking.next()] == [True, "another worker's turn"]
    looking.free.set()
    assert all(isinstance(looking.next(), Files) for _ in range(2))
    assert [looking.next(), looking.next()] == [False, "then"]


def test_much_text_is_told_in_pieces_with_a_turn_for_others_between(place: Folder, looking: Looking) -> None:
    for number in range(6):
        (place.work / f"{number}").write_text("x" * (TEXT_BYTES // 4))
    (place.work / "binary").write_bytes(bytes(1))
    looking.after_each = partial(looking.dispatcher.call, partial(looking.seen.put, "another worker's turn"))
    looking.free.set()
    looking.look()
    assert looking.next() is True
    first, turn, second = looking.next(), looking.next(), looking.next()
    assert turn == "another worker's turn"
    assert [(len(one.changed), len(one.left_out)) for one in (first, second)] == [(3, 1), (3, 0)]
    assert [looking.next(), looking.next()] == [False, "then"]


def test_little_is_looked_at_at_once(place: Folder, looking: Looking) -> None:
    (place.work / "a.py").write_text("x")
    looking.look()
    looking.look()
    assert isinstance(looking.next(), Files)
    assert [looking.next(), looking.next()] == ["then", "then"]


def test_a_look_that_fails_is_told_and_what_follows_happens_all_the_same(place: Folder) -> None:
    make_much(place, "files")
    workspace = Workspace(os.open(place.work, FOLDER), os.open(place.work, FOLDER))
    with closing(Looking(workspace)) as looking:
        looking.look()
        assert looking.next() is True
        workspace.close()
        looking.free.set()
        assert [looking.next() for _ in range(3)] == ["failed", False, "then"]


def turns(client: Client) -> list[str]:
    """The kinds of events, one for those of a kind in a row."""
    return [kind for kind, _ in groupby(client.events, key=lambda event: event.kind)]


def written(client: Client) -> int:
    return sum(len(files.changed) for files in client.files())


def test_much_that_was_written_comes_before_the_end_of_its_entry(engine: Engine) -> None:
    client = Client(engine)
    client.run(FILL)
    assert turns(client)[-2:] == ["files", "finished"]
    assert written(client) == 200 and client.files()[0].left_out
    told = len(client.files())
    client.run("1")
    assert client.text() == "1\n" and len(client.files()) == told


def test_much_that_was_written_comes_before_the_end_of_its_python(engine: Engine) -> None:
    client = Client(engine)
    client.start(FILL + "\nimport os; os._exit(3)\n")
    assert client.exited().cause == "quit"
    assert [event.kind for event in client.events[-2:]] == ["files", "exited"]


def test_a_python_that_ends_while_its_files_are_looked_at_has_said_all_in_true_order(engine: Engine) -> None:
    client = Client(engine)
    end = '{"kind": "finished", "run": 1, "status": "ok", "error": "", "ms": 1}'
    forge = f"end = {end!r}.encode(); say(struct.pack('>I', len(end)) + end); os._exit(3)\n"
    client.start(FIND_CHANNEL + FILL + "\n" + forge)
    assert client.exited().cause == "quit"
    assert turns(client)[-3:] == ["files", "finished", "exited"]


def test_who_is_stopped_while_her_files_are_looked_at_loses_none(engine: Engine) -> None:
    client = Client(engine)
    client.on_event = lambda event: client.worker.kill("stopped") if event.kind == "files" else None
    client.run(FILL)
    assert client.exited().cause == "stopped"
    assert written(client) == 200
