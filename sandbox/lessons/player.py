"""Playing a lesson to its end in a real interpreter, to prove that it holds what it says.

Drives whatever keeps the `Player` promise; knows no worker, no engine and no session.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from sandbox.lessons.check import Check
from sandbox.lessons.evidence import Entry, Evidence, clip
from sandbox.lessons.judge import Progress, begin, judge, passed, wanted
from sandbox.lessons.lesson import Action, Erase, Example, Lesson, Prediction, Renew, Snippet, Step, Write, Wrong
from sandbox.lessons.picture import find
from sandbox.lessons.text import text_matches
from sandbox.protocol import Holding, Probed


class Ended(Exception):
    """The interpreter that a lesson is played in has gone, or does not answer. The text says how."""


class Player(Protocol):
    """A fresh interpreter with an empty workspace. Every call returns when it has been done, or raises Ended."""

    def save(self, path: str, text: str) -> None: ...

    def delete(self, path: str) -> None: ...

    def restart(self) -> None: ...

    def run(self, source: str) -> Entry:
        """Run one entry; its output whole, not clipped."""

    def look(self) -> Evidence:
        """Files, loads, disk and picture as they are now; the caller fills in kind, entry, probes and holders."""

    def probe(self, expression: str) -> Probed: ...

    def holders(self, token: int) -> Holding: ...


Start = Callable[[], AbstractContextManager[Player]]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a lesson says that is not so, or that nothing here could prove."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(slots=True)
class Report:
    """What playing a lesson has found. `unproved`: checks that need a picture where the worker sends none."""

    lesson: Lesson
    problems: list[Problem] = field(default_factory=list)
    unproved: list[Problem] = field(default_factory=list)
    proved: int = 0

    def problem(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.lesson.path, line, message))

    def unknown(self, line: int, message: str) -> None:
        self.unproved.append(Problem(self.lesson.path, line, message))


def check_lesson(lesson: Lesson, start: Start) -> Report:
    """Play every step, then every expected mistake in an interpreter of its own."""
    report = Report(lesson)
    with start() as player:
        for step in lesson.steps:
            with _endings(report, step.line):
                _Stage(player, step, report).play()
    for step in lesson.steps:
        for wrong in step.wrongs:
            with start() as player, _endings(report, wrong.line):
                _try_wrong(lesson, step, wrong, player, report)
    return report


@contextmanager
def _endings(report: Report, line: int) -> Iterator[None]:
    try:
        yield
    except Ended as ended:
        report.problem(line, str(ended))


class _Stage:
    """One step being played: the player, what is reached, and where to report."""

    def __init__(self, player: Player, step: Step, report: Report) -> None:
        self._player = player
        self._step = step
        self._report = report
        self.progress: Progress = begin(step)

    def play(self) -> None:
        """The step from its beginning to its end."""
        self.begin()
        self._expect_nothing_passed()
        for action in self._step.actions:
            self.act(action)
        self._expect_all_passed()
        if self._step.prediction:
            self._expect_prediction(self._step.prediction)

    def begin(self) -> None:
        """Save the starter files, look, and run an entry that does nothing: neither may pass a check."""
        for write in self._step.starters:
            self._player.save(write.path, write.text)
        self.take("opened")
        self.take("ran", self._player.run("pass"))

    def act(self, action: Action) -> None:
        """Do what a learner would do, and judge after every moment."""
        wrong = action.role == "wrong"
        if not isinstance(action, Snippet):
            self.take(perform(action, self._player))
            self._expect_no_reply(action.line, wrong)
        else:
            for example in action.examples:
                self._run(example, compared=not wrong)
                self._expect_no_reply(example.line, wrong)

    def _expect_no_reply(self, line: int, wrong: bool) -> None:
        if self.progress.reply and not wrong:
            self._report.problem(line, f"the solution gets the reply to a mistake: {self.progress.reply}")

    def _run(self, example: Example, compared: bool) -> None:
        entry = self._player.run(example.source)
        if entry.status == "incomplete":
            self._report.problem(example.line, "this entry is not complete: expected a line '...' at its end")
        if compared and not text_matches(example.expected, entry.output):
            self._report.problem(example.line, f"expected the output {example.expected!r}, found {entry.output!r:.300}")
        self.take("ran", entry)

    def take(self, kind: str, entry: Entry | None = None) -> None:
        """Judge this moment."""
        shown = replace(entry, output=clip(entry.output)) if entry else None
        evidence = replace(self._player.look(), kind=kind, entry=shown)
        self.progress = judge(self._step, ask(self._player, self._step, evidence, self.progress), self.progress)

    def _expect_nothing_passed(self) -> None:
        for check, count in self._checks():
            if count:
                self._report.problem(check.line, f"passes before anything has been done: {check.says}")

    def _expect_all_passed(self) -> None:
        for place, (check, count) in enumerate(self._checks()):
            if count >= check.times:
                self._report.proved += 1
            elif place in self.progress.unknown:
                self._report.unknown(check.line, f"needs the picture of memory, which was not sent: {check.says}")
            else:
                self._report.problem(check.line, f"does not pass after the solution: {check.says}")

    def _expect_prediction(self, prediction: Prediction) -> None:
        happened = self.progress.happened
        if happened is None:
            self._report.problem(prediction.line, "no entry of the solution settles this prediction")
        elif happened != (prediction.right,):
            texts = [prediction.choices[place].text for place in happened]
            right = prediction.choices[prediction.right].text
            self._report.problem(prediction.line, f"expected that {right!r} alone happens, found {texts}")

    def _checks(self) -> Iterable[tuple[Check, int]]:
        return zip(self._step.checks, self.progress.counts, strict=True)


def perform(action: Write | Erase | Renew, player: Player) -> str:
    """Do it; the kind of moment that follows."""
    if isinstance(action, Renew):
        player.restart()
        return "restarted"
    if isinstance(action, Write):
        player.save(action.path, action.text)
    else:
        player.delete(action.path)
    return "changed"


def ask(player: Player, step: Step, evidence: Evidence, progress: Progress) -> Evidence:
    """The evidence with what the step's checks want to know of the interpreter."""
    wants = wanted(step, evidence, progress)
    return replace(
        evidence,
        probes={expression: player.probe(expression) for expression in wants.probes},
        holders={name: player.holders(_token(evidence, name)) for name in wants.holders},
    )


def _token(evidence: Evidence, name: str) -> int:
    found = find(evidence.snapshot, name) if evidence.snapshot else None
    return found.value.ref if found else 0


def _try_wrong(lesson: Lesson, step: Step, wrong: Wrong, player: Player, report: Report) -> None:
    """Come to the beginning of the step, make the mistake, and see that it fails with its reply."""
    for action in lesson.way_to(step):
        if isinstance(action, Snippet):
            for example in action.examples:
                player.run(example.source)
        else:
            perform(action, player)
    stage = _Stage(player, step, Report(lesson))
    stage.begin()
    for action in wrong.tries:
        stage.act(action)
    if passed(step, stage.progress):
        report.problem(wrong.line, "this mistake passes the step")
    if stage.progress.reply != wrong.reply:
        report.problem(wrong.line, f"this mistake gets {stage.progress.reply!r}, not its own reply")
    else:
        report.proved += 1
