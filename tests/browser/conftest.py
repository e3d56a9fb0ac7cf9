"""A server for all browser tests, and a learner with a browser of her own for each."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.learner import Learner
from tests.browser.typist import Typed
from tests.conftest import absent
from tests.web.serving import Server, sandbox

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first is Chromium without its windows: a page costs a third of the time."""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    """What a page is expected to show comes, and ends the wait: it has as long as Playwright gives all else."""
    expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        absent("Chromium (Debian: apt-get install chromium-headless-shell)")
    return browser_type_launch_args | {"executable_path": path, "args": list(FLAGS)}


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with sandbox(output_mib="1") as running:
        yield running


@pytest.fixture(scope="session")
def base_url(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


@pytest.fixture(scope="session")
def typed() -> Typed:
    """What typists have typed so far."""
    return set()


@pytest.fixture
def learner(page: Page) -> Iterator[Learner]:
    """A newcomer, with the page open. At the end the browser must have complained of nothing."""
    someone = Learner(page).open()
    yield someone
    assert someone.complaints == []
