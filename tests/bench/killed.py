"""A hundred servers killed under twenty learners: python -m tests.bench.killed [rounds] [seed]

After each: what was accepted is in the journal, in order and once, and the memory of two learners, at the end of all of
them, is what a fresh replay makes.
"""

import random
import sys
import tempfile
import time
from pathlib import Path

from tests.web.test_killed import play


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**6)
    print(f"{rounds} rounds, seed {seed}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        typists = play(Path(folder), rounds, seed)
    inputs = sum(len(typist.sent) for typist in typists)
    seconds = time.monotonic() - began
    print(f"nothing lost, nothing doubled: {inputs} inputs of {len(typists)} learners")
    print(f"{seconds:.0f} s, {60 * rounds / seconds:.1f} rounds a minute")


if __name__ == "__main__":
    main()
