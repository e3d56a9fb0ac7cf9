"""A learner's files: saved at once and whole, and compared after each run with what her code made of them.

The server owns the truth, the folder is a working copy that learner code changes at will and at any time. Every
step goes through descriptors and follows no link. Knows no worker. Safe from any thread.
"""

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock

from sandbox.codec import BROWSER_LIMIT
from sandbox.engine.empty import empty
from sandbox.engine.interface import KIB, MIB, Limits, Rejected
from sandbox.engine.scan import DEPTH_LIMIT, FOLDER, Found, Signature, enter, read, scan, settled, sign
from sandbox.engine.stage import Stage, moved_on
from sandbox.engine.syscalls import acting_as
from sandbox.protocol import File, Files, LeftOut, path_problem

TEXT_BYTES = BROWSER_LIMIT
"""Largest text written by learner code that is kept and shown: a larger one could not be saved in the page again, and
to send it would cost every other learner a wait."""
LEFT_OUT_LIMIT = 20
"""Names of files left out that one `files` tells; a last one says that there are more."""
GLANCE_NAMES = 100
GLANCE_BYTES = 256 * 1024
"""What a glance looks at and reads at most, and what is told in one go; it takes less than a millisecond or two."""
GLANCE_FILE = 8 * 1024
"""Bytes that a file to be read counts as, besides its own."""
_FULL = (errno.ENOSPC, errno.EDQUOT)
_TOO_LARGE = "It has {:,.0f} KiB; the page takes files of up to {:.0f} KiB. Your code can go on using it."
_NO_ROOM = (
    "{path} could not be saved: the files that your code wrote fill the disk. Delete some in the console, as with "
    "os.remove, and save again."
)


NO_TIMES: Mapping[str, int] = {}

Left = dict[str, tuple[Signature | None, str]]
"""What is not kept, by path: as it was when last looked at, and why."""


class TooMuch(Exception):
    """There is more to look at than a glance takes in."""


@dataclass(frozen=True, slots=True)
class Known:
    """A file as the server has it, and as it was on the disk when last looked at."""

    digest: bytes
    size: int
    signature: Signature
    settled: bool


class Workspace:
    """The folder `root`, with `stage` beside it on the same file system; both are descriptors, closed by `close`."""

    def __init__(self, root: int, stage: int) -> None:
        self._root, self._stage = root, Stage(stage)
        self._owner = os.fstat(root).st_uid
        self._limits = Limits()
        self._known: dict[str, Known] = {}
        self._bytes = 0
        """Of all that are known."""
        self._left: Left = {}
        self._writes = 0
        """Saves and deletes since it was filled."""
        self._lock = Lock()

    def close(self) -> None:
        """Give the descriptors back; the folder stays. What is called afterwards raises OSError."""
        with self._lock:
            os.close(self._root)
            self._root = -1
            self._stage.close()

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """One at a time, and as the folder's owner: that may be a learner's uid, and we root."""
        with self._lock, nullcontext() if self._owner == os.geteuid() else acting_as(self._owner, self._owner):
            yield

    # --- what the server does ---

    def fill(self, files: Mapping[str, str], limits: Limits, times: Mapping[str, int] = NO_TIMES) -> None:
        """Make it say this, before a worker starts: files that say it already keep their times, caches go.

        `times` are times of modification, in nanoseconds, for those files that must have a certain one.

        What is no text file of the server stays. Raises Rejected when `files` break the limits.
        """
        with self._at_work():
            self._check_open()
            self._limits = limits
            os.chmod(self._root, 0o700)  # learner code may have taken our own rights away
            try:
                self._fill(files, times)
            except (OSError, Rejected):  # the learner's code put something in the way: nothing of it is worth keeping
                empty(self._root)
                self._known.clear()
                self._bytes = 0
                self._fill(files, times)
            self._stage.make_spare()
            self._writes = 0

    def save(self, path: str, text: str, mtime_ns: int = 0) -> int:
        """Write a file at once and whole, with the folders it needs; the time of modification that it has got.

        That is `mtime_ns` unless it is 0. Raises Rejected or OSError.
        """
        with self._at_work():
            self._check_open()
            try:
                self._save(path, text.encode("utf-8", "replace"), mtime_ns)
            except OSError as error:
                if error.errno in _FULL:
                    raise Rejected("too-large", _NO_ROOM.format(path=path)) from None
                raise
            self._writes += 1
            return self._known[path].signature[3]

    def delete(self, path: str) -> None:
        """Remove a file, if it is there, and the folders that are then empty. Raises Rejected or OSError."""
        with self._at_work():
            self._check_open()
            self._delete(path)
            self._writes += 1

    def adopt(self, lost: "Workspace") -> None:
        """Take over from a workspace that is given up what learner code wrote there and no server keeps: no text."""
        for path, data, why in lost._unkept():
            with self._at_work(), suppress(OSError, Rejected):
                *folders, name = path.split("/")
                with self._folder(folders, create=True) as folder:
                    self._left[path] = self._stage.put(folder, name, data, 0, 0), why

    def _unkept(self) -> Iterator[tuple[str, bytes, str]]:
        with self._at_work():
            self._check_open()
            left = self._limits.workspace_bytes
            for path, (_, why) in sorted(self._left.items()):
                with suppress(OSError):
                    data, _ = read(self._root, path, min(left, self._limits.file_bytes))
                    if len(data) <= min(left, self._limits.file_bytes):
                        left -= len(data)
                        yield path, data, why

    def _fill(self, files: Mapping[str, str], times: Mapping[str, int]) -> None:
        self._drop_caches()
        for path in self._known.keys() - files.keys():
            self._delete(path)
        for path, text in files.items():
            data = text.encode("utf-8", "replace")
            wanted = times.get(path, 0)
            if not self._says(path, data) or wanted not in (0, self._known[path].signature[3]):
                self._save(path, data, wanted)

    def _says(self, path: str, data: bytes) -> bool:
        known = self._known.get(path)
        if known is None or known.digest != _digest(data):
            return False
        try:
            if known.settled and self._sign(path) == known.signature:
                return True
            found, signature = read(self._root, path, len(data))
        except OSError:
            return False
        if found != data:
            return False
        self._note(path, Known(known.digest, len(data), signature, settled(signature)))
        return True

    def _save(self, path: str, data: bytes, mtime_ns: int) -> None:
        self._check_name(path)
        self._check_room(path, len(data))
        *folders, name = path.split("/")
        with self._folder(folders, create=True) as folder:
            old = _status(folder, name)
            if old and stat.S_ISDIR(old.st_mode):
                raise Rejected("name", f"{path} is a folder.")
            signature = self._stage.put(folder, name, data, old.st_mtime_ns if old else 0, mtime_ns)
        # never settled: learner code may write to it at once
        self._note(path, Known(_digest(data), len(data), signature, settled=False))
        self._left.pop(path, None)

    def _delete(self, path: str) -> None:
        self._check_name(path)
        *folders, name = path.split("/")
        try:
            with self._folder(folders, create=False) as folder, moved_on(folder):
                os.unlink(name, dir_fd=folder)
        except FileNotFoundError:
            pass
        except IsADirectoryError:
            raise Rejected("name", f"{path} is a folder.") from None
        self._drop(path)
        self._prune(folders)

    def _prune(self, folders: list[str]) -> None:
        while folders:
            *folders, name = folders
            try:
                with enter(self._root, folders) as folder, moved_on(folder):
                    os.rmdir(name, dir_fd=folder)
            except OSError:  # not empty, or no longer there
                return

    def _note(self, path: str, known: Known) -> None:
        self._drop(path)
        self._known[path] = known
        self._bytes += known.size

    def _drop(self, path: str) -> None:
        known = self._known.pop(path, None)
        self._bytes -= known.size if known else 0

    def _check_open(self) -> None:
        if self._root < 0:  # os.scandir(-1) would list the server's own folder
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    def _check_name(self, path: str) -> None:
        problem = path_problem(path)
        if not problem and "__pycache__" in path.split("/"):
            problem = "The folder __pycache__ belongs to Python."
        if not problem and path.count("/") > DEPTH_LIMIT:
            problem = f"A file lies in at most {DEPTH_LIMIT} folders."
        if problem:
            raise Rejected("name", problem)

    def _check_room(self, path: str, size: int) -> None:
        known = self._known.get(path)
        if size > self._limits.file_bytes:
            raise Rejected("too-large", f"A file has at most {_mib(self._limits.file_bytes)}.")
        if self._bytes - (known.size if known else 0) + size > self._limits.workspace_bytes:
            raise Rejected("too-large", f"The files together have at most {_mib(self._limits.workspace_bytes)}.")
        if not known and len(self._known) >= self._limits.workspace_files:
            raise Rejected("too-many", f"There are at most {self._limits.workspace_files} files.")

    @contextmanager
    def _folder(self, folders: list[str], create: bool) -> Iterator[int]:
        current = os.dup(self._root)
        try:
            for name in folders:
                following = _open_folder(current, name, create)
                os.close(current)
                current = following
            yield current
        finally:
            os.close(current)

    def _drop_caches(self) -> None:
        """`__pycache__` is Python's: an old one would be read although the worker writes none."""
        folders = {"", *(path.rpartition("/")[0] for path in self._known)}
        for folder in folders | {folder.rpartition("/")[0] for folder in folders}:
            try:
                with enter(self._root, [part for part in folder.split("/") if part]) as parent:
                    self._stage.take(parent, "__pycache__")
            except OSError:  # none there
                continue
        self._stage.clear()

    # --- what the learner's code did ---

    def changes(self, at_a_glance: bool = False) -> Files | None:
        """What differs from the last look and from our own saves; None for nothing.

        Takes up to a tenth of a second where learner code made much; a glance raises TooMuch then, and nothing is lost.
        """
        with self._at_work():
            self._check_open()
            found = self._glance() if at_a_glance else scan(self._root)
            left: Left = {path: (signature, f"It is {kind}.") for path, (signature, kind) in found.others.items()}
            if not found.complete:
                left[""] = None, "There is more than can be looked at; the rest is not kept."
            deleted = self._missing(found)
            for path in deleted:
                self._drop(path)
            changed = self._take(found, left)
            told, self._left = self._new(left), left
            writes = self._writes
        return Files(tuple(changed), tuple(deleted), told, writes) if changed or deleted or told else None

    def _glance(self) -> Found:
        found = scan(self._root, GLANCE_NAMES)
        sizes = [
            one[1]
            for path, one in found.files.items()
            if not (one[1] > TEXT_BYTES or self._unchanged(path, one) or self._is_left(path, one))
        ]
        if not found.complete or sum(sizes) + GLANCE_FILE * len(sizes) > GLANCE_BYTES:
            raise TooMuch
        return found

    def _missing(self, found: Found) -> list[str]:
        """What the server shall have no longer: it is gone, or has grown so large that the disk alone has it."""
        grown = {path for path, signature in found.files.items() if signature[1] > TEXT_BYTES}
        absent = self._known.keys() - found.files.keys() - found.others.keys()
        gone = {path for path in absent if not self._exists(path)}  # a scan need not have seen everything
        return sorted(gone | (grown & self._known.keys()))

    def _exists(self, path: str) -> bool:
        try:
            return self._sign(path) is not None
        except OSError:
            return False

    def _sign(self, path: str) -> Signature | None:
        *folders, name = path.split("/")
        with enter(self._root, folders) as folder:
            status = _status(folder, name)
            return sign(status) if status else None

    def _take(self, found: Found, left: Left) -> list[File]:
        changed = []
        budget = self._limits.workspace_bytes
        for path, signature in sorted(item for item in found.files.items() if not self._unchanged(*item)):
            if self._is_left(path, signature):
                left[path] = self._left[path]
                continue
            try:
                self._check_before_reading(path, signature[1])
                budget -= signature[1]
                file = self._read(path, budget)
            except Rejected as refusal:
                left[path] = signature, str(refusal)
                continue
            if file:
                changed.append(file)
        return changed

    def _unchanged(self, path: str, signature: Signature) -> bool:
        known = self._known.get(path)
        return known is not None and known.settled and known.signature == signature

    def _is_left(self, path: str, signature: Signature) -> bool:
        return path in self._left and self._left[path][0] == signature

    def _check_before_reading(self, path: str, size: int) -> None:
        if _shown(path) != path:
            raise Rejected("name", "Its name is not UTF-8.")
        self._check_name(path)
        if size > TEXT_BYTES:
            raise Rejected("too-large", _TOO_LARGE.format(size / KIB, TEXT_BYTES / KIB))
        self._check_room(path, size)

    def _read(self, path: str, budget: int) -> File | None:
        """The file as it is now, None when it says what we know. Raises Rejected when it cannot be kept."""
        if budget < 0:
            raise Rejected("too-large", "Too much was written at once.")
        try:
            data, signature = read(self._root, path, TEXT_BYTES)
        except OSError:
            raise Rejected("name", "It cannot be read.") from None
        self._check_before_reading(path, len(data))  # it may have grown meanwhile
        known = self._known.get(path)
        digest = _digest(data)
        if known is None or known.digest != digest:
            text = _text(data)
        self._note(path, Known(digest, len(data), signature, settled(signature)))
        return None if known and known.digest == digest else File(path, text)

    def _new(self, left: Left) -> tuple[LeftOut, ...]:
        new = sorted(path for path, one in left.items() if self._left.get(path) != one)
        told = [LeftOut(_shown(path), left[path][1]) for path in new[:LEFT_OUT_LIMIT]]
        more = len(new) - len(told)
        return (*told, LeftOut("", f"{more} more are not kept.")) if more else tuple(told)


def _open_folder(parent: int, name: str, create: bool) -> int:
    try:
        return os.open(name, FOLDER, dir_fd=parent)
    except FileNotFoundError:
        if not create:
            raise
    except OSError as error:
        if error.errno in {errno.ENOTDIR, errno.ELOOP}:
            raise Rejected("name", f"{_shown(name)} is not a folder.") from None
        raise
    with moved_on(parent):
        os.mkdir(name, dir_fd=parent)
    return os.open(name, FOLDER, dir_fd=parent)


def _status(folder: int, name: str) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def _text(data: bytes) -> str:
    if b"\0" in data:
        raise Rejected("name", "It is not text.")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Rejected("name", "It is not UTF-8 text.") from None


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()


def _shown(path: str) -> str:
    """A name from the file system, fit for a message."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _mib(size: int) -> str:
    return f"{size / MIB:g} MiB"
