"""Landlock: the kernel's rule that a process may touch these files and no others, whoever owns them.

Rights by ABI: Documentation/userspace-api/landlock.rst of the kernel. What Landlock does not cover (chmod, utime, stat,
chdir of paths one can reach) others have to: see `seccomp_policy`.
"""

import os
import struct
from collections.abc import Sequence
from typing import Final

from sandbox.engine import syscalls

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
_TCP_BIND_AND_CONNECT: Final = 3
_SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS: Final = 3


def version() -> int:
    """The kernel's Landlock ABI; 0 where it has none or has it switched off."""
    try:
        return syscalls.syscall("landlock_create_ruleset", None, 0, 1)
    except OSError:
        return 0


def restrict(readable: Sequence[str], writable: Sequence[str], devices: Sequence[str]) -> None:
    """Restrict this thread and what it starts to these paths. Needs no_new_privs. Raises OSError without Landlock.

    No TCP from ABI 4, no abstract sockets and no signals to processes outside from ABI 6, no device ioctl from ABI 5.
    """
    abi = version()
    rights = _RIGHTS_BY_ABI[min(abi, len(_RIGHTS_BY_ABI) - 1)]
    ruleset = _create(abi, rights)
    try:
        for paths, access in ((readable, READ), (writable, CHANGE), (devices, READ_FILE | WRITE_FILE)):
            for path in paths:
                _allow(ruleset, path, access & rights)
        syscalls.syscall("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def _create(abi: int, rights: int) -> int:
    network = _TCP_BIND_AND_CONNECT if abi >= 4 else 0
    scopes = _SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS if abi >= 6 else 0
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    return syscalls.syscall("landlock_create_ruleset", struct.pack("QQQ", rights, network, scopes), size, 0)


def _allow(ruleset: int, path: str, access: int) -> None:
    beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not os.path.isdir(path):
            access &= _FOR_FILES
        syscalls.syscall("landlock_add_rule", ruleset, 1, struct.pack("=Qi", access, beneath), 0)
    finally:
        os.close(beneath)
