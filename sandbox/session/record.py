"""What happened in a session: written into the journal, noted in the transcript, told to the audience.

Knows neither files nor interpreters. Called under the session's lock.
"""

from collections.abc import Callable
from functools import partial

from sandbox.engine.interface import MIB
from sandbox.protocol import (
    Accepted,
    Answer,
    Delete,
    Erased,
    Files,
    Interrupt,
    Message,
    Open,
    Output,
    Predict,
    Refused,
    Restart,
    Run,
    Save,
)
from sandbox.session.audience import Audience
from sandbox.session.history import KEPT, History
from sandbox.session.passed import PassedSteps
from sandbox.session.transcript import Transcript, texts_of
from sandbox.store.interface import Journal, Past, Row, Standing, Stored

Input = Save | Delete | Run | Answer | Interrupt | Restart | Open | Predict
"""The commands that are journalled; each may carry the client's own `id`."""
INPUTS = Save, Delete, Run, Answer, Interrupt, Restart, Open, Predict

IDS_LIMIT = 4096
"""Newest ids that are known; an input sent again after so many others would be taken again."""
ROW_COST = 100
"""Bytes that a row takes besides its texts, about."""
FILES_EVERY = 200
"""Inputs after which all files are written once more, so that nobody has to read all that came before."""
SESSION_BYTES = 256 * MIB
FULL = (
    "This session has grown to {:g} MiB, the most that is kept of one, so nothing more is taken. Delete it in the help "
    "and begin anew."
)
CUT = "\n[What this entry printed beyond {:,} characters is not kept.]\n"


class Record:
    """The one place where an input gets its number, a row its place, and a message its readers."""

    def __init__(
        self,
        journal: Journal,
        history: History,
        clock: Callable[[], float],
        past: Past,
        limit: int = SESSION_BYTES,
    ) -> None:
        """`limit`: so many bytes are kept, about; then no input is taken any more."""
        self.audience = Audience()
        self.transcript = Transcript()
        self.history = history
        self.passed = PassedSteps(past.standings)
        self.newest = past.newest
        """The number of the newest input."""
        self._journal, self._clock = journal, clock
        self._place = past.place
        self._kept, self._limit = past.size, limit
        self._ids = dict(past.inputs)
        self._since_files = 0
        self._printed = 0, 0
        """A run, and how much of its output was written."""
        self._sealed = False

    @property
    def size(self) -> int:
        """Bytes of memory it takes, about."""
        return self.history.size + self.transcript.size + self.passed.size

    @property
    def problem(self) -> str:
        """Why nothing can be taken now, "" when it can."""
        full = FULL.format(self._limit / MIB) if self._kept > self._limit else ""
        return self.unwritable or full

    @property
    def unwritable(self) -> str:
        """Why nothing can be written or erased now, "" when it can."""
        return self._journal.problem

    @property
    def lost(self) -> bool:
        """Whether the session goes on in another server."""
        return self._journal.lost

    @property
    def wants_files(self) -> bool:
        """Whether it is time for `keep_files`."""
        return self._since_files >= FILES_EVERY

    def seal(self) -> None:
        """Write nothing more: what happens from now on is not the learner's doing."""
        self._sealed = True

    def erase(self) -> None:
        """Have nothing kept any more; `erased` is said once nothing is there."""
        self.seal()
        self._journal.erase()
        self._journal.when_safe(partial(self.audience.tell, Erased()))

    def flush(self) -> None:
        """Wait until everything is durable. Not under the session's lock."""
        self._journal.flush()

    # --- rows ---

    def take(self, command: Input, mtime_ns: int = 0) -> int:
        """Journal an input; `accepted` is said as soon as it is durable. Returns its number."""
        self.newest += 1
        self._since_files += 1
        self._write("input", self.newest, command, mtime_ns)
        if command.id:
            self._remember(command.id)
            self._accept(command.id, self.newest)
        return self.newest

    def _remember(self, id: str) -> None:
        self._ids[id] = self.newest
        if len(self._ids) > IDS_LIMIT:
            del self._ids[next(iter(self._ids))]

    def was_taken(self, command: Input) -> bool:
        """Whether this input, sent again, is in the journal already; then it is accepted again."""
        seq = self._ids.get(command.id, 0)
        if seq:
            self._accept(command.id, seq)
        return seq > 0

    def _accept(self, id: str, seq: int) -> None:
        self._journal.when_safe(partial(self.audience.tell, Accepted(id, seq)))

    def begin(self, seq: int, run: Run) -> None:
        """The interpreter is given an entry now: there the transcript has it, in true order."""
        self.transcript.note(seq, self._clock(), run)
        self._write("begun", seq)

    def begin_fresh(self) -> None:
        """An interpreter without a past waits."""
        self._write("fresh", 0)

    def keep(self, role: str, message: Message) -> None:
        """Journal what is not for the transcript."""
        self._write(role, 0, message)

    def keep_files(self, files: Stored) -> None:
        """Journal all files."""
        self._since_files = 0
        self._write("stored", 0, files)

    def note(self, seq: int, message: Message) -> None:
        """Put a line into the transcript; `seq` is the input's number, 0 for an event."""
        self.transcript.note(seq, self._clock(), message)
        if isinstance(message, Output):
            self._write_output(message)
        else:
            self._write("noted", seq, None if isinstance(message, INPUTS) else message)

    def _write_output(self, output: Output) -> None:
        """Of an endless output only the beginning is kept; the history compares no more of it."""
        run, length = self._printed
        length = length if run == output.run else 0
        text = output.text[: max(0, KEPT - length)]
        if text:
            self._write("noted", 0, Output(output.run, text))
        if length <= KEPT < length + len(output.text):
            self._write("noted", 0, Output(output.run, CUT.format(KEPT)))
        self._printed = output.run, length + len(output.text)

    def _write(self, role: str, seq: int, message: Message | None = None, mtime_ns: int = 0) -> None:
        if self._sealed:
            return
        self._place += 1
        self._kept += _cost(message)
        row = Row(self._place, role, seq, self._clock(), message, mtime_ns)
        self.history.take(row)
        self._journal.write(row)

    def keep_standing(self, standing: Standing) -> None:
        """Keep how the learner stands in a step; one that she has passed stays passed when she begins it again."""
        standing = self.passed.note(standing)
        if not self._sealed:
            self._journal.keep_standing(standing)

    def keep_whereabouts(self, text: str) -> None:
        """Keep where the learner is in the lessons."""
        if not self._sealed:
            self._journal.keep_whereabouts(text)

    # --- readers ---

    def say(self, message: Message) -> None:
        """Note an event and send it to everybody."""
        self.note(0, message)
        self.audience.push(message)

    def refuse(self, code: str, reason: str, id: str = "") -> None:
        """Tell the driver why a command was not taken."""
        self.audience.tell(Refused(code, reason, id))


def _cost(message: Message | None) -> int:
    if isinstance(message, Stored):
        return ROW_COST + sum(len(file.text) for file in message.files)
    if isinstance(message, Files):
        return ROW_COST + sum(len(file.text) for file in message.changed)
    return ROW_COST + (sum(map(len, texts_of(message))) if message else 0)
