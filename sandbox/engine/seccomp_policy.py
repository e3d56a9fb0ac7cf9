"""Which system calls a learner's process may make, and the compiler from that to the programs stored beside this file.

Not used at run time: `python -m sandbox.engine.seccomp_policy` writes the programs anew with libseccomp, and a test
compares. What is named nowhere gives ENOSYS, so that a newer libc falls back to an older call; what is denied on
purpose gives an error that teaches. Another calling convention (i386, x32) kills the process.

The variant `shared` is for a learner whose uid owns files outside its workspace, and who sees them: what Landlock does
not cover, chmod and utime by path and (before its ABI 3) truncate, is denied too.
"""

import ctypes
import ctypes.util
import errno
import os
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sandbox.engine.seccomp import OWN_PID, program_path, to_text


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ALLOWED: Final = _names("""
    read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek close close_range dup dup2 dup3
    creat stat fstat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat getdents getdents64
    statfs fstatfs mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat
    fchmod umask ftruncate fallocate fsync fdatasync flock copy_file_range sendfile fadvise64 getcwd chdir fchdir
    pipe pipe2 poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
    eventfd eventfd2 timerfd_create timerfd_settime timerfd_gettime signalfd signalfd4
    brk munmap mremap mprotect madvise mincore msync membarrier rseq
    futex futex_waitv get_robust_list set_robust_list set_tid_address arch_prctl getcpu
    sched_yield sched_getaffinity sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min
    getpriority gettid getpid getppid getuid geteuid getgid getegid getgroups getresuid getresgid getpgrp getpgid getsid
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack pause
    alarm getitimer setitimer timer_create timer_settime timer_gettime timer_getoverrun timer_delete restart_syscall
    nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time times getrusage getrandom uname sysinfo
    getrlimit setrlimit exit exit_group wait4 waitid capget
    getsockname getpeername getsockopt shutdown recvfrom sendto recvmsg sendmsg
""")

DENIED: Final = _names("""
    fork vfork execve execveat socket connect bind listen accept accept4
    ptrace process_vm_readv process_vm_writev pidfd_open pidfd_getfd pidfd_send_signal kcmp process_madvise
    memfd_create memfd_secret mlock mlock2 mlockall shmget shmat shmctl shmdt semget semop semctl semtimedop
    msgget msgsnd msgrcv msgctl mq_open inotify_init inotify_init1 inotify_add_watch fanotify_init
    userfaultfd io_uring_setup io_uring_enter io_uring_register bpf perf_event_open keyctl add_key request_key
    mount umount2 pivot_root chroot unshare setns mknod mknodat name_to_handle_at open_by_handle_at quotactl
    setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid capset setpgid setsid
    setpriority ioprio_set sched_setaffinity sched_setscheduler sched_setparam sched_setattr
    chown fchown lchown fchownat syslog personality move_pages migrate_pages mbind set_mempolicy
    swapon swapoff reboot init_module finit_module delete_module kexec_load acct vhangup
    landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp
""")

UNSUPPORTED: Final = _names("""
    setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr
    removexattr lremovexattr fremovexattr
""")
"""ENOTSUP, which `shutil.copy2` takes for a file system without extended attributes."""

BY_PATH: Final = _names("chmod fchmodat fchmodat2 utime utimes futimesat truncate")
"""Denied where the uid is shared, since they work on every path that the uid owns."""

# A shared anonymous map is not counted by RLIMIT_DATA, nor is one that grows downwards: only those without both bits.
_MAP_SHARED, _MAP_ANONYMOUS, _MAP_GROWSDOWN = 0x01, 0x20, 0x100
_MAP_MASK: Final = _MAP_SHARED | _MAP_ANONYMOUS | _MAP_GROWSDOWN
_MAPS: Final = {
    0: 0,
    _MAP_SHARED: 0,
    _MAP_ANONYMOUS: 0,
    _MAP_SHARED | _MAP_ANONYMOUS: errno.EPERM,
    _MAP_GROWSDOWN: errno.EPERM,
    _MAP_GROWSDOWN | _MAP_SHARED: errno.EPERM,
    _MAP_GROWSDOWN | _MAP_ANONYMOUS: errno.EPERM,
    _MAP_MASK: errno.EPERM,
}
"""The error for each combination of the three."""
_CLONE_THREAD: Final = 0x10000
_AF_UNIX: Final = 1
_SOL_SOCKET, _SO_SNDBUF = 1, 7
_TERMINAL_QUESTIONS: Final = (0x5401, 0x541B, 0x5421, 0x5451, 0x5450, 0x5413)
"""TCGETS FIONREAD FIONBIO FIOCLEX FIONCLEX TIOCGWINSZ"""
_PRCTL: Final = (15, 16, 3, 21, 39, 23, 0x53564D41)
"""PR_SET_NAME, GET_NAME, GET_DUMPABLE, GET_SECCOMP, GET_NO_NEW_PRIVS, CAPBSET_READ, SET_VMA"""
_FCNTL: Final = (0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 16, 36, 37, 38, 1030, 1032, 1033, 1034)
"""F_DUPFD to F_SETLKW, GETOWN, GETSIG, GETOWN_EX, OFD locks, DUPFD_CLOEXEC, GETPIPE_SZ, seals.

Not F_SETOWN and F_SETSIG (signals to others), F_SETLEASE (stops those who open the file), F_SETPIPE_SZ (memory).
"""
_O_TRUNC, _O_ACCMODE = 0x200, 0x3

EQUAL: Final = 4
MASKED: Final = 7
NOT_EQUAL: Final = 1


@dataclass(frozen=True, slots=True)
class Argument:
    """A condition on one argument of a call: compared with `value` after masking, if `how` is MASKED."""

    index: int
    how: int
    value: int
    mask: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A call that gives `error`, or is allowed when that is 0, if all conditions hold."""

    call: str
    error: int = 0
    when: tuple[Argument, ...] = ()


def rules(shared: bool) -> Iterator[Rule]:
    """The whole policy."""
    yield from (Rule(call) for call in ALLOWED)
    yield from (Rule(call, errno.EPERM) for call in DENIED)
    yield from (Rule(call, errno.ENOTSUP) for call in UNSUPPORTED)
    yield from _by_path(shared)
    yield from _only("ioctl", 1, _TERMINAL_QUESTIONS)
    yield from _only("prctl", 0, _PRCTL)
    yield from _only("fcntl", 1, _FCNTL)
    yield from _only("socketpair", 0, (_AF_UNIX,))
    yield from (Rule("mmap", error, (Argument(3, MASKED, value, _MAP_MASK),)) for value, error in _MAPS.items())
    yield Rule("clone", 0, (Argument(0, MASKED, _CLONE_THREAD, _CLONE_THREAD),))
    yield Rule("clone", errno.EPERM, (Argument(0, MASKED, 0, _CLONE_THREAD),))
    yield from _towards_oneself()
    yield from _buffer_size()


def _only(call: str, index: int, values: tuple[int, ...]) -> Iterator[Rule]:
    return (Rule(call, 0, (Argument(index, EQUAL, value),)) for value in values)


def _towards_oneself() -> Iterator[Rule]:
    for call in ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"):
        yield Rule(call, 0, (Argument(0, EQUAL, OWN_PID),))
        yield Rule(call, errno.EPERM, (Argument(0, NOT_EQUAL, OWN_PID),))
    yield from _only("prlimit64", 0, (0, OWN_PID))


def _buffer_size() -> Iterator[Rule]:
    """Of sockets: the worker's own stdin must hold a long line. The kernel caps it at twice the usual size."""
    yield Rule("setsockopt", 0, (Argument(1, EQUAL, _SOL_SOCKET), Argument(2, EQUAL, _SO_SNDBUF)))
    yield Rule("setsockopt", errno.EPERM, (Argument(1, NOT_EQUAL, _SOL_SOCKET),))
    yield Rule("setsockopt", errno.EPERM, (Argument(2, NOT_EQUAL, _SO_SNDBUF),))


def _by_path(shared: bool) -> Iterator[Rule]:
    yield from (Rule(call, errno.EPERM if shared else 0) for call in BY_PATH)
    if not shared:
        yield from (Rule(call) for call in ("open", "openat", "openat2", "utimensat"))
        return
    yield Rule("utimensat", 0, (Argument(1, EQUAL, 0),))
    yield Rule("utimensat", errno.EPERM, (Argument(1, NOT_EQUAL, 0),))
    mask = _O_TRUNC | _O_ACCMODE
    for call, index in (("open", 1), ("openat", 2)):
        for value in (0, 1, 2, 3, _O_TRUNC | 1, _O_TRUNC | 2, _O_TRUNC | 3):
            yield Rule(call, 0, (Argument(index, MASKED, value, mask),))
        yield Rule(call, errno.EPERM, (Argument(index, MASKED, _O_TRUNC, mask),))


# --- compiling, by libseccomp ---

COMPILER: Final = (2, 5, 4)
"""The libseccomp that made the stored programs."""
_KILL_PROCESS: Final = 0x80000000
_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000
ARCHITECTURES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_BAD_ARCHITECTURE, _OPTIMIZE = 2, 8
_BINARY_TREE: Final = 2


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("arg", ctypes.c_uint),
        ("op", ctypes.c_int),
        ("datum_a", ctypes.c_uint64),
        ("datum_b", ctypes.c_uint64),
    )


def library() -> Any:
    """libseccomp. Raises OSError when it is not installed (Debian: libseccomp2)."""
    found = ctypes.CDLL(ctypes.util.find_library("seccomp") or "libseccomp.so.2", use_errno=True)
    found.seccomp_init.restype = ctypes.c_void_p
    return found


class _Version(ctypes.Structure):
    _fields_ = (("major", ctypes.c_uint), ("minor", ctypes.c_uint), ("micro", ctypes.c_uint))


def version() -> tuple[int, int, int]:
    """libseccomp's. Another one may compile the same policy to other instructions."""
    seccomp = library()
    seccomp.seccomp_version.restype = ctypes.POINTER(_Version)
    found = seccomp.seccomp_version().contents
    return found.major, found.minor, found.micro


def compile_program(machine: str, shared: bool) -> bytes:
    """The policy as a BPF program for this machine, whatever machine this is."""
    seccomp = library()
    context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(_ERRNO | errno.ENOSYS)))
    try:
        _choose(seccomp, context, ARCHITECTURES[machine])
        for rule in rules(shared):
            _add(seccomp, context, rule)
        return _export(seccomp, context)
    finally:
        seccomp.seccomp_release(context)


def _must(result: int, what: str) -> None:
    if result < 0:
        raise OSError(-result, f"libseccomp: {what}: {os.strerror(-result)}")


def _choose(seccomp: Any, context: ctypes.c_void_p, architecture: int) -> None:
    if seccomp.seccomp_arch_exist(context, ctypes.c_uint32(architecture)) != 0:
        _must(seccomp.seccomp_arch_add(context, ctypes.c_uint32(architecture)), "arch_add")
        _must(seccomp.seccomp_arch_remove(context, ctypes.c_uint32(0)), "arch_remove")
    for attribute, value in ((_BAD_ARCHITECTURE, _KILL_PROCESS), (_OPTIMIZE, _BINARY_TREE)):
        _must(seccomp.seccomp_attr_set(context, attribute, ctypes.c_uint32(value)), "attr_set")


def _add(seccomp: Any, context: ctypes.c_void_p, rule: Rule) -> None:
    number = seccomp.seccomp_syscall_resolve_name(rule.call.encode())
    if number == -1:
        return  # a call newer than this libseccomp: it stays at ENOSYS
    action = ctypes.c_uint32(_ERRNO | rule.error if rule.error else _ALLOW)
    count = len(rule.when)
    comparisons = (_Comparison * max(1, count))(*map(_comparison, rule.when))
    _must(seccomp.seccomp_rule_add_array(context, action, number, count, comparisons), rule.call)


def _comparison(when: Argument) -> _Comparison:
    first, second = (when.mask, when.value) if when.how == MASKED else (when.value, 0)
    return _Comparison(when.index, when.how, first, second)


def _export(seccomp: Any, context: ctypes.c_void_p) -> bytes:
    with tempfile.TemporaryFile() as file:
        _must(seccomp.seccomp_export_bpf(context, file.fileno()), "export")
        file.seek(0)
        return file.read()


def main() -> None:
    """Write every program anew."""
    for machine in ARCHITECTURES:
        for shared in (False, True):
            program = compile_program(machine, shared)
            Path(program_path(machine, shared)).write_text(to_text(program))
            print(f"{program_path(machine, shared)}: {len(program) // struct.calcsize('HBBI')} instructions")


if __name__ == "__main__":
    main()
