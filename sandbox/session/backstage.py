"""Who must know what an interpreter does while it is brought back to its state, although nobody is told."""

from sandbox.protocol import Finished, Loaded, Output, Snapshot
from sandbox.session.course import Course
from sandbox.session.pictures import Pictures
from sandbox.session.workspace import Workspace


class Backstage:
    """The stage of a `Rebuild`: the pictures, the loads, and what the checks of a lesson look at."""

    def __init__(self, workspace: Workspace, pictures: Pictures, course: Course) -> None:
        self._workspace, self._pictures, self._course = workspace, pictures, course

    def on_loaded(self, loaded: Loaded) -> None:
        self._workspace.note_load(loaded)
        self._course.note(loaded)

    def on_snapshot(self, seq: int, snapshot: Snapshot) -> None:
        self._pictures.add(seq, snapshot)

    def on_printed(self, output: Output) -> None:
        self._course.note(output)

    def on_finished(self, source: str, finished: Finished) -> None:
        self._course.see_again(source, finished)
