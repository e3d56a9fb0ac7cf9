"""The other side of a worker's lines: a small synchronous host that starts one worker and speaks with it.

What an engine does in its own way is done here in the plainest one.
"""

import os
import select
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sandbox.codec import WORKER_LIMIT, Unframer, decode, frame
from sandbox.engine.unfold import unfold
from sandbox.picture import Picture
from sandbox.protocol import (
    WORKER_EVENTS,
    Asked,
    Complete,
    Completions,
    Finished,
    Interrupt,
    Loaded,
    Message,
    Probe,
    Probed,
    Ready,
    Run,
)

Event = TypeVar("Event", bound=Message)
ROOT = str(Path(__file__).resolve().parents[2])
BOOT = (
    "import os; os.dup2({channel}, 3, False); os.close({channel}); os.chdir({folder!r}); del os; "
    "import sys; sys.path[0] = {root!r}; import sandbox; del sys.path[0]; "
    "from sandbox.worker.boot import start; start({root!r})"
)
PATIENCE = 20.0
"""Seconds after which a worker that says nothing is taken for stuck."""


def environment(home: str) -> dict[str, str]:
    """What every interpreter of the tests is told, workers and references alike."""
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "dumb", "HOME": home}


class Stuck(Exception):
    """The worker said nothing in time."""


class Gone(Exception):
    """The worker ended instead of answering; its last output is the argument."""


@dataclass
class Outcome:
    """What one run gave."""

    output: str = ""
    loads: list[Loaded] = field(default_factory=list)
    end: Finished | Asked | None = None
    """None if the worker ended."""

    @property
    def status(self) -> str:
        return self.end.status if isinstance(self.end, Finished) else "asked" if self.end else "gone"

    @property
    def error(self) -> str:
        assert isinstance(self.end, Finished)
        return self.end.error


class Host:
    """One worker in one folder."""

    boot = BOOT

    def __init__(self, python: str, workspace: Path) -> None:
        self.workspace = Path(os.path.realpath(workspace))
        self.channel, channel_end = socket.socketpair()
        self.stdin, stdin_end = socket.socketpair()
        self.output, output_end = os.pipe()
        os.set_blocking(self.output, False)
        with channel_end, stdin_end:
            self.process = self._begin_process(python, (stdin_end.fileno(), output_end, channel_end.fileno()))
        os.close(output_end)
        self._unframer = Unframer()
        self._texts: list[str] = []
        self._raw = b""
        self._fresh: list[int] = []
        self._ended = False
        self.run_number = 0
        self.stray: list[Message] = []
        """Events that came while another was waited for."""

    def _begin_process(self, python: str, lines: tuple[int, int, int]) -> Any:
        """With these descriptors as its stdin, output and channel."""
        stdin, output, channel = lines
        return subprocess.Popen(
            [python, "-u", "-i", "-c", self.boot.format(channel=channel, folder=str(self.workspace), root=ROOT)],
            stdin=stdin,
            stdout=output,
            stderr=output,
            pass_fds=[channel],
            cwd="/",  # from 3.13 on -c imports linecache before BOOT: not the learner's
            env={**environment(str(self.workspace.parent)), "PYTHON_BASIC_REPL": "1"},
            process_group=0,
        )

    def __enter__(self) -> Self:
        try:
            self.ready = self.wait_for(Ready)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        self.channel.close()
        self.stdin.close()
        if self.output >= 0:
            os.close(self.output)
            self.output = -1

    # --- commands ---

    def run(self, source: str) -> Outcome:
        """One entry, until it has finished, asks, or has ended the worker."""
        self.begin(source)
        return self.collect()

    def begin(self, source: str) -> int:
        """Hand an entry over, and do not wait."""
        self.run_number += 1
        data = frame(Run(run=self.run_number, source=source))
        if self._fresh:
            sent = socket.send_fds(self.channel, [data], self._fresh)
            self._close_fresh()
            data = data[sent:]
        self._send(data)
        return self.run_number

    def answer(self, text: str | None) -> None:
        """A line for stdin, None for an end of file."""
        if text is not None:
            self.stdin.sendall(text.encode() + b"\n")
            return
        self.stdin.close()
        self.stdin, fresh = socket.socketpair()
        self._close_fresh()
        self._fresh = [fresh.detach()]

    def interrupt(self) -> None:
        """For a run in flight: the message first, then SIGINT."""
        self.ask_to_interrupt()
        self.process.send_signal(signal.SIGINT)

    def stop(self) -> Outcome:
        """Interrupt what waits, again if nothing comes of it, and collect.

        CPython itself misses a SIGINT that comes just before it sleeps in a system call.
        """
        for _ in range(20):
            self.interrupt()
            try:
                return self.collect(patience=1)
            except Stuck:
                continue
        raise Stuck(self.take_output())

    def ask_to_interrupt(self) -> None:
        """The message alone: for an incomplete entry."""
        self._send(frame(Interrupt(run=self.run_number)))

    def complete(self, source: str, cursor: int | None = None) -> Completions:
        cursor = len(source) if cursor is None else cursor
        self._send(frame(Complete(id="c", source=source, cursor=cursor)))
        return self.wait_for(Completions)

    def probe(self, source: str) -> Probed:
        self._send(frame(Probe(id="p", source=source)))
        return self.wait_for(Probed)

    def _send(self, data: bytes) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            self.channel.sendall(data)

    def _close_fresh(self) -> None:
        for descriptor in self._fresh:
            os.close(descriptor)
        self._fresh = []

    # --- events ---

    def collect(self, patience: float = PATIENCE) -> Outcome:
        """What the run in flight gives until it has finished, asks, or has ended the worker."""
        outcome, deadline = Outcome(), time.monotonic() + patience
        while outcome.end is None:
            event = self._next(deadline - time.monotonic())
            if event is None:
                self.process.wait(PATIENCE)
                break
            if isinstance(event, Loaded):
                outcome.loads.append(event)
            elif isinstance(event, Finished | Asked):
                outcome.end = event
            else:
                self.stray.append(event)
        if isinstance(outcome.end, Asked):
            self.wait_for_output(outcome.end.prompt)
        outcome.output = self.take_output()
        return outcome

    def wait_for(self, kind: type[Event]) -> Event:
        """The next event of this kind."""
        while (event := self._next(PATIENCE)) is not None:
            if isinstance(event, kind):
                return event
            self.stray.append(event)
        raise Gone(self.take_output())

    def next_load(self) -> Loaded:
        """The next load, of a run in flight."""
        return self.wait_for(Loaded)

    def wait_for_output(self, text: str) -> None:
        """Until this text is in the output: it is written after the event that announces it."""
        deadline = time.monotonic() + PATIENCE
        while text.encode("utf-8", "replace") not in self._raw:
            if not select.select([self.output], [], [], max(0, deadline - time.monotonic()))[0]:
                raise Stuck(self._raw)
            self._drain()

    def take_output(self) -> str:
        """The output so far, once."""
        self._drain()
        text, self._raw = self._raw.decode("utf-8", "replace"), b""
        return text

    def _next(self, patience: float) -> Message | None:
        """The next event, None at the end of the worker. All output before it has been read."""
        deadline = time.monotonic() + patience
        while not self._texts:
            waiting = [self.channel] if self._ended else [self.channel, self.output]
            readable, _, _ = select.select(waiting, [], [], max(0, deadline - time.monotonic()))
            if not readable:
                raise Stuck(self._raw.decode("utf-8", "replace"))
            if self.output in readable:
                self._drain()
            if self.channel in readable and not self._receive():
                return None
        self._drain()
        message = decode(self._texts.pop(0), WORKER_EVENTS, WORKER_LIMIT)
        return unfold(message) if isinstance(message, Picture) else message

    def _receive(self) -> bool:
        try:
            data = self.channel.recv(65536)
        except ConnectionResetError:
            data = b""
        self._texts += self._unframer.feed(data)
        if not data:
            self._drain_to_the_end()
        return bool(data)

    def _drain(self) -> None:
        with suppress(BlockingIOError):
            while data := os.read(self.output, 65536):
                self._raw += data
            self._ended = True

    def _drain_to_the_end(self) -> None:
        """The channel may close before the last words of the interpreter are written."""
        deadline = time.monotonic() + PATIENCE
        while not self._ended and select.select([self.output], [], [], max(0, deadline - time.monotonic()))[0]:
            self._drain()
