"""What those who write lessons need of the command line: lessons played in real workers, and a new one to begin."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sandbox.engine.interface import Engine, Job, Limits
from sandbox.lessons.lesson import Lesson, LessonError
from sandbox.lessons.parse import read_lesson
from sandbox.lessons.player import Player, Report, Start, check_lesson
from sandbox.lessons.rehearsal import Rehearsal
from sandbox.lessons.shelf import lesson_files, unique
from sandbox.lessons.template import new_lesson

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class CannotWrite(Exception):
    """A new lesson that could not be begun. The text says why."""


def find_lessons(paths: Iterable[Path]) -> tuple[Lesson, ...]:
    """The lessons of these files and folders. Raises LessonError at the first that cannot be read."""
    files = [file for path in paths for file in (lesson_files(path) if path.is_dir() else [path])]
    return unique(_read(file) for file in files)


def _read(path: Path) -> Lesson:
    try:
        return read_lesson(path)
    except OSError as error:
        raise LessonError(str(path), 1, f"the file cannot be read: {error.strerror}") from None


def play(lessons: Iterable[Lesson], engine: Engine, python: str) -> Iterator[Report]:
    """Play one after the other, each in workers of its own."""
    start = _starter(engine, python)
    return (check_lesson(lesson, start) for lesson in lessons)


def _starter(engine: Engine, python: str) -> Start:
    numbers = count(1)

    @contextmanager
    def start() -> Iterator[Player]:
        session = f"rehearsal-{next(numbers)}"
        player = Rehearsal(lambda files, on_events: engine.open(session, Job(python, Limits(), files), on_events))
        try:
            yield player
        finally:
            player.close()
            engine.forget(session)

    return start


def describe(report: Report) -> Iterator[str]:
    """The report in lines: what is wrong, what could not be proved, and a summary."""
    yield from map(str, report.problems)
    yield from (f"{one} (not proved)" for one in report.unproved)
    state = "FAILED" if report.problems else "ok"
    yield f"{state}: {report.lesson.id}, claims proved: {report.proved}, steps: {len(report.lesson.steps)}"


def begin_lesson(name: str, title: str, say: Callable[[str], None]) -> None:
    """Write the file of a new lesson into the working directory."""
    if not NAME.fullmatch(name):
        raise CannotWrite(
            f"A lesson's name is of small letters, digits and single dashes, such as my-lesson: not {name!r}."
        )
    path = Path(f"{name}.md")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(new_lesson(name, title or name.replace("-", " ").capitalize()))
    except OSError as error:
        raise CannotWrite(f"{path} could not be written: {error.strerror}.") from None
    say(f"{path} is a whole small lesson. See it with 'reload-sandbox lesson preview {path}'.")
