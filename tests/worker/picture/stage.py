"""Workers whose pictures are looked at."""

from pathlib import Path

from tests.worker.forks import ForkedHost, Origin
from tests.worker.stage import WorkerConsole, WorkerStage

JUDGED = "from tests.worker.picture.truth import boot; boot(); del boot;"
"""Before a worker starts: puts the truth in it, which says what is wrong with each picture."""


class JudgedStage(WorkerStage):
    """As `WorkerStage`; its workers are forked from a judged one, and what the truth says is in `report`."""

    def __init__(self, origin: Origin, python: str, folder: Path) -> None:
        super().__init__(python, folder)
        self._origin = origin
        self.report = folder / "report.jsonl"

    @property
    def console(self) -> WorkerConsole:
        if self._host is None:
            self._host = ForkedHost(self._origin, self.folder).__enter__()
            self._console = WorkerConsole(self._host)
        return self._console
