"""Workers whose pictures are looked at."""

from pathlib import Path

from tests.worker import host
from tests.worker.host import Host
from tests.worker.stage import WorkerConsole, WorkerStage


class JudgedHost(Host):
    """A worker with the truth in it, which says in `report` what is wrong with each picture."""

    def __init__(self, python: str, workspace: Path, report: Path) -> None:
        truth = (
            f"sys.path.insert(0, {host.ROOT!r}); from tests.worker.picture.truth import boot; boot({str(report)!r});"
        )
        self.boot = host.BOOT.replace("start;", f"start; {truth} del sys.path[0], boot;")
        super().__init__(python, workspace)


class JudgedStage(WorkerStage):
    """As `WorkerStage`; what the truth says of each picture is in `report`."""

    def __init__(self, python: str, folder: Path) -> None:
        super().__init__(python, folder)
        self.report = folder / "report.jsonl"

    @property
    def console(self) -> WorkerConsole:
        if self._host is None:
            self._host = JudgedHost(self.python, self.folder, self.report).__enter__()
            self._console = WorkerConsole(self._host)
        return self._console
