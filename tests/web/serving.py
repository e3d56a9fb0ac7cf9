"""A real gunicorn in a process of its own, on a port of its own, and plain clients for it."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import websocket

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0
"""Seconds after which what was promised is called missing."""


class Server:
    """A running server."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.process = process
        self.port = port

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
def gunicorn(app: str, threads: int = 64, config: str = "", **environment: str) -> Iterator[Server]:
    """Serve `app` ("module:name") until the block ends; then it must end by itself."""
    command = [sys.executable, "-m", "gunicorn", "-k", "gthread", "-w", "1", "--threads", str(threads)]
    command += ["--worker-connections", "4000", "--graceful-timeout", "5", "-b", "127.0.0.1:0"]
    command += ["-c", config or "/dev/null"]
    process = subprocess.Popen(
        [*command, app],
        cwd=ROOT,
        env=os.environ | environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Server(process, _read_port(process))
    finally:
        stop(process)


def _read_port(process: "subprocess.Popen[str]") -> int:
    assert process.stderr is not None
    for line in process.stderr:
        if "Listening at: http://127.0.0.1:" in line:
            return int(line.split("127.0.0.1:")[1].split()[0].rstrip("/"))
    raise AssertionError("the server did not start")


def stop(process: "subprocess.Popen[str]") -> float:
    """End a server as an operator does. Returns the seconds that took."""
    began = time.monotonic()
    if process.returncode is not None:
        return 0.0
    process.send_signal(signal.SIGTERM)
    with process:
        assert process.stderr is not None
        process.stderr.read()
        process.wait(PATIENCE)
    return time.monotonic() - began


def until(promise: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """What `promise` gives as soon as it is true; a failed assertion when it does not come true in time."""
    deadline = time.monotonic() + patience
    while not (kept := promise()):
        assert time.monotonic() < deadline, "the promise was not kept in time"
        select.select([], [], [], 0.02)
    return kept
