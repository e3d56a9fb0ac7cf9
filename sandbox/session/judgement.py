"""How the open step stands: judged after each moment, with what the interpreter answers when a check must ask it.

Knows neither how a step is set up nor sockets. Called under the session's lock. While the interpreter is being asked no
entry starts, so that the answers are about this moment.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.lessons.evidence import Entry, Evidence
from sandbox.lessons.judge import Progress, Wanted, begin, judge, passed, wanted
from sandbox.lessons.kept import keep_progress
from sandbox.lessons.lesson import Step
from sandbox.lessons.picture import find
from sandbox.lessons.view import progress_view
from sandbox.protocol import Checked, Holders, Holding, Predict, Probe, Probed, Result, Settled
from sandbox.session.console import Console
from sandbox.session.record import Record
from sandbox.session.witness import Witness
from sandbox.store.interface import Standing

NO_VALUE, NO_HOLDERS = Probed("", False, ""), Holding("", (), True)
"""What nobody can be asked is taken for no."""


@dataclass(slots=True)
class Inquiry:
    """A moment that waits for the interpreter's answers; `probes` and `holders` are what is still open, by id."""

    evidence: Evidence
    probes: dict[str, str] = field(default_factory=dict)
    holders: dict[str, str] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        return not self.probes and not self.holders

    def take(self, answer: Probed | Holding) -> bool:
        """Take an answer; False for one that was not asked for."""
        if isinstance(answer, Probed) and (expression := self.probes.pop(answer.id, None)) is not None:
            self.evidence = replace(self.evidence, probes={**self.evidence.probes, expression: answer})
        elif isinstance(answer, Holding) and (name := self.holders.pop(answer.id, None)) is not None:
            self.evidence = replace(self.evidence, holders={**self.evidence.holders, name: answer})
        else:
            return False
        return True


class Judgement:
    """One step of one lesson, from its opening on."""

    def __init__(
        self,
        lesson: str,
        step: Step,
        witness: Witness,
        console: Console,
        record: Record,
        *,
        progress: Progress | None = None,
        choice: str = "",
    ) -> None:
        """`progress` and `choice` are those of before, when the learner comes back."""
        self.lesson, self.step = lesson, step
        self._witness, self._console, self._record = witness, console, record
        self._progress = progress or begin(step)
        self._choice = choice
        self._inquiry: Inquiry | None = None
        self._changed = False
        """Files were changed while an inquiry was open."""
        self._asked = 0

    @property
    def passed(self) -> bool:
        return passed(self.step, self._progress)

    def judge(self, kind: str, entry: Entry | None = None) -> None:
        """Judge this moment and tell; at once, or as soon as the interpreter has answered."""
        if self._inquiry is not None:
            self._changed = True
            return
        evidence = self._witness.look(kind, entry)
        wants = wanted(self.step, evidence, self._progress)
        if not (wants.probes or wants.holders):
            self._conclude(evidence)
        elif self._console.is_free:
            self._inquire(evidence, wants)
        else:
            self._conclude(_unanswered(evidence, wants))

    def _inquire(self, evidence: Evidence, wants: Wanted) -> None:
        probes = {self._next_id(): expression for expression in wants.probes}
        holders = {self._next_id(): name for name in wants.holders}
        self._inquiry = Inquiry(evidence, probes, holders)
        questions = [Probe(id, expression) for id, expression in probes.items()]
        self._console.examine([*questions, *(Holders(id, _token(evidence, name)) for id, name in holders.items())])

    def _next_id(self) -> str:
        self._asked += 1
        return f"check:{self._asked}"

    def on_answered(self, answer: Probed | Holding) -> bool:
        """An answer of the interpreter; False for one that was not asked for here."""
        if self._inquiry is None or not self._inquiry.take(answer):
            return False
        if self._inquiry.done:
            evidence, self._inquiry = self._inquiry.evidence, None
            self._conclude(evidence)
            if self._changed:
                self._changed = False
                self.judge("changed")
            if self._inquiry is None:
                self._console.release()
        return True

    def drop_inquiry(self) -> None:
        """Nobody answers any more, or nobody wants to know."""
        if self._inquiry is not None:
            self._inquiry, self._changed = None, False
            self._console.release()

    def _conclude(self, evidence: Evidence) -> None:
        self._progress = judge(self.step, evidence, self._progress)
        self._keep()
        self._record.audience.push(self.view())

    def _keep(self) -> None:
        progress = keep_progress(self._progress)
        self._record.keep_standing(Standing(self.lesson, self.step.id, self.passed, progress, self._choice))

    def predict(self, command: Predict) -> None:
        """Keep the choice: the newest counts until what was asked has run."""
        if problem := self._prediction_problem(command.choice):
            self._record.refuse("name", problem, command.id)
            return
        self._record.note(self._record.take(command), command)
        self._choice = command.choice
        self._keep()
        self._record.audience.push(self.view())

    def _prediction_problem(self, choice: str) -> str:
        prediction = self.step.prediction
        if prediction is None:
            return f"The step {self.step.id!r} asks for no prediction."
        if self._progress.happened is not None:
            return "What was asked has run already."
        if choice not in ("", *map(str, range(len(prediction.choices)))):
            return "A prediction is the place of one of the choices, or empty."
        return ""

    def view(self) -> Checked:
        """How the step stands, as a page shows it."""
        view = progress_view(self.step, self._progress, self._choice)
        results = tuple(Result(**result) for result in view["results"])
        prediction = _settled(view["prediction"])
        return Checked(self.lesson, self.step.id, view["passed"], results, view["reply"], prediction)


def _settled(view: dict[str, Any] | None) -> Settled | None:
    return Settled(**view | {"happened": tuple(view.get("happened", ()))}) if view else None


def _unanswered(evidence: Evidence, wants: Wanted) -> Evidence:
    return replace(
        evidence,
        probes=dict.fromkeys(wants.probes, NO_VALUE),
        holders=dict.fromkeys(wants.holders, NO_HOLDERS),
    )


def _token(evidence: Evidence, name: str) -> int:
    found = find(evidence.snapshot, name) if evidence.snapshot else None
    return found.value.ref if found else 0
