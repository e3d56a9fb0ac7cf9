"""Every session of this server: who holds which token, how many there may be, and when one is forgotten.

Tokens are kept as their SHA-256 alone. A session that is not in memory is looked for in the store. A token that is not
known there either makes a new session, as an empty one does: the `welcome` then names another session and another token
than the client sent, by which the client sees that its local files must be offered again.

A full server lets clients wait in line. While somebody waits, who is away for `yield_seconds` gives her place away: her
interpreter is ended as an idle one is.

A session without a socket leaves the memory after `absent_seconds`, or earlier, the longest absent first, while all
sessions together take more than `memory_bytes`. The store erases it after `retention_days`.
"""

import hashlib
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.engine.interface import MIB, Engine, EngineError, Job
from sandbox.lessons.shelf import Shelf
from sandbox.protocol import Hello, Refused, Welcome
from sandbox.session.audience import Subscriber
from sandbox.session.comeback import REBUILD_SECONDS
from sandbox.session.line import Line, Waiter
from sandbox.session.record import SESSION_BYTES
from sandbox.session.session import Session
from sandbox.session.turns import Turns
from sandbox.store.interface import Journal, Past, Store, StoreError

log = logging.getLogger(__name__)

SESSION_COST = 32 * 1024
"""Bytes a session takes besides its texts, about."""
DAY = 24 * 3600
ERASE_SECONDS = 3600
"""From one look for sessions that are too old to the next."""
FULL = "This server is full: every place is taken. Please try again in a few minutes."
TOO_OFTEN = "Too many new sessions were started from your address. Please try again in a minute."


@dataclass(frozen=True, slots=True)
class Keeping:
    """How many sessions there may be and how long they are kept. Seconds and bytes."""

    capacity: int = 100
    """Sessions that have a socket or a worker."""
    waiting: int = 0
    """Clients that wait in line for a place."""
    yield_seconds: float = 60
    idle_seconds: float = 20 * 60
    """After so long without an input a worker is ended; its files are kept."""
    absent_seconds: float = 3600
    """After so long without a socket a session is kept by the store alone."""
    retention_days: int = 0
    """After so long without anything happening it is kept nowhere; 0: never."""
    memory_bytes: int = 512 * MIB
    reap_seconds: float = 15
    rebuild_seconds: float = REBUILD_SECONDS
    session_bytes: int = SESSION_BYTES
    """Kept of one session, about; then it takes no more input."""


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
        store: Store,
        *,
        isolation: str = "none",
        keeping: Keeping = Keeping(),
        may_start: Callable[[str], bool] = lambda address: True,
        clock: Callable[[], float] = time.time,
        shelf: Callable[[], Shelf] = lambda: Shelf(()),
    ) -> None:
        self._engine, self._job, self._store = engine, job, store
        self._isolation, self._shelf = isolation, shelf
        self._keeping, self._may_start, self._clock = keeping, may_start, clock
        self._lock = threading.Lock()
        self._sessions: dict[bytes, Session] = {}
        self._finding = threading.Lock()
        """Held while the store is asked, so that a session is never found twice. Taken before `_lock`."""
        self._erased_at = float("-inf")
        self._line = Line(keeping.waiting, clock)
        self._turns = Turns(2 * (os.cpu_count() or 1))
        self._stopping = False
        self._stirred = threading.Event()
        """Perhaps a place is free, or the server stops."""
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
        """End every session. Its sockets are the web floor's to close, its workers the engine's to wait for, and the
        store, which has them all, is its owner's."""
        self._stopping = True
        self._stirred.set()
        if self._reaper.is_alive():
            self._reaper.join()
        with self._lock:
            sessions, self._sessions = self._sessions, {}
        for session in sessions.values():
            session.close()

    def enter(
        self, hello: Hello, subscriber: Subscriber, address: str, waiter: Waiter | None = None
    ) -> Entered | Refused | None:
        """Resume the token's session, or make a new one, with `subscriber` as its driver.

        None when every place is taken and `waiter` stands in line now: once called, this is to be asked again.
        """
        if not self._may_pass(hello, waiter):
            if self._line.knows(hello.token) or self._may_start(address):
                return self._queue(hello, waiter)
            return Refused("busy", TOO_OFTEN, fatal=True)
        try:
            with self._finding:
                entered = self._resume(hello, subscriber, waiter)
                found = None if entered or not hello.token else self._store.find(_hash(hello.token))
                if found is not None:
                    session = self._make(found.name, found.journal, found.past)
                    return self._seat(session, hello.token, hello, subscriber, waiter)
            return entered or self._begin(hello, subscriber, address, waiter)
        except StoreError as error:
            return Refused("unkept", str(error), fatal=True)

    def _may_pass(self, hello: Hello, waiter: Waiter | None) -> bool:
        """Who has a place already, who was called, or anybody while there are places."""
        with self._lock:
            session = self._sessions.get(_hash(hello.token))
            return (session is not None and session.live) or self._has_place(waiter)

    def _has_place(self, waiter: Waiter | None) -> bool:
        if self._line.has_called(waiter):
            return not self._stopping
        return not self._stopping and not self._line and self._taken() < self._keeping.capacity

    def _taken(self) -> int:
        return self.live + self._line.called

    def _queue(self, hello: Hello, waiter: Waiter | None) -> Refused | None:
        with self._lock:
            if waiter is None or self._line.full or self._stopping:
                return Refused("full", FULL, fatal=True)
            self._line.join(hello.token or secrets.token_urlsafe(24), waiter)
        self._stirred.set()
        return None

    def find(self, token: str) -> Session | None:
        """The session with this token, if it is in memory: it is while a page has it open."""
        with self._lock:
            return self._sessions.get(_hash(token))

    def erase(self, session: Session, driver: Subscriber) -> None:
        """Keep nothing of a session any more, because its driver says so."""
        if not session.erase(driver):
            return
        with self._lock:
            for key in [key for key, one in self._sessions.items() if one is session]:
                del self._sessions[key]
        session.close()
        log.info("session erased", extra={"fields": {"session": session.name}})

    def leave(self, waiter: Waiter) -> None:
        """It waits no more, or not for the moment: its place is kept for a while."""
        with self._lock:
            self._line.leave(waiter)
        self._stirred.set()

    def _resume(self, hello: Hello, subscriber: Subscriber, waiter: Waiter | None) -> Entered | None:
        key = _hash(hello.token)
        with self._lock:
            session = self._sessions.get(key)
            if session is not None and not session.lost:
                self._line.enter(waiter)
                return Entered(session, session.attach(subscriber, hello.token, hello.lesson, hello.step))
            self._sessions.pop(key, None)
        if session is not None:
            session.close()
        return None

    def _begin(
        self, hello: Hello, subscriber: Subscriber, address: str, waiter: Waiter | None
    ) -> Entered | Refused | None:
        if not self._line.has_called(waiter) and not self._may_start(address):
            return Refused("busy", TOO_OFTEN, fatal=True)
        name, token = secrets.token_hex(6), secrets.token_urlsafe(24)
        journal = self._store.begin(name, _hash(token), self._clock())
        entered = self._seat(self._make(name, journal), token, hello, subscriber, waiter)
        if not isinstance(entered, Entered):
            journal.erase()
        return entered

    def _make(self, name: str, journal: Journal, past: Past | None = None) -> Session:
        return Session(
            name,
            self._engine,
            self._job,
            self._isolation,
            self._clock,
            journal=journal,
            past=past,
            shelf=self._shelf,
            rebuild_seconds=self._keeping.rebuild_seconds,
            turns=self._turns,
            session_bytes=self._keeping.session_bytes,
            freed=self._stirred.set,
        )

    def _seat(
        self, session: Session, token: str, hello: Hello, subscriber: Subscriber, waiter: Waiter | None
    ) -> Entered | Refused | None:
        """Let a session that is not in memory yet have its driver and its interpreter."""
        with self._lock:
            has_place = self._has_place(waiter)
            if has_place:
                self._line.enter(waiter)
                self._sessions[_hash(token)] = session
                welcome = session.attach(subscriber, token, hello.lesson, hello.step)
        if not has_place:
            return self._queue(hello, waiter)
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
        """End idle workers; keep no more sessions in memory, and in the store, than there should be."""
        for session in tuple(self._sessions.values()):
            session.sleep_if_idle(self._keeping.idle_seconds)
        self._have_places_given_away()
        for session in self._take_out_old():
            log.info("session left memory", extra={"fields": {"session": session.name}})
            session.close()
        self._erase_old()

    def _erase_old(self) -> None:
        now = self._clock()
        if self._keeping.retention_days and now - self._erased_at > ERASE_SECONDS:
            self._erased_at = now
            count = self._store.erase_old(now - self._keeping.retention_days * DAY)
            log.info("old sessions erased", extra={"fields": {"count": count}})

    def _have_places_given_away(self) -> None:
        """By those who are away longest, as many as wait."""
        deadline = self._clock() - self._keeping.yield_seconds
        away = [one for one in tuple(self._sessions.values()) if one.live and one.absent_since < deadline]
        for session in sorted(away, key=lambda one: one.absent_since)[: len(self._line)]:
            session.sleep_if_idle(0)

    def _call(self) -> None:
        """As many as there are places."""
        with self._lock:
            self._line.forget_absent()
            while self._line and not self._stopping and self._taken() < self._keeping.capacity:
                self._line.call()

    def _take_out_old(self) -> list[Session]:
        """Nobody can find them in the store before all that they wrote is there."""
        with self._finding:
            old = self._old()
            for session in old.values():
                session.flush()
            with self._lock:
                return [self._sessions.pop(key) for key, one in old.items() if one.absent_since < float("inf")]

    def _old(self) -> dict[bytes, Session]:
        sessions = dict(self._sessions)
        memory = sum(session.size + SESSION_COST for session in sessions.values())
        deadline = self._clock() - self._keeping.absent_seconds
        old = {}
        for key, session in sorted(sessions.items(), key=lambda item: item[1].absent_since):
            since = session.absent_since
            if since == float("inf") or (since > deadline and memory <= self._keeping.memory_bytes):
                break
            memory -= session.size + SESSION_COST
            old[key] = session
        return old

    def _reap_now_and_then(self) -> None:
        due = time.monotonic() + self._keeping.reap_seconds
        while not self._stopping:
            self._stirred.wait(max(0, due - time.monotonic()))
            self._stirred.clear()
            try:
                self._call()
                if time.monotonic() >= due:
                    due = time.monotonic() + self._keeping.reap_seconds
                    self.reap()
            except Exception:
                log.exception("reaping failed")


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
