"""A session's next interpreter: it comes back to the state of the one before, or begins with an empty memory.

Bounded by what the way back uses; one that fails is told with its reason, and the next begins afresh. Called under the
session's lock, which `locked` takes for what is planned. Knows no socket.
"""

import logging
from collections.abc import Callable
from functools import partial

from sandbox.engine.interface import Rejected
from sandbox.protocol import Event, Exited, Ready, Rebuilt
from sandbox.session.console import Console
from sandbox.session.history import ENDS
from sandbox.session.life import Life
from sandbox.session.rebuild import Rebuild, Stage
from sandbox.session.record import Record
from sandbox.session.timer import Plan, Timer
from sandbox.session.turns import Turns
from sandbox.session.writer import Writer

log = logging.getLogger(__name__)

REBUILD_SECONDS = 20.0
"""Processor time that bringing an interpreter back to its state may take."""
REBUILD_PATIENCE = 6
"""So many times as long it may take by the clock: entries that sleep do so again."""
TURN_SECONDS = 5.0
"""Then the next may begin, too: who waits shall not wait for those that sleep."""
COMES_BACK = "What was in memory comes back with your next entry."
IS_GONE = "What was in memory is gone."
NO_WAY_BACK = "Your Python could not be brought back: {}"
TOO_LONG = "{} {:g} s{}, which is the limit, and {} of its {} entries were done by then."
NOT_BACK = "{} Your files are kept; a fresh Python has an empty memory."
KEEPS_ITS_PAST = ("idle", "lost")
"""Causes of an end that are nobody's fault: it can be tried again."""


class Comeback:
    """One attempt after the other, while an interpreter is wanted."""

    def __init__(
        self,
        life: Life,
        record: Record,
        console: Console,
        writer: Writer,
        stage: Stage,
        *,
        plan: Plan,
        seconds: float,
        turns: Turns,
        locked: Callable[[Callable[[], None]], None],
        back: Callable[[Rebuild], None],
    ) -> None:
        """`turns` are shared with other sessions; `back` is called once the interpreter has done everything again."""
        self._life, self._record, self._console, self._writer, self._stage = life, record, console, writer, stage
        self._plan, self._seconds, self._turns, self._locked, self._back = plan, seconds, turns, locked, back
        self._rebuild: Rebuild | None = None
        self._turn: Callable[[], object] | None = None
        self._timers: list[Timer] = []
        self._gave_up = ""
        """Why the interpreter was ended on its way."""

    @property
    def under_way(self) -> bool:
        """Whether the interpreter's events belong here, but for its place in line and its end."""
        return self._rebuild is not None

    def outlook(self, cause: str) -> str:
        """What becomes of what was in the memory of an interpreter that has ended so."""
        return COMES_BACK if cause not in ENDS and self._record.history.worth else IS_GONE

    def begin(self) -> None:
        """Open a worker; if another one has done something before, it has to do that again. Raises EngineError."""
        history = self._record.history
        if not history.worth:
            self._life.wake(history.files)
            return
        self._life.wake(history.start)
        self._rebuild = Rebuild(
            history.to_do(), history.start, self._life.send, stage=self._stage, plan=self._plan, tick=self._on_tick
        )
        self._writer.defer = self._rebuild.defer

    def take(self, event: Event) -> None:
        """An event of the interpreter that is under way."""
        if self._rebuild is not None and isinstance(event, Ready):
            self._stand_in_line(self._rebuild, event)
        else:
            self._continue(lambda rebuild: rebuild.take(event))

    def _stand_in_line(self, rebuild: Rebuild, ready: Ready) -> None:
        go = partial(self._go, rebuild, ready)
        self._turn = partial(self._plan, 0, partial(self._locked, go))
        if self._turns.take(self._turn):
            go()

    def _go(self, rebuild: Rebuild, ready: Ready) -> None:
        """Its turn has come. What it may take counts from here on: it has waited for its start, and for others."""
        if rebuild is not self._rebuild or self._turn is None:
            return
        self._timers = [
            self._plan(TURN_SECONDS, partial(self._turns.leave, self._turn)),
            self._plan(REBUILD_PATIENCE * self._seconds, self._on_deadline),
        ]
        self._continue(lambda rebuild: rebuild.take(ready))

    def stop(self, exited: Exited | None = None) -> Rebuilt | None:
        """Let it be, if one is under way; what to say where its interpreter has ended by itself."""
        rebuild, self._rebuild = self._rebuild, None
        if rebuild is None:
            return None
        rebuild.stop()
        if self._turn is not None:
            self._turns.leave(self._turn)
            self._turn = None
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._writer.defer = None
        gave_up, self._gave_up = self._gave_up, ""
        if exited is None or exited.cause in KEEPS_ITS_PAST or not self._record.history.worth:
            return None
        reason = NO_WAY_BACK.format(gave_up or exited.message)
        return Rebuilt("", 0, (), NOT_BACK.format(reason))

    def _continue(self, go_on: Callable[[Rebuild], None]) -> None:
        rebuild = self._rebuild
        if rebuild is None or self._life.dying:
            return
        try:
            go_on(rebuild)
        except (Rejected, OSError) as error:
            self._give_up(str(error))
            return
        if rebuild.done:
            self.stop()
            self._console.resume(rebuild.python, rebuild.incomplete)
            self._back(rebuild)
        elif self._life.cpu() > self._seconds:
            self._give_up(_too_long("it used", self._seconds, rebuild, " of processor time"))

    def _give_up(self, reason: str) -> None:
        log.warning("not rebuilt", extra={"fields": {"session": self._life.session, "reason": reason}})
        self._gave_up = reason
        self._console.end("stopped")

    def _on_tick(self) -> None:
        self._locked(lambda: self._continue(Rebuild.due))

    def _on_deadline(self) -> None:
        self._locked(self._end_late)

    def _end_late(self) -> None:
        if self._rebuild is not None and not self._life.dying:
            self._give_up(_too_long("it took", REBUILD_PATIENCE * self._seconds, self._rebuild))


def _too_long(verb: str, seconds: float, rebuild: Rebuild, of: str = "") -> str:
    return TOO_LONG.format(verb, seconds, of, rebuild.ended, rebuild.entries)
