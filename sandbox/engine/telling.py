"""What a worker's session is told: all of one turn of the dispatcher's at once, so that its reader wakes once.

A load waits for what its entry prints, which comes right behind it as a rule; but not for long. Lives in the
dispatcher's thread. Knows no worker.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.engine.dispatcher import Dispatcher
from sandbox.engine.interface import OnEvents
from sandbox.protocol import Event, Loaded

log = logging.getLogger(__name__)

PATIENCE = 0.001
"""Seconds that a load waits for company."""


class Telling:
    """In the order in which it was said."""

    def __init__(self, dispatcher: Dispatcher, on_events: OnEvents) -> None:
        self._on_events = on_events
        self._events: list[Event] = []
        self._turns = 0
        self._overdue = dispatcher.alarm(self._tell)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """What is said within is told at the end; of turns within turns, at the end of the outermost."""
        self._turns += 1
        try:
            yield
        finally:
            self._turns -= 1
            self._settle()

    def say(self, event: Event) -> None:
        """Tell this when the turn ends; at once when there is none."""
        self._events.append(event)
        self._settle()

    def _settle(self) -> None:
        if self._turns or not self._events:
            return
        if any(not isinstance(event, Loaded) for event in self._events):
            self._tell()
        elif self._overdue.due is None:
            self._overdue.set(time.monotonic() + PATIENCE)

    def _tell(self) -> None:
        self._overdue.set(None)
        events, self._events = self._events, []
        try:
            self._on_events(*events)
        except Exception:
            log.exception("nobody took %s", ", ".join(event.kind for event in events))
