"""The way down from root: the last thing a server that runs as root does before a zygote is its own program.

Run as a process: keeps the folders named readable for a uid that may not pass the folders above them (a home of mode
0700), by mounts of its own that nobody else sees; becomes that uid for good; runs the command. An ordinary user has no
need of it. Knows nothing of zygotes.
"""

import json
import os
import sys
from collections.abc import Sequence
from typing import Final

from sandbox.engine import syscalls
from sandbox.engine.footprint import Footprint, closed_folders

LEARNER_UID: Final = 64533
"""Nobody's: above a distribution's users, apart from systemd's dynamic ones, within a container's 65,536."""


def descend(uid: int, needs: Footprint) -> None:
    """Become `uid`, with these paths still to be read. Raises OSError."""
    if closed := closed_folders(needs.paths):
        syscalls.unshare(syscalls.CLONE_NEWNS)
        syscalls.mount("", "/", "", syscalls.MS_REC | syscalls.MS_PRIVATE)
        for folder in closed:
            _cover(folder, needs)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def _cover(folder: str, needs: Footprint) -> None:
    """Put an open folder over a closed one, holding what is needed alone."""
    inside = [path for path in needs.paths if path.startswith(folder + "/")]
    sources = {path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in inside}
    flags = syscalls.MS_NOSUID | syscalls.MS_NODEV
    syscalls.mount("tmpfs", folder, "tmpfs", flags, "size=1m,mode=755")
    for path, source in sources.items():
        _make_place(path, os.path.isdir(f"/proc/self/fd/{source}"))
        syscalls.mount(f"/proc/self/fd/{source}", path, "", syscalls.MS_BIND | syscalls.MS_REC)
        os.close(source)
    for path, target in needs.links:
        if path.startswith(folder + "/"):
            os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
            os.symlink(target, path)
    syscalls.mount("", folder, "", syscalls.MS_REMOUNT | syscalls.MS_RDONLY | flags)


def _make_place(path: str, is_folder: bool) -> None:
    os.makedirs(path if is_folder else os.path.dirname(path), 0o755, exist_ok=True)
    if not is_folder:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644))


def main(arguments: Sequence[str]) -> None:
    """The uid and the footprint as one JSON argument, then the command."""
    uid, paths, links = json.loads(arguments[0])
    os.umask(0o022)
    try:
        descend(uid, Footprint(tuple(paths), tuple((path, target) for path, target in links)))
    except OSError as error:
        sys.exit(f"cannot leave root: {error}")
    command = list(arguments[1:])
    os.execv(command[0], command)  # noqa: S606 -- no shell is wanted
