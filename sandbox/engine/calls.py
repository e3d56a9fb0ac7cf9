"""System calls that one process prepares and its child, after a fork, only makes: in order, up to the first that fails.

A child that worked them out itself would part with 0.15 MiB of its parent's pages, for good, as every object it looks
at is written to. So all of it stands ready here: numbers, what they point at, and what each call must give. That may be
a descriptor: the kernel gives the lowest that is free. Standard library only. Knows no policy.
"""

import ctypes
import os
from collections.abc import Collection
from itertools import count
from typing import Final

from sandbox.engine import syscalls
from sandbox.engine.interface import EngineError

_WORKING_FOLDER: Final = -100
"""AT_FDCWD."""
_ROW: Final = 1 + syscalls.WORDS + 1
_ANYTHING: Final = -(1 << 62)
"""Where it does not matter what a call gives."""
_ROOM: Final = 256 * 1024
_ALIGNED: Final = 16


class ConfinementError(EngineError):
    """A wall could not be built; `wall` names it."""

    def __init__(self, wall: str, reason: str) -> None:
        super().__init__(f"{wall}: {reason}")
        self.wall = wall
        self.reason = reason


class Prepared:
    """Calls that stand ready, in two pieces of memory and few objects: a child lets go of them, too."""

    __slots__ = ("_data", "_names", "_pid_places", "_words")

    def __init__(self, words: list[int], data: "ctypes.Array[ctypes.c_char]", pids: list[int], names: str) -> None:
        self._words = (ctypes.c_long * len(words))(*words)
        self._data, self._pid_places, self._names = data, pids, names

    def make(self) -> None:
        """Make them all. Raises ConfinementError at the first that gives what it must not: the child must then end."""
        for place in self._pid_places:
            ctypes.c_uint32.from_address(place).value = os.getpid()
        call, words = syscalls.bare, self._words
        for start in range(0, len(words), _ROW):
            *call_words, expected = words[start : start + _ROW]
            given = call(*call_words)
            if expected not in (given, _ANYTHING):
                wall, name = self._names.split("\n")[start // _ROW].split(" ")
                reason = os.strerror(ctypes.get_errno()) if given < 0 else f"gave {given}, not {expected}"
                raise ConfinementError(wall, f"{name}: {reason}")


class Calls:
    """Gathered in the parent, one after the other."""

    def __init__(self, open_then: Collection[int]) -> None:
        """`open_then`: the descriptors that will be open when the calls are made, and no others."""
        self.wall = ""
        """What the calls that are added next are for."""
        self._open = {*open_then}
        self._words: list[int] = []
        """For each call its number, its arguments and what must come of it."""
        self._names: list[str] = []
        self._data = ctypes.create_string_buffer(_ROOM)
        self._used = 0
        self._pid_places: list[int] = []

    def prepared(self) -> Prepared:
        """All that were added."""
        return Prepared(self._words, self._data, self._pid_places, "\n".join(self._names))

    def add(self, name: str, *arguments: int | bytes | None, returns: int | None = 0) -> None:
        """One call and what it must give, None for anything. Bytes are passed as a pointer to them, with a zero behind;
        None is a null pointer.
        """
        words = [self._word(argument) for argument in arguments]
        padding = [0] * (syscalls.WORDS - len(words))
        self._words += [syscalls.number(name), *words, *padding, _ANYTHING if returns is None else returns]
        self._names.append(f"{self.wall} {name}")

    def add_opening(self, name: str, *arguments: int | bytes | None, needed: bool = True) -> int:
        """A call that opens something; the descriptor that it will have."""
        descriptor = next(number for number in count() if number not in self._open)
        self._open.add(descriptor)
        self.add(name, *arguments, returns=descriptor if needed else None)
        return descriptor

    def open(self, path: str, flags: int, *, needed: bool = True) -> int:
        """Open a file; the descriptor that it will have."""
        return self.add_opening("openat", _WORKING_FOLDER, path.encode(), flags | os.O_CLOEXEC, needed=needed)

    def close(self, descriptor: int, *, needed: bool = True) -> None:
        """Close a descriptor."""
        self._open.discard(descriptor)
        self.add("close", descriptor, returns=0 if needed else None)

    def fill(self, path: str, text: str, *, needed: bool = True) -> None:
        """Write into a file of the kernel's; where it is not `needed`, that may be denied."""
        descriptor = self.open(path, os.O_WRONLY, needed=needed)
        self.add("write", descriptor, text.encode(), len(text), returns=len(text) if needed else None)
        self.close(descriptor, needed=needed)

    def place(self, data: bytes, pid: bytes = b"") -> int:
        """The address of a copy of these bytes, in which the child writes its own pid wherever `pid` stands.

        Raises ConfinementError where there is no room for them.
        """
        if self._used + len(data) >= _ROOM:
            raise ConfinementError(self.wall, f"what its calls need takes more than {_ROOM:,} bytes")
        start = ctypes.addressof(self._data) + self._used
        ctypes.memmove(start, data, len(data))
        self._used += (len(data) // _ALIGNED + 1) * _ALIGNED
        found = data.find(pid) if pid else -1
        while found >= 0:
            self._pid_places.append(start + found)
            found = data.find(pid, found + len(pid))
        return start

    def _word(self, argument: int | bytes | None) -> int:
        return self.place(argument) if isinstance(argument, bytes) else argument or 0
