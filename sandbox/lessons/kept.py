"""How far a learner is in a step, as text that can be kept and read again."""

import json
from dataclasses import asdict
from typing import Any

from sandbox.lessons.judge import Progress, begin
from sandbox.lessons.lesson import Step


def keep_progress(progress: Progress) -> str:
    """The progress as JSON text."""
    return json.dumps({**asdict(progress), "unknown": sorted(progress.unknown)}, ensure_ascii=False)


def read_progress(step: Step, text: str) -> Progress:
    """What `keep_progress` wrote; nothing reached where the step has changed since."""
    try:
        found = _read(json.loads(text))
    except (ValueError, KeyError, TypeError):
        return begin(step)
    fits = len(found.counts) == len(found.tries) == len(step.checks)
    return found if fits else begin(step)


def _read(plain: Any) -> Progress:
    happened = plain["happened"]
    return Progress(
        counts=tuple(map(int, plain["counts"])),
        unknown=frozenset(map(int, plain["unknown"])),
        tries=tuple(map(int, plain["tries"])),
        happened=None if happened is None else tuple(map(int, happened)),
        reply=str(plain["reply"]),
    )
