"""Every experiment with reloading, broken off half-way by the death of the server and then finished, prints what an
unbroken `python -i` prints; where an entry that was run again came out differently that is told."""

import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.interpreters import interpreters
from tests.transcripts.player import Exchange, Kind, play
from tests.transcripts.script import Transcript, read, typed
from tests.web.learner import Learner
from tests.web.serving import Server, sandbox
from tests.web.test_transcripts import LEFT_OUT, SocketConsole, SocketStage
from tests.web.typists import kill
from tests.worker.stage import ReferenceStage

VERSION = next(iter(interpreters()))
TRANSCRIPTS = [one for one in read("reload") if one.is_for(VERSION) and one.name not in LEFT_OUT]
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
            self._learner = self._stage.break_off()
        return super().line(text)


class BrokenStage(SocketStage):
    """A session that outlives its server."""

    def __init__(self, server: Server, transcript: Transcript, at: Break) -> None:
        super().__init__(server)
        lines = [line for step in transcript.steps if step.does in ("console", "type") for line in _lines(step)]
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


def _lines(step: Any) -> list[str]:
    return [line for one in typed(step, VERSION) for line in one.lines]


def _play(transcript: Transcript, server: Server, at: Break, results: dict[str, Any]) -> None:
    try:
        with BrokenStage(server, transcript, at) as stage:
            results[transcript.name] = play(transcript, stage, VERSION), stage.different, stage.broken
    except Exception as error:
        results[transcript.name] = error
        at.reached.abort()


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each transcript has come to: exchanges and the entries that came out differently, or an error."""
    settings = {"data_dir": str(tmp_path_factory.mktemp("data")), "python": interpreters()[VERSION]}
    results: dict[str, Any] = {}
    at = Break(len(TRANSCRIPTS) + 1)
    with sandbox(**settings) as first:
        threads = [threading.Thread(target=_play, args=(one, first, at, results)) for one in TRANSCRIPTS]
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
    return results


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda one: one.name)
def test_an_experiment_goes_on_after_the_death_of_its_server(
    transcript: Transcript, played: dict[str, Any], tmp_path: Path
) -> None:
    result = played[transcript.name]
    assert not isinstance(result, Exception), result
    ours, different, broken = result
    with ReferenceStage(interpreters()[VERSION], tmp_path) as bare:
        unbroken: list[Exchange] = play(transcript, bare, VERSION)
    assert broken
    assert ours == unbroken or different, "it differs, and nobody was told"
