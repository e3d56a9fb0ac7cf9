"""Looks at what learner code did to its files, so that nobody waits for it: at a glance, or else in another thread.

Lives in the dispatcher's thread. Knows no worker: what must not happen during a look is held back by `hold`.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial

from sandbox.engine.dispatcher import Dispatcher
from sandbox.engine.workspace import TooMuch, Workspace
from sandbox.protocol import Files

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
            self._take(partial(self._workspace.changes, at_a_glance=True))
        except TooMuch:
            self._then.append(then)
            self._hold(True)
            looked = self._thread.submit(self._workspace.changes)
            looked.add_done_callback(lambda looked: self._dispatcher.call(partial(self._go_on, looked)))
        else:
            then()

    def _go_on(self, looked: "Future[Files | None]") -> None:
        following, self._then = self._then, []
        self._hold(False)
        self._take(looked.result)
        for then in following:
            then()

    def _take(self, look: Callable[[], Files | None]) -> None:
        try:
            changes = look()
        except TooMuch:
            raise
        except Exception:
            log.exception("nobody knows what has become of a learner's files")
            self._fail()
        else:
            if changes:
                self._tell(changes)
