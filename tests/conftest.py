"""For all tests: what must be there, and an environment without anybody's settings."""

import os
import signal
from collections.abc import Iterator

import pytest

REQUIRED = "CI" in os.environ or "SANDBOX_REQUIRE_BROWSER" in os.environ
"""Where this is set, what a test needs and does not find is a failure, never a skip."""


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a shell's background: references would inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: most tests wait for a process."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: their server and browser live to the end, and other tests count the processes left."""
    items.sort(key=lambda item: "browser" in item.path.parts)


@pytest.fixture(scope="session", autouse=True)
def no_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Servers that tests start see no setting of whoever runs the tests, and keep their sessions in a folder apart."""
    ours = {name: os.environ.pop(name) for name in tuple(os.environ) if name.startswith("SANDBOX_")}
    ours["XDG_DATA_HOME"] = os.environ.get("XDG_DATA_HOME", "")
    os.environ["XDG_DATA_HOME"] = str(tmp_path_factory.mktemp("data"))
    yield
    os.environ.update(ours)


def absent(what: str) -> None:
    """Skip this test, for want of something on the machine, or fail it where that must be there."""
    if REQUIRED:
        pytest.fail(f"{what} is missing, and is required here")
    pytest.skip(f"NOT TESTED: {what} is missing")
