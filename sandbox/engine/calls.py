"""System calls that one process prepares and its child, after a fork, only makes: in order, up to the first that fails.

A child that worked them out itself would part with 0.2 MB of its parent's pages, for good, as every object it looks at
is written to. So all of it stands ready here as numbers, buffers and what each call must give, descriptors included:
the kernel gives the lowest that is free. Standard library only. Knows no policy.
"""

import ctypes
import os
import struct
from collections.abc import Collection
from itertools import count
from typing import Final

from sandbox.engine import syscalls
from sandbox.engine.interface import EngineError

_WORKING_FOLDER: Final = -100
"""AT_FDCWD."""
_PID: Final = struct.Struct("=I")


class ConfinementError(EngineError):
    """A wall could not be built; `wall` names it."""

    def __init__(self, wall: str, reason: str) -> None:
        super().__init__(f"{wall}: {reason}")
        self.wall = wall
        self.reason = reason


class Calls:
    """Prepared in the parent; `make` is for the child."""

    def __init__(self, open_then: Collection[int]) -> None:
        """`open_then`: the descriptors that will be open when the calls are made, and no others."""
        self.wall = ""
        """What the calls that are added next are for."""
        self._open = {*open_then}
        self._calls: list[tuple[tuple[int, ...], int | None]] = []
        """Number and arguments, and what must come of it; None for whatever comes."""
        self._names: list[tuple[str, str]] = []
        self._buffers: list[ctypes.Array[ctypes.c_char]] = []
        self._pid_places: list[int] = []

    def add(self, name: str, *arguments: int | bytes | None, returns: int | None = 0) -> None:
        """One call. Bytes are passed as a pointer to them, with a zero behind; None is a null pointer."""
        words = [self._word(argument) for argument in arguments]
        self._calls.append(((syscalls.number(name), *words, *[0] * (syscalls.WORDS - len(words))), returns))
        self._names.append((self.wall, name))

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
        """The address of a copy of these bytes, in which the child writes its own pid wherever `pid` stands."""
        buffer = ctypes.create_string_buffer(data)
        self._buffers.append(buffer)
        start = ctypes.addressof(buffer)
        found = data.find(pid) if pid else -1
        while found >= 0:
            self._pid_places.append(start + found)
            found = data.find(pid, found + _PID.size)
        return start

    def _word(self, argument: int | bytes | None) -> int:
        return self.place(argument) if isinstance(argument, bytes) else argument or 0

    def make(self) -> None:
        """Make them all. Raises ConfinementError at the first that gives what it must not: the child must then end."""
        for place in self._pid_places:
            ctypes.c_uint32.from_address(place).value = os.getpid()
        call = syscalls.bare
        for index, (words, expected) in enumerate(self._calls):
            given = call(*words)
            if given != expected and expected is not None:
                wall, name = self._names[index]
                reason = os.strerror(ctypes.get_errno()) if given < 0 else f"gave {given}, not {expected}"
                raise ConfinementError(wall, f"{name}: {reason}")
