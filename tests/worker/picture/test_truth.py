"""Every mark of every picture is true: none is false, none is missing."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.interpreters import interpreters
from tests.transcripts.player import play
from tests.transcripts.script import Transcript, read
from tests.worker.picture.stage import JudgedStage

CASES = [
    pytest.param(transcript, version, id=f"{version}-{transcript.name}")
    for version in interpreters()
    for transcript in read("reload")
    if transcript.is_for(version)
]


def judge(transcript: Transcript, version: str, folder: Path) -> list[dict[str, Any]]:
    with JudgedStage(interpreters()[version], folder) as stage:
        play(transcript, stage, version)
    return [json.loads(line) for line in stage.report.read_text().splitlines()]


@pytest.fixture(scope="module")
def judged(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Any]]]:
    """All that were asked for, side by side; by test name."""
    folder = tmp_path_factory.mktemp("judged")
    with ThreadPoolExecutor(max_workers=3) as pool:
        yield {
            item.name: pool.submit(judge, **item.callspec.params, folder=folder / str(number))
            for number, item in enumerate(request.session.items)
            if item.path == request.path and hasattr(item, "callspec")
        }


@pytest.mark.parametrize(("transcript", "version"), CASES)
def test_no_mark_is_false_and_none_is_missing(
    transcript: Transcript, version: str, request: pytest.FixtureRequest, judged: dict[str, Future[Any]]
) -> None:
    lines = judged[request.node.name].result()
    assert lines
    assert [line for line in lines if line["wrong"]] == []


def test_the_transcripts_have_every_mark(judged: dict[str, Future[Any]]) -> None:
    marks: Counter[str] = Counter()
    for one in judged.values():
        for line in one.result():
            marks.update(line["marks"])
    if len(judged) == len(CASES):
        assert all(marks[mark] >= 5 for mark in ("new", "rebound", "stale", "leftover", "added")), marks
