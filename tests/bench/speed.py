"""How fast the machine is just now: what a plain loop takes, which strangers on the same processors make longer."""

import time

LOOPS = 100_000


def plain_loop() -> float:
    """Seconds that a plain loop takes."""
    began = time.perf_counter()
    number = 0
    for step in range(LOOPS):
        number += step
    return time.perf_counter() - began


class Speed:
    """Looked at again and again while something else is measured."""

    def __init__(self) -> None:
        self.took: list[float] = []

    def look(self) -> None:
        """Loop a few times: some 50 ms."""
        self.took.extend(plain_loop() for _ in range(5))

    def __str__(self) -> str:
        took = sorted(self.took)
        best, middle = took[0] * 1000, took[len(took) // 2] * 1000
        return f"a plain loop of {LOOPS:,} rounds beside: best {best:.1f} ms, median {middle:.1f} ms"


__all__ = ["Speed"]
