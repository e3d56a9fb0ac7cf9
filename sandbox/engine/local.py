"""The embedded engine: workers on this machine, one dispatcher thread for all of them.

Starts no process itself: a `Starter` does, so that other ways to start and confine one come behind the same classes.
"""

import logging
import os
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Condition
from typing import Any, TypeVar

from sandbox.engine.clock import Patience
from sandbox.engine.dispatcher import Dispatcher
from sandbox.engine.interface import EngineError, Full, Job, OnEvents
from sandbox.engine.process import Place, Spawner, Starter
from sandbox.engine.scratch import Scratch
from sandbox.engine.starts import Starts
from sandbox.engine.supervisor import Supervisor
from sandbox.engine.workspace import Workspace
from sandbox.protocol import Command, Delete, Save

log = logging.getLogger(__name__)

Result = TypeVar("Result")

CLOSE_PATIENCE = 10.0
"""Seconds for the kernel to end what was killed."""


class AtOnce(Executor):
    """Does what takes no time in the thread that asks, without waking another."""

    def submit(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> "Future[Result]":
        future = Future[Result]()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


AT_ONCE = AtOnce()


class LocalWorker:
    """The session's handle of a worker. Hands over to the dispatcher's thread; saves are done in the caller's."""

    def __init__(self, dispatcher: Dispatcher, supervisor: Supervisor, workspace: Workspace) -> None:
        self._dispatcher, self._supervisor, self._workspace = dispatcher, supervisor, workspace

    def send(self, command: Command, mtime_ns: int = 0) -> int:
        if self._supervisor.over:
            return 0
        match command:
            case Save():
                return self._workspace.save(command.path, command.text, mtime_ns)
            case Delete():
                self._workspace.delete(command.path)
            case _:
                self._dispatcher.call(partial(self._supervisor.take, command))
        return 0

    def kill(self, cause: str) -> None:
        self._dispatcher.call(partial(self._supervisor.kill, cause))

    def cpu(self) -> float:
        return self._supervisor.cpu()

    def throttle(self, paused: bool) -> None:
        self._dispatcher.call(partial(self._supervisor.throttle, paused))


class LocalEngine:
    """At most `capacity` workers; their files below `folder`, by default a new one for temporary files."""

    def __init__(
        self,
        capacity: int = 40,
        folder: Path | None = None,
        patience: Patience | None = None,
        starter: Starter | None = None,
    ) -> None:
        self._capacity, self._patience = capacity, patience or Patience()
        self._scratch = Scratch("files", folder)
        self._starter = starter or Spawner()
        self._cores = os.cpu_count() or 1
        self._dispatcher = Dispatcher("engine")
        self._starts = Starts(self._dispatcher, 2 * self._cores)
        self._launcher = ThreadPoolExecutor(1, "engine-launcher")
        self._looker = ThreadPoolExecutor(1, "engine-looker")
        self._sweeper = ThreadPoolExecutor(1, "engine-sweeper")
        self._changed = Condition()  # guards what follows
        self._places: dict[str, Place] = {}
        self._live: dict[str, Supervisor | None] = {}
        self._forgotten: set[str] = set()
        self._closed = False
        self._made = 0

    def open(self, session: str, job: Job, on_events: OnEvents) -> LocalWorker:
        """See Engine. Raises EngineError, too, while the session's last worker has not exited."""
        self._admit(session)
        try:
            place = self._place(session, job)
            place.workspace.fill(job.files, job.limits, job.times)
        except OSError as error:
            self._release(session)
            raise EngineError(f"The session's files could not be written: {error.strerror}.") from None
        except BaseException:
            self._release(session)
            raise
        supervisor = self._supervise(session, job, place, on_events)
        with self._changed:
            if self._closed:
                del self._live[session]
                self._changed.notify_all()
                raise EngineError("The engine is closed.")
            self._live[session] = supervisor
            self._dispatcher.call(partial(self._starts.add, session, supervisor.begin, supervisor.wait))
        return LocalWorker(self._dispatcher, supervisor, place.workspace)

    def forget(self, session: str) -> None:
        """Remove the session's workspace, now or when its worker, which is ended, has exited."""
        with self._changed:
            supervisor = self._live.get(session)
            if session in self._live:
                self._forgotten.add(session)
            else:
                self._remove(session)
        if supervisor:
            self._dispatcher.call(partial(supervisor.kill, "stopped"))

    def close(self) -> None:
        """See Engine. Not from a callback of the engine; a second call does nothing."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            live = [supervisor for supervisor in self._live.values() if supervisor]
        for supervisor in live:
            self._dispatcher.call(partial(supervisor.kill, "stopped"))
        with self._changed:
            if not self._changed.wait_for(lambda: not self._live, CLOSE_PATIENCE):
                log.error("%d workers did not end", len(self._live))
            for session in list(self._places):
                self._remove(session)
        self._dispatcher.close()
        self._launcher.shutdown()
        self._looker.shutdown()
        self._sweeper.shutdown()
        self._starter.close()
        self._scratch.remove()

    def _admit(self, session: str) -> None:
        with self._changed:
            if self._closed:
                raise EngineError("The engine is closed.")
            if session in self._live:
                raise EngineError("The session's last worker has not ended yet.")
            if len(self._live) >= self._capacity:
                raise Full(f"All {self._capacity} places are taken.")
            self._live[session] = None

    def _place(self, session: str, job: Job) -> Place:
        with self._changed:
            old = self._places.get(session)
            if old and not old.lost:
                return old
            self._made += 1
            folder = self._scratch.path / str(self._made)
        place = self._starter.place(folder, job)
        if old:
            place.workspace.adopt(old.workspace)
            self._sweeper.submit(_remove, old)
        with self._changed:
            self._places[session] = place
        return place

    def _supervise(self, session: str, job: Job, place: Place, on_events: OnEvents) -> Supervisor:
        return Supervisor(
            self._dispatcher,
            start=partial(place.start, job),
            launcher=AT_ONCE if place.ready else self._launcher,
            workspace=place.workspace,
            looker=self._looker,
            limits=job.limits,
            patience=self._patience,
            cores=self._cores,
            on_events=on_events,
            on_started=self._starts.done,
            on_ended=partial(self._release, session),
        )

    def _release(self, session: str) -> None:
        with self._changed:
            del self._live[session]
            if session in self._forgotten:
                self._forgotten.discard(session)
                self._remove(session)
            self._changed.notify_all()

    def _remove(self, session: str) -> None:
        place = self._places.pop(session, None)
        if place:
            self._sweeper.submit(_remove, place)


def _remove(place: Place) -> None:
    try:
        place.remove()
    except OSError:
        log.exception("a workspace could not be removed")
