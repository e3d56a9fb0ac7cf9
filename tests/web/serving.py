"""A real server in a process of its own, on a port of its own, and plain clients for it."""

import contextlib
import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any

import psutil
import websocket

from tests.forked import Command, launcher

ROOT = Path(__file__).parents[2]
GRACE = 5
"""Seconds that gunicorn gives to those who are still connected."""
PATIENCE = 60.0
"""Seconds after which what was promised is called missing."""


class Server:
    """A running server."""

    def __init__(self, process: "subprocess.Popen[bytes] | Command", log: IO[str]) -> None:
        self.process = process
        self._log = log
        self.port = 0

    @property
    def log(self) -> str:
        """All that it has written on stdout and stderr."""
        self._log.seek(0)
        return self._log.read()

    def own_processes(self) -> list[psutil.Process]:
        """Those that serve, which run the same program: what else is below them belongs to learners."""
        first = psutil.Process(self.process.pid)
        return [one for one in [first, *first.children(recursive=True)] if one.cmdline() == first.cmdline()]

    def find_port(self) -> int:
        """The port it says it listens on, 0 as long as it says none."""
        assert self.process.poll() is None, self.log
        found = re.search(r"http://127\.0\.0\.1:(\d+)", self.log)
        return int(found[1]) if found else 0

    def stop(self) -> float:
        """End it as an operator does. Returns the seconds that took."""
        began = time.monotonic()
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE)
        return time.monotonic() - began

    def connect(self, path: str, **options: Any) -> websocket.WebSocket:
        """A client of the websocket at `path`."""
        url = f"ws://127.0.0.1:{self.port}{path}"
        options = {"timeout": PATIENCE, "skip_utf8_validation": True} | options  # it validates in Python, slowly
        return websocket.create_connection(url, **options)

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE) as answer:
            text: str = answer.read().decode()
            return text

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self.get("/state"))
        return state


@contextlib.contextmanager
def gunicorn(app: str, threads: int = 64, **environment: str) -> Iterator[Server]:
    """Serve `app` ("module:name") until the block ends; then it must end by itself."""
    command = [sys.executable, "-m", "gunicorn", "-c", "/dev/null", "-k", "gthread", "-w", "1", "-b", "127.0.0.1:0"]
    command += ["--threads", str(threads), "--worker-connections", "4000", "--graceful-timeout", str(GRACE)]
    with _running(partial(_start, [*command, app]), environment) as server:
        yield server


@contextlib.contextmanager
def sandbox(*before: str, port: int = 0, **settings: str) -> Iterator[Server]:
    """The product itself, as its command serves it; `settings` are those of its environment, in lower case.

    `before` is what its command is to be run by; it is forked where that is nothing.
    """
    environment = {f"SANDBOX_{name.upper()}": value for name, value in settings.items()}
    command = ["run", "--port", str(port)]
    start = partial(_start, [*before, sys.executable, "-m", "sandbox", *command]) if before else partial(_fork, command)
    with _running(start, environment) as server:
        yield server


@contextlib.contextmanager
def werkzeug(app: str) -> Iterator[Server]:
    """Serve `app` as `flask run` does, for development."""
    with _running(partial(_start, [sys.executable, "-m", "flask", "--app", app, "run", "--port", "0"]), {}) as server:
        yield server


Start = Callable[[dict[str, str], IO[str]], "subprocess.Popen[bytes] | Command"]


def _start(command: list[str], environment: dict[str, str], log: IO[str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)


def _fork(arguments: list[str], environment: dict[str, str], log: IO[str]) -> Command:
    return launcher().fork(arguments, environment, ROOT, (log.fileno(), log.fileno()))


@contextlib.contextmanager
def _running(start: Start, environment: dict[str, str]) -> Iterator[Server]:
    with tempfile.TemporaryFile("w+") as log:
        server = Server(start(os.environ | environment, log), log)
        try:
            server.port = until(server.find_port)
            yield server
        finally:
            server.stop()


def until(promise: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """What `promise` gives as soon as it is true; a failed assertion when it does not come true in time."""
    deadline = time.monotonic() + patience
    while not (kept := promise()):
        assert time.monotonic() < deadline, "the promise was not kept in time"
        select.select([], [], [], 0.02)
    return kept
