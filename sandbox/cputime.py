"""The processor time of another process, to the nanosecond. Standard library only: the zygote imports it."""

import time


def clock_of(pid: int) -> int:
    """The clock that counts the time of all its threads, for `time.clock_gettime`.

    CPUCLOCK_SCHED of a whole process: MAKE_PROCESS_CPUCLOCK in the kernel's include/linux/posix-timers_types.h.
    """
    return (~pid << 3) | 2


def cpu_time(pid: int) -> float:
    """Seconds so far. Raises OSError when there is no such process."""
    return time.clock_gettime(clock_of(pid))
