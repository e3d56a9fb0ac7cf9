"""The zip that is taken away is one that every tool reads."""

import io
import json
import os
import shutil
import stat
import subprocess
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from sandbox.codec import encode
from sandbox.export.archive import write_archive
from sandbox.export.contents import Contents, KeptFile
from sandbox.protocol import Finished, Noted, Output, Run, Snapshot
from tests.conftest import absent

AT = 1_795_359_792.0
"""2026-11-22 15:03:12 UTC"""
SAVED = 1_795_000_001
ROOT = "reload-sandbox-2026-11-22/"


def contents(**given: Any) -> Contents:
    pictures = tuple(zlib.compress(encode(Snapshot(seq, seq, False, (), ())).encode()) for seq in (1, 2))
    files = (
        KeptFile("changer.py", "x = 'é'\n", SAVED * 10**9 + 123),
        KeptFile("pkg/__init__.py", "", 0),
        KeptFile("transcript.md", "mine", 0),
    )
    noted = tuple(Noted(0, AT, one) for one in (Run(1, "1"), Output(1, "1\n"), Finished(1, "ok", "", 1)))
    return Contents(
        **{
            "at": AT,
            "python": "3.11.7",
            "lesson": "",
            "step": "",
            "files": files,
            "transcript": noted,
            "pictures": pictures,
        }
        | given
    )


@pytest.fixture
def zipped(tmp_path: Path) -> Path:
    path = tmp_path / "taken.zip"
    with path.open("wb") as file:
        write_archive(contents(), "1.2", file)
    return path


def test_it_holds_one_folder_with_the_files_as_they_are(zipped: Path) -> None:
    with zipfile.ZipFile(zipped) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            f"{ROOT}files/changer.py",
            f"{ROOT}files/pkg/__init__.py",
            f"{ROOT}files/transcript.md",
            f"{ROOT}transcript.md",
            f"{ROOT}transcript.pycon",
            f"{ROOT}pictures.json",
            f"{ROOT}session.json",
        ]
        assert archive.read(f"{ROOT}files/changer.py").decode() == "x = 'é'\n"
        assert archive.read(f"{ROOT}transcript.pycon") == b">>> 1\n1\n"


def test_unzip_gives_the_files_with_their_times(zipped: Path, tmp_path: Path) -> None:
    if shutil.which("unzip") is None:
        absent("unzip")
    subprocess.run(["unzip", "-tq", zipped], check=True, capture_output=True)
    subprocess.run(["unzip", "-q", zipped, "-d", tmp_path], check=True, env={**os.environ, "TZ": "Asia/Tokyo"})
    status = (tmp_path / ROOT / "files" / "changer.py").stat()
    assert status.st_mtime == SAVED
    assert stat.S_IMODE(status.st_mode) & 0o600 == 0o600
    assert (tmp_path / ROOT / "files" / "pkg" / "__init__.py").stat().st_mtime == int(AT), "the moment of the export"


def test_the_pictures_are_messages_of_the_protocol(zipped: Path) -> None:
    with zipfile.ZipFile(zipped) as archive:
        pictures = json.loads(archive.read(f"{ROOT}pictures.json"))
        facts = json.loads(archive.read(f"{ROOT}session.json"))
    assert [(one["kind"], one["seq"]) for one in pictures["pictures"]] == [("snapshot", 1), ("snapshot", 2)]
    assert facts["exported"] == "2026-11-22T15:03:12Z" and facts["format"] == 1
    assert facts["files"][0] == {"path": "changer.py", "mtime_ns": f"{SAVED}000000123"}


@pytest.mark.parametrize("at", [0.0, 5e9])
def test_a_wrong_clock_makes_a_zip_all_the_same(at: float) -> None:
    file = io.BytesIO()
    write_archive(contents(at=at, files=(KeptFile("a.py", "", 10**24),), pictures=(), transcript=()), "1.2", file)
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read(archive.namelist()[3]))["pictures"] == []
