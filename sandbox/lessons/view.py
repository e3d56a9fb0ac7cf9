"""What the page is told of lessons: plain data, fit for JSON, with every text as clean HTML or as text to be typed.

The right choice of a prediction and its explanation stay here until it is settled.
"""

from typing import Any

from sandbox.lessons.judge import Progress, passed, results
from sandbox.lessons.lesson import Action, Erase, Lesson, Part, Prediction, Prose, Renew, Snippet, Step, Write
from sandbox.lessons.markdown import render_inline, render_text
from sandbox.lessons.shelf import Shelf

Data = dict[str, Any]


def shelf_view(shelf: Shelf) -> Data:
    """For the index of lessons."""
    return {"lessons": [_summary(lesson) for lesson in shelf.lessons]}


def _summary(lesson: Lesson) -> Data:
    return {
        "id": lesson.id,
        "title": lesson.title,
        "summary": render_inline(lesson.summary),
        "minutes": lesson.minutes,
        "level": lesson.level,
        "steps": [{"id": step.id, "title": step.title} for step in lesson.steps],
    }


def lesson_view(shelf: Shelf, lesson: Lesson) -> Data:
    """For the lesson pane: the whole lesson, and its neighbours for next and previous."""
    place = shelf.lessons.index(lesson)
    return {
        **_summary(lesson),
        "intro": lesson.intro,
        "steps": [_step(step) for step in lesson.steps],
        "previous": shelf.lessons[place - 1].id if place else "",
        "next": shelf.lessons[place + 1].id if place + 1 < len(shelf.lessons) else "",
    }


def _step(step: Step) -> Data:
    return {
        "id": step.id,
        "title": step.title,
        "parts": [view for part in step.parts if (view := _part(part))],
        "checks": [{"says": render_inline(check.says)} for check in step.checks],
        "hints": [render_text(hint) for hint in step.all_hints],
        "solution": [_action(action) for action in step.actions],
    }


def _part(part: Part) -> Data | None:
    """What stands in the instructions; None for what is not shown there."""
    if isinstance(part, Prose):
        return {"kind": "prose", "html": part.html}
    if isinstance(part, Prediction):
        choices = [render_inline(choice.text) for choice in part.choices]
        return {"kind": "predict", "ask": render_inline(part.ask), "choices": choices}
    return _action(part) if isinstance(part, Action) and part.role == "type" else None


def _action(action: Action) -> Data:
    """Something to do: `entries` are typed one by one, a file is written whole."""
    if isinstance(action, Snippet):
        return {"kind": "type", "entries": [example.source for example in action.examples]}
    if isinstance(action, Write):
        return {"kind": "file", "path": action.path, "text": action.text}
    if isinstance(action, Erase):
        return {"kind": "delete", "path": action.path, "html": render_text(action.text)}
    assert isinstance(action, Renew)
    return {"kind": "restart", "html": render_text(action.text)}


def progress_view(step: Step, progress: Progress, choice: str = "") -> Data:
    """How a step stands; `choice` is the number of the predicted choice as text, "" for none."""
    return {
        "passed": passed(step, progress),
        "results": [
            {
                "says": render_inline(result.says),
                "passed": result.passed,
                "unknown": result.unknown,
                "hint": render_text(result.hint) if result.hint else "",
            }
            for result in results(step, progress)
        ],
        "reply": render_text(progress.reply) if progress.reply else "",
        "prediction": _settled(step.prediction, progress, choice) if step.prediction else None,
    }


def _settled(prediction: Prediction, progress: Progress, choice: str) -> Data:
    """`happened` lists the choices that turned out true: none when the learner ran something else than was asked."""
    if progress.happened is None:
        return {"choice": choice, "settled": False}
    return {
        "choice": choice,
        "settled": True,
        "happened": list(progress.happened),
        "right": prediction.right,
        "because": render_text(prediction.because),
    }
