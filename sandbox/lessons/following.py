"""A shelf for those who write: read again once one of its files has changed. The newest that can be read counts."""

from pathlib import Path

from sandbox.lessons.lesson import LessonError
from sandbox.lessons.shelf import Shelf, lesson_files, open_shelf

Seen = tuple[tuple[Path, int, int], ...]


class Following:
    """The lessons of one folder, as they are now. Raises LessonError at first if they cannot be read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = self._look()
        self._shelf = open_shelf([folder])
        self.problem = ""
        """Why the files as they are now cannot be read."""

    def __call__(self) -> Shelf:
        """Safe from any thread: at worst two read the same."""
        seen = self._look()
        if seen != self._seen:
            try:
                self._shelf, self.problem = open_shelf([self._folder]), ""
            except (LessonError, OSError) as error:
                self.problem = str(error)
            self._seen = seen
        return self._shelf

    def _look(self) -> Seen:
        """What tells that a file was written: an editor may replace it just now, so one that is gone is left out."""
        try:
            found = [(path, path.stat()) for path in lesson_files(self._folder)]
        except FileNotFoundError:
            return ()
        return tuple((path, about.st_mtime_ns, about.st_size) for path, about in found)
