"""Which object is which: small numbers for the learner's objects, that keep none of them alive.

A token never comes back for another object. What takes no weak reference (a list, a dict) is known by where it was seen
last: the same address in the same place is taken for the same object, but where what cannot change says otherwise (see
`values.lasting_prints`). Knows nothing of what a picture shows.
"""

import weakref
from collections.abc import Iterable
from itertools import compress, count, repeat
from operator import call, is_, itemgetter
from typing import Any

from sandbox.worker.raw import address
from sandbox.worker.raw_instances import weak_offset

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

    def purge(self) -> list[int]:
        """Forget the dead; the tokens they had."""
        living = map(call, map(itemgetter(0), self._known.values()))
        dead = [*compress(self._known, map(is_, living, repeat(None)))]
        return [self._known.pop(key)[1] for key in dead]

    def peek(self, value: object) -> int:
        """The token of an object that takes weak references, 0 if it has none yet."""
        known = self._known.get(address(value))
        return known[1] if known is not None and known[0]() is value else 0

    def peek_all(self, values: list[Any], places: list[int]) -> list[int]:
        """The same of each of these, of which the addresses are known."""
        find = self._known.get
        return [
            known[1] if (known := find(place)) is not None and known[0]() is value else 0
            for value, place in zip(values, places, strict=True)
        ]

    def reference(self, value: object) -> "weakref.ref[object] | None":
        """The weak reference to an object that has a token."""
        known = self._known.get(address(value))
        return known[0] if known is not None and known[0]() is value else None

    def give(self, value: object) -> int:
        """The token of an object that takes weak references, 0 of any other."""
        key = address(value)
        known = self._known.get(key)
        if known is not None and known[0]() is value:
            return known[1]
        if not weak_offset(type(value)):  # to try and fail costs more
            return 0
        ref = weakref.ref(value)
        token = next(self._numbers)
        self._known[key] = ref, token
        return token

    def give_all(self, values: Iterable[object]) -> list[int]:
        """The same of each of these."""
        return [*map(self.give, values)]

    def recognise(self, value: object, place: Place) -> None:
        """If this object without weak references was seen at this place before, it is the same wherever else it is.

        To be called for all places of a round before the first `of`.
        """
        before = self._placed.get(place)
        if before is not None and before[0] == address(value):
            self._round.setdefault(before[0], before[1])

    def known(self, value: object) -> int:
        """The token that the object has in this round so far, 0 for none."""
        return self.peek(value) or self._round.get(address(value), 0)

    def address_of(self, token: int) -> int | None:
        """Where an object without weak references was in this round."""
        return next((key for key, one in self._round.items() if one == token), None)

    def find(self, token: int) -> object | None:
        """The object with this token, if it lives and takes weak references."""
        return next((ref() for ref, one in self._known.values() if one == token), None)

    def of_place(self, value: object, place: Place) -> int:
        """The token of this object without weak references, seen at this place."""
        key = address(value)
        before = self._placed.get(place)
        token = self._round.get(key) or (before[1] if before is not None and before[0] == key else next(self._numbers))
        self._round[key] = token
        self._placing[place] = key, token
        return token
