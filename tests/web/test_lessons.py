"""Lessons through the server's own websocket and addresses, in real workers."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.app import create_app
from sandbox.lessons.following import Following
from sandbox.lessons.lesson import Erase, Lesson, Renew, Snippet, Step, Write
from sandbox.lessons.template import new_lesson
from sandbox.protocol import Delete, Open, Predict, Restart, Save
from sandbox.settings import Settings
from tests.lessons.ours import SHELF
from tests.web.apps import running
from tests.web.learner import Event, Learner
from tests.web.serving import Server, sandbox


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with sandbox() as running:
        yield running


@pytest.fixture
def learner(server: Server) -> Iterator[Learner]:
    learner = Learner(server)
    yield learner
    learner.close()


def open_step(learner: Learner, lesson: str, step: str = "") -> Event:
    """Go to a step; how it stands once it is set up."""
    id = f"open {len(learner.events)}"
    learner.send(Open(lesson, step, id))
    checked = learner.until("checked")
    learner.until_accepted(id)
    typed = [event["run"] for event in learner.events if event["kind"] == "run"]
    learner.run_number = max([learner.run_number, *typed])
    return checked


def enter(learner: Learner, source: str) -> tuple[str, Event]:
    """Send an entry in a lesson: what it printed, and how the step stands then."""
    seen = len(learner.events)
    number = learner.start(source)
    checked = learner.until("checked")
    return learner.printed(number, seen), checked


def act(learner: Learner, step: Step) -> Event:
    """Do what the step asks for; how it stands then."""
    for action in step.actions:
        checked = perform(learner, action)
    return checked


def perform(learner: Learner, action: Any) -> Event:
    if isinstance(action, Snippet):
        for example in action.examples:
            learner.start(example.source)
            checked = learner.until("checked")
        return checked
    if isinstance(action, Write):
        learner.send(Save(action.path, action.text))
    elif isinstance(action, Erase):
        learner.send(Delete(action.path))
    elif isinstance(action, Renew):
        learner.send(Restart())
    return learner.until("checked")


@pytest.mark.parametrize("lesson", SHELF.lessons, ids=lambda lesson: lesson.id)
def test_a_lesson_is_played_to_its_end(lesson: Lesson, learner: Learner) -> None:
    for step in lesson.steps:
        checked = open_step(learner, lesson.id, step.id)
        assert (checked["lesson"], checked["step"], checked["passed"]) == (lesson.id, step.id, False)
        if step.prediction:
            learner.send(Predict(lesson.id, step.id, str(step.prediction.right)))
            assert learner.until("checked")["prediction"]["choice"] == str(step.prediction.right)
        checked = act(learner, step)
        assert checked["passed"], checked
        assert all(result["passed"] and not result["unknown"] for result in checked["results"])
        if step.prediction:
            settled = checked["prediction"]
            assert settled["settled"] and settled["happened"] == [settled["right"]] == [step.prediction.right]
            assert settled["because"]


def greet(server: Server, token: str = "", lesson: str = "", step: str = "") -> Learner:
    """A learner whose hello names a place."""
    learner = Learner.__new__(Learner)
    learner.socket = server.connect("/ws", origin=f"http://127.0.0.1:{server.port}")
    learner.events = []
    learner.send({"kind": "hello", "token": token, "lesson": lesson, "step": step})
    learner.welcome = learner.until("welcome")
    learner.run_number = learner.welcome["run"]
    return learner


def test_a_deep_link_sets_its_step_up_before_the_learner_s_eyes(server: Server) -> None:
    learner = greet(server, lesson="the-example", step="reload")
    assert (learner.welcome["lesson"], learner.welcome["step"]) == ("the-example", "reload")
    assert learner.until("checked")["step"] == "reload"
    typed = [event for event in learner.events if event["kind"] == "run"]
    assert [event["source"] for event in typed][:2] == ["import changer", "changer.printer()"]
    learner.run_number = typed[-1]["run"]
    assert enter(learner, "changer.printer()")[0] == "First version\n"
    step = SHELF.step("the-example", "reload")
    assert step is not None and act(learner, step)["passed"]
    learner.close()


def test_a_step_begins_again_and_a_lesson_that_is_left_gives_the_files_back(learner: Learner) -> None:
    learner.send(Save("mine.py", "mine = 1\n"))
    learner.run("import mine")
    open_step(learner, "the-example", "edit")
    enter(learner, "changer.printer = None")
    learner.send(Save("changer.py", "broken"))
    learner.until("checked")
    assert not open_step(learner, "the-example", "edit")["passed"]
    assert enter(learner, "changer.printer()")[0] == "First version\n"
    assert open_step(learner, "")["lesson"] == ""
    assert learner.run("import mine; mine.mine") == "1\n"
    assert "No module named 'changer'" in learner.run("import changer")


def test_a_connection_that_is_lost_finds_its_step_again(server: Server, learner: Learner) -> None:
    open_step(learner, "the-example")
    learner.send(Save("changer.py", "message = 'First version'\n\n\ndef printer():\n    print(message)\n"))
    assert learner.until("checked")["passed"]
    learner.vanish()
    again = greet(server, learner.welcome["token"], "the-example", "make")
    assert (again.welcome["lesson"], again.welcome["step"]) == ("the-example", "make")
    assert again.until("checked")["passed"]
    again.close()


@pytest.mark.parametrize(("lesson", "step"), [("nothing", ""), ("the-example", "nothing"), ("../etc", "x"), ("", "x")])
def test_a_place_that_is_not_there_is_refused_with_its_reason(learner: Learner, lesson: str, step: str) -> None:
    learner.send(Open(lesson, step, "where"))
    refused = learner.until("refused")
    assert (refused["code"], refused["id"], refused["fatal"]) == ("name", "where", False)
    assert repr(step if lesson == "the-example" else lesson) in refused["reason"]
    assert learner.is_alive()


PATCHES = [
    "importlib.reload = lambda module: module",
    "import sys; sys.modules = dict(sys.modules)",
    "import builtins; builtins.compile = builtins.exec = builtins.eval = builtins.repr = None",
    "import sys; sys.audit = sys.addaudithook = sys._getframe = sys.excepthook = lambda *args: None",
    "import gc, weakref; gc.get_objects = gc.get_referrers = weakref.ref = None",
    "import json; json.dumps = json.loads = None; import os; os.write = lambda *args: 0",
]


@pytest.mark.parametrize("patch", PATCHES)
def test_what_a_learner_patches_changes_no_verdict(patch: str, learner: Learner) -> None:
    """The checks say what the module's own value says: whether it was really reloaded."""
    open_step(learner, "the-example", "reload")
    enter(learner, f"import importlib; {patch}")
    told = [result["passed"] for result in enter(learner, "importlib.reload(changer)")[1]["results"]]
    really = enter(learner, "changer.message")[0] == "'After editing'\n"
    assert told[:3] == [really] * 3


def test_the_page_is_told_the_lessons_and_not_the_answers(server: Server) -> None:
    shelf = json.loads(server.get("/lessons.json"))["lessons"]
    assert [row["id"] for row in shelf] == [lesson.id for lesson in SHELF.lessons]
    text = server.get("/lessons/the-example.json")
    assert len(json.loads(text)["steps"]) == 5
    for secret in ("because", "right", "Python made the function from the text", "Leave out"):
        assert secret not in text


def test_the_lessons_have_an_index_and_pages() -> None:
    with running() as app:
        client = app.test_client()
        index = client.get("/lessons/")
        assert index.status_code == 200
        for lesson in SHELF.lessons:
            assert f'href="/lessons/{lesson.id}"' in index.text
        page = client.get("/lessons/the-example")
        assert page.status_code == 200
        assert '"lesson": "the-example"' in page.text and '"lessons": "/lessons"' in page.text
        assert client.get("/lessons").location.endswith("/lessons/")
        for path in ("/lessons/nothing", "/lessons/nothing.json", "/lessons/..%2f..%2fx.json"):
            assert client.get(path).status_code == 404


def test_a_browser_keeps_lessons_and_asks_whether_they_are_still_good() -> None:
    with running() as app:
        client = app.test_client()
        first = client.get("/lessons/the-example.json")
        assert first.headers["Cache-Control"] == "no-cache"
        again = client.get("/lessons/the-example.json", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_nothing_that_an_author_wrote_is_markup_of_the_page(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    text = new_lesson("evil", evil).replace("summary: ", f"summary: {evil} ", 1)
    (tmp_path / "evil.md").write_text(text)
    with running(lessons=str(tmp_path)) as app:
        client = app.test_client()
        assert client.get("/lessons.json").json["lessons"][0]["title"] == evil, "a text, shown as one"
        assert "<script" not in client.get("/lessons.json").json["lessons"][0]["summary"]
        for path in ("/lessons/", "/lessons/evil"):
            assert evil not in client.get(path).text


def test_lessons_come_compressed_to_those_who_take_that() -> None:
    with running() as app:
        client = app.test_client()
        plain = client.get("/lessons.json")
        packed = client.get("/lessons.json", headers={"Accept-Encoding": "gzip"})
        assert gzip.decompress(packed.data) == plain.data
        assert (packed.content_encoding, packed.headers["Vary"]) == ("gzip", "Accept-Encoding")
        assert packed.headers["ETag"] != plain.headers["ETag"]


def test_lessons_are_for_the_invited() -> None:
    with running(invite_code="secret") as app:
        client = app.test_client()
        assert client.get("/lessons/").location.endswith("/invite")
        assert client.get("/lessons/the-example").location.endswith("/invite")
        assert client.get("/lessons.json").status_code == 403
        client.post("/invite", data={"code": "secret"})
        assert client.get("/lessons.json").status_code == 200


def test_a_folder_stands_beside_our_lessons_or_instead(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text(new_lesson("mine", "Mine"))
    for chosen, expected in ((f"ours, {tmp_path}", len(SHELF.lessons) + 1), (str(tmp_path), 1), ("", 0)):
        with running(lessons=chosen) as app:
            client = app.test_client()
            assert len(client.get("/lessons.json").json["lessons"]) == expected
            assert client.get("/lessons/").status_code == 200


def test_a_preview_follows_its_files_and_says_what_is_wrong_with_them(tmp_path: Path) -> None:
    path = tmp_path / "mine.md"
    path.write_text(new_lesson("mine", "Mine"))
    app = create_app(Settings(), Following(tmp_path))
    client = app.test_client()
    try:
        first = client.get("/lessons/mine.json")
        assert '"watch": true' in client.get("/lessons/mine").text
        path.write_text(new_lesson("mine", "A longer title"))
        changed = client.get("/lessons/mine.json", headers={"If-None-Match": first.headers["ETag"]})
        assert changed.json["title"] == "A longer title"
        path.write_text("---\nid: [\n---\n")
        broken = client.get("/lessons/mine.json")
        assert broken.status_code == 422 and broken.json["error"].startswith(f"{path}:")
        assert client.get("/lessons/mine").status_code == 200
        path.write_text(new_lesson("mine", "Mine"))
        assert client.get("/lessons/mine.json").status_code == 200
    finally:
        app.extensions["sandbox"].close()
