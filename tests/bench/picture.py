"""What the memory picture costs, in CPU milliseconds of the interpreter that is looked at; prints a table.

    python -m tests.bench.picture [PYTHON]

Runs the worker's own modules inside a fresh interpreter, with a folder of modules and a `__main__` of each size.
The best of several runs is shown: the machine may have other things to do.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    python = sys.argv[1] if len(sys.argv) > 1 else sys.executable
    with tempfile.TemporaryDirectory() as folder:
        program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tests.bench._looked_at import report; report()"
        subprocess.run([python, "-c", program], cwd=folder, check=True)


if __name__ == "__main__":
    main()
