"""`reload-sandbox run` in a process of its own, and clients for it."""

import contextlib
import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import websocket

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 30.0
"""Seconds after which what was promised is called missing."""
LINE = re.compile(r"Reload Sandbox is at (http://([\w.:\[\]-]+?):(\d+)(/\S*))")


@dataclass
class Server:
    """A running server, as its one line shows it."""

    process: "subprocess.Popen[str]"
    line: str
    address: str
    port: int

    def get(self, path: str = "/", **headers: str) -> http.client.HTTPResponse:
        """The response, read to its end; its text is `response.text`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            response.text = response.read().decode()  # type: ignore[attr-defined]
            return response

    def connect(self, path: str = "/ws", **options: object) -> websocket.WebSocket:
        """A websocket, as the server's own page opens it."""
        options = {"origin": f"http://127.0.0.1:{self.port}", "timeout": PATIENCE} | options
        return websocket.create_connection(f"ws://127.0.0.1:{self.port}{path}", **options)

    def processes(self) -> list[psutil.Process]:
        """The server's own processes and its workers."""
        first = psutil.Process(self.process.pid)
        return [first, *first.children(recursive=True)]

    def stop(self, number: int = signal.SIGTERM) -> list[psutil.Process]:
        """End it by a signal. Returns the processes that were left behind."""
        processes = self.processes()
        self.process.send_signal(number)
        self.process.wait(PATIENCE)
        return [process for process in processes if process.is_running()]


@contextlib.contextmanager
def serving(*flags: str, **environment: str) -> Iterator[Server]:
    """A server on a free port, ended when the block ends."""
    command = [sys.executable, "-m", "sandbox", "run", "--port", "0", *flags]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            found = LINE.match(line)
            assert found, f"the server did not say where it is, but {line!r}"
            yield Server(process, line, found[1], int(found[3]))
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(PATIENCE)
