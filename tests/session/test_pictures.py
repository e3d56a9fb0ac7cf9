"""The pictures that a session keeps, and what it says of those it has not."""

import random
import string
import sys
from collections.abc import Iterator

import pytest

from sandbox.engine.interface import Job, Limits
from sandbox.engine.local import LocalEngine
from sandbox.protocol import Look, Looked, Name, Refused, Restart, Run, Save, Snapshot, Space, Value
from sandbox.session.album import INPUTS_KEPT
from sandbox.session.pictures import Pictures
from sandbox.session.session import Session
from tests.session.puppet import READY, Listener, PuppetEngine, PuppetJournal
from tests.session.test_session import finished


def picture(run: int, text: str = "1", mark: str = "new") -> Snapshot:
    was = Value("0", 0) if mark == "rebound" else None
    space = Space("__main__", 0, 1, "", (Name("x", Value(text, 0), mark, was, ""),), 7)
    return Snapshot(0, run, False, (space,), ())


def mark_of(snapshot: Snapshot | None) -> str:
    assert snapshot is not None
    return snapshot.spaces[0].names[0].mark


def test_a_picture_comes_back_as_it_was_with_the_number_of_its_input() -> None:
    pictures = Pictures()
    kept = pictures.add(3, picture(1))
    assert kept.seq == 3
    assert pictures.newest == kept == pictures.look(3, 3)


def test_after_an_input_that_changed_nothing_memory_is_as_before_and_nothing_is_new() -> None:
    pictures = Pictures()
    pictures.add(1, picture(1, mark="rebound"))
    looked = pictures.look(2, 2)
    assert looked is not None and (looked.seq, looked.run) == (2, 0)
    assert looked.spaces[0].names == (Name("x", Value("1", 0), "", None, ""),)


@pytest.mark.parametrize("mark", ["stale", "leftover", "added"])
def test_marks_that_last_stay(mark: str) -> None:
    pictures = Pictures()
    pictures.add(1, picture(1, mark=mark))
    assert mark_of(pictures.look(2, 2)) == mark


def test_before_anything_ran_there_is_nothing() -> None:
    looked = Pictures().look(1, 1)
    assert looked is not None and looked.spaces == ()


def test_the_last_two_hundred_inputs_can_be_looked_at_and_no_other() -> None:
    pictures = Pictures()
    for seq in range(1, 1001, 2):  # a save between any two runs
        pictures.add(seq, picture(seq, str(seq)))
    kept = [seq for seq in range(1100) if pictures.look(seq, 1000) is not None]
    assert kept == list(range(1000 - INPUTS_KEPT + 1, 1001))
    assert mark_of(pictures.look(801, 1000)) == "new" and mark_of(pictures.look(802, 1000)) == ""


def test_large_pictures_make_way_for_newer_ones() -> None:
    letters = random.Random(1)
    pictures = Pictures(limit=100_000)
    for seq in range(1, 51):
        pictures.add(seq, picture(seq, "".join(letters.choices(string.printable, k=20_000))))
    assert pictures.size <= 100_000
    kept = [seq for seq in range(1, 51) if pictures.look(seq, 50) is not None]
    assert kept and kept == list(range(kept[0], 51))


def test_an_interpreter_s_end_leaves_its_pictures_and_begins_with_an_empty_one() -> None:
    pictures = Pictures()
    pictures.add(1, picture(1))
    pictures.clear(2)
    assert pictures.newest is None
    empty = pictures.look(2, 2)
    assert mark_of(pictures.look(1, 2)) == "new" and empty is not None and empty.spaces == ()
    pictures.add(2, picture(2, "2"))
    assert mark_of(pictures.look(2, 2)) == "new"


# --- in a session ---


def test_a_run_that_has_not_ended_has_no_picture_yet() -> None:
    engine, listener = PuppetEngine(), Listener()
    session = Session("s", engine, Job("python", Limits(), {}), journal=PuppetJournal())
    session.attach(listener, "token")
    session.start()
    engine.worker.say(READY)
    for command in (Run(1, "a"), Run(2, "b"), Look(1, "x"), Look(2, "y"), Look(9, "z")):
        session.handle(listener, command)
    refused = [message for message in listener.take() if isinstance(message, Refused)]
    assert [(one.id, one.reason) for one in refused] == [
        ("x", "The picture after input 1 is not kept."),
        ("y", "The picture after input 2 is not kept."),
        ("z", "The picture after input 9 is not kept."),
    ]
    engine.worker.say(picture(1))
    engine.worker.say(finished(1))
    listener.take()
    session.handle(listener, Look(1))
    assert listener.take() == [Looked(1, ()), Snapshot(1, 1, False, picture(1).spaces, ())]


@pytest.fixture
def real() -> Iterator[tuple[Session, Listener]]:
    """A session with an interpreter and one file."""
    engine, listener = LocalEngine(capacity=1), Listener()
    session = Session("s", engine, Job(sys.executable, Limits(), {}), journal=PuppetJournal())
    session.attach(listener, "token")
    session.start()
    listener.wait_for("ready")
    session.handle(listener, Save("changer.py", "message = 'old'\n"))
    yield session, listener
    session.close()
    listener.wait_for("exited")
    engine.close()


def test_a_real_interpreter_s_pictures_can_be_travelled(real: tuple[Session, Listener]) -> None:
    session, listener = real
    for number, source in enumerate(["import changer", "x = 1", "x"], 1):
        session.handle(listener, Run(number, source))
        listener.wait_for("finished")
    session.handle(listener, Restart())
    listener.wait_for("exited")
    listener.wait_for("ready")
    names = [look(session, listener, seq) for seq in range(1, 6)]
    assert names == [{}, {"changer": "new"}, {"changer": "", "x": "new"}, {"changer": "", "x": ""}, {}]


def test_a_picture_comes_with_what_the_files_were_then(real: tuple[Session, Listener]) -> None:
    session, listener = real
    session.handle(listener, Run(1, "import changer"))
    listener.wait_for("finished")
    session.handle(listener, Save("changer.py", "message = 'new'\n"))
    session.handle(listener, Run(2, "import importlib"))
    listener.wait_for("finished")
    session.handle(listener, Run(3, "importlib.reload(changer)"))
    listener.wait_for("finished")
    assert [states(session, listener, seq) for seq in range(1, 6)] == [
        {"changer.py": (0, "unloaded")},
        {"changer.py": (1, "same")},
        {"changer.py": (1, "edited")},
        {"changer.py": (1, "edited")},
        {"changer.py": (2, "same")},
    ]


def states(session: Session, listener: Listener, seq: int) -> dict[str, tuple[int, str]]:
    """The newest load of each file and whether memory held what it said, after an input."""
    session.handle(listener, Look(seq))
    looked = listener.wait_for("looked")
    assert isinstance(looked, Looked) and looked.seq == seq and looked.disk is not None
    return {file.path: (file.load, file.state) for file in looked.disk}


def look(session: Session, listener: Listener, seq: int) -> dict[str, str]:
    """The learner's names of `__main__` and their marks, after an input."""
    session.handle(listener, Look(seq))
    snapshot = listener.wait_for("snapshot")
    assert isinstance(snapshot, Snapshot) and snapshot.seq == seq
    main = next((space.names for space in snapshot.spaces if space.name == "__main__"), ())
    return {name.name: name.mark for name in main if not name.name.startswith("__")}
