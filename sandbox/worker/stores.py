"""What code binds at its top level, read off its instructions: the names, and where from-imports got them.

Branches that may not be taken count. Knows no module and no load.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from opcode import opname
from types import CodeType

_IMPORT_STAR = 2
"""The argument of CALL_INTRINSIC_1 for `from x import *` since 3.12: Include/internal/pycore_intrinsics.h."""


@dataclass(slots=True)
class Stores:
    """`names` are bound, each with the (level, module, name) of a from-import if that bound it last, else None."""

    names: dict[str, tuple[int, str, str] | None] = field(default_factory=dict)
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
        return bool(self.stars) or any(self.names.values())

    def bind(self, name: str, origin: tuple[int, str, str] | None) -> None:
        """One more."""
        self.names[name] = origin
        for _, _, later in self.stars:
            later.add(name)


def stores(code: CodeType) -> Stores:
    """What running `code` as a module or an entry binds in its namespace, functions that say `global` included."""
    found = Stores()
    _read(code, found)
    for inner in _nested(code):
        for _, argument in _instructions(inner, {"STORE_GLOBAL"}):
            found.inner.add(inner.co_names[argument])
    return found


def _read(code: CodeType, found: Stores) -> None:
    names, module, attribute, level = code.co_names, "", None, 0
    constants: list[object] = [0, None]
    is_from = False
    for operation, argument in _instructions(code, _WANTED):
        if operation == "LOAD_CONST":
            constants = [constants[1], code.co_consts[argument]]
        elif operation == "IMPORT_NAME":
            module, level = names[argument], constants[0] if type(constants[0]) is int else 0
            is_from = constants[1] is not None  # `import pkg.sub as s` takes sub from pkg too
        elif operation == "IMPORT_FROM":
            attribute = names[argument] if is_from else None
        elif operation == "IMPORT_STAR" or (operation == "CALL_INTRINSIC_1" and argument == _IMPORT_STAR):
            found.stars.append((level, module, set()))
        elif operation == "SETUP_ANNOTATIONS":
            found.bind("__annotations__", None)
        elif operation in ("STORE_NAME", "STORE_GLOBAL"):
            found.bind(names[argument], None if attribute is None else (level, module, attribute))
            attribute = None


_WANTED = {
    "LOAD_CONST",
    "IMPORT_NAME",
    "IMPORT_FROM",
    "IMPORT_STAR",
    "CALL_INTRINSIC_1",
    "SETUP_ANNOTATIONS",
    "STORE_NAME",
    "STORE_GLOBAL",
}


def _instructions(code: CodeType, wanted: set[str]) -> Iterator[tuple[str, int]]:
    """The wanted instructions with their arguments. Inline caches are instructions that do nothing."""
    extended = 0
    text = code.co_code
    for at in range(0, len(text), 2):
        operation = opname[text[at]]
        argument = text[at + 1] | extended
        extended = argument << 8 if operation == "EXTENDED_ARG" else 0
        if operation in wanted:
            yield operation, argument


def _nested(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if type(constant) is CodeType:
            yield constant
            yield from _nested(constant)
