"""The console of a session: entries, answers and interrupts go to an interpreter, and its events come back.

Knows neither files nor sockets. Called under the session's lock. What comes from the worker was written by the learner:
an event that does not fit the run in flight is dropped.
"""

import logging
from collections.abc import Callable, Iterable

from sandbox.engine.interface import EngineError, Rejected
from sandbox.protocol import (
    Answer,
    Asked,
    Complete,
    Completions,
    Exited,
    Finished,
    Holders,
    Holding,
    Interrupt,
    Message,
    Probe,
    Ready,
    Restart,
    Run,
    Snapshot,
)
from sandbox.session.history import History
from sandbox.session.life import Life
from sandbox.session.pictures import Pictures
from sandbox.session.record import Record
from sandbox.session.runs import Runs

log = logging.getLogger(__name__)

NOT_NOW = "The interpreter cannot be asked now."
QUESTIONS_LIMIT = 8
"""Completions and holders that may be asked of an interpreter at a time."""


class Console:
    """One interpreter after another, and the order of what is run in them."""

    def __init__(self, name: str, life: Life, record: Record, open_worker: Callable[[], None]) -> None:
        """`open_worker` opens one, with the files it needs and what it has to do first. It raises EngineError."""
        self._name, self._life, self._record, self._open_worker = name, life, record, open_worker
        self.runs = Runs()
        self.python = ""
        self.pictures = Pictures()
        self.seq = 0
        """The newest run's number in the journal."""
        self._questions: dict[str, Complete | Holders] = {}
        self._source = ""
        """The newest entry's."""
        self._used = False
        self._held = False
        self._repeated: dict[int, tuple[tuple[int, Answer], ...]] = {}
        """The answers to a run that begins once more, each with its number in the journal."""

    @property
    def has_worker(self) -> bool:
        return self._life.has_worker

    @property
    def is_asleep(self) -> bool:
        return self._life.state == "asleep"

    @property
    def is_free(self) -> bool:
        """The interpreter waits, and can be asked or given an entry."""
        return self._life.state == "ready" and not self._life.dying

    @property
    def is_fresh(self) -> bool:
        """There is or will be an interpreter, and it has been given nothing."""
        return self._life.has_worker and not (self._used or self._life.dying or self.runs.waiting)

    # --- commands ---

    def run(self, run: Run) -> None:
        """Queue an entry; a sleeping interpreter wakes for it."""
        if problem := self.runs.problem(run):
            self._record.audience.tell(problem)
        elif self._wake(run.id):
            self.runs.add(self._record.take(run), run)
            self._hand_over()

    def _hand_over(self) -> None:
        """Start the run whose turn it is. The transcript has it from now on: there a console is in true order."""
        if self._held or self._life.state != "ready" or (turn := self.runs.take_next()) is None:
            return
        self._life.state = "running"
        self.seq, run = turn
        self._source, self._used = run.source, True
        self._record.begin(self.seq, run)
        self._life.send(run)
        for seq, answer in self._repeated.pop(run.run, ()):
            self._record.note(seq, answer)
            self._life.send(answer)

    def restore(self, history: History) -> None:
        """Queue what a server that ended without a word had not done, first the entry that it was at."""
        self.runs.highest = history.highest
        self.runs.waiting.extend(sorted(history.waiting.items()))
        if (entry := history.unfinished) is not None and isinstance(entry.command, Run):
            self.runs.waiting.appendleft((entry.seq, entry.command))
            self._repeated[entry.command.run] = tuple(entry.answers)

    def resume(self, python: str, incomplete: int) -> None:
        """An interpreter waits that has done everything again. Call `go_on` once everybody was told."""
        self._life.state = "ready"
        self.python, self.runs.incomplete, self._used = python, incomplete, True

    def type(self, source: str) -> None:
        """Run an entry for the learner, which no page knows of yet."""
        run = Run(self.runs.highest + 1, source)
        self._record.audience.push(run)
        self.run(run)

    def examine(self, questions: Iterable[Probe | Holders]) -> None:
        """Ask the free interpreter; no entry starts before `release`."""
        self._held = True
        for question in questions:
            self._life.send(question)

    def release(self) -> None:
        """Let entries start again."""
        self._held = False
        self._hand_over()

    def answer(self, answer: Answer) -> None:
        """Pass a line to the run in flight, whether it has asked or not: type-ahead."""
        if not answer.run or answer.run != self.runs.in_flight:
            self._record.refuse("malformed", f"Run {answer.run} is not in flight: it reads no answer.", answer.id)
            return
        self._record.note(self._record.take(answer), answer)
        if self._life.state == "asked":
            self._life.state = "running"
        self._life.send(answer)

    def interrupt(self, interrupt: Interrupt) -> None:
        """Interrupt the run in flight or drop an incomplete entry, and drop the runs that wait behind it."""
        is_open = self.runs.is_open(interrupt.run)
        seq = self._record.take(interrupt)
        if is_open or self.runs.is_waiting(interrupt.run):
            self._record.note(seq, interrupt)
            self._drop_waiting()
        if is_open:
            self._life.send(interrupt)

    def restart(self, restart: Restart) -> None:
        """A new interpreter: the one there is ends first."""
        if self._life.has_worker:
            self._begin_anew(restart)
            self.end("stopped", again=True)
        else:
            self._record.history.cut()
            if self._wake(restart.id):
                self._begin_anew(restart)

    def _begin_anew(self, restart: Restart) -> None:
        seq = self._record.take(restart)
        self._record.note(seq, restart)
        self.pictures.clear(seq)

    def ask(self, question: Complete | Holders) -> None:
        """Pass a question to an interpreter that waits; a busy one has no answer, and a sleeping one wakes."""
        if self._life.state == "ready" and len(self._questions) < QUESTIONS_LIMIT:
            self._questions[question.id] = question
            self._life.send(question)
        elif self._wake(question.id):
            self._give_up(question)

    def picture(self, seq: int) -> Snapshot | None:
        """What memory was after an input; None for one that has not ended, or is kept no more."""
        return None if self.runs.is_pending(seq) else self.pictures.look(seq, self._record.newest)

    def end(self, cause: str, again: bool = False) -> None:
        """Have the interpreter ended; `again` wants another after it."""
        self._drop_waiting()
        self.runs.end()
        self._life.end(cause, again)

    def _drop_waiting(self) -> None:
        for seq, run in self.runs.drop_waiting():
            self._record.note(seq, run)
            self._record.say(Finished(run.run, "interrupted", "", 0))

    def wake(self) -> None:
        """See to it that there will be an interpreter; when there cannot be one the driver is told."""
        self._wake("")

    def _wake(self, id: str) -> bool:
        """See to it that there is or will be an interpreter; when there cannot be one the command `id` is refused."""
        if self._life.state != "asleep":
            return True
        if self._life.dying:
            self._life.wake_again()
            return True
        try:
            self._open_worker()
        except EngineError as error:
            log.warning("no worker", extra={"fields": {"session": self._name, "reason": str(error)}})
            self._record.refuse(error.code if isinstance(error, Rejected) else "full", str(error), id)
            return False
        return True

    # --- events ---

    def on_ready(self, ready: Ready) -> bool:
        """An interpreter waits. Call `go_on` once everybody was told. False for an event that does not fit."""
        if self._life.state != "starting" or self._life.dying:
            return False
        self._life.state = "ready"
        self.python = ready.python
        self._record.begin_fresh()
        self._record.say(ready)
        return True

    def on_asked(self, asked: Asked) -> None:
        if asked.run == self.runs.in_flight and self._life.state == "running":
            self._life.state = "asked"
            self._record.say(asked)

    def on_finished(self, finished: Finished) -> str | None:
        """The run ended: its source. Call `go_on` once everybody was told. None for an event that fits no run."""
        if not self.runs.finish(finished.run, finished.status):
            return None
        self._life.state = "ready"
        self._record.say(finished)
        return self._source

    def go_on(self) -> None:
        """Start the next run, if one waits."""
        self._hand_over()

    def on_snapshot(self, snapshot: Snapshot) -> None:
        """Keep the newest picture, numbered after the input it followed."""
        self._record.audience.push(self.pictures.add(self.seq, snapshot))

    def on_answered(self, event: Completions | Holding) -> None:
        """The answer to a question; one that nobody asked is dropped."""
        if self._questions.pop(event.id, None):
            self._record.audience.tell(event)

    def on_exited(self, exited: Exited, told: Message) -> bool:
        """The interpreter is gone, and what it was about; `told` says so. Returns whether another is wanted: call
        `rise` for it."""
        log.info("worker exited", extra={"fields": {"session": self._name, "cause": exited.cause}})
        wanted = self._life.bury()
        self._used = False
        self._repeated.clear()
        self.runs.end()
        self.pictures.clear(self._record.newest + 1)
        self._record.say(told)
        if not wanted:
            self._drop_waiting()
        for question in self._questions.values():
            self._give_up(question)
        self._questions.clear()
        return wanted

    def _give_up(self, question: Complete | Holders) -> None:
        if isinstance(question, Complete):
            self._record.audience.tell(Completions(question.id, question.cursor, ()))
        else:
            self._record.refuse("busy", NOT_NOW, question.id)

    def rise(self) -> None:
        """Start the interpreter that is wanted after the one that ended."""
        self._life.state = "asleep"
        self._wake("")
