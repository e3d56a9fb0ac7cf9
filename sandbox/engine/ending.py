"""Says why a worker ended: from what the kernel reports and from what the engine did, never from the worker's word."""

import signal
from dataclasses import dataclass

from sandbox.engine.interface import MIB, Limits

_FAULTS: dict[int, str] = {
    signal.SIGSEGV: "it used memory that is not its own (segmentation fault)",
    signal.SIGBUS: "it used memory that is not there (bus error)",
    signal.SIGABRT: "it stopped itself (abort)",
    signal.SIGFPE: "it calculated what cannot be calculated (floating point exception)",
    signal.SIGILL: "it met an instruction that the processor does not know",
    signal.SIGSYS: "it made a system call that is forbidden here",
    signal.SIGXCPU: "it used up the processor time that your code had set itself",
}

STOPS = {
    "stopped": "Python was stopped.",
    "idle": "Python was ended after a long time without use.",
    "lost": "Python was lost by a fault of the server.",
}
"""What `exited` says for the causes that `Worker.kill` takes."""

KEPT = "Your files are kept."
"""What every `exited` says last; what becomes of what was in memory is the session's to say."""

_WITHOUT_MEMORY = {1, 70, -signal.SIGSEGV, -signal.SIGBUS, -signal.SIGABRT}
"""How Python ends that finds no memory: its prompt gives up after some MemoryErrors (1), the worker's own code cannot
go on (70), C code that looks for none at its side."""
_FULL = 0.85
"""Part of its limit from which memory counts as full: the limit counts what was asked for, the peak what was used."""
_SPENT = 0.5
"""Part of its limit from which processor time counts as used up. The kernel ends a process by what it sees at its
ticks, and reports what was used: beside others that run for less than a tick at a time, two thirds of the limit."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What the kernel reports of a process that has ended.

    `status` is the exit status, or minus the number of the signal that ended it; `cpu` are the seconds of processor
    time of its whole life, `peak` the most bytes of memory that it had at a time.
    """

    status: int
    cpu: float = 0
    peak: int = 0


def judge(
    ended: Ended, killed: tuple[str, str] | None, was_ready: bool, limits: Limits, machine_full: bool
) -> tuple[str, str]:
    """Cause and sentence of `exited`.

    `killed` is the cause and sentence the engine sent its SIGKILL with, None when it sent none; `machine_full` says
    that the kernel has ended processes for want of memory since this one began.
    """
    status = ended.status
    if killed and status == -signal.SIGKILL:
        return killed
    if machine_full and status == -signal.SIGKILL:  # her code may have sent it, which nobody can tell from the kernel
        return "memory", "Python was killed while the server's machine was out of memory."
    if status in _WITHOUT_MEMORY and ended.peak >= _FULL * limits.memory_bytes:
        used = f"{limits.memory_bytes / MIB:.3g} MiB, the limit, were in use"
        return "memory", f"Python ended for want of memory: {used} ({_how(status)})."
    if not was_ready:
        return "crashed", f"Python did not start ({_how(status)})."
    return _of_itself(ended, limits)


def _of_itself(ended: Ended, limits: Limits) -> tuple[str, str]:
    status = ended.status
    if status >= 0:
        return "quit", f"Your code ended the interpreter ({_how(status)})."
    if status == -signal.SIGKILL and ended.cpu >= _SPENT * limits.life_cpu_seconds:
        return "time", f"This Python used {limits.life_cpu_seconds:,} s of processor time in all, which is the limit."
    if fault := _FAULTS.get(-status):
        return "crashed", f"The interpreter crashed: {fault}."
    return "crashed", f"The interpreter was killed by {_how(status)}, which your code sent or caused."


def _how(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    known = -status in set(signal.Signals)
    return f"signal {-status} ({signal.Signals(-status).name})" if known else f"signal {-status}"
