"""Puts files into a folder whole, by a rename from beside it, and moves times on so that importlib sees every change.

The folder may be a learner's, who changes it at any time: it is known by its descriptor alone, and nothing follows a
link. Knows no workspace and no limit.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count

from sandbox.engine.empty import empty
from sandbox.engine.scan import Signature, sign

_STEP = 1000
"""Nanoseconds by which a time is moved on where the clock's tick gave the same again; a float of seconds shows it."""
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Stage:
    """A folder of the server's own, on the same file system; `descriptor` is closed by `close`."""

    def __init__(self, descriptor: int) -> None:
        self._folder = descriptor
        self._number = count()
        self._spare = ""
        """The file that the next `put` writes: made in advance, since learner code may take every inode."""

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._folder)
        self._folder = -1

    def make_spare(self) -> None:
        """Be ready for the next `put`."""
        if not self._spare:
            spare = str(next(self._number))
            os.close(os.open(spare, _NEW, 0o644, dir_fd=self._folder))
            self._spare = spare

    def put(self, folder: int, name: str, data: bytes, before: int, mtime_ns: int) -> Signature:
        """Have `name` in `folder` be a file that says `data`; its signature.

        Its time of modification is `mtime_ns`, unless that is 0, and else later than `before`. Raises OSError.
        """
        self.make_spare()
        staged, self._spare = self._spare, ""
        descriptor = os.open(staged, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=self._folder)
        try:
            _write(descriptor, data)
            if mtime_ns:
                os.utime(descriptor, ns=(mtime_ns, mtime_ns))
            else:
                _move_on(descriptor, before)
            with moved_on(folder):
                os.replace(staged, name, src_dir_fd=self._folder, dst_dir_fd=folder)
            return sign(os.fstat(descriptor))
        except OSError:
            with suppress(FileNotFoundError):
                os.unlink(staged, dir_fd=self._folder)
            raise
        finally:
            os.close(descriptor)
            with suppress(OSError):  # the next one tries again
                self.make_spare()

    def take(self, folder: int, name: str) -> None:
        """Take what is called `name` out of `folder`, whatever it is; `clear` removes it. Raises OSError."""
        os.rename(name, str(next(self._number)), src_dir_fd=folder, dst_dir_fd=self._folder)

    def clear(self) -> None:
        """Remove all that is in here."""
        empty(self._folder)
        self._spare = ""


@contextmanager
def moved_on(folder: int) -> Iterator[None]:
    """The folder's time is later afterwards: importlib lists it again only then, and a tick is up to 10 ms."""
    before = os.fstat(folder).st_mtime_ns
    yield
    _move_on(folder, before)


def _move_on(descriptor: int, before: int) -> None:
    if os.fstat(descriptor).st_mtime_ns <= before:
        os.utime(descriptor, ns=(before + _STEP, before + _STEP))


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
