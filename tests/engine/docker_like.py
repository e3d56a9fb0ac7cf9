"""Runs a command as Docker's default profile would: no namespaces, no mounts, few capabilities. Needs libseccomp.

`python docker_like.py [--no-landlock] command...`, the option for a kernel that has none. After
https://github.com/moby/profiles (seccomp/default.json), reduced to what bears on isolation: the calls that it denies
without CAP_SYS_ADMIN, and the capabilities that a container keeps.
"""

import ctypes
import errno
import os
import sys

from sandbox.engine import syscalls
from sandbox.engine.seccomp_policy import library

ALLOW, ERRNO, MASKED = 0x7FFF0000, 0x00050000, 7
DENIED = ("unshare", "setns", "mount", "umount2", "pivot_root", "mount_setattr", "open_tree", "move_mount", "fsopen")
NAMESPACES = (0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000, 0x2000000)
KEPT_CAPABILITIES = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31}


class Comparison(ctypes.Structure):
    _fields_ = (
        ("arg", ctypes.c_uint),
        ("op", ctypes.c_int),
        ("datum_a", ctypes.c_uint64),
        ("datum_b", ctypes.c_uint64),
    )


def forbid(landlock: bool) -> None:
    seccomp = library()
    context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(ALLOW)))
    for call in DENIED:
        deny(seccomp, context, call, errno.EPERM)
    deny(seccomp, context, "clone3", errno.ENOSYS)
    if landlock:
        deny(seccomp, context, "landlock_create_ruleset", errno.ENOSYS)
    for flag in NAMESPACES:
        deny(seccomp, context, "clone", errno.EPERM, Comparison(0, MASKED, flag, flag))
    assert seccomp.seccomp_load(context) == 0


def deny(seccomp: ctypes.CDLL, context: ctypes.c_void_p, call: str, error: int, *when: Comparison) -> None:
    number = seccomp.seccomp_syscall_resolve_name(call.encode())
    rule = (Comparison * max(1, len(when)))(*when)
    assert seccomp.seccomp_rule_add_array(context, ctypes.c_uint32(ERRNO | error), number, len(when), rule) == 0


if __name__ == "__main__":
    if os.geteuid() == 0:
        for capability in set(range(64)) - KEPT_CAPABILITIES:
            try:
                syscalls.prctl(syscalls.PR_CAPBSET_DROP, capability)
            except OSError:
                break
    no_landlock = sys.argv[1] == "--no-landlock"
    forbid(no_landlock)
    command = sys.argv[2:] if no_landlock else sys.argv[1:]
    os.execv(command[0], command)
