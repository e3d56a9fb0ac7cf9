"""Which object is which: small numbers for the learner's objects, that keep none of them alive.

A token never comes back for another object. What takes no weak reference (a list, a dict) is known by where it was seen
last: the same address in the same place is taken for the same object. Knows nothing of what a picture shows.
"""

import weakref
from itertools import count

Place = tuple[int, str]
"""The token of what holds an object, and under which key."""


class Tokens:
    """Asked in rounds, one a picture: within a round everything asked for is alive."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._known: dict[int, tuple[weakref.ref[object], int]] = {}
        self._placed: dict[Place, tuple[int, int]] = {}
        self._placing: dict[Place, tuple[int, int]] = {}
        self._round: dict[int, int] = {}

    def begin(self) -> None:
        """A new round."""
        self._placed, self._placing = self._placing, {}
        self._round = {}

    def purge(self) -> set[int]:
        """Forget the dead; the tokens they had."""
        dead = {key: token for key, (ref, token) in self._known.items() if ref() is None}
        for key in dead:
            del self._known[key]
        return set(dead.values())

    def of(self, value: object, place: Place = (0, "")) -> int:
        """The token of this object."""
        key = id(value)
        known = self._known.get(key)
        if known is not None and known[0]() is value:
            return known[1]
        try:
            ref = weakref.ref(value)
        except TypeError:
            return self._of_place(key, place)
        token = next(self._numbers)
        self._known[key] = ref, token
        return token

    def find(self, token: int) -> object | None:
        """The object with this token, if it lives and takes weak references."""
        return next((ref() for ref, one in self._known.values() if one == token), None)

    def place_of(self, token: int) -> Place | None:
        """Where an object that takes no weak reference was seen last."""
        return next((place for place, (_, one) in self._placing.items() if one == token), None)

    def _of_place(self, key: int, place: Place) -> int:
        before = self._placed.get(place)
        token = self._round.get(key) or (before[1] if before is not None and before[0] == key else next(self._numbers))
        self._round[key] = token
        self._placing[place] = key, token
        return token
