"""A player over anything that takes commands and gives events, as a worker does: a rehearsal of a lesson.

Knows the protocol alone; who opens the worker, and where it runs, is told by `Opener`.
"""

import time
from collections.abc import Callable, Mapping
from threading import Condition
from typing import Protocol

from sandbox.lessons.evidence import Entry, Evidence
from sandbox.lessons.player import Ended
from sandbox.protocol import (
    Command,
    Delete,
    Event,
    Exited,
    Files,
    Finished,
    Holders,
    Holding,
    Loaded,
    Output,
    Probe,
    Probed,
    Ready,
    Run,
    Save,
    Snapshot,
)

PATIENCE = 30.0
"""Seconds for one entry of a lesson, or for a start."""


class Handle(Protocol):
    """What a worker's handle must be able to do."""

    def send(self, command: Command) -> object: ...

    def kill(self, cause: str) -> None: ...


Opener = Callable[[Mapping[str, str], Callable[..., None]], Handle]
"""Starts a worker with these files and tells its events, one or several, to the callback, from any one thread at a
time."""


class Rehearsal:
    """One worker at a time, in one workspace. Raises Ended when it has gone, or does not answer."""

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._files: dict[str, str] = {}
        self._changed = Condition()  # guards what follows
        self._events: list[Event] = []
        self._number = 0
        self._start()

    def _start(self) -> None:
        self._events = []
        self._sources: dict[str, Loaded] = {}
        self._handle = self._opener(dict(self._files), self._take)
        self._wait(lambda event: isinstance(event, Ready))

    def _take(self, *events: Event) -> None:
        with self._changed:
            self._events.extend(events)
            for event in events:
                if isinstance(event, Loaded):
                    self._sources[event.path] = event
                if isinstance(event, Files):
                    self._files.update({file.path: file.text for file in event.changed})
                    self._files = {path: text for path, text in self._files.items() if path not in event.deleted}
            self._changed.notify_all()

    def _wait(self, fits: Callable[[Event], bool], exit_fits: bool = False) -> Event:
        """The first event that fits, of all since the start."""
        end, seen = time.monotonic() + PATIENCE, 0
        with self._changed:
            while True:
                for event in self._events[seen:]:
                    if fits(event):
                        return event
                    if isinstance(event, Exited) and not exit_fits:
                        raise Ended(f"Python has ended ({event.cause}). {event.message}")
                seen = len(self._events)
                if not self._changed.wait(end - time.monotonic()):
                    raise Ended(f"Python did not answer within {PATIENCE:.0f} seconds.")

    def save(self, path: str, text: str) -> None:
        self._handle.send(Save(path, text))
        self._files[path] = text

    def delete(self, path: str) -> None:
        self._handle.send(Delete(path))
        del self._files[path]

    def restart(self) -> None:
        self.close()
        self._start()

    def run(self, source: str) -> Entry:
        number, first = self._next(), len(self._events)
        self._handle.send(Run(number, source))
        finished = self._wait(lambda event: isinstance(event, Finished) and event.run == number)
        assert isinstance(finished, Finished)
        self.probe("None")  # what the worker said before its answer, such as a picture, has then arrived
        events = self._events[first:]  # also what came between two runs: a load whose end is seen late
        output = "".join(event.text for event in events if isinstance(event, Output))
        loaded = tuple(event for event in events if isinstance(event, Loaded))
        return Entry(source, output, finished.status, finished.error, loaded)

    def look(self) -> Evidence:
        with self._changed:
            snapshots = [event for event in self._events if isinstance(event, Snapshot)]
            loads = {event.module: event.load for event in self._events if isinstance(event, Loaded)}
            paths = {*self._files, *self._sources}
            disk = {path: self._disk_state(path) for path in paths if path.endswith(".py")}
            newest = snapshots[-1] if snapshots else None
            return Evidence(kind="", files=dict(self._files), loads=loads, disk=disk, snapshot=newest)

    def _disk_state(self, path: str) -> str:
        loaded = self._sources.get(path)
        if path not in self._files:
            return "deleted"
        if loaded is None or (loaded.cause == "import" and not loaded.ok):
            return "unloaded"
        if loaded.stale_bytecode:
            return "stale-bytecode"
        return "same" if loaded.source in (None, self._files[path]) else "edited"

    def probe(self, expression: str) -> Probed:
        id = str(self._next())
        self._handle.send(Probe(id, expression))
        probed = self._wait(lambda event: isinstance(event, Probed) and event.id == id)
        assert isinstance(probed, Probed)
        return probed

    def holders(self, token: int) -> Holding:
        id = str(self._next())
        self._handle.send(Holders(id, token))
        holding = self._wait(lambda event: isinstance(event, Holding) and event.id == id)
        assert isinstance(holding, Holding)
        return holding

    def _next(self) -> int:
        self._number += 1
        return self._number

    def close(self) -> None:
        """End the worker. The files are kept for a next one."""
        self._handle.kill("stopped")
        self._wait(lambda event: isinstance(event, Exited), exit_fits=True)
