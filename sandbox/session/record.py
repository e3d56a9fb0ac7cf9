"""What happened in a session: taken into the journal, noted in the transcript, told to the audience.

Knows neither files nor interpreters. Called under the session's lock.
"""

from collections.abc import Callable
from functools import partial

from sandbox.protocol import Accepted, Message, Refused
from sandbox.session.audience import Audience
from sandbox.session.journal import Input, Journal
from sandbox.session.transcript import Transcript


class Record:
    """The one place where an input gets its number and a message its readers."""

    def __init__(self, journal: Journal, clock: Callable[[], float]) -> None:
        self.audience = Audience()
        self.transcript = Transcript()
        self.newest = 0
        """The number of the newest input."""
        self._journal = journal
        self._clock = clock

    @property
    def size(self) -> int:
        """Bytes of memory it takes, about."""
        return self._journal.size + self.transcript.size

    def take(self, command: Input) -> int:
        """Journal an input; `accepted` is said as soon as it is safe. Returns its number."""
        seq = self._journal.append(command, self._clock())
        self.newest = max(self.newest, seq)
        if command.id:
            self._accept(command.id, seq)
        return seq

    def was_taken(self, command: Input) -> bool:
        """Whether this input, sent again, is in the journal already; then it is accepted again."""
        seq = self._journal.find(command.id) if command.id else 0
        if seq:
            self._accept(command.id, seq)
        return seq > 0

    def _accept(self, id: str, seq: int) -> None:
        self._journal.when_safe(seq, partial(self.audience.tell, Accepted(id, seq)))

    def note(self, seq: int, message: Message) -> None:
        """Put a line into the transcript; `seq` is the input's number, 0 for an event."""
        self.transcript.note(seq, self._clock(), message)

    def say(self, message: Message) -> None:
        """Note an event and send it to everybody."""
        self.note(0, message)
        self.audience.push(message)

    def refuse(self, code: str, reason: str, id: str = "") -> None:
        """Tell the driver why a command was not taken."""
        self.audience.tell(Refused(code, reason, id))
