"""The order of console entries: one in flight, up to twenty waiting, numbers that rise. Pure state.

Knows no worker and no journal.
"""

from collections import deque

from sandbox.protocol import Noted, Refused, Run

WAITING_LIMIT = 20


class Runs:
    """Which run is in flight, which entry is incomplete, which runs wait. 0 is no run."""

    def __init__(self) -> None:
        self.highest = 0
        self.in_flight = 0
        self.incomplete = 0
        self._seq = 0
        """The number of the run in flight in the journal."""
        self.waiting: deque[tuple[int, Run]] = deque()
        """Each with its number in the journal."""

    def problem(self, run: Run) -> Refused | None:
        """Why a run cannot be taken now, None when it can."""
        if run.run <= self.highest:
            return Refused("malformed", f"Run numbers must rise: {run.run} comes after {self.highest}.", run.id)
        if len(self.waiting) >= WAITING_LIMIT:
            return Refused("busy", f"At most {WAITING_LIMIT} entries can wait for their turn.", run.id)
        return None

    def add(self, seq: int, run: Run) -> None:
        """Let a run wait for its turn."""
        self.highest = run.run
        self.waiting.append((seq, run))

    def note_waiting(self, at: float) -> tuple[Noted, ...]:
        """The runs that wait, as the end of a transcript."""
        return tuple(Noted(seq, at, run) for seq, run in self.waiting)

    def take_next(self) -> tuple[int, Run] | None:
        """The run whose turn it is, now in flight, with its number; None while one is in flight or none waits."""
        if self.in_flight or not self.waiting:
            return None
        seq, run = self.waiting.popleft()
        self.in_flight, self.incomplete, self._seq = run.run, 0, seq
        return seq, run

    def finish(self, run: int, status: str) -> bool:
        """The run ended. False when it was not in flight nor an incomplete entry that was interrupted."""
        if not run or run not in (self.in_flight, self.incomplete):
            return False
        self.in_flight = 0
        self.incomplete = run if status == "incomplete" else 0
        return True

    def is_open(self, run: int) -> bool:
        """Whether the worker still has to do with this run."""
        return run > 0 and run in (self.in_flight, self.incomplete)

    def is_waiting(self, run: int) -> bool:
        return any(run == waiting.run for _, waiting in self.waiting)

    def is_pending(self, seq: int) -> bool:
        """Whether the run with this number in the journal has not ended."""
        return bool(self.in_flight and seq == self._seq) or any(seq == waiting for waiting, _ in self.waiting)

    def drop_waiting(self) -> list[tuple[int, Run]]:
        dropped = list(self.waiting)
        self.waiting.clear()
        return dropped

    def end(self) -> None:
        """The interpreter is gone: nothing is in flight."""
        self.in_flight = self.incomplete = 0
