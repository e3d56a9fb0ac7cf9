"""Reads back what is kept of a session, as far as it is needed to go on."""

from sqlalchemy import Connection, func, select

from sandbox import protocol
from sandbox.codec import decode
from sandbox.protocol import Kinds, Message, kinds
from sandbox.store.interface import Past, Row, Standing, Stored
from sandbox.store.tables import journal, predictions, progress, sessions

SHOWN = 2 * 1024 * 1024
"""Characters of the newest rows that are read in any case: the transcript keeps less."""
IDS = 4096
"""Newest inputs whose ids are known again."""
LONGEST = 256 * 1024 * 1024
NAMED = (one for one in vars(protocol).values() if isinstance(one, type) and issubclass(one, Message))
MESSAGES: Kinds = kinds(Stored, *(one for one in NAMED if one is not Message))


def read_past(connection: Connection, name: str) -> Past:
    """What is kept of the session with this name."""
    rows = tuple(read_rows(connection, name, _first_place(connection, name)))
    numbered = select(journal.c.id, journal.c.seq).where(journal.c.session == name, journal.c.role == "input")
    newest = numbered.where(journal.c.id != "").order_by(journal.c.place.desc()).limit(IDS)
    totals = select(func.max(journal.c.seq), func.max(journal.c.place), func.sum(func.length(journal.c.body)))
    seq, place, size = connection.execute(totals.where(journal.c.session == name)).one()
    whereabouts = connection.scalar(select(sessions.c.whereabouts).where(sessions.c.name == name)) or ""
    inputs = {one.id: one.seq for one in reversed(connection.execute(newest).all())}
    return Past(rows, inputs, seq or 0, place or 0, size or 0, whereabouts, tuple(_read_standings(connection, name)))


def _first_place(connection: Connection, name: str) -> int:
    """Where to begin: all files of the last fresh interpreter must be known, and the transcript must be full."""
    ours = journal.c.session == name
    fresh = connection.scalar(select(func.max(journal.c.place)).where(ours, journal.c.role == "fresh")) or 0
    known = select(func.max(journal.c.place)).where(ours, journal.c.role == "stored", journal.c.place <= fresh)
    first = connection.scalar(known) or 0
    size = func.length(journal.c.body) + 64
    total = 0
    newest = select(journal.c.place, size).where(ours, journal.c.place < first).order_by(journal.c.place.desc())
    after = select(func.sum(size)).where(ours, journal.c.place >= first)
    total = connection.scalar(after) or 0
    for place, cost in connection.execute(newest):
        if total > SHOWN:
            break
        first, total = place, total + cost
    return first


def read_rows(connection: Connection, name: str, first: int = 0) -> list[Row]:
    """The rows of a session from a place on, in order."""
    found = select(journal).where(journal.c.session == name, journal.c.place >= first).order_by(journal.c.place)
    return [
        Row(row.place, row.role, row.seq, row.at, _message(row.body), row.mtime_ns) for row in connection.execute(found)
    ]


def _message(body: str) -> Message | None:
    return decode(body, MESSAGES, LONGEST) if body else None


def _read_standings(connection: Connection, name: str) -> list[Standing]:
    chosen = select(predictions).where(predictions.c.session == name)
    choices = {(one.lesson, one.step): one.choice for one in connection.execute(chosen)}
    reached = select(progress).where(progress.c.session == name).order_by(progress.c.at)
    return [
        Standing(one.lesson, one.step, one.passed, one.body, choices.get((one.lesson, one.step), ""))
        for one in connection.execute(reached)
    ]
