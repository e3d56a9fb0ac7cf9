"""How much is shown: bounds for each kind of thing, and for what all of a picture may cost. Knows no object's meaning.

The unit of cost is the name of a scalar, about a microsecond and a half; the others take so many times as much, so that
a picture costs about the same, whichever kind of thing it is full of: see `tests.bench.picture`.
"""

from bisect import bisect_right
from itertools import accumulate, islice, repeat
from typing import Any

from sandbox.worker.parts import PARTS_LIMIT
from sandbox.worker.raw import address
from sandbox.worker.values import SIMPLE

NAMES_LIMIT = 2000
"""Of one space."""
OBJECTS_LIMIT = 300
DEPTH_LIMIT = 6
COST_LIMIT = 3000
"""Of a picture; besides, one costs what it takes to look at the modules there are."""
NAMES_COST = 2100
"""What names may cost of that: there is room for cards beside."""
_LINK = 2
"""What it costs besides that a name or part refers to an object."""
_CARDS = {"class": 20, "list": 8}
_OTHER_CARD = 10
"""With the first of its parts."""
_FIRST_PARTS = 2
_LEAST_NAMES = 20
_COSTS = {**dict.fromkeys(SIMPLE, 1), address(type): 8}
"""Of a name or part by the address of its value's class, where it is not 1 and a link. Of a class it has to be found
out who made it."""


class Budget:
    """Of one picture. What fits still fits if there is less of anything else."""

    def __init__(self) -> None:
        self.room = COST_LIMIT
        """What may still be spent."""
        self.names_room = NAMES_COST
        """Of that on names."""
        self._cards = OBJECTS_LIMIT

    def spend_on_names(self, cost: int) -> None:
        """Names of a space are shown."""
        self.room -= cost
        self.names_room -= cost

    def spend_on_card(self, kind: str) -> bool:
        """Whether one more object of that kind is shown."""
        cost = _CARDS.get(kind, _OTHER_CARD)
        if cost > self.room or not self._cards:
            return False
        self.room -= cost
        self._cards -= 1
        return True

    def spend_on_parts(self, parts: list[Any]) -> int:
        """How many of an object's parts are shown."""
        if len(parts) <= _FIRST_PARTS:
            return len(parts)
        others = parts[_FIRST_PARTS : min(PARTS_LIMIT, _FIRST_PARTS + self.room)]
        spent = [*accumulate(map(_COSTS.get, map(address, map(type, others)), repeat(1 + _LINK)))]
        shown = bisect_right(spent, self.room)
        self.room -= spent[shown - 1] if shown else 0
        return _FIRST_PARTS + shown


def costs(names: dict[Any, Any]) -> list[int]:
    """What the first of a space's names cost, the first two, and so on up to `NAMES_LIMIT`."""
    classes = map(type, islice(names.values(), NAMES_LIMIT))
    return [*accumulate(map(_COSTS.get, map(address, classes), repeat(1 + _LINK)), initial=0)]


def find_share(spaces: list[list[int]]) -> int:
    """So many names of each space may be shown, of which these are the `costs`."""
    share = NAMES_LIMIT
    while share > _LEAST_NAMES and sum(cost_of(names, share) for names in spaces) > NAMES_COST:
        share = share * 3 // 4
    return share


def cost_of(names: list[int], share: int) -> int:
    """What so many of them cost at most."""
    return names[min(share, len(names) - 1)]
