"""Landlock: the kernel's rule that a process may touch these files and no others, whoever owns them.

Rights by ABI: Documentation/userspace-api/landlock.rst of the kernel. What Landlock does not cover (chmod, utime, stat,
chdir of paths one can reach) others have to: see `seccomp_policy`.
"""

import os
import struct
from collections.abc import Sequence
from typing import Final

from sandbox.engine import syscalls
from sandbox.engine.calls import Calls

EXECUTE: Final = 1 << 0
WRITE_FILE: Final = 1 << 1
READ_FILE: Final = 1 << 2
READ_DIR: Final = 1 << 3
REMOVE_DIR: Final = 1 << 4
REMOVE_FILE: Final = 1 << 5
MAKE_CHAR: Final = 1 << 6
MAKE_DIR: Final = 1 << 7
MAKE_REG: Final = 1 << 8
MAKE_SOCK: Final = 1 << 9
MAKE_FIFO: Final = 1 << 10
MAKE_BLOCK: Final = 1 << 11
MAKE_SYM: Final = 1 << 12
REFER: Final = 1 << 13
TRUNCATE: Final = 1 << 14
IOCTL_DEV: Final = 1 << 15

READ: Final = READ_FILE | READ_DIR
CHANGE: Final = READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SYM | REFER | TRUNCATE
"""All but running programs and making devices, sockets and fifos."""
_FOR_FILES: Final = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV

_RIGHTS_BY_ABI: Final = (0, REFER - 1, TRUNCATE - 1, IOCTL_DEV - 1, IOCTL_DEV - 1, (IOCTL_DEV << 1) - 1)
_PATH_BENEATH: Final = 1
_TCP_BIND_AND_CONNECT: Final = 3
_SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS: Final = 3


def version() -> int:
    """The kernel's Landlock ABI; 0 where it has none or has it switched off."""
    try:
        return syscalls.syscall("landlock_create_ruleset", None, 0, 1)
    except OSError:
        return 0


def restrict(calls: Calls, readable: Sequence[str], writable: Sequence[str], devices: Sequence[str]) -> None:
    """Restrict who makes these calls, and what it starts, to these paths. Needs no_new_privs and Landlock.

    `writable` are folders. No TCP from ABI 4, no abstract sockets and no signals to processes outside from ABI 6, no
    device ioctl from ABI 5.
    """
    abi = version()
    rights = _RIGHTS_BY_ABI[min(abi, len(_RIGHTS_BY_ABI) - 1)]
    ruleset = _create(calls, abi, rights)
    for path in readable:
        _allow(calls, ruleset, path, READ & rights if os.path.isdir(path) else READ & rights & _FOR_FILES)
    for path in writable:
        _allow(calls, ruleset, path, CHANGE & rights)
    for path in devices:
        _allow(calls, ruleset, path, (READ_FILE | WRITE_FILE) & rights)
    calls.add("landlock_restrict_self", ruleset, 0)
    calls.close(ruleset)


def _create(calls: Calls, abi: int, rights: int) -> int:
    network = _TCP_BIND_AND_CONNECT if abi >= 4 else 0
    scopes = _SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS if abi >= 6 else 0
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    return calls.add_opening("landlock_create_ruleset", struct.pack("QQQ", rights, network, scopes), size, 0)


def _allow(calls: Calls, ruleset: int, path: str, access: int) -> None:
    beneath = calls.open(path, os.O_PATH)
    calls.add("landlock_add_rule", ruleset, _PATH_BENEATH, struct.pack("=Qi", access, beneath), 0)
    calls.close(beneath)
