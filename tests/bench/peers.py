"""The peers of a benchmark behind one face: Reload Sandbox through its websocket, ipykernel, `python -i` on a pty."""

import json
import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import psutil
import websocket
from jupyter_client.manager import KernelManager

from tests.bench.memory import learners, pages

PATIENCE = 60.0
"""Seconds to wait for anything before the benchmark gives up."""


class Peer(Protocol):
    """A lasting interpreter that imports modules from a folder it can see."""

    name: str

    def run(self, source: str) -> str:
        """What the entry printed."""

    def save(self, path: str, text: str) -> None:
        """Write a module; the next entry sees it."""

    def memory(self) -> int:
        """Proportional set size of its process, in bytes."""

    def close(self) -> None:
        """End it."""


class Server:
    """`reload-sandbox run` in a process of its own, on a free port."""

    def __init__(self, *flags: str) -> None:
        self.folder = tempfile.TemporaryDirectory()
        command = [sys.executable, "-m", "sandbox", "run", "--port", "0", "--data-dir", self.folder.name, *flags]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r"http://([\d.]+:\d+)", line)
        if found is None:
            raise SystemExit(f"the server did not say its address: {line!r}")
        self.address = found[1]

    def connect(self) -> "Sandbox":
        return Sandbox(self.address, self.process.pid)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.folder.cleanup()


@contextmanager
def serving(*flags: str) -> Iterator[Server]:
    server = Server(*flags)
    try:
        yield server
    finally:
        server.close()


class Sandbox:
    """A learner of Reload Sandbox, through the real websocket."""

    name = "reload-sandbox"

    def __init__(self, address: str, server: int) -> None:
        """`server` is its process."""
        self.server = server
        self.socket = websocket.create_connection(
            f"ws://{address}/ws",
            origin=f"http://{address}",
            timeout=PATIENCE,
            enable_multithread=False,
            skip_utf8_validation=True,  # in pure Python, 4 s for 10 MB; `recv` decodes strictly anyway, in C
        )
        self.count = 0
        self.send(kind="hello")
        self.until("ready")

    def send(self, **message: Any) -> None:
        self.socket.send(json.dumps(message))

    def receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.socket.recv())
        return message

    def until(self, kind: str) -> list[dict[str, Any]]:
        """Everything up to the first message of this kind."""
        got = [self.receive()]
        while got[-1]["kind"] != kind:
            if got[-1]["kind"] == "refused":
                raise SystemExit(f"refused: {got[-1]['reason']}")
            got.append(self.receive())
        return got

    def entry(self, source: str) -> list[dict[str, Any]]:
        """Everything that came of an entry."""
        self.begin(source)
        return self.until("finished")

    def begin(self, source: str) -> None:
        """Send an entry."""
        self.count += 1
        self.send(kind="run", run=self.count, source=source)

    def run(self, source: str) -> str:
        return "".join(message["text"] for message in self.entry(source) if message["kind"] == "output")

    def save(self, path: str, text: str) -> None:
        self.send(kind="save", path=path, text=text)

    def memory(self) -> int:
        """Of the learner's process of this server that computes when it is asked to: inside it has another number."""
        before = {pid: cpu(pid) for pid in learners(self.server)}
        self.run("import time; _ = time.process_time() + .1\nwhile time.process_time() < _: pass\n")
        return pages(max(before, key=lambda pid: cpu(pid) - before[pid])).proportional

    def close(self) -> None:
        self.socket.close()


class Kernel:
    """ipykernel, spoken to by jupyter_client as a notebook does."""

    name = "ipykernel"

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=self.folder.name, extra_arguments=["--log-level=CRITICAL"])
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)

    def run(self, source: str) -> str:
        request = self.client.execute(source)
        parts = []
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "stream":
                parts.append(message["content"]["text"])
            elif message["msg_type"] == "execute_result":
                parts.append(message["content"]["data"]["text/plain"] + "\n")
            elif message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return "".join(parts)

    def save(self, path: str, text: str) -> None:
        Path(self.folder.name, path).write_text(text)

    def memory(self) -> int:
        return pss(int(self.run("__import__('os').getpid()")))

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.folder.cleanup()


class Terminal:
    """`python -i` on a pseudo-terminal: what a learner without us would use."""

    name = "python -i on a pty"
    prompt = b">>> "

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.master, slave = pty.openpty()
        environment = {"PATH": os.environ["PATH"], "TERM": "dumb", "PYTHON_BASIC_REPL": "1", "HOME": self.folder.name}
        self.process = subprocess.Popen(
            [sys.executable, "-q", "-i"],
            cwd=self.folder.name,
            env=environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.read()

    def read(self) -> bytes:
        """Everything up to the next prompt."""
        got = b""
        deadline = time.monotonic() + PATIENCE
        while not got.endswith(self.prompt):
            ready, _, _ = select.select([self.master], [], [], deadline - time.monotonic())
            if not ready:
                raise SystemExit(f"no prompt: {got[-200:]!r}")
            got += os.read(self.master, 65536)
        return got[: -len(self.prompt)]

    def run(self, source: str) -> str:
        os.write(self.master, source.encode() + b"\n")
        echoed = source.count("\n") + 1
        return "\n".join(self.read().decode().replace("\r\n", "\n").split("\n")[echoed:])

    def save(self, path: str, text: str) -> None:
        Path(self.folder.name, path).write_text(text)

    def memory(self) -> int:
        return pss(self.process.pid)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.master)
        self.folder.cleanup()


def cpu(pid: int) -> float:
    """Seconds of processor time of a process."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def pss(pid: int) -> int:
    """Proportional set size of a process, in bytes: shared pages count by their share."""
    return int(psutil.Process(pid).memory_full_info().pss)


def quantile(values: list[float], share: float) -> float:
    """The value below which that share of all lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    """Print a Markdown table."""
    print(f"\n### {title}\n")
    print("| " + " | ".join(columns) + " |")
    print("|" + " --- |" * len(columns))
    for row in rows:
        print("| " + " | ".join(row) + " |")


__all__ = ["Kernel", "Peer", "Sandbox", "Server", "Terminal", "cpu", "pss", "quantile", "serving", "table"]
