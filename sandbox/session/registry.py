"""Every session of this server: who holds which token, how many there may be, and when one is forgotten.

Tokens are kept as their SHA-256 alone. A token that is not known (its session was forgotten, or the server started
anew) makes a new session, as an empty one does: the `welcome` then names another session and another token than the
client sent, by which the client sees that its local files must be offered again.

A session without a socket is forgotten after `retention_seconds`, or earlier, the longest absent first, while all
sessions together take more than `memory_bytes`.
"""

import hashlib
import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.engine.interface import MIB, Engine, EngineError, Job
from sandbox.lessons.shelf import Shelf
from sandbox.protocol import Hello, Refused, Welcome
from sandbox.session.audience import Subscriber
from sandbox.session.session import Session

log = logging.getLogger(__name__)

SESSION_COST = 32 * 1024
"""Bytes a session takes besides its texts, about."""
FULL = "This server is full: every place is taken. Please try again in a few minutes."
TOO_OFTEN = "Too many new sessions were started from your address. Please try again in a minute."


@dataclass(frozen=True, slots=True)
class Keeping:
    """How many sessions there may be and how long they are kept. Seconds and bytes."""

    capacity: int = 100
    """Sessions that have a socket or a worker."""
    idle_seconds: float = 20 * 60
    """After so long without an input a worker is ended; its files are kept."""
    retention_seconds: float = 24 * 3600
    memory_bytes: int = 512 * MIB
    reap_seconds: float = 15


@dataclass(frozen=True, slots=True)
class Entered:
    """The door is open: the session, and what to tell its new driver first."""

    session: Session
    welcome: Welcome


class Registry:
    """Sessions by token. `may_start` is asked, with the client's address, before each new session; `shelf` gives the
    lessons that a session offers."""

    def __init__(
        self,
        engine: Engine,
        job: Job,
        *,
        isolation: str = "none",
        keeping: Keeping = Keeping(),
        may_start: Callable[[str], bool] = lambda address: True,
        clock: Callable[[], float] = time.time,
        shelf: Callable[[], Shelf] = lambda: Shelf(()),
    ) -> None:
        self._engine, self._job, self._isolation, self._shelf = engine, job, isolation, shelf
        self._keeping, self._may_start, self._clock = keeping, may_start, clock
        self._lock = threading.Lock()
        self._sessions: dict[bytes, Session] = {}
        self._stopping = threading.Event()
        self._reaper = threading.Thread(target=self._reap_now_and_then, name="session-reaper", daemon=True)

    def __len__(self) -> int:
        return len(self._sessions)

    @property
    def live(self) -> int:
        """Sessions with a socket or a worker."""
        return sum(session.live for session in tuple(self._sessions.values()))

    def start(self) -> None:
        """Start the thread that ends idle workers and forgets old sessions. `close` ends it."""
        self._reaper.start()

    def close(self) -> None:
        """End every session. Its sockets are the web floor's to close, its workers the engine's to wait for."""
        self._stopping.set()
        if self._reaper.is_alive():
            self._reaper.join()
        with self._lock:
            sessions, self._sessions = self._sessions, {}
        for session in sessions.values():
            session.close()

    def enter(self, hello: Hello, subscriber: Subscriber, address: str) -> Entered | Refused:
        """Resume the token's session, or make a new one, with `subscriber` as its driver."""
        with self._lock:
            session = self._sessions.get(_hash(hello.token))
            if session is not None:
                return Entered(session, session.attach(subscriber, hello.token, hello.lesson, hello.step))
        if not self._may_start(address):
            return Refused("busy", TOO_OFTEN, fatal=True)
        return self._begin(hello, subscriber)

    def _begin(self, hello: Hello, subscriber: Subscriber) -> Entered | Refused:
        token = secrets.token_urlsafe(24)
        session = Session(
            secrets.token_hex(6), self._engine, self._job, self._isolation, self._clock, shelf=self._shelf
        )
        with self._lock:
            if self._stopping.is_set() or self.live >= self._keeping.capacity:
                return Refused("full", FULL, fatal=True)
            self._sessions[_hash(token)] = session
            welcome = session.attach(subscriber, token, hello.lesson, hello.step)
        try:
            session.start()
        except EngineError as error:
            log.warning("no worker", extra={"fields": {"session": session.name, "reason": str(error)}})
            self._abandon(token, session, subscriber)
            return Refused("full", FULL, fatal=True)
        log.info("session begun", extra={"fields": {"session": session.name}})
        return Entered(session, welcome)

    def _abandon(self, token: str, session: Session, subscriber: Subscriber) -> None:
        with self._lock:
            self._sessions.pop(_hash(token), None)
        session.detach(subscriber)
        session.close()

    def reap(self) -> None:
        """End idle workers; forget the sessions that were absent too long or are too many."""
        for session in tuple(self._sessions.values()):
            session.sleep_if_idle(self._keeping.idle_seconds)
        for session in self._take_out_old():
            log.info("session forgotten", extra={"fields": {"session": session.name}})
            session.close()

    def _take_out_old(self) -> list[Session]:
        with self._lock:
            longest_absent_first = sorted(self._sessions.items(), key=lambda item: item[1].absent_since)
            memory = sum(session.size + SESSION_COST for session in self._sessions.values())
            deadline = self._clock() - self._keeping.retention_seconds
            old = []
            for key, session in longest_absent_first:
                since = session.absent_since
                if since == float("inf") or (since > deadline and memory <= self._keeping.memory_bytes):
                    break
                memory -= session.size + SESSION_COST
                old.append(self._sessions.pop(key))
            return old

    def _reap_now_and_then(self) -> None:
        while not self._stopping.wait(self._keeping.reap_seconds):
            try:
                self.reap()
            except Exception:
                log.exception("reaping failed")


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
