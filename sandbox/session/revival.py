"""Makes of what was kept of a session what a living one is made of. Pure."""

from collections.abc import Iterator
from typing import Any

from sandbox.protocol import Message, Noted, Output
from sandbox.session.history import History
from sandbox.store.interface import Past, Row

UNREAD = "[What came before is kept, but no longer shown]\n"


def read_history(past: Past) -> History:
    """What has happened to the last interpreter, and the files of now."""
    history = History()
    for row in past.rows:
        history.take(row)
    return history


def read_transcript(past: Past, history: History) -> Iterator[Noted]:
    """The lines of the transcript. Those of an entry that begins once more are left out: it will print them again.

    Where the store has not read back as far as the session's beginning, the first line says so.
    """
    if past.rows and past.rows[0].place > 1:
        yield Noted(0, past.rows[0].at, Output(0, UNREAD))
    inputs = {row.seq: row.message for row in past.rows if row.role == "input"}
    left_out = _left_out(past.rows, inputs, history)
    for row in past.rows:
        message = row.message or inputs.get(row.seq)
        if row.role in ("begun", "noted") and row.place not in left_out and message is not None:
            yield Noted(row.seq, row.at, message)


def _left_out(rows: tuple[Row, ...], inputs: dict[int, Message | None], history: History) -> set[int]:
    """The places of the lines of entries between their first beginning and their last."""
    last = {row.seq: row.place for row in rows if row.role == "begun"}
    if history.unfinished is not None:
        last[history.unfinished.seq] = rows[-1].place + 1
    left_out: set[int] = set()
    for row in rows:
        if row.role == "begun" and row.place < last[row.seq]:
            number = _run_of(inputs.get(row.seq))
            begun, ends = row.place, last[row.seq]
            left_out |= {one.place for one in rows if begun <= one.place < ends and _belongs(one, number, inputs)}
    return left_out


def _belongs(row: Row, number: int, inputs: dict[int, Message | None]) -> bool:
    return _run_of(row.message or inputs.get(row.seq)) == number


def _run_of(message: Any) -> int:
    return getattr(message, "run", 0)
