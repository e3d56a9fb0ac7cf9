"""The CPython interpreters of this machine, found by name on PATH and beside the one that runs the tests."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

WANTED = ("3.11", "3.12", "3.13")


@cache
def interpreters() -> dict[str, str]:
    """Path by version, for each wanted version that was found."""
    found: dict[str, str] = {}
    for path in _candidates():
        version = _version(path)
        if version in WANTED:
            found.setdefault(version, path)
        if len(found) == len(WANTED):  # the next ones may be scripts that take long to find their Python
            break
    return dict(sorted(found.items()))


def report() -> str:
    """What was found and what was not, in one line."""
    found = interpreters()
    lines = [f"{version}: {found.get(version, 'not found')}" for version in WANTED]
    return "interpreters: " + ", ".join(lines)


def _candidates() -> Iterator[str]:
    own = Path(sys.base_prefix)
    yield str(own / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}")
    for sibling in sorted(own.parent.glob("*/bin/python3")):  # as pyenv lays them out
        yield str(sibling)
    for version in WANTED:
        if path := shutil.which(f"python{version}"):
            yield path


@cache
def _version(path: str) -> str:
    """Major and minor version; "" for what is no CPython that can be started."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2] if sys.implementation.name == 'cpython' else '')"
    try:
        done = subprocess.run([path, "-I", "-c", ask], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
