"""The sessions of one database: begun, found again by their key, erased."""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.exc import DBAPIError

from sandbox.store.interface import Found, Row, Standing, StoreError
from sandbox.store.opening import open_database
from sandbox.store.reading import read_past
from sandbox.store.tables import sessions
from sandbox.store.writer import Owner, Writer, erase

log = logging.getLogger(__name__)

Result = TypeVar("Result")

UNREADABLE = "The server cannot read or write its data now. Please try again later."
FLUSH_SECONDS = 10.0
FLUSH_PAUSE = 0.1
"""Seconds from one look at whether anything can be written at all to the next."""


class SqlJournal:
    """See Journal: what one session has the writer write."""

    def __init__(self, writer: Writer, owner: Owner) -> None:
        self._writer, self._owner = writer, owner
        self.write: Callable[[Row], None] = partial(writer.write, owner)
        self.when_safe: Callable[[Callable[[], None]], None] = partial(writer.when_safe, owner)
        self.keep_whereabouts: Callable[[str], None] = partial(writer.keep_whereabouts, owner)
        self.keep_standing: Callable[[Standing], None] = partial(writer.keep_standing, owner)

    @property
    def problem(self) -> str:
        return self._writer.problem

    @property
    def lost(self) -> bool:
        return self._owner.lost

    def erase(self) -> None:
        self._writer.erase(self._owner)

    def flush(self) -> None:
        safe, until = threading.Event(), time.monotonic() + FLUSH_SECONDS
        self.when_safe(safe.set)
        while not (self.problem or safe.wait(FLUSH_PAUSE) or time.monotonic() > until):
            continue


class SqlStore:
    """See Store: over the database in `folder`. Raises StoreError when that cannot be used."""

    def __init__(
        self,
        folder: Path,
        durability: str = "full",
        clock: Callable[[], float] = time.time,
        *,
        is_sound: bool = False,
    ) -> None:
        """`is_sound`: its pages have been looked at, see `open_database`."""
        self._engine = open_database(folder, durability, is_sound=is_sound)
        self._writer = Writer(self._engine, clock)

    def begin(self, name: str, key: bytes, at: float) -> SqlJournal:
        if self._writer.problem:
            raise StoreError(self._writer.problem)
        owner = Owner(name, 1)
        self._writer.begin(owner, key, at)
        return SqlJournal(self._writer, owner)

    def find(self, key: bytes) -> Found | None:
        taken = self._do(partial(_take, key))
        if taken is None:
            return None
        name, epoch = taken
        past = self._do(lambda connection: read_past(connection, name))
        return Found(name, past, SqlJournal(self._writer, Owner(name, epoch)))

    def erase_old(self, before: float) -> int:
        return self._do(lambda connection: erase_older(connection, before))

    def close(self) -> None:
        self._writer.close()
        self._engine.dispose()

    def _do(self, work: Callable[[Connection], Result]) -> Result:
        """One transaction. Raises StoreError."""
        if self._writer.problem:
            raise StoreError(self._writer.problem)
        return transact(self._engine, work)


def transact(engine: Engine, work: Callable[[Connection], Result]) -> Result:
    """What `work` gives, in one transaction. Raises StoreError."""
    try:
        with engine.begin() as connection:
            return work(connection)
    except DBAPIError as error:
        log.error("the database refused: %s", error.orig)
        raise StoreError(UNREADABLE) from None


def _take(key: bytes, connection: Connection) -> tuple[str, int] | None:
    """The name of the session with this key and its new epoch: another server that has it writes no more."""
    taken = connection.execute(update(sessions).where(sessions.c.key == key).values(epoch=sessions.c.epoch + 1))
    if taken.rowcount != 1:
        return None
    name, epoch = connection.execute(select(sessions.c.name, sessions.c.epoch).where(sessions.c.key == key)).one()
    return name, epoch


def erase_older(connection: Connection, before: float) -> int:
    """Erase the sessions in which nothing has happened since `before`; how many."""
    old = list(connection.scalars(select(sessions.c.name).where(sessions.c.active_at < before)))
    erase(connection, old)
    return len(old)
