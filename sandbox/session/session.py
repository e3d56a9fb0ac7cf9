"""A session: one learner's inputs, files and interpreter, which outlive every socket and every worker.

Commands come in from a socket's thread, events from the engine's; one lock a session; nothing here blocks.
Knows no socket (a `Subscriber` is all it sees of one) and not where workers run.

Locks are taken in one order: registry, session, then what the engine, the journal and the subscribers have inside.
None of these may call a session while it holds a lock of its own.
"""

import errno
import threading
import time
from collections.abc import Callable
from dataclasses import asdict

from sandbox.codec import BROWSER_LIMIT
from sandbox.engine.interface import Engine, Job, Rejected
from sandbox.protocol import (
    Answer,
    Asked,
    Command,
    Complete,
    Completions,
    Delete,
    Deleted,
    Event,
    Exited,
    Files,
    Finished,
    Holders,
    Holding,
    Interrupt,
    Limited,
    Loaded,
    Look,
    Output,
    Ready,
    Restart,
    Run,
    Save,
    Saved,
    Snapshot,
    Welcome,
)
from sandbox.session.audience import Subscriber
from sandbox.session.console import Console
from sandbox.session.journal import MemoryJournal
from sandbox.session.life import Life
from sandbox.session.record import Record
from sandbox.session.runs import WAITING_LIMIT
from sandbox.session.workspace import Workspace

ID_LIMIT = 200
"""Longest `id` a client may give a command, in characters."""
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Session:
    """The state of one learner. `name` may be shown; who holds its token is the registry's business."""

    def __init__(
        self, name: str, engine: Engine, job: Job, isolation: str = "none", clock: Callable[[], float] = time.time
    ) -> None:
        self.name = name
        self._job, self._isolation, self._clock = job, isolation, clock
        self._lock = threading.Lock()
        self._workspace = Workspace(job.files, job.limits)
        self._record = Record(MemoryJournal(), clock)
        self._audience = self._record.audience
        self._life = Life(name, engine, job, self.on_event)
        self._console = Console(name, self._life, self._record, self._workspace.texts)
        self._closed = False
        self._active_at = self._absent_at = clock()

    # --- for the registry ---

    def start(self) -> None:
        """Start the first interpreter. Raises EngineError when there is none to be had."""
        with self._lock:
            self._life.wake(self._workspace.texts())

    @property
    def live(self) -> bool:
        """Whether it has a socket or a worker; without both it costs memory alone."""
        return self._life.has_worker or len(self._audience) > 0

    @property
    def absent_since(self) -> float:
        """When the last socket left, in seconds of the clock; infinite while there is one."""
        return float("inf") if len(self._audience) else self._absent_at

    @property
    def size(self) -> int:
        """Bytes of memory it takes, about."""
        return self._workspace.size + self._record.size + self._console.pictures.size

    def sleep_if_idle(self, seconds: float) -> None:
        """End a worker that was sent nothing for so long. The files are kept; the next input wakes the session."""
        with self._lock:
            if self._life.has_worker and not self._life.dying and self._clock() - self._active_at > seconds:
                self._console.end("idle")

    def close(self) -> None:
        """End the session for good: its worker, and then what the engine keeps for it."""
        with self._lock:
            self._closed = True
            if self._life.has_worker:
                self._console.end("stopped")
            else:
                self._life.forget()

    # --- for a socket ---

    def attach(self, subscriber: Subscriber, token: str) -> Welcome:
        """Make `subscriber` the driver. It is pushed exactly what happens after the returned welcome."""
        with self._lock:
            self._audience.seat_driver(subscriber)
            self._active_at = self._clock()
            self._balance()
            return self._welcome(token)

    def detach(self, subscriber: Subscriber) -> None:
        """The subscriber's socket is gone. The session goes on."""
        with self._lock:
            self._audience.leave(subscriber)
            self._absent_at = self._clock()
            self._balance()

    def ease(self) -> None:
        """A subscriber's reader has caught up."""
        with self._lock:
            self._balance()

    def handle(self, sender: Subscriber, command: Command) -> None:
        """Take a command from the driver; from anybody else it is dropped."""
        with self._lock:
            if sender is not self._audience.driver or self._closed:
                return
            self._active_at = self._clock()
            if len(getattr(command, "id", "")) > ID_LIMIT:
                self._record.refuse("malformed", f"An id has at most {ID_LIMIT} characters.")
            else:
                self._take(command)
            self._balance()

    def _balance(self) -> None:
        """A slow reader slows its own learner's prints down; without a reader they go on."""
        self._life.throttle(self._audience.full)

    def _welcome(self, token: str) -> Welcome:
        console = self._console
        return Welcome(
            session=self.name,
            token=token,
            role="driver",
            state=self._life.state,
            run=console.runs.highest,
            python=console.python,
            isolation=self._isolation,
            limits=asdict(self._job.limits) | {"message_bytes": BROWSER_LIMIT, "waiting_runs": WAITING_LIMIT},
            files=self._workspace.files(),
            transcript=self._record.transcript.read() + console.runs.note_waiting(self._clock()),
            snapshot=console.pictures.newest,
            disk=self._workspace.disk().files,
            lesson="",
            step="",
        )

    # --- commands ---

    def _take(self, command: Command) -> None:
        match command:
            case Save() | Delete() | Run() | Answer() | Interrupt() | Restart():
                if not self._record.was_taken(command):
                    self._take_input(command)
            case Complete() | Holders():
                self._console.ask(command)
            case Look():
                self._console.look(command)
            case _:
                reason = f"This server has no use for {command.kind!r} yet."
                self._record.refuse("malformed", reason, getattr(command, "id", ""))

    def _take_input(self, command: Save | Delete | Run | Answer | Interrupt | Restart) -> None:
        match command:
            case Save() | Delete():
                self._change_file(command)
            case Run():
                self._console.run(command)
            case Answer():
                self._console.answer(command)
            case Interrupt():
                self._console.interrupt(command)
            case Restart():
                self._console.restart(command)

    def _change_file(self, command: Save | Delete) -> None:
        problem = self._workspace.problem(command)
        if problem is not None:
            self._record.refuse(problem.code, problem.reason, command.id)
        elif self._write(command):
            self._workspace.change(command)
            done = Saved(command.path) if isinstance(command, Save) else Deleted(command.path)
            self._record.note(self._record.take(command), done)
            self._audience.push(self._workspace.disk())

    def _write(self, command: Save | Delete) -> bool:
        """Have the worker's copy changed at once. A session without a worker has its files alone."""
        try:
            self._life.send(command)
        except Rejected as error:
            self._record.refuse(error.code, str(error), command.id)
            return False
        except OSError as error:
            code = "too-large" if error.errno in DISK_FULL else "name"
            self._record.refuse(code, f"{command.path} could not be written: {error.strerror}.", command.id)
            return False
        return True

    # --- events ---

    def on_event(self, event: Event) -> None:
        """Take an event from the engine's thread."""
        with self._lock:
            if not self._life.dying or isinstance(event, Output | Files | Limited | Exited):
                self._digest(event)
            self._balance()

    def _digest(self, event: Event) -> None:
        match event:
            case Output() | Limited():
                self._record.say(event)
            case Ready():
                self._console.on_ready(event)
            case Asked():
                self._console.on_asked(event)
            case Loaded():
                self._workspace.note_load(event)
                self._record.say(event)
            case Snapshot():
                self._console.on_snapshot(event)
            case Finished():
                self._on_finished(event)
            case Files():
                self._workspace.update(event)
                self._audience.push(event)
                self._audience.push(self._workspace.disk())
            case Completions() | Holding():
                self._console.on_answered(event)
            case Exited():
                self._on_exited(event)

    def _on_finished(self, finished: Finished) -> None:
        if self._console.on_finished(finished):
            self._audience.push(self._workspace.disk())
            self._console.go_on()

    def _on_exited(self, exited: Exited) -> None:
        wanted = self._console.on_exited(exited)
        self._workspace.forget_loads()
        self._audience.push(self._workspace.disk())
        if self._closed:
            self._life.forget()
        elif wanted:
            self._console.rise()
