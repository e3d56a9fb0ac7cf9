"""What a check may look at: one moment of a learner's work, as it really happened. Data only; judges nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.protocol import Holding, Loaded, Probed, Snapshot

OUTPUT_KEPT = 4_000
"""So many characters of an entry's output are looked at: half from its beginning, half from its end."""


def clip(output: str) -> str:
    """The part of an entry's output that is looked at."""
    half = OUTPUT_KEPT // 2
    return output if len(output) <= OUTPUT_KEPT else f"{output[:half]}\n{output[-half:]}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One console entry that has ended: `status` and `error` as in `finished`, `output` as `clip` leaves it."""

    source: str
    output: str
    status: str
    error: str
    loaded: tuple[Loaded, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One moment. kind: opened (a step), ran (an entry ended), changed (files saved or deleted) or restarted.

    `entry` belongs to ran; `files` are the workspace's texts by path; `loads` the newest load of each module in this
    interpreter; `disk` the state of each file (as in the event `disk`); `snapshot` the newest picture, None where the
    worker sends none; `probes` the answers to the expressions, `holders` to the names, that `judge.wanted` asked for.
    """

    kind: str
    entry: Entry | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    loads: Mapping[str, int] = field(default_factory=dict)
    disk: Mapping[str, str] = field(default_factory=dict)
    snapshot: Snapshot | None = None
    probes: Mapping[str, Probed] = field(default_factory=dict)
    holders: Mapping[str, Holding] = field(default_factory=dict)
