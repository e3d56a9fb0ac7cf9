"""An engine whose workers say what the test says: for orders of events that a real one only shows by chance."""

from collections.abc import Callable
from threading import Condition

from sandbox.engine.interface import EngineError, Job
from sandbox.protocol import Command, Event, Exited, Message, Ready, Refused

READY = Ready("3.11.7", "cpython")
PATIENCE = 20.0
"""Seconds after which what was promised is called missing."""


class PuppetWorker:
    """Keeps what it was sent, and ends when it is killed and the test lets it."""

    def __init__(self, job: Job, on_event: Callable[[Event], None]) -> None:
        self.job = job
        self.say = on_event
        self.sent: list[Command] = []
        self.killed = ""
        self.paused = False
        self.failure: Exception | None = None

    def send(self, command: Command) -> None:
        if self.failure is not None:
            raise self.failure
        self.sent.append(command)

    def kill(self, cause: str) -> None:
        self.killed = cause

    def throttle(self, paused: bool) -> None:
        self.paused = paused

    def die(self, cause: str = "") -> None:
        """Say the last word."""
        self.say(Exited(cause or self.killed, "It ended."))


class PuppetEngine:
    """Opens puppets; `failure` is raised instead while it is set."""

    def __init__(self) -> None:
        self.workers: list[PuppetWorker] = []
        self.forgotten: list[str] = []
        self.failure: EngineError | None = None

    @property
    def worker(self) -> PuppetWorker:
        return self.workers[-1]

    def open(self, session: str, job: Job, on_event: Callable[[Event], None]) -> PuppetWorker:
        if self.failure is not None:
            raise self.failure
        self.workers.append(PuppetWorker(job, on_event))
        return self.worker

    def forget(self, session: str) -> None:
        self.forgotten.append(session)

    def close(self) -> None:
        """Nothing runs."""


class Listener:
    """A subscriber that keeps everything."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.full = False
        self._changed = Condition()

    def push(self, message: Message) -> None:
        with self._changed:
            self.heard.append(message)
            self._changed.notify_all()

    def wait_for(self, kind: str) -> Message:
        """The next message of this kind; what came before it is taken too."""
        return self.wait_until(kind)[-1]

    def wait_until(self, kind: str) -> list[Message]:
        """What is heard up to the next message of this kind, with it."""
        with self._changed:
            assert self._changed.wait_for(lambda: kind in [one.kind for one in self.heard], PATIENCE), self.heard
            end = [one.kind for one in self.heard].index(kind) + 1
            taken, self.heard = self.heard[:end], self.heard[end:]
            return taken

    def take(self) -> list[Message]:
        """What was heard since the last call."""
        heard, self.heard = self.heard, []
        return heard

    def kinds(self) -> list[str]:
        return [message.kind for message in self.take()]

    def refusals(self) -> list[str]:
        return [message.code for message in self.take() if isinstance(message, Refused)]
