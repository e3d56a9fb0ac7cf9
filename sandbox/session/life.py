"""The life of a session's interpreter: asleep, starting, ready, running, asked; one worker at a time.

Knows the engine's plug, and neither runs nor sockets; of files only which it has passed on. Called under the session's
lock.
"""

from collections.abc import Mapping
from dataclasses import replace

from sandbox.engine.interface import Engine, Job, OnEvents, Worker
from sandbox.protocol import Command, Delete, Files, Save


class Life:
    """One worker after another, with the state that a page shows.

    A worker that was told to end is `dying` until its `exited` arrives; the next one is opened only then.
    """

    def __init__(self, session: str, engine: Engine, job: Job, on_events: OnEvents) -> None:
        self.session, self._engine, self._job, self._on_events = session, engine, job, on_events
        self._worker: Worker | None = None
        self._throttled = False
        self._again = False
        self._writes = 0
        """Saves and deletes that the worker was sent."""
        self._written: dict[str, int] = {}
        """By path, which of them was the last."""
        self.dying = False
        self.state = "starting"

    @property
    def has_worker(self) -> bool:
        return self._worker is not None

    def wake(self, files: Mapping[str, tuple[str, int]]) -> None:
        """Open a worker with these texts and times of modification. Raises EngineError; it is asleep then."""
        self.state = "asleep"
        texts = {path: text for path, (text, _) in files.items()}
        times = {path: mtime_ns for path, (_, mtime_ns) in files.items() if mtime_ns}
        job = replace(self._job, files=texts, times=times)
        self._worker = self._engine.open(self.session, job, self._on_events)
        self._throttled = False
        self._writes, self._written = 0, {}
        self.state = "starting"

    def wake_again(self) -> None:
        """Have a worker opened once the dying one has ended."""
        self._again = True
        self.state = "starting"

    def end(self, cause: str, again: bool = False) -> None:
        """Have the worker ended; `again` wants another after it."""
        if self._worker is None:
            return
        self._again = again
        self.state = "starting" if again else "asleep"
        if not self.dying:
            self.dying = True
            self._worker.kill(cause)

    def bury(self) -> bool:
        """The worker has ended. Returns whether another one is wanted."""
        again, self._again = self._again, False
        self._worker, self.dying = None, False
        self.state = "starting" if again else "asleep"
        return again

    def send(self, command: Command, mtime_ns: int = 0) -> int:
        """Pass a command to the worker, if there is one; the time that a saved file has got, else 0.

        Raises Rejected, and OSError when a file could not be written.
        """
        if self._worker is None:
            return 0
        written_at = self._worker.send(command, mtime_ns)
        if isinstance(command, Save | Delete):
            self._writes += 1
            self._written[command.path] = self._writes
        return written_at

    def drop_outdated(self, files: Files) -> Files:
        """The same without the files that were saved or deleted after the engine had looked at them."""
        self._written = {path: number for path, number in self._written.items() if number > files.seq}
        changed = tuple(file for file in files.changed if file.path not in self._written)
        deleted = tuple(path for path in files.deleted if path not in self._written)
        return replace(files, changed=changed, deleted=deleted)

    def cpu(self) -> float:
        """Seconds of processor time that the worker has used so far."""
        return self._worker.cpu() if self._worker is not None else 0.0

    def throttle(self, paused: bool) -> None:
        """Let the worker's prints wait, or go on."""
        if self._worker is not None and paused != self._throttled:
            self._throttled = paused
            self._worker.throttle(paused)

    def forget(self) -> None:
        """Give back what the engine keeps for the session."""
        self._engine.forget(self.session)
