"""What the kernel does when this machine's memory runs out: whom it ends first, and how many it has ended so far."""

import os
from contextlib import suppress

_COUNTER = b"\noom_kill "
_LARGEST = 65536
FIRST = "1000"
"""Before any other process."""


def kills(path: str = "/proc/vmstat") -> int:
    """So far, in every control group; 0 where nobody says. Takes about 50 microseconds."""
    try:
        with open(path, "rb", buffering=0) as file:
            _, found, rest = file.read(_LARGEST).partition(_COUNTER)
    except OSError:
        return 0
    return int(rest.split(b"\n", 1)[0]) if found else 0


def preference(process: int | str) -> str:
    """The file that says how soon the kernel ends this process."""
    return f"/proc/{process}/oom_score_adj"


def offer(process: int) -> None:
    """Have this process, a learner's, ended before any other, as the server; nothing where that is denied."""
    with suppress(OSError):
        descriptor = os.open(preference(process), os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(descriptor, FIRST.encode())
        finally:
            os.close(descriptor)
