"""Stages on which transcripts are played: one with our worker, one with the bare interpreter."""

import os
import shutil
import subprocess
import time
from functools import cache
from pathlib import Path
from typing import Self

from sandbox.protocol import Asked
from tests.transcripts.player import Kind, without_place, without_version
from tests.transcripts.reference import Reference
from tests.worker.forks import ForkedHost, Origin
from tests.worker.host import Host, Outcome, environment


class WorkerConsole:
    """A worker, typed at line by line."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._incomplete: list[str] = []
        self._asked = False
        host.run("import sys; sys.dont_write_bytecode = False; del sys")  # as in a bare interpreter

    def line(self, text: str) -> tuple[str, Kind]:
        """Type a line: what is printed until the next is wanted."""
        if self._asked:
            self._host.answer(text)
            outcome = self._host.collect()
        else:
            self._incomplete.append(text)
            outcome = self._host.run("\n".join(self._incomplete))
        return outcome.output, self._kind(outcome)

    def _kind(self, outcome: Outcome) -> Kind:
        self._asked = isinstance(outcome.end, Asked)
        if outcome.status == "incomplete":
            return "more"
        if self._asked:
            return "asks"
        self._incomplete = []
        return "prompt" if outcome.end is not None else "gone"


class _Folder:
    """A workspace whose files get ever later times, two seconds apart."""

    def __init__(self, python: str, folder: Path) -> None:
        self.python = python
        self.folder = folder / "work"
        self.folder.mkdir(parents=True)
        self._time = int(time.time()) - 5000

    def __enter__(self) -> Self:
        return self

    def write(self, path: str, text: str, same_time: bool) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        self._time = int(target.stat().st_mtime) if same_time else self._time + 2
        target.write_text(text)
        os.utime(target, (self._time, self._time))

    def delete(self, path: str) -> None:
        target = self.folder / path
        shutil.rmtree(target) if target.is_dir() else target.unlink()

    def normalise(self, output: str) -> str:
        return without_place(output, str(self.folder))

    def recorded(self, output: str) -> str:
        """As outputs are recorded."""
        return without_version(output, library(self.python))


class WorkerStage(_Folder):
    """With our worker, started when something is typed: files that were written before are there from its start."""

    def __init__(self, python: str, folder: Path) -> None:
        super().__init__(python, folder)
        self._host: Host | None = None

    @property
    def console(self) -> WorkerConsole:
        if self._host is None:
            self._host = self._make_host().__enter__()
            self._console = WorkerConsole(self._host)
        return self._console

    def _make_host(self) -> Host:
        return Host(self.python, self.folder)

    def restart(self) -> None:
        if self._host is not None:
            self._host.close()
        self._host = None

    def __exit__(self, *_: object) -> None:
        self.restart()


class ForkedStage(WorkerStage):
    """Likewise; its workers are forked from this one."""

    def __init__(self, origin: Origin, python: str, folder: Path) -> None:
        super().__init__(python, folder)
        self._origin = origin

    def _make_host(self) -> Host:
        return ForkedHost(self._origin, self.folder)


class ReferenceStage(_Folder):
    """With `python -i`, likewise."""

    def __init__(self, python: str, folder: Path) -> None:
        super().__init__(python, folder)
        self._reference: Reference | None = None

    @property
    def console(self) -> Reference:
        if self._reference is None:
            self._reference = Reference(self.python, str(self.folder), environment(str(self.folder.parent)))
        return self._reference

    def restart(self) -> None:
        if self._reference is not None:
            self._reference.close()
        self._reference = None

    def __exit__(self, *_: object) -> None:
        self.restart()


@cache
def library(python: str) -> str:
    """Where that interpreter's standard library lies."""
    ask = "import os; print(os.path.dirname(os.path.realpath(os.__file__)))"
    return subprocess.run([python, "-I", "-c", ask], capture_output=True, text=True, check=True).stdout.strip()
