"""Every experiment with reloading, broken off half-way by the death of the server and then finished, prints what an
unbroken `python -i` of the same version prints; where an entry that was run again came out differently that is told.

Each is played with one of the versions: what is done again, and in what order, depends on none.
"""

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.interpreters import interpreters
from tests.transcripts.player import Exchange, Kind, play
from tests.transcripts.script import Transcript, read, typed
from tests.web.learner import Learner
from tests.web.serving import Server, sandbox
from tests.web.test_transcripts import SocketConsole, SocketStage, by_turns
from tests.web.typists import kill
from tests.worker.stage import ReferenceStage

PATIENCE = 90.0


class Break:
    """The moment at which everybody has done half, and the server is another one."""

    def __init__(self, parties: int) -> None:
        self.reached, self.mended = threading.Barrier(parties), threading.Barrier(parties)
        self.server: Server | None = None


class BrokenConsole(SocketConsole):
    """Breaks off before the entry in the middle."""

    def __init__(self, stage: "BrokenStage", learner: Learner) -> None:
        super().__init__(learner)
        self._stage = stage

    def line(self, text: str) -> tuple[str, Kind]:
        self._stage.lines_left -= 1
        if self._stage.lines_left <= 0 and not self._stage.broken and not self._asked:
            self._learner.until_accepted(self._last)  # what was not, though its end was told, a page would send again
            self._learner = self._stage.break_off()
        return super().line(text)


class BrokenStage(SocketStage):
    """A session that outlives its server."""

    def __init__(self, server: Server, transcript: Transcript, version: str, at: Break) -> None:
        super().__init__(server)
        lines = [
            line for step in transcript.steps if step.does in ("console", "type") for line in _lines(step, version)
        ]
        self.lines_left = max(1, len(lines) // 2)
        self.broken, self.different, self._at = False, list[int](), at

    @property
    def console(self) -> SocketConsole:
        if self._console is None:
            if self._shadows:
                self.restart()
            self._console = BrokenConsole(self, self._learner)
            self._folder = self._console.folder
        return self._console

    def break_off(self) -> Learner:
        """Wait for the next server, and for the interpreter to be back."""
        self.broken = True
        if self.changes:
            self._learner.until_accepted(f"change {self.changes}")
        self._at.reached.wait(PATIENCE)
        self._at.mended.wait(PATIENCE)
        with suppress(OSError):
            self._learner.vanish()
        assert self._at.server is not None
        self._learner = Learner(self._at.server, self._learner.welcome["token"], ready=False)
        rebuilt = self._learner.until("rebuilt")
        assert rebuilt["problem"] == ""
        self.different = [one["run"] for one in rebuilt["different"]]
        self._learner.until("disk")
        self._end_unfinished()
        return self._learner

    def _end_unfinished(self) -> None:
        """An entry that was at its end, but not in the journal, when the server died runs once more."""
        transcript = [noted["message"] for noted in self._learner.welcome["transcript"]]
        ended = {one["run"] for one in transcript if one["kind"] == "finished"}
        for run in [one["run"] for one in transcript if one["kind"] == "run" and one["run"] not in ended]:
            self._learner.until("finished", fits=lambda event, run=run: event["run"] == run)


def _lines(step: Any, version: str) -> list[str]:
    return [line for one in typed(step, version) for line in one.lines]


@dataclass
class Played:
    """What a transcript came to: its exchanges, and the entries that came out differently when they were run again."""

    exchanges: list[Exchange] = field(default_factory=list)
    different: list[int] = field(default_factory=list)
    broken: bool = False
    error: Exception | None = None


def _play(transcript: Transcript, version: str, server: Server, at: Break, played: Played) -> None:
    try:
        with BrokenStage(server, transcript, version, at) as stage:
            played.exchanges = play(transcript, stage, version)
            played.different, played.broken = stage.different, stage.broken
    except Exception as error:
        played.error = error
        at.reached.abort()


def play_all(transcripts: list[Transcript], version: str, data: Path) -> list[Played]:
    """All at once, half before the death of their server and half after it."""
    settings = {"data_dir": str(data), "python": interpreters()[version]}
    all_played = [Played() for _ in transcripts]
    at = Break(len(transcripts) + 1)
    with sandbox(**settings) as first:
        pairs = zip(transcripts, all_played, strict=True)
        threads = [threading.Thread(target=_play, args=(one, version, first, at, played)) for one, played in pairs]
        for thread in threads:
            thread.start()
        with suppress(threading.BrokenBarrierError):
            at.reached.wait(PATIENCE)
        kill(first)
    with sandbox(**settings) as at.server:
        with suppress(threading.BrokenBarrierError):
            at.mended.wait(PATIENCE)
        for thread in threads:
            thread.join()
    return all_played


def problem(transcript: Transcript, version: str, played: Played, folder: Path) -> str:
    """What is wrong, "" for nothing."""
    if played.error is not None or not played.broken:
        return repr(played.error or "it was not broken off")
    folder.mkdir()
    with ReferenceStage(interpreters()[version], folder) as bare:
        unbroken = play(transcript, bare, version)
    if played.exchanges == unbroken or played.different:
        return ""
    return f"it differs, and nobody was told: {played.exchanges} is not {unbroken}"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("version", interpreters())
def test_every_experiment_goes_on_after_the_death_of_its_server(version: str, tmp_path: Path) -> None:
    turns = list(by_turns(read("reload")))
    assert len(turns) > 50
    transcripts = [transcript for transcript, turn in turns if turn == version]
    all_played = play_all(transcripts, version, tmp_path / "data")
    pairs = zip(transcripts, all_played, strict=True)
    problems = {one.name: problem(one, version, played, tmp_path / one.name) for one, played in pairs}
    assert {name: said for name, said in problems.items() if said} == {}
