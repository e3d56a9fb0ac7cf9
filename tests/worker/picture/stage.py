"""Workers whose pictures are looked at."""

from pathlib import Path

from tests.worker.forks import Origin
from tests.worker.stage import ForkedStage

JUDGED = "from tests.worker.picture.truth import boot; boot(); del boot;"
"""Before a worker starts: puts the truth in it, which says what is wrong with each picture."""


class JudgedStage(ForkedStage):
    """As `ForkedStage`; its workers are forked from a judged one, and what the truth says is in `report`."""

    def __init__(self, origin: Origin, python: str, folder: Path) -> None:
        super().__init__(origin, python, folder)
        self.report = folder / "report.jsonl"
