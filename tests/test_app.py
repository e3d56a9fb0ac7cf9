"""The app as it is composed: by a server for development, and its end."""

import contextlib
import gc
import json
import os
import re
import signal
import subprocess
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import websocket

from sandbox.app import create_app, python_path
from sandbox.settings import Settings
from tests.server import PATIENCE, ROOT


@contextlib.contextmanager
def flask_run(*flags: str) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """`flask --app sandbox.app run` as in a terminal of its own, and its port."""
    command = [sys.executable, "-m", "flask", "--app", "sandbox.app", "run", "--port", "0", *flags]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, process_group=0
    )
    with process:
        assert process.stderr is not None
        try:
            lines = (re.search(r"Running on http://127\.0\.0\.1:(\d+)", line) for line in process.stderr)
            yield process, next(int(found[1]) for found in lines if found)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.parametrize("flags", [[], ["--debug"]])
def test_flask_run_serves_a_session_and_leaves_no_process(flags: list[str]) -> None:
    with flask_run(*flags) as (process, port):
        address = f"127.0.0.1:{port}"
        client = websocket.create_connection(f"ws://{address}/ws", origin=f"http://{address}", timeout=PATIENCE)
        try:
            client.send(json.dumps({"kind": "hello"}))
            while json.loads(client.recv())["kind"] != "ready":
                pass
            processes = psutil.Process(process.pid).children(recursive=True)
            assert processes
            os.killpg(process.pid, signal.SIGINT)
            assert psutil.wait_procs([psutil.Process(process.pid), *processes], timeout=10)[1] == []
        finally:
            client.shutdown()


def test_a_closed_app_leaves_nothing_and_may_be_closed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = psutil.Process().children()
    app = create_app(Settings())
    assert app.test_client().get("/readyz").text == "ok\n"
    living = app.extensions["sandbox"]
    living.close()
    living.close()
    assert list(tmp_path.iterdir()) == []
    assert psutil.Process().children() == before


def test_an_app_that_is_dropped_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    app = weakref.ref(create_app(Settings()))
    gc.collect()
    assert app() is None
    assert list(tmp_path.iterdir()) == []


def test_two_apps_share_nothing() -> None:
    one, other = create_app(Settings()), create_app(Settings(prefix="/other"))
    try:
        assert one.extensions["sandbox"] is not other.extensions["sandbox"]
        assert one.secret_key != other.secret_key
        assert "/other/" not in one.test_client().get("/").text
    finally:
        one.extensions["sandbox"].close()
        other.extensions["sandbox"].close()


def test_an_interpreter_is_named_by_path_or_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    folder, name = os.path.split(sys.executable)
    monkeypatch.setenv("PATH", folder)
    assert python_path(Settings(python=name)) == sys.executable
    assert python_path(Settings(python="./nowhere")) == f"{os.getcwd()}/nowhere"
    assert python_path(Settings()) != "", "the one under the virtual environment"
