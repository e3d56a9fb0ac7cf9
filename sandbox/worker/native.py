"""What only C can do: PyOS_InputHook, its stdin, SIGINT below Python's handlers, memory kept back, a common death.

Knows no command and no learner. Everything is looked up once, at import; nothing here raises an audit event later.
"""

import ctypes
import os
import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

_STRUCT_BYTES = 256
"""More than any libc's `struct sigaction` or `sigset_t`: they are copied whole and never looked into."""
_PR_SET_PDEATHSIG = 1
_SIG_BLOCK, _SIG_SETMASK = 0, 2
_READ_AND_WRITE, _PRIVATE_AND_ANONYMOUS = 3, 0x22
_FAILED = ctypes.c_void_p(-1).value

_FILENO = 112
"""Where 64-bit glibc's `struct _IO_FILE` has `_fileno`: see bits/types/struct_FILE.h. It is part of its ABI."""

_c = ctypes.PyDLL(None)
_sigaction = _c.sigaction
_pthread_sigmask = _c.pthread_sigmask
_map, _unmap = _c.mmap, _c.munmap
_map.restype = ctypes.c_void_p
_map.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)
_unmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
_input_hook = ctypes.c_void_p.in_dll(ctypes.pythonapi, "PyOS_InputHook")
_check_signals = ctypes.pythonapi.PyErr_CheckSignals
_set_interrupt = ctypes.cast(ctypes.pythonapi.PyErr_SetInterrupt, ctypes.c_void_p).value


def _find_c_stdin() -> ctypes.c_int | None:
    """The number of the descriptor that it reads, in glibc; elsewhere nobody tells where that stands."""
    stdin = ctypes.c_void_p.in_dll(_c, "stdin").value
    if stdin is None or "CS_GNU_LIBC_VERSION" not in os.confstr_names or ctypes.sizeof(ctypes.c_void_p) != 8:
        return None
    return ctypes.c_int.from_address(stdin + _FILENO)


def _buffer() -> "ctypes.Array[ctypes.c_char]":
    return ctypes.create_string_buffer(_STRUCT_BYTES)


_c_stdin_reads = _find_c_stdin()
_all_signals = _buffer()
_c.sigfillset(_all_signals)

Handler = Callable[[int, FrameType | None], Any] | int | None


class InputHook:
    """CPython calls it before each line it reads, with an empty Python stack."""

    def __init__(self, function: Callable[[], int]) -> None:
        self._callback = ctypes.CFUNCTYPE(ctypes.c_int)(function)
        self._address = ctypes.cast(self._callback, ctypes.c_void_p).value

    def install(self) -> None:
        _input_hook.value = self._address

    def be_an_interrupt(self) -> None:
        """Until `install`, the hook is CPython's own PyErr_SetInterrupt: SIGINT, but with no signal and no race."""
        _input_hook.value = _set_interrupt


class InterruptSwitch:
    """Whether SIGINT reaches this process at all. `signal.getsignal` never shows a difference."""

    def __init__(self) -> None:
        self._ignored, self._kept = _buffer(), _buffer()
        """What a shell's `&` or nohup left ignored is not: an ignored signal is inherited, and Python leaves it so."""
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
        _sigaction(signal.SIGINT, None, self._ignored)
        signal.signal(signal.SIGINT, signal.default_int_handler if handler is signal.SIG_IGN else handler)
        self._off = False
        self._set_aside: Handler = None

    def off(self) -> None:
        """Ignore SIGINT. It is noted before it is done: a KeyboardInterrupt may come up once C has done it."""
        if not self._off:
            self._off = True
            _sigaction(signal.SIGINT, self._ignored, self._kept)

    def on(self) -> None:
        """Let SIGINT do what the learner's code last chose."""
        if self._off:
            self._off = False
            _sigaction(signal.SIGINT, self._kept, None)

    def arm(self) -> None:
        """Until `disarm`: PyErr_SetInterrupt works also where the learner's code chose to ignore SIGINT."""
        handler = signal.getsignal(signal.SIGINT)
        if handler is signal.SIG_IGN or handler is signal.SIG_DFL:
            self._set_handler(signal.default_int_handler)
            self._set_aside = handler

    def disarm(self) -> None:
        """Put back what `arm` set aside."""
        if self._set_aside is not None:
            self._set_handler(self._set_aside)
            self._set_aside = None

    def _set_handler(self, handler: Handler) -> None:
        """In Python's table of handlers alone: SIGINT stays ignored."""
        signal.signal(signal.SIGINT, handler)
        _sigaction(signal.SIGINT, self._ignored, None)


class Unsignalled:
    """Within it the calling thread takes no signal, so that a system call cannot be cut in the middle."""

    def __init__(self) -> None:
        self._before = _buffer()

    def __enter__(self) -> None:
        try:
            _pthread_sigmask(_SIG_BLOCK, _all_signals, self._before)
        except BaseException:  # a signal that came just before: its handler raises here, and no `with` block begins
            _pthread_sigmask(_SIG_SETMASK, self._before, None)
            raise

    def __exit__(self, *_: object) -> None:
        _pthread_sigmask(_SIG_SETMASK, self._before, None)


class Signalled:
    """Within it, inside `outer`, the thread takes signals as before."""

    def __init__(self, outer: Unsignalled) -> None:
        self._outer = outer

    def __enter__(self) -> None:
        self._outer.__exit__()

    def __exit__(self, *_: object) -> None:
        self._outer.__enter__()


def handle_signals() -> None:
    """Call Python's handlers for signals that have come; what they raise comes up here.

    From 3.13 on a function that is called in an audit hook does not look for them: RESUME in Python/bytecodes.c.
    """
    _check_signals()


class Reserve:
    """Memory kept back while the learner's code runs: when hers has taken all there is, ours can still say so.

    It is never touched, so it costs nothing but room below the limit.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._place: int | None = None

    def keep(self) -> None:
        """Take it, if there is so much."""
        if self._place is None:
            place = _map(None, self._size, _READ_AND_WRITE, _PRIVATE_AND_ANONYMOUS, -1, 0)
            self._place = None if place == _FAILED else place

    def spend(self) -> None:
        """Give it back, for whoever needs memory next."""
        if self._place is not None:
            _unmap(self._place, self._size)
            self._place = None


def die_with_parent() -> None:
    """SIGKILL when the thread that started this process ends. Not inherited by a fork: call it in each child."""
    _c.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def lead_c_stdin(descriptor: int) -> bool:
    """Let C's `stdin`, which has no buffer under `python -u`, read from `descriptor`. False where it cannot be led."""
    if _c_stdin_reads is None:
        return False
    _c_stdin_reads.value = descriptor
    return True


def flush_c_streams() -> None:
    """What C code printed and libc still holds."""
    _c.fflush(None)
