"""What the worker prints is, byte for byte, what `python -i` prints."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.interpreters import WANTED, interpreters
from tests.transcripts.player import Exchange, play
from tests.transcripts.script import Transcript, read
from tests.worker.stage import ReferenceStage, WorkerStage


def cases(folder: str) -> list[object]:
    """Each transcript with each version that it is for."""
    return [
        pytest.param(transcript, version, id=f"{version}-{transcript.name}")
        for version in interpreters()
        for transcript in read(folder)
        if transcript.is_for(version)
    ]


@dataclass
class Played:
    """A transcript as our worker and as the bare interpreter said it, and as recorded outputs would have ours."""

    ours: list[Exchange]
    bare: list[Exchange]
    recorded: list[Exchange]


def play_both(transcript: Transcript, version: str, folder: Path) -> Played:
    python = interpreters()[version]
    with ReferenceStage(python, folder / "bare") as bare, WorkerStage(python, folder / "ours") as stage:
        ours = play(transcript, stage, version)
        recorded = [replace(exchange, output=stage.recorded(exchange.output)) for exchange in ours]
        return Played(ours, play(transcript, bare, version), recorded)


@pytest.fixture(scope="module")
def playing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """All transcripts of the tests that were asked for, played side by side; futures by test name."""
    folder = tmp_path_factory.mktemp("transcripts")
    with ThreadPoolExecutor(max_workers=4) as pool:
        yield {
            item.name: pool.submit(play_both, *item.callspec.params.values(), folder / str(number))
            for number, item in enumerate(request.session.items)
            if item.path == request.path and hasattr(item, "callspec")
        }


@pytest.mark.parametrize(("transcript", "version"), cases("reload"))
def test_worker_prints_what_is_recorded_and_what_python_i_prints(
    transcript: Transcript, version: str, request: pytest.FixtureRequest, playing: dict[str, Any]
) -> None:
    played = playing[request.node.name].result()
    assert played.ours == played.bare
    assert [exchange for exchange in played.recorded if not exchange.as_recorded()] == []


@pytest.mark.parametrize(("transcript", "version"), cases("language"))
def test_worker_prints_what_python_i_prints(
    transcript: Transcript, version: str, request: pytest.FixtureRequest, playing: dict[str, Any]
) -> None:
    played = playing[request.node.name].result()
    assert played.ours == played.bare


def test_an_interpreter_was_found() -> None:
    assert set(interpreters()) & set(WANTED)


def test_there_are_enough_transcripts_and_each_has_a_name_of_its_own() -> None:
    for folder, least in (("reload", 59), ("language", 60)):
        names = [transcript.name for transcript in read(folder)]
        assert len(set(names)) == len(names) >= least
