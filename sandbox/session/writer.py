"""The way of every change to a session's files: asked for, done in the worker's copy, journalled, told.

Knows no entries and no sockets. Called under the session's lock.
"""

import errno
import time
from collections.abc import Callable

from sandbox.engine.interface import Rejected
from sandbox.protocol import Delete, Deleted, File, Files, Save, Saved
from sandbox.session.disks import Disks
from sandbox.session.life import Life
from sandbox.session.record import Record
from sandbox.session.workspace import Workspace

DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Writer:
    """Changes files for the driver, who knows what she sent, or for the session, of which everybody must be told."""

    def __init__(self, life: Life, record: Record, workspace: Workspace) -> None:
        self._life, self._record, self._workspace = life, record, workspace
        self.disks = Disks()
        self.defer: Callable[[Save | Delete, int], None] | None = None
        """Takes what the worker's copy must not see yet, while it is made to do again what it did before."""

    def change(self, command: Save | Delete) -> bool:
        """Do it if it can be done; else the command is refused."""
        problem = self._workspace.problem(command)
        if problem is not None:
            self._record.refuse(problem.code, problem.reason, command.id)
        elif (mtime_ns := self._write(command)) is not None:
            self._workspace.change(command)
            done = Saved(command.path) if isinstance(command, Save) else Deleted(command.path)
            seq = self._record.take(command, mtime_ns)
            self._record.note(seq, done)
            self.tell_disk(seq)
            return True
        return False

    def tell_disk(self, seq: int) -> None:
        """Tell everybody whether memory holds what the disk holds, after input `seq`."""
        disk = self._workspace.disk()
        self.disks.add(seq, disk)
        self._record.audience.push(disk)

    def put(self, command: Save | Delete) -> None:
        """Change a file that no page knows of yet."""
        if self.change(command):
            saved = isinstance(command, Save)
            changed = (File(command.path, command.text),) if isinstance(command, Save) else ()
            self._record.audience.push(Files(changed, () if saved else (command.path,), (), self._record.newest))

    def replace_all(self, files: dict[str, str]) -> None:
        """Have these files and no others. For a session without a worker."""
        for path in set(self._workspace.texts()) - set(files):
            self.put(Delete(path))
        for path, text in files.items():
            self.put(Save(path, text))

    def _write(self, command: Save | Delete) -> int | None:
        """Have the worker's copy changed at once; the file's time in nanoseconds. None when it was refused.

        A session without a worker has its files alone.
        """
        if self.defer is not None:
            mtime_ns = time.time_ns()
            self.defer(command, mtime_ns)
            return mtime_ns
        try:
            mtime_ns = self._life.send(command)
        except Rejected as error:
            self._record.refuse(error.code, str(error), command.id)
            return None
        except OSError as error:
            code = "too-large" if error.errno in DISK_FULL else "name"
            self._record.refuse(code, f"{command.path} could not be written: {error.strerror}.", command.id)
            return None
        return mtime_ns or time.time_ns()
