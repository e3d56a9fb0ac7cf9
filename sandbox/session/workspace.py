"""The files of a session, as the server keeps them: the truth, of which a worker has a working copy.

Bounded in number and bytes. Knows no worker and no disk; `disk` compares it with what was loaded.
"""

import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping

from sandbox.engine.interface import Limits
from sandbox.protocol import PATH_LIMIT, Delete, Disk, File, Files, Loaded, Refused, Save, path_problem
from sandbox.session.disk import Load, digest, disk_states, load_of

LOADS_LIMIT = 400
"""Most files of which a load is remembered: more than a workspace holds, as deleted ones count too."""


class Workspace:
    """Text files by path, and the newest load of each."""

    def __init__(self, files: Mapping[str, str], limits: Limits) -> None:
        self._limits = limits
        self._texts = dict(files)
        self._digests = {path: digest(text) for path, text in files.items()}
        self._sizes = {path: _size(text) for path, text in files.items()}
        self._folders = Counter(folder for path in files for folder in _folders(path))
        """How many files there are below each."""
        self.size = sum(self._sizes.values())
        """Bytes of all texts."""
        self._loads: dict[str, Load] = {}

    def texts(self) -> dict[str, str]:
        """A copy, by path."""
        return dict(self._texts)

    def files(self) -> tuple[File, ...]:
        return tuple(File(path, self._texts[path]) for path in sorted(self._texts))

    def disk(self) -> Disk:
        return Disk(disk_states(self._digests, self._loads))

    def problem(self, command: Save | Delete) -> Refused | None:
        """Why the file cannot be saved or deleted, None when it can."""
        if isinstance(command, Save):
            return self._save_problem(command.path, command.text)
        if problem := path_problem(command.path):
            return Refused("name", problem)
        return None if command.path in self._texts else Refused("name", f"There is no file named {command.path}.")

    def change(self, command: Save | Delete) -> None:
        """Take the change over; it has no `problem`."""
        if isinstance(command, Save):
            self._put(command.path, command.text)
        else:
            self._drop(command.path)

    def _save_problem(self, path: str, text: str) -> Refused | None:
        if problem := path_problem(path) or self._clash(path):
            return Refused("name", problem)
        if path not in self._texts and len(self._texts) >= self._limits.workspace_files:
            return Refused("too-many", f"A workspace has at most {self._limits.workspace_files} files.")
        size = _size(text)
        if size > self._limits.file_bytes:
            return Refused("too-large", f"A file has at most {self._limits.file_bytes:,} bytes.")
        if self.size - self._sizes.get(path, 0) + size > self._limits.workspace_bytes:
            return Refused("too-large", f"A workspace has at most {self._limits.workspace_bytes:,} bytes.")
        return None

    def _clash(self, path: str) -> str:
        if path in self._folders:
            return f"{path} is the name of a folder."
        folder = next((folder for folder in _folders(path) if folder in self._texts), "")
        return f"{folder} is a file, not a folder." if folder else ""

    def _put(self, path: str, text: str) -> None:
        self._drop(path)
        self._texts[path] = text
        self._digests[path] = digest(text)
        self._sizes[path] = _size(text)
        self.size += self._sizes[path]
        self._folders.update(_folders(path))

    def _drop(self, path: str) -> None:
        if path in self._texts:
            del self._texts[path], self._digests[path]
            self.size -= self._sizes.pop(path)
            self._folders -= Counter(_folders(path))  # which keeps no zeros

    def update(self, event: Files) -> Files:
        """Take over what the learner's code changed, as far as there is room; what was taken over."""
        for path in event.deleted:
            self._drop(path)
        taken = []
        for file in event.changed:
            if self._save_problem(file.path, file.text) is None:
                self._put(file.path, file.text)
                taken.append(file)
        return Files(tuple(taken), event.deleted, ())

    def note_load(self, event: Loaded) -> None:
        """Remember the newest load of a file. Of strange paths and of too many nothing is remembered."""
        known = event.path in self._loads or event.path in self._texts or len(self._loads) < LOADS_LIMIT
        if known and not path_problem(event.path) and len(event.module) <= PATH_LIMIT:
            self._loads[event.path] = load_of(event, self._texts.get(event.path, ""))

    def forget_loads(self) -> None:
        """The interpreter is gone, and with it what it had loaded."""
        self._loads.clear()


def _folders(path: str) -> Iterable[str]:
    while path := posixpath.dirname(path):
        yield path


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
