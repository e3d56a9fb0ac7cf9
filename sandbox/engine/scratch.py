"""Folders that are gone when their process is: one that was killed leaves them behind, and the next takes them away.

Whether a folder's process lives is told by a lock on it, which the kernel releases however the process ends. Knows
nothing of what is in them.
"""

import fcntl
import logging
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from sandbox.engine.empty import FOLDER, empty

log = logging.getLogger(__name__)


class Scratch:
    """A new folder `reload-sandbox-KIND-…` in `parent`, by default where temporary files are. Raises OSError."""

    def __init__(self, kind: str, parent: Path | None = None) -> None:
        """Takes those of the same kind away whose process has ended."""
        parent, prefix = (parent or Path(tempfile.gettempdir())).resolve(), f"reload-sandbox-{kind}-"
        for left in parent.glob(f"{prefix}*"):
            with suppress(OSError):  # in use, or not ours
                _remove(left, _lock(left))
        self.path, self._lock = _make(parent, prefix)

    def remove(self) -> None:
        """With all that is in it, as far as that can be."""
        try:
            _remove(self.path, self._lock)
        except OSError as error:
            log.warning("%s could not be removed: %s", self.path, error.strerror)


def _make(parent: Path, prefix: str) -> tuple[Path, int]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        with suppress(BlockingIOError, FileNotFoundError):  # another process just took it for one that was left
            return path, _lock(path)


def _lock(folder: Path) -> int:
    """A descriptor of the folder, which holds its lock. Raises OSError, also where it is not ours."""
    descriptor = os.open(folder, FOLDER)
    try:
        if os.fstat(descriptor).st_uid != os.geteuid():
            raise PermissionError
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.stat(folder)  # it may be gone by now
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _remove(folder: Path, lock: int) -> None:
    try:
        empty(lock)
        folder.rmdir()
    finally:
        os.close(lock)
