"""For all tests: which interpreters this machine has, and an environment without anybody's settings."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REQUIRED = "CI" in os.environ or "SANDBOX_REQUIRE_BROWSER" in os.environ
"""Where this is set, what a test needs and does not find is a failure, never a skip."""


@pytest.fixture(scope="session", autouse=True)
def no_settings() -> Iterator[None]:
    """Servers that tests start see no setting of whoever runs the tests."""
    ours = {name: os.environ.pop(name) for name in tuple(os.environ) if name.startswith("SANDBOX_")}
    yield
    os.environ.update(ours)


def absent(what: str) -> None:
    """Skip this test, for want of something on the machine, or fail it where that must be there."""
    if REQUIRED:
        pytest.fail(f"{what} is missing, and is required here")
    pytest.skip(f"NOT TESTED: {what} is missing")


def interpreters() -> dict[str, str]:
    """The newest CPython of each minor version from 3.11 on, by version: this one, in PATH, or beside this one."""
    found = {f"{sys.version_info[0]}.{sys.version_info[1]}": sys.executable}
    for minor in range(11, 16):
        name = f"python3.{minor}"
        siblings = sorted(Path(sys.base_prefix).parent.glob(f"3.{minor}.*/bin/{name}"))
        path = next(map(str, reversed(siblings)), None) or shutil.which(name)
        if path:
            found.setdefault(f"3.{minor}", path)
    return found
