"""A session: one learner's inputs, files and interpreter, which outlive every socket and every worker.

Commands come in from a socket's thread, events from the engine's; one lock a session; nothing here blocks.
Knows no socket (a `Subscriber` is all it sees of one) and not where workers run.

Locks are taken in one order: registry, session, then what the engine, the journal and the subscribers have inside.
None of these may call a session while it holds a lock of its own.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, replace

from sandbox.codec import BROWSER_LIMIT
from sandbox.engine.interface import Engine, Job
from sandbox.export.contents import Contents, KeptFile
from sandbox.lessons.shelf import Shelf
from sandbox.protocol import (
    Answer,
    Asked,
    Command,
    Complete,
    Completions,
    Delete,
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
    Looked,
    Open,
    Output,
    Predict,
    Probed,
    Queued,
    Ready,
    Rebuilt,
    Restart,
    Retrace,
    Run,
    Save,
    Snapshot,
    Welcome,
)
from sandbox.session.audience import TAKEN_OVER, Subscriber
from sandbox.session.backstage import Backstage
from sandbox.session.comeback import REBUILD_SECONDS, Comeback
from sandbox.session.console import Console
from sandbox.session.course import Course
from sandbox.session.history import History
from sandbox.session.life import Life
from sandbox.session.rebuild import Rebuild
from sandbox.session.recall import read_disks
from sandbox.session.record import SESSION_BYTES, Input, Record
from sandbox.session.retrace import retrace
from sandbox.session.revival import read_history, read_transcript
from sandbox.session.runs import WAITING_LIMIT
from sandbox.session.timer import Plan, plan
from sandbox.session.turns import Turns
from sandbox.session.workspace import Workspace
from sandbox.session.writer import Writer
from sandbox.store.interface import Journal, Past, Stored, StoredFile

log = logging.getLogger(__name__)

ID_LIMIT = 200
"""Longest `id` a client may give a command, in characters."""


class Session:
    """The state of one learner. `name` may be shown; who holds its token is the registry's business."""

    def __init__(
        self,
        name: str,
        engine: Engine,
        job: Job,
        isolation: str = "none",
        clock: Callable[[], float] = time.time,
        *,
        journal: Journal,
        past: Past | None = None,
        shelf: Callable[[], Shelf] = lambda: Shelf(()),
        plan: Plan = plan,
        rebuild_seconds: float = REBUILD_SECONDS,
        turns: Turns | None = None,
        session_bytes: int = SESSION_BYTES,
        freed: Callable[[], None] = lambda: None,
    ) -> None:
        """`past` is what `journal` has of a session that was kept; a new one begins with the files of the job.

        `turns` are shared with other sessions. `freed` is called when it may be live no more; it must take no lock.
        """
        self.name = name
        self._freed = freed
        self._job, self._isolation, self._clock = job, isolation, clock
        self._lock = threading.Lock()
        history = read_history(past) if past else History(job.files)
        self._workspace = Workspace({path: text for path, (text, _) in history.files.items()}, job.limits)
        self._record = Record(journal, history, clock, past or Past(), session_bytes)
        self._audience = self._record.audience
        self._life = Life(name, engine, job, self.on_events)
        self._console = Console(name, self._life, self._record, self._open_worker)
        self._writer = Writer(self._life, self._record, self._workspace)
        self._course = Course(shelf, self._console, self._record, self._writer, self._workspace)
        self._comeback = Comeback(
            self._life,
            self._record,
            self._console,
            self._writer,
            Backstage(self._workspace, self._console.pictures, self._course),
            plan=plan,
            seconds=rebuild_seconds,
            turns=turns or Turns(1),
            locked=self._locked,
            back=self._on_back,
        )
        self._closed = False
        self._active_at = self._absent_at = clock()
        if past:
            self._restore(past, history)
        else:
            self._keep_files()

    def _restore(self, past: Past, history: History) -> None:
        for noted in read_transcript(past, history):
            self._record.transcript.note(noted.seq, noted.at, noted.message)
        for seq, disk in read_disks(past, self._job.limits):
            self._writer.disks.add(seq, disk)
        self._console.restore(history)
        self._course.restore(past)

    # --- for the registry ---

    def start(self) -> None:
        """Start the first interpreter of this server. Raises EngineError when there is none to be had."""
        with self._lock:
            self._life.state = "asleep"
            if not self._course.resume():
                self._open_worker()

    @property
    def lost(self) -> bool:
        """Whether the session goes on in another server."""
        return self._record.lost

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
        kept = self._console.pictures.size + self._writer.disks.size
        return self._workspace.size + self._record.size + kept + self._course.size

    def sleep_if_idle(self, seconds: float) -> None:
        """End a worker that was sent nothing for so long. The files are kept; the next input wakes the session."""
        with self._lock:
            if self._life.has_worker and not self._life.dying and self._clock() - self._active_at > seconds:
                self._console.end("idle")

    def flush(self) -> None:
        """Wait until all that has happened is durable."""
        self._record.flush()

    def erase(self, sender: Subscriber) -> bool:
        """Have nothing of it kept any more, and tell; False when the sender may not. Call `close` then."""
        with self._lock:
            if sender is not self._audience.driver or self._closed:
                return False
            if self._record.unwritable:
                self._record.refuse("unkept", self._record.unwritable)
                return False
            self._record.erase()
            return True

    def close(self) -> None:
        """End the session in this server: its worker, and then what the engine keeps for it. What is kept of it says
        nothing of that end."""
        with self._lock:
            self._closed = True
            self._record.seal()
            self._comeback.stop()
            if self._life.has_worker:
                self._console.end("stopped")
            else:
                self._life.forget()

    # --- for a socket ---

    def attach(self, subscriber: Subscriber, token: str, lesson: str = "", step: str = "") -> Welcome:
        """Make `subscriber` the driver, and go to that step of a lesson unless it is open.

        It is pushed exactly what happens after the returned welcome, which names the step already.
        """
        with self._lock:
            self._audience.seat_driver(subscriber)
            self._active_at = self._clock()
            if self._life.state == "asleep" and not self._closed and self._record.history.worth:
                self._console.wake()
            self._balance()
            welcome = self._welcome(token)
            self._course.enter(lesson, step)
            return replace(welcome, lesson=self._course.lesson, step=self._course.step)

    def contents(self) -> Contents:
        """All that its learner may take away, as it is now."""
        with self._lock:
            files = sorted(self._record.history.files.items())
            return Contents(
                at=self._clock(),
                python=self._console.python,
                lesson=self._course.lesson,
                step=self._course.step,
                files=tuple(KeptFile(path, text, mtime_ns) for path, (text, mtime_ns) in files),
                transcript=self._record.transcript.read(),
                pictures=self._console.pictures.packed(),
            )

    def detach(self, subscriber: Subscriber) -> None:
        """The subscriber's socket is gone. The session goes on."""
        with self._lock:
            self._audience.leave(subscriber)
            self._absent_at = self._clock()
            self._balance()
        self._freed()

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
            if self._record.lost:
                self._audience.tell(TAKEN_OVER)
            elif len(getattr(command, "id", "")) > ID_LIMIT:
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
            done=self._record.passed.view(),
        )

    # --- commands ---

    def _take(self, command: Command) -> None:
        match command:
            case Save() | Delete() | Run() | Answer() | Interrupt() | Restart() | Open() | Predict():
                if not self._record.was_taken(command):
                    self._take_input(command)
                    self._keep_files_in_time()
            case Complete() | Holders():
                self._console.ask(command)
            case Look():
                self._look(command)
            case Retrace():
                self._audience.tell(retrace(self._record.history, command))
            case _:
                reason = f"This server has no use for {command.kind!r} yet."
                self._record.refuse("malformed", reason, getattr(command, "id", ""))

    def _look(self, look: Look) -> None:
        """Tell what there was after an input, the picture last."""
        snapshot = self._console.picture(look.seq)
        if snapshot is None:
            self._record.refuse("malformed", f"The picture after input {look.seq} is not kept.", look.id)
        else:
            disk = self._writer.disks.at(look.seq, self._record.newest)
            self._audience.tell(Looked(look.seq, disk))
            self._audience.tell(snapshot)

    def _keep_files_in_time(self) -> None:
        if self._record.wants_files:
            self._keep_files()

    def _keep_files(self) -> None:
        files = self._record.history.files.items()
        stored = (StoredFile(path, text, str(mtime_ns)) for path, (text, mtime_ns) in files)
        self._record.keep_files(Stored(tuple(stored)))

    def _take_input(self, command: Input) -> None:
        if self._record.problem:
            self._record.refuse("unkept", self._record.problem, command.id)
            return
        if problem := self._course.problem(command):
            self._record.refuse("busy", problem, command.id)
            return
        match command:
            case Save() | Delete():
                if self._writer.change(command):
                    self._course.on_changed()
            case Run():
                self._console.run(command)
            case Answer():
                self._console.answer(command)
            case Interrupt():
                self._course.give_up()
                self._console.interrupt(command)
            case Restart():
                self._course.give_up()
                self._console.restart(command)
            case Open():
                self._course.open(command)
            case Predict():
                self._course.predict(command)

    # --- events ---

    def on_events(self, *events: Event) -> None:
        """Take events from the engine's thread. A fault of ours with one of them keeps none of the others away."""
        with self._lock, self._audience.together():
            for event in events:
                try:
                    self._take_event(event)
                except Exception:
                    log.exception("event not handled", extra={"fields": {"session": self.name, "kind": event.kind}})
            self._balance()

    def _take_event(self, event: Event) -> None:
        if isinstance(event, Files):
            event = self._life.drop_outdated(event)
        if self._comeback.under_way and not isinstance(event, Exited | Queued):
            self._comeback.take(event)
        elif not self._life.dying or isinstance(event, Output | Files | Limited | Exited):
            self._digest(event)

    def _digest(self, event: Event) -> None:
        self._course.note(event)
        match event:
            case Output() | Limited():
                self._record.say(event)
            case Queued():
                self._audience.push(event)
            case Ready():
                self._on_ready(event)
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
                self._record.keep("files", self._workspace.update(event))
                self._audience.push(replace(event, seq=self._record.newest))
                self._writer.tell_disk(self._console.seq)
            case Completions() | Holding() | Probed():
                self._on_answered(event)
            case Exited():
                self._on_exited(event)

    def _on_answered(self, event: Completions | Holding | Probed) -> None:
        """A lesson's checks ask too: they come first."""
        taken = not isinstance(event, Completions) and self._course.on_answered(event)
        if not taken and not isinstance(event, Probed):
            self._console.on_answered(event)

    def _on_ready(self, ready: Ready) -> None:
        if self._console.on_ready(ready):
            self._course.on_ready()
            self._console.go_on()

    def _on_finished(self, finished: Finished) -> None:
        source = self._console.on_finished(finished)
        if source is not None:
            self._writer.tell_disk(self._console.seq)
            self._course.on_finished(source, finished)
            self._console.go_on()

    def _on_exited(self, exited: Exited) -> None:
        outlook = self._comeback.outlook(exited.cause)
        told = self._comeback.stop(exited) or replace(exited, message=f"{exited.message} {outlook}")
        wanted = self._console.on_exited(exited, told)
        self._workspace.forget_loads()
        self._course.on_exited()
        self._writer.tell_disk(self._record.newest + 1)
        if self._closed:
            self._life.forget()
        elif wanted:
            self._console.rise()
        self._freed()
        self._course.on_settled()

    def _open_worker(self) -> None:
        """For the console, which is there before what brings an interpreter back. Raises EngineError."""
        self._comeback.begin()

    def _on_back(self, rebuild: Rebuild) -> None:
        """The interpreter has done again what the one before had done."""
        self._record.say(Rebuilt(rebuild.python, rebuild.entries, tuple(rebuild.different), ""))
        if (newest := self._console.pictures.newest) is not None:
            self._audience.push(newest)
        self._writer.tell_disk(self._record.newest)
        self._console.go_on()

    def _locked(self, act: Callable[[], None]) -> None:
        """Do what was planned."""
        with self._lock:
            act()
            self._balance()
