"""Which steps of which lessons were passed in a session, in the order in which that happened.

Judges nothing and forgets nothing: a step that is begun again stays passed.
"""

from collections.abc import Iterable
from dataclasses import replace

from sandbox.protocol import Done
from sandbox.store.interface import Standing


class PassedSteps:
    """Lessons with their passed steps. As large as the lessons that the server offers, at most."""

    def __init__(self, standings: Iterable[Standing] = ()) -> None:
        self._steps: dict[str, dict[str, None]] = {}
        for standing in standings:
            self.note(standing)

    def note(self, standing: Standing) -> Standing:
        """See how a step stands. Returns the same, passed if it ever was."""
        if standing.passed:
            self._steps.setdefault(standing.lesson, {})[standing.step] = None
        return replace(standing, passed=standing.step in self._steps.get(standing.lesson, {}))

    def view(self) -> tuple[Done, ...]:
        """All of it, as a page is told."""
        return tuple(Done(lesson, tuple(steps)) for lesson, steps in self._steps.items())

    @property
    def size(self) -> int:
        """Bytes of memory it takes, about."""
        return sum(len(lesson) + sum(map(len, steps)) for lesson, steps in self._steps.items())
