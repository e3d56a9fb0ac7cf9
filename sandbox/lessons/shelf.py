"""The lessons that are offered, in order: ours, those of a folder, or both. Reads files once; judges nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sandbox.lessons.lesson import Lesson, LessonError, Step
from sandbox.lessons.parse import read_lesson

OURS = Path(__file__).with_name("content")
"""The folder of the lessons that come with the product."""
LESSON_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Shelf:
    """Lessons in the order in which they are offered."""

    lessons: tuple[Lesson, ...]

    def lesson(self, id: str) -> Lesson | None:
        return next((lesson for lesson in self.lessons if lesson.id == id), None)

    def step(self, lesson: str, step: str) -> Step | None:
        """The step that a deep link names; the first one for an empty step."""
        found = self.lesson(lesson)
        return found.step(step) if found else None


def lesson_files(folder: Path) -> list[Path]:
    """The Markdown files of a folder that begin with front matter, by name; others are not lessons."""
    return [path for path in sorted(folder.glob("*.md")) if path.is_file() and _has_front_matter(path)]


def _has_front_matter(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) in (b"---\n", b"---\r")


def open_shelf(folders: Iterable[Path] = (OURS,)) -> Shelf:
    """Every lesson of these folders. Raises LessonError at the first that cannot be read, or whose id stands twice."""
    paths = [path for folder in folders for path in lesson_files(folder)]
    if len(paths) > LESSON_LIMIT:
        raise LessonError(str(paths[LESSON_LIMIT]), 1, f"expected at most {LESSON_LIMIT} lessons")
    return Shelf(unique(read_lesson(path) for path in paths))


def unique(lessons: Iterable[Lesson]) -> tuple[Lesson, ...]:
    """These lessons, if no id stands twice among them."""
    kept: dict[str, Lesson] = {}
    for lesson in lessons:
        if other := kept.get(lesson.id):
            raise LessonError(lesson.path, 2, f"lesson id {lesson.id!r} stands already in {other.path}")
        kept[lesson.id] = lesson
    return tuple(kept.values())
