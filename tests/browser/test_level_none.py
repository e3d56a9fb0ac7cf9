"""A machine that gives no walls: the server says so, everywhere, and stays at home."""

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.learner import Learner
from tests.web.learner import Learner as Client
from tests.web.serving import ROOT, sandbox

NO_WALLS = (sys.executable, str(Path(__file__).parents[1] / "engine" / "docker_like.py"), "--no-landlock")


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_without_walls_it_is_not_served_beyond_loopback(host: str) -> None:
    command = [*NO_WALLS, sys.executable, "-m", "sandbox", "run", "--host", host, "--port", "0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"Refusing to serve on {host}: learners' code is not confined" in done.stderr


def test_without_walls_everybody_is_told_so_on_loopback(page: Page) -> None:
    with sandbox(*NO_WALLS) as server:
        assert "isolation none" in server.log
        assert "isolation: none" in server.get("/healthz")
        client = Client(server)
        assert client.welcome["isolation"] == "none"
        client.close()
        page.goto(f"http://127.0.0.1:{server.port}/")
        learner = Learner(page).wait()
        expect(page.locator("#status")).to_contain_text("not isolated")
        learner.run("6 * 7")
        learner.sees("42")
