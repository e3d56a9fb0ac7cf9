"""Judging a step: a pure function from evidence and what was reached before to what is reached now.

One call judges one moment, so its cost does not grow with the work behind it. Runs nothing, remembers nothing.
"""

from dataclasses import dataclass

from sandbox.lessons.check import Condition, Held, Value, Verdict, holds
from sandbox.lessons.evidence import Evidence
from sandbox.lessons.lesson import Step, Wrong

TRIES_BEFORE_HINT = 2


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a learner is in a step. Fit to be kept, and made again by judging the same moments once more.

    `counts`: how often each check has held; `unknown`: the checks that only a missing picture keeps from being
    judged; `tries`: moments that brought no check forward, by the check that was due; `happened`: the choices of the
    prediction that turned out true, None until it is settled; `reply`: to the mistake of the newest moment, or "".
    """

    counts: tuple[int, ...] = ()
    unknown: frozenset[int] = frozenset()
    tries: tuple[int, ...] = ()
    happened: tuple[int, ...] | None = None
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """How one check stands; `hint` is "" until it is due. `unknown`: it cannot be judged here and blocks nothing."""

    says: str
    passed: bool
    unknown: bool
    hint: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """To be asked before this moment can be judged: expressions to probe, names to find holders of."""

    probes: tuple[str, ...]
    holders: tuple[str, ...]


def begin(step: Step) -> Progress:
    """Nothing reached yet."""
    return Progress(counts=(0,) * len(step.checks), tries=(0,) * len(step.checks))


def judge(step: Step, evidence: Evidence, progress: Progress) -> Progress:
    """What is reached after this moment."""
    verdicts = _verdicts(step, evidence, progress)
    counts = tuple(count + (verdict is True) for count, verdict in zip(progress.counts, verdicts, strict=True))
    moved = counts != progress.counts
    return Progress(
        counts=counts,
        unknown=progress.unknown if evidence.kind == "opened" else _unknown(verdicts, evidence, progress),
        tries=progress.tries if moved or evidence.kind == "opened" else _tried(step, progress),
        happened=progress.happened or _happened(step, evidence, progress.happened),
        reply=_reply(step, evidence),
    )


def _verdicts(step: Step, evidence: Evidence, progress: Progress) -> list[Verdict]:
    """True where a check has held now; False also where it need not or may not be looked at."""
    verdicts: list[Verdict] = []
    above = True
    for place, (check, count) in enumerate(zip(step.checks, progress.counts, strict=True)):
        due = count < check.times and (above or not check.then)
        verdict = holds(check.conditions, evidence) if due else False
        verdicts.append(verdict)
        unknown = verdict is None or (evidence.snapshot is None and place in progress.unknown)
        above = above and (unknown or count + (verdict is True) >= check.times)
    return verdicts


def _unknown(verdicts: list[Verdict], evidence: Evidence, progress: Progress) -> frozenset[int]:
    if evidence.snapshot is not None:
        return frozenset()
    return progress.unknown | {place for place, verdict in enumerate(verdicts) if verdict is None}


def _tried(step: Step, progress: Progress) -> tuple[int, ...]:
    due = next((place for place, check in enumerate(step.checks) if progress.counts[place] < check.times), -1)
    return tuple(tries + (place == due) for place, tries in enumerate(progress.tries))


def _happened(step: Step, evidence: Evidence, before: tuple[int, ...] | None) -> tuple[int, ...] | None:
    """`before` stands while nothing that was asked about has run; that none of the choices happened, until one does."""
    prediction = step.prediction
    if prediction is None or not holds(prediction.when, evidence):
        return before
    return tuple(place for place, choice in enumerate(prediction.choices) if holds(choice.conditions, evidence))


def _reply(step: Step, evidence: Evidence) -> str:
    told = (wrong.reply for wrong in step.wrongs if _is_about(wrong, evidence) and holds(wrong.conditions, evidence))
    return next(told, "")


def _is_about(wrong: Wrong, evidence: Evidence) -> bool:
    """A mistake in a file is told once, when the file is saved, and not again after every entry."""
    return evidence.kind == "changed" or any(condition.about_entry for condition in wrong.conditions)


def results(step: Step, progress: Progress) -> tuple[Result, ...]:
    """How each check stands."""
    return tuple(_result(step, progress, place) for place in range(len(step.checks)))


def _result(step: Step, progress: Progress, place: int) -> Result:
    check = step.checks[place]
    passed = progress.counts[place] >= check.times
    due = progress.tries[place] >= TRIES_BEFORE_HINT and not passed
    return Result(check.says, passed, not passed and place in progress.unknown, check.hint if due else "")


def passed(step: Step, progress: Progress) -> bool:
    """Whether the step is done: every check has passed, or cannot be judged here."""
    return all(result.passed or result.unknown for result in results(step, progress))


def wanted(step: Step, evidence: Evidence, progress: Progress) -> Wanted:
    """What to ask before judging this moment: only what a check still needs whose other conditions hold already."""
    open_checks = _open_conditions(step, evidence, progress)
    return Wanted(
        probes=tuple({c.expression: None for c in open_checks if isinstance(c, Value)}),
        holders=tuple({c.name: None for c in open_checks if isinstance(c, Held)}),
    )


def _open_conditions(step: Step, evidence: Evidence, progress: Progress) -> list[Condition]:
    groups = [
        check.conditions for check, count in zip(step.checks, progress.counts, strict=True) if count < check.times
    ]
    groups += [wrong.conditions for wrong in step.wrongs]
    prediction = step.prediction
    if prediction and not progress.happened and holds(prediction.when, evidence) is not False:
        groups += [prediction.when, *(choice.conditions for choice in prediction.choices)]
    return [condition for group in groups if holds(group, evidence) is None for condition in group]
