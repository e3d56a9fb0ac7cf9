"""The stored seccomp programs: which calls they allow says `seccomp_policy`; here they are read, completed, installed.

A program is text, one instruction a line (`code jt jf k`, as `tcpdump -ddd` prints them), so that a change of policy is
a readable change. libseccomp is not needed to run one.
"""

import os
import struct
from typing import Final

from sandbox.engine import syscalls

OWN_PID: Final = 0x7EADBEE1
"""Stands in the program for the pid of the process that will run under it."""
OWN_PID_BYTES: Final = struct.pack("=I", OWN_PID)

_INSTRUCTION: Final = struct.Struct("=HBBI")
SET_MODE_FILTER: Final = 1
_FOLDER: Final = os.path.dirname(os.path.abspath(__file__))


def program_path(machine: str, shared: bool) -> str:
    """Where the program for this machine is kept; `shared` as in `seccomp_policy`."""
    return os.path.join(_FOLDER, f"{machine}{'-shared' if shared else ''}.bpf")


def to_text(program: bytes) -> str:
    """The program as it is stored."""
    rows = (" ".join(map(str, row)) for row in _INSTRUCTION.iter_unpack(program))
    return "\n".join(rows) + "\n"


def from_text(text: str) -> bytes:
    """The program that is stored as `text`."""
    return b"".join(_INSTRUCTION.pack(*map(int, line.split())) for line in text.splitlines())


def load(shared: bool, machine: str = syscalls.MACHINE) -> bytes:
    """The stored program, still without the pid. Raises OSError where there is none for this machine."""
    with open(program_path(machine, shared), encoding="utf-8") as file:
        return from_text(file.read())


def argument(program: bytes, instructions: int) -> bytes:
    """What seccomp(2) is pointed at, for this program, of which the instructions stand at this address."""
    return struct.pack("HP", len(program) // _INSTRUCTION.size, instructions)
