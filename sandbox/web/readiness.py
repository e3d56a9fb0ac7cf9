"""Whether a newcomer could be served now, found out by doing: a worker is started and ended.

Anybody may ask, so it is tried at most twice a minute, and by one at a time.
"""

import threading
import time

from sandbox.engine.interface import Engine, EngineError, Job
from sandbox.protocol import Event, Exited, Ready
from sandbox.session.registry import Registry

VALID = 30.0
"""Seconds for which an answer is good."""
PATIENCE = 10.0
"""Seconds that a worker may take to be ready."""
NAME = "readiness"


class Readiness:
    """Tries the engine, and remembers the outcome for a while."""

    def __init__(self, engine: Engine, job: Job, registry: Registry, capacity: int) -> None:
        self._engine, self._job, self._registry, self._capacity = engine, job, registry, capacity
        self._lock = threading.Lock()
        self._tried_at = float("-inf")
        self._problem = ""

    def problem(self) -> str:
        """Why no newcomer can be served, "" when one can. May take as long as a worker's start."""
        if self._registry.live >= self._capacity:
            return "full: every place is taken"
        with self._lock:
            if time.monotonic() - self._tried_at > VALID:
                self._problem = self._try()
                self._tried_at = time.monotonic()
            return self._problem

    def _try(self) -> str:
        trial = _Trial()
        try:
            worker = self._engine.open(NAME, self._job, trial.hear)
        except EngineError as error:
            return f"no worker: {error}"
        trial.begun.wait(PATIENCE)
        worker.kill("stopped")
        trial.ended.wait(PATIENCE)
        self._engine.forget(NAME)
        return "" if trial.ready else "no worker: it did not start"


class _Trial:
    """What is heard of the worker that is tried."""

    def __init__(self) -> None:
        self.begun, self.ended = threading.Event(), threading.Event()
        self.ready = False

    def hear(self, *events: Event) -> None:
        for event in events:
            self.ready = self.ready or isinstance(event, Ready)
            if isinstance(event, Ready | Exited):
                self.begun.set()
            if isinstance(event, Exited):
                self.ended.set()
