"""What code binds at its top level, read off its instructions: the names, and where from-imports got them.

Branches that may not be taken count. Knows no module and no load.
"""

from bisect import bisect_left
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from opcode import hasjrel, opname
from types import CodeType

_IMPORT_STAR = 2
"""The argument of CALL_INTRINSIC_1 for `from x import *` since 3.12: Include/internal/pycore_intrinsics.h."""


_END = 1 << 40
"""Beyond all code."""
Taken = tuple[int, str, str] | None
"""The level, module and name of a from-import; None for whatever else binds a name."""


@dataclass(slots=True)
class Stores:
    """`names` are bound; each with what may have bound it last, in the order of the code."""

    names: dict[str, list[Taken]] = field(default_factory=dict)
    inner: set[str] = field(default_factory=set)
    """Those that its functions bind, which say `global`, once they run."""
    stars: list[tuple[int, str, set[str]]] = field(default_factory=list)
    """(level, module, the names that are bound after it) of each `from module import *`."""

    @property
    def bound(self) -> Set[str]:
        """All names."""
        return self.names.keys() | self.inner if self.inner else self.names.keys()

    @property
    def has_imports(self) -> bool:
        """Whether there is any from-import."""
        return bool(self.stars or self.imported)

    @property
    def imported(self) -> set[str]:
        """The names that a from-import of names may have bound last."""
        return {name for name, taken in self.names.items() if any(taken)}


def stores(code: CodeType) -> Stores:
    """What running `code` as a module or an entry binds in its namespace, functions that say `global` included."""
    found = Stores()
    _read(code, found)
    for inner in _nested(code):
        for _, argument in _instructions(inner, {"STORE_GLOBAL"}):
            found.inner.add(inner.co_names[argument])
    return found


class _Ways:
    """Which ways lead on from a place in the code without the next store: by a jump over it, or by an end before it."""

    def __init__(self) -> None:
        self._places: list[int] = []
        self._ends: list[int] = []
        """Of jumps forward: those that none after them leads as far as."""

    def add(self, place: int, end: int) -> None:
        """One from here to there, behind all others."""
        while self._ends and self._ends[-1] <= end:
            self._places.pop()
            self._ends.pop()
        self._places.append(place)
        self._ends.append(end)

    def pass_by(self, place: int, store: int) -> bool:
        """Whether one begins after this place and leads beyond the store there."""
        first = bisect_left(self._places, place)
        return first < len(self._ends) and self._ends[first] > store


class _Reader:
    """Takes the stores of one piece of code, from its beginning on."""

    def __init__(self, found: Stores) -> None:
        self._found = found
        self.ways = _Ways()
        self._places: dict[str, list[int]] = {}
        """Of the stores that may be a name's last."""
        self._stars: list[int] = []

    def star(self, place: int, level: int, module: str) -> None:
        """All names of a module."""
        self._found.stars.append((level, module, set()))
        self._stars.append(place)

    def bind(self, name: str, place: int, taken: Taken) -> None:
        """One name."""
        places, all_taken = self._places.get(name, []), self._found.names.get(name, [])
        last = [
            one for one in zip(places, all_taken, strict=True) if one[1] != taken and self.ways.pass_by(one[0], place)
        ]
        last.append((place, taken))
        self._places[name], self._found.names[name] = [one[0] for one in last], [one[1] for one in last]
        for star, (_, _, later) in zip(self._stars, self._found.stars, strict=True):
            if not self.ways.pass_by(star, place):
                later.add(name)


def _read(code: CodeType, found: Stores) -> None:
    names, module, attribute, level = code.co_names, "", None, 0
    constants: list[object] = [0, None]
    is_from = False
    reader = _Reader(found)
    for place, operation, argument in _placed_instructions(code, _WANTED):
        if operation == "LOAD_CONST":
            constants = [constants[1], code.co_consts[argument]]
        elif operation == "IMPORT_NAME":
            module, level = names[argument], constants[0] if type(constants[0]) is int else 0
            is_from = constants[1] is not None  # `import pkg.sub as s` takes sub from pkg too
        elif operation == "IMPORT_FROM":
            attribute = names[argument] if is_from else None
        elif operation == "IMPORT_STAR" or (operation == "CALL_INTRINSIC_1" and argument == _IMPORT_STAR):
            reader.star(place, level, module)
        elif operation == "SETUP_ANNOTATIONS":
            reader.bind("__annotations__", place, None)
        elif operation in ("STORE_NAME", "STORE_GLOBAL"):
            reader.bind(names[argument], place, None if attribute is None else (level, module, attribute))
            attribute = None
        elif operation in _FORWARD:
            reader.ways.add(place, _target(code.co_code, place, argument))
        elif operation in _LAST:
            reader.ways.add(place, _END)


_FORWARD = {opname[number] for number in hasjrel if "BACKWARD" not in opname[number]}
_LAST = {"RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE"}
_WANTED = {
    *_FORWARD,
    *_LAST,
    "LOAD_CONST",
    "IMPORT_NAME",
    "IMPORT_FROM",
    "IMPORT_STAR",
    "CALL_INTRINSIC_1",
    "SETUP_ANNOTATIONS",
    "STORE_NAME",
    "STORE_GLOBAL",
}


def _target(text: bytes, place: int, argument: int) -> int:
    """Where a jump leads: it counts from the next instruction, behind its inline caches."""
    following = place + 2
    while following < len(text) and opname[text[following]] == "CACHE":
        following += 2
    return following + 2 * argument


def _instructions(code: CodeType, wanted: set[str]) -> Iterator[tuple[str, int]]:
    """The wanted instructions with their arguments."""
    return ((operation, argument) for _, operation, argument in _placed_instructions(code, wanted))


def _placed_instructions(code: CodeType, wanted: set[str]) -> Iterator[tuple[int, str, int]]:
    """The same, and where they stand. Inline caches are instructions that do nothing."""
    extended = 0
    text = code.co_code
    for at in range(0, len(text), 2):
        operation = opname[text[at]]
        argument = text[at + 1] | extended
        extended = argument << 8 if operation == "EXTENDED_ARG" else 0
        if operation in wanted:
            yield at, operation, argument


def _nested(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if type(constant) is CodeType:
            yield constant
            yield from _nested(constant)
