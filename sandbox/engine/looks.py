"""Looks at what learner code did to its files, so that nobody waits for it: at a glance, or else in another thread.

Lives in the dispatcher's thread. Knows no worker: what must not happen during a look is held back by `hold`.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from functools import partial

from sandbox.engine.dispatcher import Dispatcher
from sandbox.engine.workspace import GLANCE_BYTES, GLANCE_FILE, TooMuch, Workspace
from sandbox.protocol import File, Files

log = logging.getLogger(__name__)

Then = Callable[[], None]


class Looks:
    """One after the other, at one workspace."""

    def __init__(
        self,
        workspace: Workspace,
        dispatcher: Dispatcher,
        thread: Executor,
        *,
        hold: Callable[[bool], None],
        tell: Callable[[Files], None],
        fail: Callable[[], None],
    ) -> None:
        """`tell` gets what has changed; a look in the other thread is between `hold(True)` and `hold(False)`."""
        self._workspace, self._dispatcher, self._thread = workspace, dispatcher, thread
        self._hold, self._tell, self._fail = hold, tell, fail
        self._then: list[Then] = []

    @property
    def under_way(self) -> bool:
        return bool(self._then)

    def after(self, then: Then) -> None:
        """Go on with this, too, after the look under way."""
        self._then.append(then)

    def look(self, then: Then) -> None:
        """Tell what has changed, then go on. None may be under way."""
        try:
            changes = self._result(partial(self._workspace.changes, at_a_glance=True))
        except TooMuch:
            self._then.append(then)
            self._hold(True)
            looked = self._thread.submit(self._workspace.changes)
            looked.add_done_callback(lambda looked: self._dispatcher.call(partial(self._take, looked)))
        else:
            if changes:
                self._tell(changes)
            then()

    def _take(self, looked: "Future[Files | None]") -> None:
        changes = self._result(looked.result)
        self._go_on(deque(pieces(changes) if changes else ()))

    def _go_on(self, told: deque[Files]) -> None:
        """Much is told in pieces, with a turn of everybody else's between: it delays its own entry's end alone."""
        if told:
            self._tell(told.popleft())
        if told:
            self._dispatcher.call(partial(self._go_on, told))
            return
        following, self._then = self._then, []
        self._hold(False)
        for then in following:
            then()

    def _result(self, look: Callable[[], Files | None]) -> Files | None:
        try:
            return look()
        except TooMuch:
            raise
        except Exception:
            log.exception("nobody knows what has become of a learner's files")
            self._fail()
            return None


def pieces(files: Files) -> Iterator[Files]:
    """The same as several, each as much as a glance takes in; the first has what is no text."""
    changed: list[File] = []
    deleted, left_out, room = files.deleted, files.left_out, GLANCE_BYTES
    for one in files.changed:
        room -= len(one.text) + GLANCE_FILE
        if changed and room < 0:
            yield Files(tuple(changed), deleted, left_out, files.seq)
            changed, deleted, left_out, room = [], (), (), GLANCE_BYTES - len(one.text) - GLANCE_FILE
        changed.append(one)
    yield Files(tuple(changed), deleted, left_out, files.seq)
