"""What comes through the websocket is, byte for byte, what `python -i` of the same version prints."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Self
from uuid import uuid4

import pytest

from sandbox.protocol import Answer, Delete, Restart, Save
from tests.interpreters import interpreters
from tests.transcripts.player import BEYOND_THE_PROTOCOL, NEEDS_PROCESSES, Kind, play, without_place
from tests.transcripts.script import Transcript, read
from tests.web.learner import Event, Learner
from tests.web.serving import Server, sandbox
from tests.worker.stage import ReferenceStage

STARTS_CLEAN = {
    "an-unchecked-hash-based-pyc-is-never-compared-with-the-source-edits-ar": "a new interpreter finds no __pycache__",
    "a-learner-s-own-files-shadow-the-standard-library": "a Python kept ready has started before her types.py is there",
}
"""Transcripts that the product makes different on purpose, and why."""
LEFT_OUT = {**BEYOND_THE_PROTOCOL, **NEEDS_PROCESSES, **STARTS_CLEAN}
FIRST = "print(__import__('os').getcwd())"
"""Says where the workspace is; leaves no name behind."""


class SocketConsole:
    """A learner's console, typed at line by line."""

    def __init__(self, learner: Learner) -> None:
        self._learner = learner
        self._incomplete: list[str] = []
        self._asked = False
        self._last = uuid4().hex
        """The id of what was typed last."""
        self.folder = learner.run(FIRST, self._last).strip()

    def line(self, text: str) -> tuple[str, Kind]:
        since = len(self._learner.events)
        self._last = uuid4().hex
        if self._asked:
            self._learner.send(Answer(self._learner.run_number, text, self._last))
        else:
            self._incomplete.append(text)
            self._learner.start("\n".join(self._incomplete), self._last)
        end = self._learner.until("finished", "asked", "exited")
        if end["kind"] == "asked":  # its prompt is written after it was announced
            self._hear_prompt(end)
        return self._learner.printed(self._learner.run_number, since), self._kind(end)

    def _hear_prompt(self, asked: Event) -> None:
        heard = "".join(event["text"] for event in self._learner.events if event["kind"] == "output")
        while not heard.endswith(asked["prompt"]):
            heard += self._learner.until("output")["text"]

    def _kind(self, end: Event) -> Kind:
        self._asked = end["kind"] == "asked"
        if self._asked:
            return "asks"
        if end["kind"] == "exited":
            return "gone"
        if end["status"] == "incomplete":
            return "more"
        self._incomplete = []
        return "prompt"


class SocketStage:
    """A session of a running server."""

    def __init__(self, server: Server) -> None:
        self._learner = Learner(server)
        self._console: SocketConsole | None = None
        self._folder = ""
        self._shadows = False
        self.changes = 0
        """How many saves and deletes were sent, the last with this number in its id."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._learner.close()

    def write(self, path: str, text: str, same_time: bool) -> None:
        assert not same_time, "no client can set a file's time"
        self._shadows = self._shadows or path.removesuffix(".py") in sys.stdlib_module_names
        self._change(Save(path, text))

    def delete(self, path: str) -> None:
        paths = [
            event["path"] for event in self._files() if event["path"] == path or event["path"].startswith(path + "/")
        ]
        for one in paths or [path]:
            self._change(Delete(one))

    def _change(self, command: Save | Delete) -> None:
        self.changes += 1
        self._learner.send(replace(command, id=f"change {self.changes}"))
        self._learner.until("disk")

    def _files(self) -> list[Event]:
        disk: list[Event] = next(event for event in reversed(self._learner.events) if event["kind"] == "disk")["files"]
        return disk

    def restart(self) -> None:
        self._learner.send(Restart())
        self._learner.until("ready")
        self._console = None

    @property
    def console(self) -> SocketConsole:
        """As of an interpreter that was started when the files so far were there: that matters for a types.py."""
        if self._console is None:
            if self._shadows:
                self.restart()
            self._console = SocketConsole(self._learner)
            self._folder = self._console.folder
        return self._console

    def normalise(self, output: str) -> str:
        return without_place(output, self._folder)


def by_turns(transcripts: Iterable[Transcript]) -> Iterator[tuple[Transcript, str]]:
    """Each that a client can play, with one of the versions that it is for. The worker is played with all of them.

    What lies between the worker and a client knows no version; each version has its turn, a third of them.
    """
    playable = [one for one in transcripts if one.name not in LEFT_OUT]
    for number, transcript in enumerate(playable):
        if versions := [version for version in interpreters() if transcript.is_for(version)]:
            yield transcript, versions[number % len(versions)]


def cases() -> list[object]:
    """In the order of versions: a server is of one."""
    turns = sorted(by_turns((*read("reload"), *read("language"))), key=lambda turn: turn[1])
    return [pytest.param(transcript, version, id=f"{version}-{transcript.name}") for transcript, version in turns]


@pytest.fixture(scope="module")
def server_of() -> Iterator[Callable[[str], Server]]:
    """A server for each version, started when it is first asked for."""
    with ExitStack() as running:
        yield cache(lambda version: running.enter_context(sandbox(python=interpreters()[version])))


@pytest.mark.parametrize(("transcript", "version"), cases())
def test_a_client_reads_what_python_i_prints(
    transcript: Transcript, version: str, server_of: Callable[[str], Server], tmp_path: Path
) -> None:
    with ReferenceStage(interpreters()[version], tmp_path) as bare, SocketStage(server_of(version)) as ours:
        assert play(transcript, ours, version) == play(transcript, bare, version)


def test_every_transcript_and_every_version_has_its_turn() -> None:
    turns = list(by_turns((*read("reload"), *read("language"))))
    assert len(turns) >= 118
    assert {version for _, version in turns} == set(interpreters())


def test_what_no_client_can_play_is_little_and_listed() -> None:
    names = {transcript.name for transcript in (*read("reload"), *read("language"))}
    assert {*LEFT_OUT} <= names
    assert len(LEFT_OUT) == 5
