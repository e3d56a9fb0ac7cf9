"""Every mark of every picture is true: none is false, none is missing."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.interpreters import interpreters
from tests.transcripts.player import play
from tests.transcripts.script import Transcript, read
from tests.worker.picture.conftest import OriginOf
from tests.worker.picture.stage import JUDGED, JudgedStage

CASES = [
    pytest.param(transcript, version, id=f"{version}-{transcript.name}")
    for version in interpreters()
    for transcript in read("reload")
    if transcript.is_for(version)
]
HAVE_ALL = ("reload/namespace", "reload/deps")
"""Files whose transcripts together have every mark."""


def judge(transcript: Transcript, version: str, folder: Path, origin_of: OriginOf) -> list[dict[str, Any]]:
    python = interpreters()[version]
    with JudgedStage(origin_of(python, JUDGED), python, folder) as stage:
        play(transcript, stage, version)
    return [json.loads(line) for line in stage.report.read_text().splitlines()]


@pytest.mark.parametrize(("transcript", "version"), CASES)
def test_no_mark_is_false_and_none_is_missing(
    transcript: Transcript, version: str, tmp_path: Path, origin_of: OriginOf
) -> None:
    lines = judge(transcript, version, tmp_path, origin_of)
    assert lines
    assert [line for line in lines if line["wrong"]] == []


def test_the_transcripts_have_every_mark(tmp_path: Path, origin_of: OriginOf) -> None:
    marks: Counter[str] = Counter()
    version = next(iter(interpreters()))
    for number, transcript in enumerate(one for one in read("reload") if one.file in HAVE_ALL):
        for line in judge(transcript, version, tmp_path / str(number), origin_of):
            marks.update(line["marks"])
    assert {"new", "rebound", "stale", "leftover", "added"} <= marks.keys(), marks
