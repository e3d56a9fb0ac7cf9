"""Judges how long things may take: pure, fed with the time and the CPU time, answers with verdicts.

Knows no process and no signal, and does not look at the time itself. All times are seconds of one monotonic clock.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

MIB = 1024 * 1024
SOONEST = 0.02
"""Shortest wait between two looks at a clock, so that a limit nearly reached is no busy loop."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the engine waits before its next, harder measure. Seconds."""

    again: float = 2
    """From the first SIGINT of a limit to the second."""
    kill: float = 5
    """From the first SIGINT of a limit to SIGKILL."""
    start: float = 60
    """Until a fresh interpreter must be ready."""
    idle: float = 30
    """One look at what threads do between entries."""
    idle_cpu: float = 5
    """CPU time that threads may use between entries, in each `idle` seconds."""


class Act(Enum):
    """What a verdict asks for."""

    LIMIT = auto()
    """Tell the learner, then interrupt."""
    AGAIN = auto()
    """Interrupt once more."""
    WARN = auto()
    """Tell the learner; there is nothing to interrupt."""
    KILL = auto()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do now; `cause` and `message` are those of `limited` or `exited`."""

    act: Act
    cause: str
    message: str


class Clock(Protocol):
    """What judges a worker's time: one while it starts, one for each entry, one for each pause between entries."""

    def due(self, now: float, cpu: float) -> float:
        """When to look again, if nothing happens before."""

    def check(self, now: float, cpu: float) -> Verdict | None:
        """Look now; `cpu` is the worker's CPU time so far."""


class StartClock:
    """From the start of the process to its `ready`."""

    def __init__(self, now: float, patience: Patience) -> None:
        self._end = now + patience.start

    def due(self, now: float, cpu: float) -> float:
        return self._end

    def check(self, now: float, cpu: float) -> Verdict | None:
        return Verdict(Act.KILL, "crashed", "Python did not become ready in time.") if now >= self._end else None


class EntryClock:
    """One entry: CPU time, wall time while it is not held, and what follows once a limit was reached."""

    def __init__(
        self, now: float, cpu: float, patience: Patience, *, cpu_limit: float, wall_limit: float, cores: int = 1
    ) -> None:
        self._cpu_start = cpu
        self._cpu_limit = cpu_limit
        self._wall_limit = wall_limit
        self._patience = patience
        self._cores = cores
        self._wall = 0.0  # up to `_since`
        self._since = now
        self._holds: set[str] = set()
        self._breach: tuple[float, str] | None = None
        self._repeated = False

    def hold(self, now: float, reason: str) -> None:
        """Wall time stands still until every reason given has been released."""
        self._wall, self._since = self._elapsed(now), now
        self._holds.add(reason)

    def release(self, now: float, reason: str) -> None:
        """Take back one reason to hold."""
        self._wall, self._since = self._elapsed(now), now
        self._holds.discard(reason)

    def breach(self, now: float, cause: str, message: str) -> Verdict:
        """A limit was reached: this verdict, then AGAIN and KILL in time unless the entry ends. Also for the output."""
        self._breach = (now, cause)
        return Verdict(Act.LIMIT, cause, message)

    @property
    def breached(self) -> bool:
        return self._breach is not None

    def due(self, now: float, cpu: float) -> float:
        if self._breach:
            start = self._breach[0]
            return start + (self._patience.kill if self._repeated else min(self._patience.again, self._patience.kill))
        cpu_left = (self._cpu_limit - (cpu - self._cpu_start)) / self._cores
        wall_left = self._wall_limit - self._elapsed(now)
        return now + max(SOONEST, cpu_left if self._holds else min(cpu_left, wall_left))

    def check(self, now: float, cpu: float) -> Verdict | None:
        if self._breach:
            return self._insist(now, *self._breach)
        if cpu - self._cpu_start >= self._cpu_limit:
            spent = f"used {self._cpu_limit:g} s of processor time"
        elif self._elapsed(now) >= self._wall_limit:
            spent = f"took {self._wall_limit:g} s"
        else:
            return None
        return self.breach(now, "time", f"This entry {spent}, which is the limit, so it was interrupted.")

    def _insist(self, now: float, start: float, cause: str) -> Verdict | None:
        if now >= start + self._patience.kill:
            return Verdict(Act.KILL, cause, _GOES_ON[cause])
        if now >= start + self._patience.again and not self._repeated:
            self._repeated = True
            return Verdict(Act.AGAIN, cause, "")
        return None

    def _elapsed(self, now: float) -> float:
        return self._wall if self._holds else self._wall + now - self._since


_GOES_ON = {
    "time": "The entry reached its time limit and went on after it was interrupted, so its Python was ended.",
    "output": "The entry reached its output limit and went on after it was interrupted, so its Python was ended.",
}


class IdleClock:
    """Between entries: threads may use a little CPU time; those that use much are warned of once, then ended."""

    def __init__(self, now: float, cpu: float, patience: Patience) -> None:
        self._start, self._cpu = now, cpu
        self._patience = patience
        self._warned = False

    def due(self, now: float, cpu: float) -> float:
        return self._start + self._patience.idle

    def check(self, now: float, cpu: float) -> Verdict | None:
        if now < self._start + self._patience.idle:
            return None
        greedy = cpu - self._cpu > self._patience.idle_cpu
        warned, self._warned = self._warned, greedy
        self._start, self._cpu = now, cpu
        if greedy and warned:
            return Verdict(Act.KILL, "time", "Threads kept the processor busy between entries, so Python was ended.")
        return Verdict(Act.WARN, "time", self._warning()) if greedy else None

    def _warning(self) -> str:
        return (
            f"Threads of your code used more than {self._patience.idle_cpu:g} s of processor time in the last "
            f"{self._patience.idle:g} s while no entry ran. If they go on, this Python will be ended."
        )
