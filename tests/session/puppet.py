"""An engine whose workers say what the test says: for orders of events that a real one only shows by chance."""

from collections.abc import Callable
from threading import Condition

from sandbox.engine.interface import EngineError, Job, OnEvents
from sandbox.protocol import Command, Exited, Message, Ready, Refused
from sandbox.store.interface import Found, Past, Row, Standing

READY = Ready("3.11.7", "cpython")
PATIENCE = 20.0
"""Seconds after which what was promised is called missing."""


class PuppetWorker:
    """Keeps what it was sent, and ends when it is killed and the test lets it."""

    def __init__(self, job: Job, on_events: OnEvents) -> None:
        self.job = job
        self.say = on_events
        self.sent: list[Command] = []
        self.times: list[int] = []
        self.killed = ""
        self.paused = False
        self.failure: Exception | None = None
        self.used = 0.0
        """What `cpu` gives."""

    def send(self, command: Command, mtime_ns: int = 0) -> int:
        if self.failure is not None:
            raise self.failure
        self.sent.append(command)
        self.times.append(mtime_ns)
        return mtime_ns or 1

    def kill(self, cause: str) -> None:
        self.killed = cause

    def throttle(self, paused: bool) -> None:
        self.paused = paused

    def cpu(self) -> float:
        return self.used

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

    def open(self, session: str, job: Job, on_events: OnEvents) -> PuppetWorker:
        if self.failure is not None:
            raise self.failure
        self.workers.append(PuppetWorker(job, on_events))
        return self.worker

    def forget(self, session: str) -> None:
        self.forgotten.append(session)

    def close(self) -> None:
        """Nothing runs."""


class PuppetJournal:
    """Keeps its rows in a list; `problem` and `lost` are as the test has it."""

    def __init__(self) -> None:
        self.problem = ""
        self.lost = self.erased = self.slow = False
        self.rows: list[Row] = []
        self.whereabouts = ""
        self.standings: dict[tuple[str, str], Standing] = {}
        self.waiting: list[Callable[[], None]] = []

    def write(self, row: Row) -> None:
        self.rows.append(row)

    def when_safe(self, tell: Callable[[], None]) -> None:
        if self.slow:
            self.waiting.append(tell)
        else:
            tell()

    def keep_whereabouts(self, text: str) -> None:
        self.whereabouts = text

    def keep_standing(self, standing: Standing) -> None:
        self.standings[standing.lesson, standing.step] = standing

    def erase(self) -> None:
        self.erased = True

    def flush(self) -> None:
        """Nothing waits."""

    def past(self) -> Past:
        """What the next server reads."""
        inputs = {row.message.id: row.seq for row in self.rows if row.role == "input" and row.message.id}
        newest, place = max((row.seq for row in self.rows), default=0), len(self.rows)
        return Past(tuple(self.rows), inputs, newest, place, 0, self.whereabouts, tuple(self.standings.values()))


class PuppetStore:
    """Has a journal for each key."""

    def __init__(self) -> None:
        self.kept: dict[bytes, tuple[str, PuppetJournal]] = {}
        self.erased_before = 0.0

    def begin(self, name: str, key: bytes, at: float) -> PuppetJournal:
        self.kept[key] = name, PuppetJournal()
        return self.kept[key][1]

    def find(self, key: bytes) -> Found | None:
        name, journal = self.kept.get(key, ("", None))
        return Found(name, journal.past(), journal) if journal and not journal.erased else None

    def erase_old(self, before: float) -> int:
        self.erased_before = before
        return 0

    def close(self) -> None:
        """Nothing is open."""


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

    def hold(self, held: bool) -> None:
        """Everything is heard at once all the same."""

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
