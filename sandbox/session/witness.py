"""What really happened in the learner's interpreter, put together as evidence for judging a lesson's step.

Judges nothing and asks nothing. What the worker says was written by the learner, so all that is kept has a bound.
"""

from dataclasses import replace

from sandbox.lessons.evidence import OUTPUT_KEPT, Entry, Evidence, clip
from sandbox.protocol import Finished, Loaded, Output
from sandbox.session.pictures import NOTHING, Pictures
from sandbox.session.workspace import LOADS_LIMIT, Workspace

OUTPUT_HELD = 16 * OUTPUT_KEPT
"""Characters that may come together before the middle of them is dropped."""


class Witness:
    """Sees one interpreter after another, from the opening of a step on."""

    def __init__(self, workspace: Workspace, pictures: Pictures) -> None:
        self._workspace, self._pictures = workspace, pictures
        self.begin()

    def begin(self) -> None:
        """A fresh interpreter: nothing was loaded and nothing ran."""
        self._loads: dict[str, int] = {}
        self._has_run = False
        self._begin_entry()

    def _begin_entry(self) -> None:
        self._output = ""
        self._loaded: dict[Loaded, None] = {}

    def note(self, event: Output | Loaded) -> None:
        """See what belongs to the entry that has not ended."""
        if isinstance(event, Loaded):
            self._note_load(event)
        elif event.run:
            self._output += event.text
            if len(self._output) > OUTPUT_HELD:  # one character more than is looked at, so that it still counts as cut
                self._output = self._output[: OUTPUT_KEPT // 2] + self._output[-OUTPUT_KEPT // 2 - 1 :]

    def _note_load(self, event: Loaded) -> None:
        if len(event.module) <= OUTPUT_KEPT and (event.module in self._loads or len(self._loads) < LOADS_LIMIT):
            self._loads[event.module] = event.load
            if len(self._loaded) < LOADS_LIMIT:
                self._loaded[replace(event, run=0, load=0, source=None)] = None

    def end_entry(self, source: str, finished: Finished) -> Entry:
        """The entry that has just ended, with all that came since the one before."""
        entry = Entry(source, clip(self._output), finished.status, finished.error, tuple(self._loaded))
        self._has_run = True
        self._begin_entry()
        return entry

    def look(self, kind: str, entry: Entry | None = None) -> Evidence:
        """This moment. An interpreter that has run nothing has an empty picture, not a missing one."""
        return Evidence(
            kind=kind,
            entry=entry,
            files=self._workspace.texts(),
            loads=dict(self._loads),
            disk={state.path: state.state for state in self._workspace.disk().files},
            snapshot=self._pictures.newest or (None if self._has_run else NOTHING),
        )
