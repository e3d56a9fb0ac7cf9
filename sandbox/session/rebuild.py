"""Has a fresh interpreter do again, out of sight, what the last one had done; whatever comes out differently is told.

The order is that of the history: a file says at each moment what it said then, also in the middle of an entry. Called
under the session's lock. Knows neither the transcript nor the audience.
"""

from collections import deque
from collections.abc import Callable
from typing import Protocol

from sandbox.protocol import (
    Answer,
    Asked,
    Command,
    Delete,
    Different,
    Event,
    Files,
    Finished,
    Interrupt,
    Loaded,
    Output,
    Ready,
    Run,
    Save,
    Snapshot,
)
from sandbox.session.history import Change, Entry, Moment, Print, Texts, Trace, trace_of
from sandbox.session.timer import Plan, Timer

TEXT_SHOWN = 4000
"""Characters of a different output that are told."""
DIFFERENT_SHOWN = 50


class Stage(Protocol):
    """What must know what the interpreter does, although nobody is told."""

    def on_loaded(self, loaded: Loaded) -> None:
        """A module was loaded."""

    def on_snapshot(self, seq: int, snapshot: Snapshot) -> None:
        """The picture after the input with this number."""

    def on_printed(self, output: Output) -> None:
        """An entry has printed."""

    def on_finished(self, source: str, finished: Finished) -> None:
        """An entry has ended."""


class Rebuild:
    """One attempt, from an interpreter's `ready` on."""

    def __init__(
        self,
        acts: list[Entry | Change],
        files: Texts,
        send: Callable[[Command, int], int],
        *,
        stage: Stage,
        plan: Plan,
        tick: Callable[[], None],
    ) -> None:
        """`tick` is planned where something has to happen later; it calls `go_on` under the session's lock."""
        self._acts = deque(acts)
        self._send, self._stage, self._plan, self._tick = send, stage, plan, tick
        self._wanted = {path: text for path, (text, _) in files.items()}
        self._disk = dict(self._wanted)
        self._entry: Entry | None = None
        self._seq = 0
        self._moments: deque[Moment] = deque()
        self._printed, self._text, self._loads = Print(), "", list[Trace]()
        self._due = False
        self._timer: Timer | None = None
        self.python = ""
        self.entries = sum(isinstance(act, Entry) for act in acts)
        self.ended = 0
        """How many of them have been done again."""
        self.incomplete = 0
        self.different: list[Different] = []

    @property
    def done(self) -> bool:
        """Whether everything was done again."""
        return bool(self.python) and self._entry is None and not self._acts

    def stop(self) -> None:
        """Plan nothing more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def defer(self, change: Save | Delete, mtime_ns: int) -> None:
        """The learner changes a file meanwhile: that comes after everything."""
        self._acts.append(Change(change, mtime_ns))

    # --- what the interpreter says ---

    def take(self, event: Event) -> None:
        """See what it does, and go on."""
        match event:
            case Ready():
                self.python = event.python
            case Output():
                self._take_output(event)
            case Loaded():
                self._loads.append(trace_of(event))
                self._stage.on_loaded(event)
            case Snapshot():
                self._stage.on_snapshot(self._seq, event)
            case Asked():
                self._due = bool(self._moments) and isinstance(self._moments[0].act, Answer)
            case Files():
                self._take_files(event)
            case Finished() if self._entry is not None and event.run == self._entry.command.run:
                if not (event.status == "incomplete" and self._drop_entry()):
                    self._finish(self._entry, event)
        self.go_on()

    def _take_output(self, output: Output) -> None:
        if self._entry is None or output.run != self._entry.command.run:
            return
        self._printed.add(output.text)
        self._text = (self._text + output.text)[: TEXT_SHOWN + 1]
        self._stage.on_printed(output)

    def _take_files(self, event: Files) -> None:
        self._disk.update({file.path: file.text for file in event.changed})
        for path in event.deleted:
            self._disk.pop(path, None)

    def _drop_entry(self) -> bool:
        """Whether the entry was interrupted before it was known to be incomplete, so that it must be dropped now."""
        interrupt = next((moment.act for moment in self._moments if isinstance(moment.act, Interrupt)), None)
        if interrupt is None:
            return False
        self._moments = deque(moment for moment in self._moments if moment.act is not interrupt)
        self._send(interrupt, 0)
        return True

    def _finish(self, entry: Entry, finished: Finished) -> None:
        self.stop()
        self._stage.on_finished(entry.command.source if isinstance(entry.command, Run) else "", finished)
        self._compare(entry, finished)
        for change in (moment.act for moment in self._moments if isinstance(moment.act, Change)):
            self._change(change)
        for files in entry.wrote:
            self._wanted.update({file.path: file.text for file in files.changed})
            for path in files.deleted:
                self._wanted.pop(path, None)
        self._mend()
        self.incomplete = finished.run if finished.status == "incomplete" else 0
        self._entry = None
        self.ended += 1

    def _compare(self, entry: Entry, finished: Finished) -> None:
        then, now = entry.finished, (finished.status, finished.error)
        same = then is not None and (then.status, then.error) == now
        if same and entry.printed == self._printed and entry.loads == self._loads:
            return
        if len(self.different) < DIFFERENT_SHOWN:
            text = self._text if len(self._text) <= TEXT_SHOWN else self._text[:TEXT_SHOWN] + "…"
            self.different.append(Different(finished.run, text))

    def _mend(self) -> None:
        """What learner code has written shall say what it said then."""
        for path in self._disk.keys() - self._wanted.keys():
            self._change(Change(Delete(path), 0))
        for path, text in self._wanted.items():
            if self._disk.get(path) != text:
                self._change(Change(Save(path, text), 0))

    # --- what it is given ---

    def go_on(self) -> None:
        """Do what can be done now."""
        while self._acts and self._entry is None and self.python:
            act = self._acts.popleft()
            if isinstance(act, Change):
                self._change(act)
            else:
                self._begin(act)
        while self._moments and self._entry is not None and self._is_due(self._moments[0]):
            self._do(self._moments.popleft().act)

    def due(self) -> None:
        """The time has come for what was planned."""
        self._timer = None
        self._due = True
        self.go_on()

    def _begin(self, entry: Entry) -> None:
        self._entry, self._seq, self._moments = entry, entry.seq, deque(entry.moments)
        self._printed, self._text, self._loads, self._due = Print(), "", [], False
        self._send(entry.command, 0)

    def _is_due(self, moment: Moment) -> bool:
        """Its output has come, and as much time has passed since."""
        if self._due:
            self._due = False
            return True
        if self._printed.length < moment.printed or self._timer is not None:
            return False
        if isinstance(moment.act, Answer):
            return True
        self._timer = self._plan(moment.seconds, self._tick)
        return False

    def _do(self, act: Change | Answer | Interrupt) -> None:
        if isinstance(act, Change):
            self._change(act)
        else:
            self._send(act, 0)

    def _change(self, change: Change) -> None:
        command = change.command
        self._send(command, change.mtime_ns)
        for files in (self._wanted, self._disk):
            if isinstance(command, Save):
                files[command.path] = command.text
            else:
                files.pop(command.path, None)
