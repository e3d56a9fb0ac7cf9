"""What the worker prints is, byte for byte, what `python -i` prints."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.interpreters import WANTED, interpreters
from tests.transcripts.player import Exchange, play
from tests.transcripts.script import Transcript, read
from tests.worker.conftest import OriginOf
from tests.worker.stage import ForkedStage, ReferenceStage, WorkerStage


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


def play_both(transcripts: list[Transcript], version: str, stage: WorkerStage, folder: Path) -> dict[str, Played]:
    """One after the other in one interpreter; by name."""
    played = {}
    with ReferenceStage(interpreters()[version], folder) as bare, stage:
        for transcript in transcripts:
            ours = play(transcript, stage, version)
            recorded = [replace(exchange, output=stage.recorded(exchange.output)) for exchange in ours]
            played[transcript.name] = Played(ours, play(transcript, bare, version), recorded)
    return played


def together(transcript: Transcript, version: str) -> tuple[str, ...]:
    """Transcripts with the same answer share an interpreter; what was recorded was recorded in a fresh one."""
    alone = transcript.alone or transcript.file.startswith("reload/")
    return version, transcript.file, transcript.name if alone else ""


PlayedOf = Callable[[Transcript, str], Played]


@pytest.fixture(scope="module")
def played_of(origin_of: OriginOf, tmp_path_factory: pytest.TempPathFactory) -> PlayedOf:
    """Plays a transcript, and all that share its interpreter, when the first of them is asked for.

    What reloads do in workers that are forked, as behind walls; the language in such as are started, as without them.
    """
    folder = tmp_path_factory.mktemp("transcripts")
    known: dict[tuple[str, ...], dict[str, Played]] = {}

    def make_stage(file: str, version: str, place: Path) -> WorkerStage:
        python = interpreters()[version]
        return ForkedStage(origin_of(python, ""), python, place) if "reload/" in file else WorkerStage(python, place)

    def look_up(transcript: Transcript, version: str) -> Played:
        key = together(transcript, version)
        if key not in known:
            every = [one for one in (*read("reload"), *read("language")) if one.is_for(version)]
            group = [one for one in every if together(one, version) == key]
            place = folder / str(len(known))
            stage = make_stage(transcript.file, version, place / "ours")
            known[key] = play_both(group, version, stage, place / "bare")
        return known[key][transcript.name]

    return look_up


@pytest.mark.parametrize(("transcript", "version"), cases("reload"))
def test_worker_prints_what_is_recorded_and_what_python_i_prints(
    transcript: Transcript, version: str, played_of: PlayedOf
) -> None:
    played = played_of(transcript, version)
    assert played.ours == played.bare
    assert [exchange for exchange in played.recorded if not exchange.as_recorded()] == []


@pytest.mark.parametrize(("transcript", "version"), cases("language"))
def test_worker_prints_what_python_i_prints(transcript: Transcript, version: str, played_of: PlayedOf) -> None:
    played = played_of(transcript, version)
    assert played.ours == played.bare


def test_an_interpreter_was_found() -> None:
    assert set(interpreters()) & set(WANTED)


def test_there_are_enough_transcripts_and_each_has_a_name_of_its_own() -> None:
    for folder, least in (("reload", 59), ("language", 60)):
        names = [transcript.name for transcript in read(folder)]
        assert len(set(names)) == len(names) >= least
