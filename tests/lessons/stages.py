"""How lessons are played in tests: in real workers of an engine."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count

from sandbox.engine.interface import Engine, Job, Limits
from sandbox.lessons.rehearsal import Opener, Rehearsal


def starter(engine: Engine, python: str) -> Callable[[], AbstractContextManager[Rehearsal]]:
    """How to start a player over workers of this engine and interpreter."""
    numbers = count(1)

    @contextmanager
    def start() -> Iterator[Rehearsal]:
        session = f"lesson-{python}-{next(numbers)}"
        player = Rehearsal(opener(engine, session, python))
        try:
            yield player
        finally:
            player.close()
            engine.forget(session)

    return start


def opener(engine: Engine, session: str, python: str) -> Opener:
    return lambda files, on_events: engine.open(session, Job(python, Limits(), files), on_events)
