"""One thread that writes for all sessions: what has gathered while it wrote goes into its next commit.

So a commit, which has to wait for the disk, is shared by everybody who waits for one. What cannot be written is kept
and tried again; meanwhile `problem` says why. Knows no session but by its name.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from sandbox.codec import encode
from sandbox.protocol import Output
from sandbox.store.interface import Row, Standing
from sandbox.store.opening import error_name
from sandbox.store.tables import OF_SESSIONS, journal, predictions, progress, sessions

log = logging.getLogger(__name__)

SOON = 0.03
"""Seconds that an input waits for company; by then the learner has what it printed, which waits for no disk, and has
not waited for the commit either, which takes the processor for a millisecond or two."""
CALM = 0.1
"""Seconds that rows wait for company when nobody waits for them."""
AGAIN = 1.0
"""Seconds after which what could not be written is tried again."""
MERGE_LIMIT = 16 * 1024
"""Pieces of output become one row up to this many characters."""
FULL = "The server's disk is full: nothing more can be kept, so nothing is taken."
UNWRITABLE = "The server cannot write its data: nothing more can be kept, so nothing is taken."


@dataclass(eq=False)
class Owner:
    """One session, as this server has it: `lost` once another server has taken it."""

    name: str
    epoch: int
    lost: bool = False


@dataclass(slots=True)
class Batch:
    """What one commit brings. The newest whereabouts and standings of a session replace those before."""

    births: dict[Owner, tuple[bytes, float]] = field(default_factory=dict)
    """New sessions: the hash of each one's token, and when it began."""
    erased: set[Owner] = field(default_factory=set)
    rows: dict[Owner, list[Row]] = field(default_factory=lambda: defaultdict(list))
    whereabouts: dict[Owner, str] = field(default_factory=dict)
    standings: dict[tuple[Owner, str, str], Standing] = field(default_factory=dict)
    waiting: list[tuple[Owner, Callable[[], None]]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.births or self.rows or self.whereabouts or self.standings or self.erased or self.waiting)

    def add_row(self, owner: Owner, row: Row) -> None:
        """Put a row last; small pieces of a run's output become one, with the time of the newest."""
        rows = self.rows[owner]
        last = rows[-1].message if rows else None
        if isinstance(last, Output) and isinstance(row.message, Output) and _fit(last, row.message):
            rows[-1] = replace(rows[-1], at=row.at, message=Output(last.run, last.text + row.message.text))
        else:
            rows.append(row)

    def owners(self) -> set[Owner]:
        return {*self.births, *self.rows, *self.whereabouts, *(owner for owner, _, _ in self.standings)}

    def add(self, later: "Batch") -> None:
        """Put what came later behind it."""
        for owner, rows in later.rows.items():
            self.rows[owner].extend(rows)
        self.births.update(later.births)
        self.erased |= later.erased
        self.whereabouts.update(later.whereabouts)
        self.standings.update(later.standings)
        self.waiting.extend(later.waiting)


def _fit(one: Output, other: Output) -> bool:
    return one.run == other.run and len(one.text) + len(other.text) <= MERGE_LIMIT


class Writer:
    """Takes from any thread, never blocks; `close` writes the rest."""

    def __init__(self, engine: Engine, clock: Callable[[], float]) -> None:
        self.problem = ""
        self._engine, self._clock = engine, clock
        self._connection: Connection | None = None
        self._changed = threading.Condition()
        self._next = Batch()
        self._stirred = self._hurry = self._closing = False
        self._thread = threading.Thread(target=self._write_on, name="journal-writer", daemon=True)
        self._thread.start()

    def begin(self, owner: Owner, key: bytes, at: float) -> None:
        """A new session, before anything else of it."""
        with self._changed:
            self._next.births[owner] = key, at
            self._stir()

    def erase(self, owner: Owner) -> None:
        """Nothing of a session shall be left."""
        with self._changed:
            self._next.erased.add(owner)
            self._stir()

    def write(self, owner: Owner, row: Row) -> None:
        with self._changed:
            self._next.add_row(owner, row)
            self._stir(row.role == "input")

    def keep_whereabouts(self, owner: Owner, text: str) -> None:
        with self._changed:
            self._next.whereabouts[owner] = text
            self._stir()

    def keep_standing(self, owner: Owner, standing: Standing) -> None:
        with self._changed:
            self._next.standings[owner, standing.lesson, standing.step] = standing
            self._stir()

    def when_safe(self, owner: Owner, tell: Callable[[], None]) -> None:
        """Call `tell` from the writer's thread once all before is durable."""
        with self._changed:
            self._next.waiting.append((owner, tell))
            self._stir(hurry=True)

    def close(self) -> None:
        """Write what is there, once; a second call does nothing."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _stir(self, hurry: bool = False) -> None:
        """Wake the thread for what it waits for: the first of a batch, and the first in a hurry."""
        if not self._stirred or (hurry and not self._hurry):
            self._stirred, self._hurry = True, self._hurry or hurry
            self._changed.notify()

    def _write_on(self) -> None:
        batch = Batch()
        while self._gather(batch):
            if self._try(batch):
                batch = Batch()
            else:
                self._hang_up()
        self._hang_up()

    def _connect(self) -> Connection:
        """One connection for all commits: to ask for one each time costs as much as a row."""
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _gather(self, batch: Batch) -> bool:
        """Add what has come to what could not be written; False when there is nothing left to do."""
        with self._changed:
            if batch:
                self._changed.wait_for(lambda: self._closing, AGAIN)
            else:
                self._changed.wait_for(lambda: self._next or self._closing)
                self._changed.wait_for(lambda: self._hurry or self._closing, CALM - SOON)
                self._changed.wait_for(lambda: self._closing, SOON)
            last = self._closing and bool(batch)  # what was in vain a moment ago is given up
            batch.add(self._next)
            self._next, self._stirred, self._hurry = Batch(), False, False
            return bool(batch) and not last

    def _try(self, batch: Batch) -> bool:
        try:
            connection = self._connect()
            with connection.begin():
                _bear(connection, batch)
                lost = _claim(connection, batch.owners(), self._clock())
                _put(connection, batch, lost, self._clock())
        except DBAPIError as error:
            self._fail(error)
            return False
        except Exception:
            log.exception("the journal could not be written")
            self.problem = UNWRITABLE
            return False
        self.problem = ""
        for owner in lost:
            owner.lost = True
        for owner, tell in batch.waiting:
            if not owner.lost:
                _call(tell)
        return True

    def _fail(self, error: DBAPIError) -> None:
        if not self.problem:
            log.error("sessions cannot be kept: %s", error.orig)
        self.problem = FULL if error_name(error).startswith("SQLITE_FULL") else UNWRITABLE


_BIRTHS, _ROWS = insert(sessions), insert(journal)  # as objects that last, since SQLAlchemy keeps what it knows in them
_OURS = (
    update(sessions)
    .where(sessions.c.name == bindparam("owner"), sessions.c.epoch == bindparam("since"))
    .values(active_at=bindparam("now"))
)


def _claim(connection: Connection, owners: set[Owner], now: float) -> set[Owner]:
    """Those whose sessions are this server's no more; of the others nobody can take one before the commit."""
    asked = [{"owner": one.name, "since": one.epoch, "now": now} for one in owners if not one.lost]
    found = connection.execute(_OURS, asked).rowcount if asked else 0
    if found == len(owners):
        return set()
    names = [one.name for one in owners]
    epochs = {one.name: one.epoch for one in connection.execute(select(sessions).where(sessions.c.name.in_(names)))}
    return {one for one in owners if one.lost or epochs.get(one.name) != one.epoch}


def _bear(connection: Connection, batch: Batch) -> None:
    values = [
        {"name": one.name, "key": key, "epoch": one.epoch, "created_at": at, "active_at": at, "whereabouts": ""}
        for one, (key, at) in batch.births.items()
    ]
    if values:
        connection.execute(_BIRTHS, values)


def _put(connection: Connection, batch: Batch, lost: set[Owner], now: float) -> None:
    values = [_values(owner, row) for owner, rows in batch.rows.items() if owner not in lost for row in rows]
    if values:
        connection.execute(_ROWS, values)
    for owner, text in batch.whereabouts.items():
        if owner not in lost:
            connection.execute(update(sessions).where(sessions.c.name == owner.name).values(whereabouts=text))
    for (owner, _, _), standing in batch.standings.items():
        if owner not in lost:
            _put_standing(connection, owner.name, standing, now)
    erase(connection, [owner.name for owner in batch.erased])


def erase(connection: Connection, names: Iterable[str]) -> None:
    """Leave nothing of these sessions."""
    for name in names:
        for table in OF_SESSIONS:
            connection.execute(delete(table).where(table.c.session == name))
        connection.execute(delete(sessions).where(sessions.c.name == name))


def _values(owner: Owner, row: Row) -> dict[str, object]:
    return {
        "session": owner.name,
        "place": row.place,
        "role": row.role,
        "seq": row.seq,
        "at": row.at,
        "mtime_ns": row.mtime_ns,
        "id": getattr(row.message, "id", "") if row.role == "input" else "",
        "body": encode(row.message) if row.message else "",
    }


def _put_standing(connection: Connection, name: str, one: Standing, now: float) -> None:
    key = {"session": name, "lesson": one.lesson, "step": one.step}
    for table, values in (
        (progress, {"passed": one.passed, "body": one.progress}),
        (predictions, {"choice": one.choice}),
    ):
        same = (table.c.session == name, table.c.lesson == one.lesson, table.c.step == one.step)
        connection.execute(delete(table).where(*same))
        connection.execute(insert(table).values(**key, **values, at=now))


def _call(tell: Callable[[], None]) -> None:
    try:
        tell()
    except Exception:
        log.exception("nobody could be told that an input is safe")
