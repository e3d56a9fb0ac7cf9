"""Says why a worker ended: from its wait status and from what the engine itself did, never from the worker's word."""

import signal

FAULTS = {
    signal.SIGSEGV: "it used memory that is not its own (segmentation fault)",
    signal.SIGBUS: "it used memory that is not there (bus error)",
    signal.SIGABRT: "it stopped itself (abort)",
    signal.SIGFPE: "it calculated what cannot be calculated (floating point exception)",
    signal.SIGILL: "it met an instruction that the processor does not know",
    signal.SIGSYS: "it made a system call that is forbidden here",
}

STOPS = {
    "stopped": "Python was stopped.",
    "idle": "Python was ended after a long time without use.",
    "lost": "Python was lost by a fault of the server.",
}
"""What `exited` says for the causes that `Worker.kill` takes."""


def judge(status: int, killed: tuple[str, str] | None, was_ready: bool) -> tuple[str, str]:
    """Cause and sentence of `exited`.

    `status` is the exit status, or minus the signal's number; `killed` is the cause and sentence the engine sent its
    SIGKILL with, None when it sent none.
    """
    if killed and status == -signal.SIGKILL:
        return killed
    if not was_ready:
        return "crashed", f"Python did not start ({_signal_name(-status) if status < 0 else f'exit status {status}'})."
    if status >= 0:
        return "quit", f"Your code ended the interpreter (exit status {status})."
    fault = FAULTS.get(signal.Signals(-status)) if -status in set(signal.Signals) else None
    if fault:
        return "crashed", f"The interpreter crashed: {fault}."
    return "crashed", f"The interpreter was killed by {_signal_name(-status)}, which your code sent or caused."


def _signal_name(number: int) -> str:
    known = number in set(signal.Signals)
    return f"signal {number} ({signal.Signals(number).name})" if known else f"signal {number}"
