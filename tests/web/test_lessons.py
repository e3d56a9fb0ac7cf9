"""Lessons through the server's own websocket and addresses, in real workers."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.lessons.lesson import Erase, Lesson, Renew, Snippet, Step, Write
from sandbox.lessons.shelf import open_shelf
from sandbox.protocol import Delete, Open, Predict, Restart, Save
from tests.web.learner import Event, Learner
from tests.web.serving import Server, sandbox

SHELF = open_shelf()
EXAMPLE = SHELF.lesson("the-example")
assert EXAMPLE is not None


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
    learner.until("accepted", fits=lambda event: event["id"] == id)
    checked = learner.until("checked")
    typed = [event["run"] for event in learner.events if event["kind"] == "run"]
    learner.run_number = max([learner.run_number, *typed])
    return checked


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
