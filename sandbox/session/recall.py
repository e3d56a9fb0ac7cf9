"""What the files were after each of the last inputs, told from the rows of the journal to a new server.

Knows no session and no interpreter.
"""

from collections.abc import Iterator

from sandbox.engine.interface import Limits
from sandbox.protocol import Delete, Disk, Files, Finished, Loaded, Save
from sandbox.session.album import INPUTS_KEPT
from sandbox.session.workspace import Workspace
from sandbox.store.interface import Past, Row, Stored


def read_disks(past: Past, limits: Limits) -> Iterator[tuple[int, Disk]]:
    """The number of an input, and whether memory held what the disk held after it; of interpreters that are known from
    their beginning. One that was brought back goes on for the one before.
    """
    recall, known = _Recall(limits), False
    for row in past.rows:
        known = known or row.role == "fresh"
        seq = recall.take(row)
        if known and seq > past.newest - INPUTS_KEPT:
            yield seq, recall.workspace.disk()


class _Recall:
    """Goes through all again that concerns files."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.workspace = Workspace({}, limits)
        self._run = 0
        """The number of the input that was handed to the interpreter last."""

    def take(self, row: Row) -> int:
        """What has happened next; the input after which the files have to be looked at, 0 for none."""
        match row.role, row.message:
            case "stored", Stored(files) if not self._run:  # else it says what is known
                self.workspace = Workspace({file.path: file.text for file in files}, self._limits)
            case "fresh", _:
                self.workspace.forget_loads()
            case "begun", _:
                self._run = row.seq
            case "input", Save() | Delete() as command:
                self.workspace.change(command)
                return row.seq
            case "files", Files() as files:
                self.workspace.update(files)
                return self._run
            case "noted", Loaded() as loaded:
                self.workspace.note_load(loaded)
            case "noted", Finished():
                return self._run
        return 0
