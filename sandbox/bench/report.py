"""What was measured, in a few lines for people. Knows how a rehearsal is read, and not how it is made."""

from collections.abc import Iterator

from sandbox.bench.workshop import ACTIVE, PACE, Rehearsal

MIB = 1024 * 1024
GIB = 1024 * MIB
BUSY = 0.1
"""From this share of the processors on, what other programs did is worth a line."""
SLOW = 0.5
"""Seconds at p99 from which learners notice that they share a machine."""


def report(measured: Rehearsal) -> Iterator[str]:
    """The lines, the last of which says how many there is room for."""
    arrival, work, number = measured.arrival, measured.work, measured.learners
    yield (
        f"starts   {number / arrival.seconds:.0f} learners a second: {number} had run their first entry after "
        f"{arrival.seconds:.1f} s, each within {arrival.slowest:.2f} s"
    )
    yield f"idle     {measured.memory_each / MIB:.1f} MiB a learner, with the server's and the kernel's part of it"
    yield (
        f"active   one in {ACTIVE}, an edit and a reload every {PACE:g} s: median {work.median * 1000:.1f} ms, p99 "
        f"{work.p99 * 1000:.1f} ms, {_share(measured, work.spent.theirs):.0%} of the processors"
    )
    others = _share(measured, work.spent.others)
    if others > BUSY:
        yield f"beware   other programs took {others:.0%} of the processors meanwhile: measure again when they are done"
    yield _verdict(measured)


def _share(measured: Rehearsal, seconds: float) -> float:
    return seconds / measured.work.spent.at / measured.cores


def _verdict(measured: Rehearsal) -> str:
    if measured.work.p99 > SLOW:
        return f"room for fewer than {measured.learners}: they wait too long; try --learners {measured.learners // 2}"
    bound = "memory is" if measured.by_memory < measured.by_processor else "the processors are"
    room = _round(measured.room)
    beyond = f"; measured with {measured.learners}" if room > measured.learners else ""
    return f"room for about {room:,} learners of whom one in {ACTIVE} works at a time: {bound} the limit{beyond}"


def _round(number: int) -> int:
    """To two digits: it is no more exact than that."""
    step: int = 10 ** max(0, len(str(number)) - 2)
    return number // step * step
