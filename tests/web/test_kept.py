"""What a learner finds again in the running product, whatever has ended: Python, its zygote, the server, her tab."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import websocket

from sandbox.protocol import Run, Save
from sandbox.store.opening import FILE
from tests.conftest import absent
from tests.web.learner import Learner
from tests.web.serving import Server, sandbox
from tests.web.typists import BROKEN, kill

FIRST = "def printer():\n    print('First version')\n"
AFTER = "def printer():\n    print('reloaded: After editing')\n"


@pytest.fixture
def data(tmp_path: Path) -> str:
    return str(tmp_path / "data")


@pytest.fixture
def come() -> Iterator[Callable[..., Learner]]:
    """Lets learners come, who leave in the end."""
    learners: list[Learner] = []

    def come(server: Server, token: str = "", ready: bool = True) -> Learner:
        learners.append(Learner(server, token, ready))
        return learners[-1]

    yield come
    for learner in learners:
        with suppress(*BROKEN):
            learner.vanish()


@pytest.fixture
def server(data: str) -> Iterator[Server]:
    with sandbox(data_dir=data) as server:
        yield server


def save(learner: Learner, path: str, text: str) -> None:
    id = f"save {len(learner.events)}"
    learner.send(Save(path, text, id))
    learner.until("accepted", fits=lambda event: event["id"] == id)


def three_steps(learner: Learner) -> None:
    """The tutorial's example, up to the call that prints the old text."""
    save(learner, "changer.py", FIRST)
    learner.run("import changer, importlib")
    assert learner.run("changer.printer()") == "First version\n"
    save(learner, "changer.py", AFTER)
    assert learner.run("changer.printer()") == "First version\n"


def fourth_step(learner: Learner) -> None:
    """The reload, and what the picture says of it."""
    learner.run("_ = importlib.reload(changer)")
    assert learner.run("changer.printer()") == "reloaded: After editing\n"
    loads = [event["load"] for event in learner.events if event["kind"] == "loaded"]
    pictures = [event for event in learner.events if event["kind"] == "snapshot"]
    assert loads[-1] == 2
    assert {space["name"]: space["load"] for space in pictures[-1]["spaces"]}["changer"] == 2


def settle(learner: Learner) -> None:
    """All that was told is in the journal when an input after it is."""
    save(learner, "settled.txt", "")


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_the_example_goes_on_with_the_next_server(data: str, how: str, come: Callable[..., Learner]) -> None:
    with sandbox(data_dir=data) as server:
        learner = come(server)
        three_steps(learner)
        settle(learner)
        before = learner.welcome["session"]
        kill(server) if how == "killed" else server.stop()
    with sandbox(data_dir=data) as server:
        again = come(server, learner.welcome["token"], ready=False)
        assert (again.welcome["session"], again.welcome["run"]) == (before, 3)
        assert {file["path"]: file["text"] for file in again.welcome["files"]}["changer.py"] == AFTER
        rebuilt = again.until("rebuilt")
        assert (rebuilt["entries"], rebuilt["different"], rebuilt["problem"]) == (3, [], "")
        picture = again.until("snapshot")
        assert {space["name"]: space["load"] for space in picture["spaces"]}["changer"] == 1
        disk = again.until("disk")["files"]
        assert [(one["load"], one["state"]) for one in disk if one["path"] == "changer.py"] == [(1, "edited")]
        again.run_number = again.welcome["run"]
        fourth_step(again)


def test_a_python_that_its_entry_killed_comes_back_without_that_entry(
    server: Server, come: Callable[..., Learner]
) -> None:
    learner = come(server)
    three_steps(learner)
    learner.run("import os; os.kill(os.getpid(), 9)")
    assert "exited" in [event["kind"] for event in learner.events]
    fourth_step(learner)
    assert next(event for event in learner.events if event["kind"] == "rebuilt")["entries"] == 3


def test_learners_of_a_killed_zygote_go_on_with_another(server: Server, come: Callable[..., Learner]) -> None:
    learner = come(server)
    three_steps(learner)
    if learner.welcome["isolation"] == "none":
        pytest.skip("NOT TESTED: there is no zygote without isolation")
    own, below = server.own_processes(), psutil.Process(server.process.pid).children(recursive=True)
    for process in [one for one in below if one not in own]:
        with suppress(psutil.NoSuchProcess):  # ended with the one before it
            process.kill()
    learner.until("exited")
    fourth_step(learner)


def test_a_second_tab_takes_over_and_an_input_sent_again_is_taken_once(
    server: Server, come: Callable[..., Learner]
) -> None:
    first = come(server)
    first.send(Run(1, "n = globals().get('n', 0) + 1", "once"))
    seq = first.until("accepted")["seq"]
    second = come(server, first.welcome["token"])
    assert first.until("refused")["code"] == "taken-over"
    second.send(Run(1, "n = globals().get('n', 0) + 1", "once"))
    assert second.until("accepted")["seq"] == seq
    second.run_number = 1
    assert second.run("n") == "1\n"


def test_a_lesson_is_where_it_was_with_its_progress(data: str, come: Callable[..., Learner]) -> None:
    with sandbox(data_dir=data) as server:
        learner = come(server)
        learner.send({"kind": "open", "lesson": "the-example", "step": "make"})
        step = learner.until("checked")
        assert step["step"] == "make"
        save(learner, "changer.py", "message = 'First version'\n\n\ndef printer():\n    print(message)\n")
        settle(learner)
        passed = [event["passed"] for event in learner.events if event["kind"] == "checked"][-1]
        assert passed
        kill(server)
    with sandbox(data_dir=data) as server:
        again = come(server, learner.welcome["token"], ready=False)
        assert (again.welcome["lesson"], again.welcome["step"]) == ("the-example", "make")
        again.send({"kind": "open", "lesson": "", "step": ""})
        again.until("checked", fits=lambda event: event["lesson"] == "")


def test_a_deleted_session_is_gone_for_good_and_only_its_driver_may_delete_it(
    server: Server, come: Callable[..., Learner]
) -> None:
    older = come(server)
    older.run("x = 17")
    driver = come(server, older.welcome["token"])
    older.send({"kind": "erase"})
    assert driver.run("x") == "17\n"
    driver.send({"kind": "erase"})
    driver.until("erased")
    with pytest.raises(websocket.WebSocketConnectionClosedException):
        driver.next()
    after = come(server, older.welcome["token"])
    assert after.welcome["session"] != older.welcome["session"]
    assert after.welcome["transcript"] == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)], capture_output=True).returncode:
        absent("the right to mount a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_on_a_full_disk_input_is_refused_in_words_until_there_is_room(
    small_disk: Path, come: Callable[..., Learner]
) -> None:
    with sandbox(data_dir=str(small_disk)) as server:
        learner = come(server)
        learner.run("x = 1")
        filler = small_disk / "filler"
        with open(filler, "wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        reasons = []
        while not reasons:  # what is on its way when the disk is found full is neither accepted nor refused
            learner.send(Save("a.py", "x" * 100_000, f"s{len(learner.events)}"))
            event = learner.until("disk", "refused")
            reasons += [event["reason"]] if event["kind"] == "refused" else []
        assert "disk is full" in reasons[0]
        filler.unlink()
        event = {"kind": "refused"}
        while event["kind"] == "refused":  # until the server has tried again
            learner.send(Save("b.py", "", f"b{len(learner.events)}"))
            event = learner.until("accepted", "refused")
        assert "sessions cannot be kept" in server.log


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda file: file.write_bytes(b"no database at all" * 100), "is damaged"),
        (lambda file: (file.unlink(), file.mkdir()), "cannot be kept"),
    ],
    ids=["damaged", "a folder"],
)
def test_a_file_that_cannot_be_used_keeps_the_server_from_starting_with_one_sentence(
    tmp_path: Path, spoil: Callable[[Path], object], sentence: str
) -> None:
    file = tmp_path / FILE
    file.write_text("")
    spoil(file)
    command = [sys.executable, "-m", "sandbox", "run", "--port", "0", "--data-dir", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
