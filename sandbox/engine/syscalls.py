"""The Linux system calls that confinement needs and the standard library lacks, through ctypes.

Each is a plain function that raises OSError with the call's name. Knows no policy: which calls are made, in which order
and in which process, `confine` says. Imports nothing late, so it works in a process whose `sys.modules` was cleaned.
Numbers: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h of the kernel; constants: uapi.
"""

import ctypes
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

CLONE_VM: Final = 0x100
CLONE_FILES: Final = 0x400
CLONE_NEWNS: Final = 0x20000
CLONE_NEWUTS: Final = 0x4000000
CLONE_NEWIPC: Final = 0x8000000
CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWPID: Final = 0x20000000
CLONE_NEWNET: Final = 0x40000000

MS_RDONLY: Final = 1
MS_NOSUID: Final = 2
MS_NODEV: Final = 4
MS_NOEXEC: Final = 8
MS_REMOUNT: Final = 32
MS_BIND: Final = 4096
MS_REC: Final = 16384
MS_PRIVATE: Final = 1 << 18
MNT_DETACH: Final = 2

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_CAPBSET_DROP: Final = 24
PR_SET_NO_NEW_PRIVS: Final = 38
PR_CAP_AMBIENT: Final = 47
PR_CAP_AMBIENT_CLEAR_ALL: Final = 4

OPEN_TREE_CLONE: Final = 1
MOVE_MOUNT_F_EMPTY_PATH: Final = 4
AT_RECURSIVE: Final = 0x8000
MOUNT_ATTR_RDONLY: Final = 1
MOUNT_ATTR_NOSUID: Final = 2

_M_ARENA_MAX: Final = -8
_SIG_BLOCK: Final = 0
_SIG_SETMASK: Final = 2
_SIGNAL_SET_BYTES: Final = 128
"""sizeof(sigset_t) of glibc and musl."""

# Since 2011 new calls have one number on every architecture; only the older ones differ.
_COMMON: Final = {
    "landlock_create_ruleset": 444,
    "landlock_add_rule": 445,
    "landlock_restrict_self": 446,
    "mount_setattr": 442,
    "open_tree": 428,
    "move_mount": 429,
}
_OLDER: Final = {  # x86-64, aarch64
    "openat": (257, 56),
    "close": (3, 57),
    "write": (1, 64),
    "chdir": (80, 49),
    "getppid": (110, 173),
    "prctl": (157, 167),
    "prlimit64": (302, 261),
    "unshare": (272, 97),
    "sethostname": (170, 161),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "setgroups": (116, 159),
    "setresuid": (117, 147),
    "setresgid": (119, 149),
    "setfsuid": (122, 151),
    "setfsgid": (123, 152),
    "capset": (126, 91),
    "seccomp": (317, 277),
}
NUMBERS: Final = {
    machine: _COMMON | {name: numbers[place] for name, numbers in _OLDER.items()}
    for place, machine in enumerate(("x86_64", "aarch64"))
}

MACHINE: Final = os.uname().machine
SUPPORTED: Final = os.uname().sysname == "Linux" and MACHINE in NUMBERS
"""Whether anything in this module can work here."""

_libc: Final[Any] = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
WORDS: Final = 6
"""A call's arguments at most."""
bare: Final[Any] = ctypes.PyDLL(None, use_errno=True).syscall
"""A raw system call: its number and words, nothing checked; -1 for one that failed, why is in `ctypes.get_errno`."""
bare.argtypes, bare.restype = [ctypes.c_long] * (1 + WORDS), ctypes.c_long
_pause: Final = ctypes.cast(_libc.pause, ctypes.c_void_p)
_STACK_BYTES: Final = 16384


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def number(name: str) -> int:
    """By which this machine's kernel knows the call. Raises KeyError for one that is not used here."""
    return NUMBERS[MACHINE][name]


def syscall(name: str, *arguments: Any) -> int:
    """The result of a raw system call; integers are passed as C longs, bytes as pointers."""
    passed = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return _check(_libc.syscall(ctypes.c_long(number(name)), *passed), name)


def unshare(flags: int) -> None:
    """Leave the namespaces named by the CLONE_NEW* flags for new ones."""
    _check(_libc.unshare(flags), f"unshare({flags:#x})")


def setns(descriptor: int, kind: int) -> None:
    """Enter the namespace of this kind that the descriptor stands for."""
    _check(_libc.setns(descriptor, kind), f"setns({kind:#x})")


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """mount(2); empty strings stand for NULL."""
    texts = [text.encode() if text else None for text in (source, target, kind)]
    options = data.encode() if data else None
    result = _libc.mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), options)
    _check(result, f"mount {kind or source or 'flags'} on {target}")


def unmount(target: str) -> None:
    """Take a mount out of the tree at once; it is freed when nobody uses it any more."""
    _check(_libc.umount2(target.encode(), MNT_DETACH), f"umount {target}")


def make_read_only(target: str) -> None:
    """Make a bind mount read-only, with all that is mounted below it (Linux 5.12)."""
    attributes = struct.pack("QQQQ", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID, 0, 0, 0)
    syscall("mount_setattr", -1, target.encode(), AT_RECURSIVE, attributes, len(attributes))


def copy_mount(path: str) -> int:
    """A descriptor of a new mount of what is mounted at `path`, not yet anywhere in the tree (Linux 5.2)."""
    return syscall("open_tree", -1, path.encode(), OPEN_TREE_CLONE | os.O_CLOEXEC)


def prctl(option: int, *arguments: int) -> int:
    """The result of prctl(2)."""
    words = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    return _check(_libc.prctl(option, *words), f"prctl {option}")


def start_idle_process() -> int:
    """The pid of a child that only sleeps and shares this process's memory and descriptors: about 30 kB, the kernel's.

    It is the first process of a pid namespace whose second one is to be an ordinary process: the first itself would
    ignore signals that have no handler. It has every signal blocked, so that only SIGKILL from outside ends it.
    All such children may share one stack: none of them ever returns from pause(2).
    """
    top = (ctypes.addressof(_stack) + _STACK_BYTES) & ~15
    sigchld = 17
    return _check(_libc.clone(_pause, ctypes.c_void_p(top), CLONE_VM | CLONE_FILES | sigchld, None), "clone")


_stack: Final = ctypes.create_string_buffer(_STACK_BYTES)


def set_default_thread_stack(size: int) -> None:
    """Give threads stacks of `size` bytes; `threading.stack_size()` still shows 0, as in a bare Python."""
    attributes = ctypes.create_string_buffer(256)
    _libc.pthread_attr_init(attributes)
    _libc.pthread_attr_setstacksize(attributes, ctypes.c_size_t(size))
    _libc.pthread_setattr_default_np(attributes)
    _libc.pthread_attr_destroy(attributes)


def use_one_malloc_arena() -> None:
    """Keep malloc from reserving 64 MiB of address space for each thread, where it is glibc's."""
    _libc.mallopt(_M_ARENA_MAX, 1)


def block_signals() -> Any:
    """Block every signal in this thread; what was blocked before, for `restore_signals`.

    `signal.pthread_sigmask` makes a member of an enumeration for each signal that it reports: a forked child that runs
    it parts with 1 MB of its parent's pages.
    """
    every, before = _signal_set(), _signal_set()
    _libc.sigfillset(every)
    _libc.pthread_sigmask(_SIG_BLOCK, every, before)
    return before


def restore_signals(before: Any) -> None:
    """Block what was blocked before."""
    _libc.pthread_sigmask(_SIG_SETMASK, before, None)


def _signal_set() -> Any:
    return ctypes.create_string_buffer(_SIGNAL_SET_BYTES)


@contextmanager
def acting_as(uid: int, gid: int) -> Iterator[None]:
    """Make this *thread's* file accesses those of `uid` and `gid`, without root's privileges over files.

    A server that runs as root needs it to write into a learner's workspace: there uid 0 has no name (EOVERFLOW).
    """
    old_gid = _libc.syscall(ctypes.c_long(number("setfsgid")), ctypes.c_long(gid))
    old_uid = _libc.syscall(ctypes.c_long(number("setfsuid")), ctypes.c_long(uid))
    try:
        yield
    finally:
        _libc.syscall(ctypes.c_long(number("setfsuid")), ctypes.c_long(old_uid))
        _libc.syscall(ctypes.c_long(number("setfsgid")), ctypes.c_long(old_gid))
