"""What an operator may ask of a database and have done to it: figures, and old sessions erased."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, func, select

from sandbox.store.interface import StoreError
from sandbox.store.opening import FILE, open_database
from sandbox.store.store import erase_older, transact
from sandbox.store.tables import journal, progress, sessions
from sandbox.store.writer import erase

Result = TypeVar("Result")
DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Stats:
    """Figures of a database: numbers, bytes, and Unix times, 0 where there is none."""

    file: Path
    size: int
    sessions: int
    active: int
    """Sessions in which something happened in the last seven days."""
    inputs: int
    passed: int
    """Steps of lessons."""
    oldest: float
    newest: float


def measure(folder: Path, now: float | None = None) -> Stats:
    """The figures. Raises StoreError."""
    since = (time.time() if now is None else now) - 7 * DAY

    def count(connection: Connection) -> Stats:
        one = connection.scalar
        return Stats(
            folder / FILE,
            sum(path.stat().st_size for path in folder.glob(f"{FILE}*")),
            one(select(func.count()).select_from(sessions)) or 0,
            one(select(func.count()).select_from(sessions).where(sessions.c.active_at >= since)) or 0,
            one(select(func.count()).select_from(journal).where(journal.c.role == "input")) or 0,
            one(select(func.count()).select_from(progress).where(progress.c.passed)) or 0,
            one(select(func.min(sessions.c.active_at))) or 0.0,
            one(select(func.max(sessions.c.active_at))) or 0.0,
        )

    return _do(folder, count)


def purge(folder: Path, days: int, now: float | None = None) -> int:
    """Erase the sessions in which nothing has happened for so many days, and give the room back; how many they were.

    0 days: all of them. Raises StoreError.
    """
    before = (time.time() if now is None else now) - days * DAY
    return _do(folder, lambda connection: erase_older(connection, before), shrink=True)


def purge_one(folder: Path, name: str) -> bool:
    """Erase one session; whether there was one with this name. Raises StoreError."""

    def work(connection: Connection) -> bool:
        known = connection.scalar(select(sessions.c.name).where(sessions.c.name == name)) is not None
        erase(connection, [name])
        return known

    return _do(folder, work, shrink=True)


def _do(folder: Path, work: Callable[[Connection], Result], shrink: bool = False) -> Result:
    if not (folder / FILE).exists():
        raise StoreError(f"There are no sessions in {folder}.")
    engine = open_database(folder)
    try:
        result = transact(engine, work)
        if shrink:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM")
        return result
    finally:
        engine.dispose()
