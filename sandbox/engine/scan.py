"""Looks through a workspace for what the learner's code changed: bounded, and never through a link.

Learner code may race every step: each folder is entered by descriptor, each file is judged by what was really opened.
Knows nothing of saves and limits of the whole; `workspace` decides what is kept.
"""

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

ENTRY_LIMIT = 2000
"""Names looked at in one scan, folders included."""
DEPTH_LIMIT = 16
"""Folders within folders that are looked into."""
TICK = 20_000_000
"""Nanoseconds in which two writes may get the same time: a tick of the kernel's coarse clock, rounded up."""

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
PLAIN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC

Signature = tuple[int, int, int, int]
"""Inode, size, time of change and of modification: the time of change cannot be set by a program."""


def sign(status: os.stat_result) -> Signature:
    """What must differ when a file was written."""
    return status.st_ino, status.st_size, status.st_ctime_ns, status.st_mtime_ns


def settled(signature: Signature) -> bool:
    """Whether a write from now on must show in the signature; a write within the same tick would not."""
    return time.time_ns() - signature[2] > TICK


@contextmanager
def enter(root: int, folders: list[str]) -> Iterator[int]:
    """A descriptor of the folder, reached one component at a time. Raises OSError where that is no plain folder."""
    current = os.dup(root)
    try:
        for name in folders:
            following = os.open(name, FOLDER, dir_fd=current)
            os.close(current)
            current = following
        yield current
    finally:
        os.close(current)


def read(root: int, path: str, limit: int) -> tuple[bytes, Signature]:
    """A regular file's bytes, up to one more than `limit`, and its signature from before. Raises OSError."""
    *folders, name = path.split("/")
    with enter(root, folders) as folder:
        descriptor = os.open(name, PLAIN, dir_fd=folder)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError("not a regular file")
        return _read_up_to(descriptor, limit + 1), sign(status)
    finally:
        os.close(descriptor)


def _read_up_to(descriptor: int, limit: int) -> bytes:
    pieces = []
    while limit > 0 and (piece := os.read(descriptor, min(limit, 1 << 20))):
        pieces.append(piece)
        limit -= len(piece)
    return b"".join(pieces)


@dataclass
class Found:
    """What a scan saw: regular files and everything else, by path as the file system gives it."""

    files: dict[str, Signature] = field(default_factory=dict)
    others: dict[str, tuple[Signature, str]] = field(default_factory=dict)
    """What is no regular file, and what to call it."""
    complete: bool = True
    """False when there was more than was to be looked at."""


def scan(root: int, most: int = ENTRY_LIMIT) -> Found:
    """What is below `root`, up to `most` names. `__pycache__` is Python's own and passed over."""
    found = Found()
    room = most

    def visit(folder: int, prefix: str, depth: int) -> None:
        nonlocal room
        with os.scandir(folder) as entries:
            for entry in entries:
                if room == 0:
                    found.complete = False
                    return
                room -= 1
                try:
                    status = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if stat.S_ISREG(status.st_mode):
                    found.files[prefix + entry.name] = sign(status)
                else:
                    look_into(folder, prefix + entry.name, entry.name, status, depth)

    def look_into(folder: int, path: str, name: str, status: os.stat_result, depth: int) -> None:
        if not stat.S_ISDIR(status.st_mode):
            found.others[path] = sign(status), _kind(status.st_mode)
            return
        if name == "__pycache__":
            return
        if depth == DEPTH_LIMIT:
            found.others[path] = sign(status), f"a folder deeper than {DEPTH_LIMIT}"
            return
        try:
            with enter(folder, [name]) as inner:
                visit(inner, path + "/", depth + 1)
        except OSError:
            found.others[path] = sign(status), "a folder that cannot be read"

    visit(root, "", 0)
    return found


def _kind(mode: int) -> str:
    kinds = {stat.S_IFLNK: "a symbolic link", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(mode), "a device")
