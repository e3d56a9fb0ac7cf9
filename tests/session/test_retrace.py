"""What is told of what was done since Python was fresh: all of it, in its order, and nothing that was before."""

from typing import Any

import pytest

from sandbox.protocol import (
    Answer,
    Asked,
    Delete,
    Exited,
    File,
    Files,
    Finished,
    Interrupt,
    Refused,
    Restart,
    Retrace,
    Retraced,
    Run,
    Save,
)
from sandbox.session.retrace import LIMIT
from tests.session.puppet import READY
from tests.session.test_rebuild import House, finished

STARTER = File("changer.py", "text = 1\n")


@pytest.fixture
def house() -> House:
    return House()


def asked(house: House) -> Any:
    house.listener.take()
    house.do(Retrace("q"))
    return house.listener.take()[-1]


def test_nothing_was_done_in_a_fresh_python(house: House) -> None:
    assert asked(house) == Retraced("q", (STARTER,), ())


def test_saves_and_entries_are_told_as_they_were_interleaved(house: House) -> None:
    house.run(1, "import changer")
    house.do(Save("changer.py", "text = 2\n", "s1"), Save("b.py", "", "s2"))
    house.run(2, "importlib.reload(changer)")
    house.do(Delete("b.py", "d1"))
    assert asked(house) == Retraced(
        "q",
        (STARTER,),
        (
            Run(1, "import changer", "r1"),
            finished(1),
            Save("changer.py", "text = 2\n", "s1"),
            Save("b.py", "", "s2"),
            Run(2, "importlib.reload(changer)", "r2"),
            finished(2),
            Delete("b.py", "d1"),
        ),
    )


def test_what_came_while_an_entry_ran_stands_before_its_end(house: House) -> None:
    house.do(Run(1, "loop()", "r1"))
    house.event(Asked(1, "? "))
    house.do(Answer(1, "yes", "a1"), Save("changer.py", "stop = True\n", "s1"), Interrupt(1, "i1"))
    assert [step.kind for step in asked(house).steps] == ["run", "answer", "save", "interrupt"]
    house.event(Finished(1, "interrupted", "KeyboardInterrupt", 9))
    assert [step.kind for step in asked(house).steps] == ["run", "answer", "save", "interrupt", "finished"]


def test_files_that_the_learners_code_writes_are_no_steps(house: House) -> None:
    house.do(Run(1, "open('made.txt', 'w').write('x')", "r1"))
    house.event(Files((File("made.txt", "x"),), (), ()), finished(1))
    assert [step.kind for step in asked(house).steps] == ["run", "finished"]


@pytest.mark.parametrize("cause", ["quit", "stopped"])
def test_a_fresh_python_begins_with_the_files_of_then(house: House, cause: str) -> None:
    house.run(1, "import changer")
    house.do(Save("changer.py", "text = 2\n", "s1"))
    if cause == "stopped":
        house.do(Restart("x"))
    house.event(Exited(cause, "It ended."))
    house.do(Save("changer.py", "text = 3\n", "s2"))
    assert asked(house) == Retraced("q", (File("changer.py", "text = 3\n"),), ())
    house.do(Run(2, "1", "r2"))
    house.event(READY)
    assert asked(house) == Retraced("q", (File("changer.py", "text = 3\n"),), (Run(2, "1", "r2"),))


def test_the_next_server_tells_the_same(house: House) -> None:
    house.run(1, "import changer")
    house.do(Save("changer.py", "text = 2\n", "s1"))
    before = asked(house)
    house.begin()
    assert asked(house) == before


def test_what_is_far_too_long_for_a_link_is_refused_with_the_reason(house: House) -> None:
    for number in range(5):
        house.do(Save("changer.py", f"# {number}" + "x" * (LIMIT // 4), f"s{number}"))
    refused = asked(house)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.id) == ("too-large", "q")
    assert "too long" in refused.reason
