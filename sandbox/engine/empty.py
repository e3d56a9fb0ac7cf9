"""Empties a folder that hostile code may have filled: any depth, any names, any permissions, few descriptors.

Knows nothing of workspaces. Nothing may write below the folder at the same time.
"""

import errno
import os
import secrets
from itertools import count

ROUNDS = 5000
"""Times that up to 1,000 names are removed: more means that something goes on writing."""
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def empty(top: int) -> None:
    """Remove everything below the folder of this descriptor. Raises OSError for what cannot be removed.

    Folders found inside a folder are first moved to the top, so that neither recursion nor path length has a limit.
    """
    mark, number = f".removed-{secrets.token_hex(8)}-", count()
    for _ in range(ROUNDS):
        names = _names(top)
        if not names:
            return
        for name in names:
            if not _unlink(top, name):
                _dissolve(top, name, mark, number)
    raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY))


def _dissolve(top: int, name: str, mark: str, number: "count[int]") -> None:
    folder = _open(top, name)
    try:
        while names := _names(folder):
            for inner in names:
                if not _unlink(folder, inner):
                    _open_up(folder, inner)
                    os.rename(inner, f"{mark}{next(number)}", src_dir_fd=folder, dst_dir_fd=top)
    finally:
        os.close(folder)
    os.rmdir(name, dir_fd=top)


def _names(folder: int, most: int = 1000) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.name for entry, _ in zip(entries, range(most), strict=False)]


def _unlink(folder: int, name: str) -> bool:
    """False when it is a folder."""
    try:
        os.unlink(name, dir_fd=folder)
    except IsADirectoryError:
        return False
    return True


def _open(parent: int, name: str) -> int:
    _open_up(parent, name)
    return os.open(name, FOLDER, dir_fd=parent)


def _open_up(parent: int, name: str) -> None:
    """Give ourselves every right to it: by its own descriptor, so that no link is followed."""
    handle = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
    try:
        os.chmod(f"/proc/self/fd/{handle}", 0o700)
    finally:
        os.close(handle)
