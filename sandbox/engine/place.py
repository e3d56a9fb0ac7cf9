"""Where one session's files lie on this machine's disk: its workspace, and folders for home and temporary files.

Knows no worker. The workspace is for learner code; `stage`, beside it, is where saves are prepared.
"""

import os
from pathlib import Path

from sandbox.engine.empty import FOLDER, empty
from sandbox.engine.workspace import Workspace


class Folder:
    """A folder with `work`, `stage`, `home` and `tmp` in it, made here and removed by `remove`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.work, self.home, self.temporary = folder / "work", folder / "home", folder / "tmp"
        for one in (folder, self.work, self.home, self.temporary, folder / "stage"):
            one.mkdir(mode=0o700)
        self.workspace = Workspace(os.open(self.work, FOLDER), os.open(folder / "stage", FOLDER))

    def remove(self) -> None:
        """Remove everything, whatever learner code made of it. Its worker must have ended. May take a while."""
        self.workspace.close()
        self._folder.chmod(0o700)
        top = os.open(self._folder, FOLDER)
        try:
            empty(top)
        finally:
            os.close(top)
        self._folder.rmdir()
