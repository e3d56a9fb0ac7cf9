"""Opens the database: one SQLite file in a folder of its own, checked before anybody relies on it."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, insert, select, update
from sqlalchemy.exc import DBAPIError

from sandbox.store.interface import StoreError
from sandbox.store.tables import VERSION, about, metadata

FILE = "sessions.sqlite3"
BUSY_MS = 5000
"""How long a statement waits for another process that writes."""


def open_database(folder: Path, durability: str = "full", *, is_sound: bool = False) -> Engine:
    """The database in `folder`, which is made when it is not there. Raises StoreError.

    Every page of it is looked at, which takes a second a GiB or so, unless it `is_sound`: was opened just before.

    durability: full (each commit is on the disk) or normal (a power cut, but no crash of the server, may lose the last
    commits): https://www.sqlite.org/pragma.html#pragma_synchronous
    """
    file = _make(folder)
    engine = create_engine(f"sqlite:///{file}", connect_args={"check_same_thread": False})
    event.listen(engine, "connect", lambda connection, _: _prepare(connection, durability))
    try:
        if not is_sound:
            _look_through(engine, file)
        _check(engine, file)
    except DBAPIError as error:
        engine.dispose()
        raise StoreError(_sentence(file, error)) from None
    except StoreError:
        engine.dispose()
        raise
    return engine


def _make(folder: Path) -> Path:
    file = folder / FILE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        reason = f"Sessions cannot be kept in {folder}: {error.strerror}. Choose another folder with --data-dir."
        raise StoreError(reason) from None
    return file


def _prepare(connection: Any, durability: str) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", f"synchronous={durability.upper()}", f"busy_timeout={BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _look_through(engine: Engine, file: Path) -> None:
    with engine.connect() as connection:
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if found != "ok":
            raise StoreError(_damaged(file, str(found)))


def _check(engine: Engine, file: Path) -> None:
    """The version is ours, and something can be written."""
    metadata.create_all(engine, tables=[about])
    with engine.begin() as connection:
        version = connection.scalar(select(about.c.value).where(about.c.name == "schema"))
        if version is None:
            metadata.create_all(connection)
            connection.execute(insert(about).values(name="schema", value=str(VERSION)))
        elif version != str(VERSION):
            raise StoreError(_other_version(file, version))
        else:
            connection.execute(update(about).where(about.c.name == "schema").values(value=version))


def _other_version(file: Path, version: str) -> str:
    return (
        f"{file} was written by another version of Reload Sandbox: its tables are version {version[:20]}, and this one "
        f"knows version {VERSION}. Install the version that wrote it, or choose another folder with --data-dir."
    )


def _damaged(file: Path, found: str) -> str:
    return (
        f"{file} is damaged ({found.splitlines()[0][:200]}). Put a copy made by `reload-sandbox data backup` in its "
        "place, or move it away to begin with none."
    )


def _sentence(file: Path, error: DBAPIError) -> str:
    name = error_name(error)
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return _damaged(file, str(error.orig))
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return f"{file} cannot be written ({error.orig}). Give the server the right to, or choose another --data-dir."
    if name.startswith("SQLITE_FULL"):
        return f"{file} cannot be written: the disk is full. Make room, or choose another folder with --data-dir."
    return f"{file} cannot be used: {error.orig}."


def error_name(error: DBAPIError) -> str:
    """SQLite's name of what went wrong, such as SQLITE_FULL; "" from another database."""
    name: str = getattr(error.orig, "sqlite_errorname", "")
    return name


def back_up(folder: Path, target: Path) -> None:
    """Copy the database while it is in use. Raises StoreError."""
    if target.exists():
        raise StoreError(f"{target} is there already: a copy never overwrites a file.")
    file = folder / FILE
    if not file.exists():
        raise StoreError(f"There are no sessions in {folder}.")
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{target} could not be written: {error}.") from None
