"""Writes the zip: the files as they are, the console as Markdown and as pycon, the pictures and the facts as JSON.

Everything lies in one folder, so that unzipping scatters nothing; the files in `files/`, so that a learner's own
transcript.md is not ours.
"""

import json
import struct
import time
import zipfile
import zlib
from typing import IO, Any

from sandbox.export.contents import Contents, KeptFile
from sandbox.export.markdown import markdown
from sandbox.export.passages import read_passages
from sandbox.export.pycon import pycon

FORMAT = 1
"""Of the layout of the zip. Import refuses a newer one."""
FILES = "files/"
MODE = 0o100644
UNIX = 3
"""The system whose modes the zip holds: APPNOTE.TXT, 4.4.2."""
EARLIEST, LATEST = 315_532_800, 2**31 - 1
"""1980, before which a zip knows no time, and 2038, after which its field of Unix time ends."""


def name_of(at: float) -> str:
    """What an export of that moment is called, without its ending."""
    return time.strftime("reload-sandbox-%Y-%m-%d", time.gmtime(at))


def write_archive(contents: Contents, version: str, target: IO[bytes]) -> None:
    """Write the zip to `target`. `version` is the program's."""
    folder = name_of(contents.at)
    passages = read_passages(contents.transcript)
    now = int(contents.at)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in contents.files:
            _add(archive, f"{folder}/{FILES}{file.path}", file.text, file.mtime_ns // 10**9 or now)
        _add(archive, f"{folder}/transcript.md", markdown(contents, passages), now)
        _add(archive, f"{folder}/transcript.pycon", pycon(passages), now)
        _add_pictures(archive, f"{folder}/pictures.json", contents, now)
        _add(archive, f"{folder}/session.json", json.dumps(_facts(contents, version), indent=1) + "\n", now)


def _add(archive: zipfile.ZipFile, name: str, text: str, seconds: int) -> None:
    archive.writestr(_info(name, seconds), text.encode("utf-8", "replace"))


def _info(name: str, seconds: int) -> zipfile.ZipInfo:
    """With the time in UTC twice: in the old field, to two seconds, and in the one that Info-ZIP and others read."""
    seconds = min(max(seconds, EARLIEST), LATEST)
    info = zipfile.ZipInfo(name, time.gmtime(seconds)[:6])
    info.create_system, info.external_attr = UNIX, MODE << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    info.extra = struct.pack("<2sHBl", b"UT", 5, 1, seconds)
    return info


def _add_pictures(archive: zipfile.ZipFile, name: str, contents: Contents, now: int) -> None:
    """One after the other: a session has up to 200, of up to 1 MiB each."""
    with archive.open(_info(name, now), "w") as out:
        out.write(f'{{"format": {FORMAT}, "python": {json.dumps(contents.python)}, "pictures": ['.encode())
        for number, picture in enumerate(contents.pictures):
            out.write(b",\n" if number else b"\n")
            out.write(zlib.decompress(picture))
        out.write(b"\n]}\n")


def _facts(contents: Contents, version: str) -> dict[str, Any]:
    return {
        "program": "Reload Sandbox",
        "version": version,
        "format": FORMAT,
        "exported": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(contents.at)),
        "python": contents.python,
        "lesson": contents.lesson,
        "step": contents.step,
        "files": [_fact(file) for file in contents.files],
    }


def _fact(file: KeptFile) -> dict[str, str]:
    """The time is a number as text: too long for a number of JSON in many languages."""
    return {"path": file.path, "mtime_ns": str(file.mtime_ns)}
