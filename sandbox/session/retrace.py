"""What was done since Python was fresh, as whoever shares it wants it: step by step. Pure."""

from collections.abc import Iterator

from sandbox.protocol import File, Message, Refused, Retrace, Retraced
from sandbox.session.history import Change, Entry, History
from sandbox.session.transcript import texts_of

LIMIT = 1024 * 1024
"""Most characters that are told: a link that holds them would be far too long by then."""
TOO_LONG = f"What was done since Python was fresh is too long to be told: more than {LIMIT:,} characters."


def retrace(history: History, question: Retrace) -> Retraced | Refused:
    """All that has happened to the interpreter, also the entry that runs."""
    files = tuple(File(path, text) for path, (text, _) in history.beginning.items())
    steps = tuple(step for act in history.acts for step in _steps(act))
    length = sum(len(file.text) for file in files) + sum(sum(map(len, texts_of(step))) for step in steps)
    if length > LIMIT:
        return Refused("too-large", TOO_LONG, question.id)
    return Retraced(question.id, files, steps)


def _steps(act: Entry | Change) -> Iterator[Message]:
    """An entry lasts until its `finished`, if that has come."""
    yield act.command
    if isinstance(act, Change):
        return
    for moment in act.moments:
        yield moment.act.command if isinstance(moment.act, Change) else moment.act
    if act.finished is not None:
        yield act.finished
