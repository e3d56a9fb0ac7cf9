"""One worker's life, seen from the host: which run is in flight, how long it takes, what is passed on, how it ends.

Lives in the dispatcher's thread. Knows nothing of how the process was started. Everything that comes out of the process
was written by the learner: it may end this worker, and never reaches another one or changes how its end is told.
"""

import logging
import signal
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from subprocess import SubprocessError
from typing import Any

from sandbox.engine.clock import Act, Clock, EntryClock, IdleClock, Patience, StartClock, Verdict
from sandbox.engine.dispatcher import READ, Dispatcher
from sandbox.engine.ending import KEPT, STOPS, Ended, judge
from sandbox.engine.interface import MIB, EngineError, Limits, OnEvents
from sandbox.engine.lines import Callback, Lines
from sandbox.engine.looks import Looks
from sandbox.engine.oom import kills
from sandbox.engine.process import Process
from sandbox.engine.telling import Telling
from sandbox.engine.workspace import Workspace
from sandbox.protocol import (
    Answer,
    Asked,
    Command,
    Complete,
    Completions,
    Exited,
    Finished,
    Holders,
    Holding,
    Interrupt,
    Limited,
    Loaded,
    Message,
    Output,
    Probe,
    Probed,
    Queued,
    Ready,
    Run,
    Snapshot,
)

log = logging.getLogger(__name__)

QUESTIONS = 100
"""Completions, holders and probes that wait for their answer; more are not asked."""
CLOSED_PATIENCE = 1.0
"""Seconds a worker may live on after it has closed its channel."""
FORGED = "Your code wrote into the sandbox's own connection, so this Python was ended."
LEFT = "Your code closed the sandbox's own connection, so this Python was ended."
FLOOD = "Threads of your code loaded modules without end, so this Python was ended."


class Supervisor:
    """Made before its process; `begin` starts it. Its events go to `on_events`.

    `on_started` is called once, when it needs no more time to start; `on_ended` once, when nothing of the process is
    left, just before `exited`.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        *,
        start: Callable[[], Process],
        launcher: Executor,
        workspace: Workspace,
        looker: Executor,
        limits: Limits,
        patience: Patience,
        cores: int,
        on_events: OnEvents,
        on_started: Callable[[], None],
        on_ended: Callable[[], None],
    ) -> None:
        self._dispatcher = dispatcher
        self._telling = Telling(dispatcher, on_events)
        tell, fail = self._telling.say, partial(self.kill, "lost")
        self._looks = Looks(workspace, dispatcher, looker, hold=self._hold_still, tell=tell, fail=fail)
        self._start, self._launcher = start, launcher
        self._limits, self._patience, self._cores = limits, patience, cores
        self._on_started, self._on_ended = on_started, on_ended
        self.over = False
        """Whether the process has ended, so that nothing can be done with it any more."""
        self._early: list[Command] = []  # came before the process
        self._in_line = True
        self._begun = self._started = self._ready = self._paused = False
        self._killed: tuple[str, str] | None = None
        self._run = self._last = 0  # in flight; finished last
        self._incomplete = False  # whether the last one waits for its rest
        self._dropping = False  # whether the run in flight is an incomplete entry being dropped
        self._asks = self._answers = 0
        self._questions: set[str] = set()
        self._cut = self._input_ended = False
        self._received = 0  # bytes of frames when the entry, or the pause, began

    # --- life ---

    def begin(self) -> None:
        """Start the process, in the launcher's thread: it may take a while."""
        self._in_line = False
        if self.over:
            self._tell_started()
            return
        call = self._dispatcher.call
        self._launcher.submit(self._start).add_done_callback(lambda started: call(partial(self._go_on, started)))

    def wait(self, position: int) -> None:
        """It is not its turn to start yet."""
        if not self.over:
            self._telling.say(Queued(position))

    def _go_on(self, started: "Future[Process]") -> None:
        try:
            self._process = started.result()
        except (OSError, ValueError, SubprocessError) as error:
            reason = getattr(error, "strerror", None) or error
            self._exit(*(self._killed or ("crashed", f"Python could not be started: {reason}.")))
        except Exception as error:
            log.log(logging.WARNING if isinstance(error, EngineError) else logging.ERROR, "no worker", exc_info=error)
            self._exit(*(self._killed or ("lost", STOPS["lost"])))
        else:
            self._supervise()

    def _supervise(self) -> None:
        self._begun = True
        self._kills = kills()
        self._lines = Lines(self._dispatcher, self._process, self, self._guard)
        self._end_watch = self._dispatcher.watch(self._process.end, self._guard(self._on_end))
        self._end_watch.want(READ)
        self._clock_alarm = self._dispatcher.alarm(self._guard(self._on_clock))
        self._left_alarm = self._dispatcher.alarm(self._guard(lambda: self.end("quit", LEFT)))
        self._wind(StartClock(time.monotonic(), self._patience))
        self._lines.throttle(self._paused)
        for command in self._early:
            self.take(command)
        if self._killed:  # meanwhile
            self._process.kill()
            self._stop()

    def kill(self, cause: str) -> None:
        """End it; `cause` is one of STOPS."""
        self.end(cause, STOPS[cause])

    def end(self, cause: str, message: str) -> None:
        """SIGKILL, unless it was sent before; `exited` will say this, unless the process has ended by itself."""
        if self.over or self._killed:
            return
        self._killed = cause, message
        if self._begun:
            self._process.kill()
            self._stop()
        elif self._in_line:
            self._exit(cause, message)

    def _stop(self) -> None:
        self._lines.stop()
        for alarm in (self._clock_alarm, self._left_alarm):
            alarm.set(None)

    def _guard(self, callback: Callback) -> Callback:
        """A fault of ours must not leave a worker that nobody watches."""

        def guarded(*arguments: Any) -> None:
            with self._telling.turn():
                try:
                    callback(*arguments)
                except Exception:
                    log.exception("a worker is lost")
                    self.end("lost", STOPS["lost"])

        return guarded

    def _on_end(self, _: int) -> None:
        self._end_watch.want(0)
        self.over = True
        self._stop()
        self._process.kill()  # what it started, while its number is still its own
        self._say_the_rest(self._process.reap())

    def _say_the_rest(self, ended: Ended | None) -> None:
        try:
            self._lines.drain()
            self._print(self._lines.output.flush())
        except Exception:  # `exited` is said in any case
            log.exception("the last words of a worker are lost")
        if self._looks.under_way:
            self._looks.after(partial(self._say_the_rest, ended))
        else:
            self._looks.look(partial(self._bury, ended))

    def _bury(self, ended: Ended | None) -> None:
        self._lines.close()
        self._process.close()
        self._exit(*self._judge(ended))

    def _judge(self, ended: Ended | None) -> tuple[str, str]:
        if ended is None:
            return self._killed or ("lost", STOPS["lost"])
        return judge(ended, self._killed, self._ready, self._limits, machine_full=kills() > self._kills)

    def _exit(self, cause: str, message: str) -> None:
        self.over = True
        if not self._in_line:
            self._tell_started()
        self._on_ended()
        self._telling.say(Exited(cause, f"{message} {KEPT}"))

    def _tell_started(self) -> None:
        if not self._started:
            self._started = True
            self._on_started()

    # --- commands ---

    def take(self, command: Command) -> None:
        """Do what the session asks for; saves and deletes are done elsewhere."""
        if self._lives():
            self._guard(self._take)(command)
        elif not self._begun and not self._killed:
            self._early.append(command)

    def throttle(self, paused: bool) -> None:
        """Stop or go on reading the output; wall time stands still meanwhile."""
        self._paused = paused
        if self._lives():
            self._lines.throttle(paused)
            self._hold("throttled", paused)

    def cpu(self) -> float:
        """Seconds of processor time so far. From any thread."""
        return self._process.cpu() if self._begun and not self.over else 0.0

    def _lives(self) -> bool:
        return self._begun and not self.over and not self._killed

    def _take(self, command: Command) -> None:
        match command:
            case Run():
                self._hand_over(command)
            case Answer():
                self._answer(command)
            case Interrupt():
                self._take_interrupt(command.run)
            case Complete() | Holders() | Probe():
                self._ask(command)
            case _:
                log.warning("no worker can do %s", command.kind)

    def _hand_over(self, command: Run) -> None:
        if self._run:
            log.warning("run %d came while run %d was in flight", command.run, self._run)
            return
        self._lines.read_waiting()  # printed before, so not by this entry
        self._count_anew(between=False)
        self._lines.send_run(command)
        self._enter(command.run)

    def _enter(self, run: int) -> None:
        self._run, self._incomplete = run, False
        limits = self._limits
        self._wind(
            EntryClock(
                time.monotonic(),
                self._process.cpu(),
                self._patience,
                cpu_limit=limits.cpu_seconds,
                wall_limit=limits.wall_seconds,
                cores=self._cores,
            )
        )
        self._hold("throttled", self._paused)

    def _leave(self, incomplete: bool) -> None:
        self._run, self._last = 0, self._run
        self._incomplete, self._dropping = incomplete, False
        self._count_anew(between=True)
        self._wind(IdleClock(time.monotonic(), self._process.cpu(), self._patience))

    def _count_anew(self, between: bool) -> None:
        self._asks = self._answers = 0
        self._cut = self._input_ended = False
        self._received = self._lines.received
        self._lines.count_anew(between)

    def _answer(self, command: Answer) -> None:
        if command.run != self._run or self._input_ended:
            return
        self._lines.answer(command.text)
        self._answers += 1
        self._input_ended = command.text is None
        self._hold_for_input()

    def _hold_for_input(self) -> None:
        """Wall time stands still while a question has no answer; after an end of file every question has one."""
        self._hold("asked", self._asks > self._answers and not self._input_ended)

    def _ask(self, command: Complete | Holders | Probe) -> None:
        if len(self._questions) < QUESTIONS and self._lines.send(command, droppable=True):
            self._questions.add(command.id)

    def _take_interrupt(self, run: int) -> None:
        if run == self._run and run:
            self._interrupt()
        elif run == self._last and self._incomplete:
            self._count_anew(between=False)
            self._enter(run)
            self._dropping = True
            self._interrupt()

    def _interrupt(self) -> None:
        """The message first: the worker, which ignores SIGINT in its hook, looks for it before it runs anything.

        An incomplete entry is dropped by the message alone: no learner code runs that SIGINT could meet.
        """
        self._lines.send(Interrupt(run=self._run))
        if self._ready and not self._dropping:
            self._process.signal(signal.SIGINT)

    # --- the clock ---

    def _wind(self, clock: Clock) -> None:
        self._clock = clock
        self._set_alarm()

    def _set_alarm(self) -> None:
        if self._lives():
            self._clock_alarm.set(self._clock.due(time.monotonic(), self._process.cpu()))

    def _hold(self, reason: str, held: bool) -> None:
        if isinstance(self._clock, EntryClock):
            (self._clock.hold if held else self._clock.release)(time.monotonic(), reason)
            self._set_alarm()

    def _on_clock(self) -> None:
        verdict = self._clock.check(time.monotonic(), self._process.cpu())
        if verdict:
            self._act(verdict)
        self._set_alarm()

    def _act(self, verdict: Verdict) -> None:
        match verdict.act:
            case Act.LIMIT:
                self._telling.say(Limited(self._run, verdict.cause, verdict.message))
                self._interrupt()
            case Act.WARN:
                self._telling.say(Limited(0, verdict.cause, verdict.message))
            case Act.AGAIN:
                self._process.signal(signal.SIGINT)
            case Act.KILL:
                self.end(verdict.cause, verdict.message)

    # --- what comes from the worker ---

    def on_output(self, data: bytes) -> None:
        """Pass on what the entry may print; the rest is read all the same, as its writer would wait else."""
        output, limit = self._lines.output, self._limits.output_bytes
        if not self._run:
            self._print(output.text(data))
            return
        self._print(output.text(output.within(data, limit)))
        if output.over(limit) and not self._cut:
            self._cut = True
            self._print(output.flush())
            self._breach(
                f"This entry printed more than {limit / MIB:.3g} MiB, which is the limit: "
                "the rest is not shown, and it was interrupted."
            )

    def _breach(self, message: str) -> None:
        if isinstance(self._clock, EntryClock) and self._lives():
            self._act(self._clock.breach(time.monotonic(), "output", message))
            self._set_alarm()

    def _print(self, text: str) -> None:
        if text:
            self._telling.say(Output(self._run, text))

    def on_message(self, message: Message) -> None:
        """Pass on what fits the state; the rest is forged, or late, and means nothing."""
        self._bound_frames()
        match message:
            case Ready() if not self._ready:
                self._become_ready(message)
            case Finished() if self._run and message.run == self._run:
                self._finish(message)
            case Asked() if self._run and message.run == self._run:
                self._asks += 1
                self._hold_for_input()
                self._telling.say(message)
            case Loaded() if message.run in {0, self._run, self._last}:
                self._telling.say(message)
            case Snapshot() if message.run in {self._run, self._last}:
                self._telling.say(message)
            case Completions() | Holding() | Probed() if message.id in self._questions:
                self._questions.remove(message.id)
                self._telling.say(message)

    def on_forged(self) -> None:
        """Learner code wrote to the channel."""
        self.end("crashed", FORGED)

    def on_left(self) -> None:
        """It may be on its way out; if not, nothing can be said to it any more."""
        self._left_alarm.set(time.monotonic() + CLOSED_PATIENCE)

    def _become_ready(self, message: Ready) -> None:
        self._ready = True
        self._tell_started()
        if not self._run:
            self._wind(IdleClock(time.monotonic(), self._process.cpu(), self._patience))
        self._telling.say(message)

    def _finish(self, message: Finished) -> None:
        self._print(self._lines.output.flush())
        self._looks.look(partial(self._end_entry, message))

    def _end_entry(self, message: Finished) -> None:
        self._leave(message.status == "incomplete")
        self._telling.say(message)

    def _hold_still(self, held: bool) -> None:
        """Nothing happens to this worker while its files are looked at, so that what is told comes in true order."""
        self._lines.hold(held)
        if not self.over:
            self._end_watch.want(0 if held else READ)
            self._hold("looked at", held)

    def _bound_frames(self) -> None:
        if self._lines.received - self._received <= self._limits.output_bytes:
            return
        if not self._run:
            self.end("output", FLOOD)
        elif not self._cut:
            self._cut = True
            self._breach("This entry loaded modules so often that it was interrupted.")
