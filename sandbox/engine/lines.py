"""The lines of one running worker: what it prints and says, passed on in true order; what is said to it.

Never blocks, and does a bounded piece of work each time it is called, so that a flood here delays nobody elsewhere.
Lives in the dispatcher's thread. Knows no runs and no limits, and judges nothing: `listener` does.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from socket import socket
from typing import Protocol

from sandbox.engine.answers import Answers
from sandbox.engine.channel import Channel, ProtocolError
from sandbox.engine.dispatcher import READ, WRITE, Dispatcher
from sandbox.engine.output import ROOM, Output
from sandbox.engine.process import Process, pair
from sandbox.protocol import Message, Run

MESSAGES_A_ROUND = 50
"""Messages of one worker that are passed on before the others have their turn."""
PARTIAL_PATIENCE = 5.0
"""Seconds for the rest of a frame that has begun."""
LAST_OUTPUT = 1024 * 1024
LAST_FRAMES = 4 * 1024 * 1024
"""Bytes that are still read of a worker that has ended: more than its pipe and its socket hold."""

Callback = Callable[..., None]


class Listener(Protocol):
    """Who is told."""

    def on_output(self, data: bytes) -> None:
        """A piece of stdout and stderr."""

    def on_message(self, message: Message) -> None:
        """As `Channel.next` gives it; everything printed before it was sent has been passed on."""

    def on_forged(self) -> None:
        """The channel holds what no worker of ours says."""

    def on_left(self) -> None:
        """The worker closed its channel."""


class Lines:
    """Over the lines of `process`; `guard` wraps each callback that the dispatcher gets."""

    def __init__(
        self, dispatcher: Dispatcher, process: Process, listener: Listener, guard: Callable[[Callback], Callback]
    ) -> None:
        self._dispatcher, self._listener, self._guard = dispatcher, listener, guard
        self._channel, self.output = Channel(process.channel), Output(process.output)
        self._answers = Answers(process.stdin)
        self._between = True
        self._paused = self._held = self._stopped = self._resting = self._output_ended = self._channel_ended = False
        self._owed = 0  # bytes printed before the messages that wait
        self._channel_watch = dispatcher.watch(process.channel.fileno(), guard(self._on_channel))
        self._output_watch = dispatcher.watch(process.output, guard(self._on_output))
        self._stdin_watch = dispatcher.watch(process.stdin.fileno(), guard(self._on_stdin))
        self._rested = dispatcher.alarm(guard(self._on_rested))
        self._turn = dispatcher.alarm(guard(self._release))
        self._partial = dispatcher.alarm(guard(self._on_partial))
        self._adjust()

    # --- what the engine says ---

    @property
    def received(self) -> int:
        """Bytes of frames read so far."""
        return self._channel.received

    def send(self, message: Message, droppable: bool = False) -> bool:
        """Hand a message over; False if it was dropped because the worker reads nothing."""
        sent = self._channel.send(message, droppable=droppable)
        self._adjust()
        return sent

    def send_run(self, run: Run) -> None:
        """Hand an entry over, with a fresh stdin when the last entry left something in it or saw its end.

        So an answer never reaches a later entry, and an end of file ends one entry's stdin alone.
        """
        self._channel.send(run, (self._renew_stdin(),) if self._answers.used_up else ())
        self._adjust()

    def answer(self, text: str | None) -> None:
        """A line for stdin, None for an end of file."""
        if text is None:
            self._answers.end()
        else:
            self._answers.add(text)
        self._adjust()

    def throttle(self, paused: bool) -> None:
        """Stop or go on reading; messages wait too, as they come after the output before them."""
        self._paused = paused
        self._turn.set(time.monotonic())
        self._adjust()

    def hold(self, held: bool) -> None:
        """Pass nothing on for a while, also not what is left after the end; then go on."""
        self._held = held
        self._turn.set(time.monotonic())
        self._adjust()

    def read_waiting(self) -> None:
        """Pass on what is printed by now, up to what a pipe holds."""
        read = 0
        while not self._paused and read < ROOM and (data := self.output.read()):
            read += len(data)
            self._listener.on_output(data)

    def count_anew(self, between: bool) -> None:
        """An entry begins, or ends: `between` entries nobody waits for the output, and it may be read slowly."""
        self._between = between
        self.output.restart()
        if self._resting:
            self._rested.set(time.monotonic())

    def stop(self) -> None:
        """Wait for nothing any more."""
        self._stopped = True
        for alarm in (self._rested, self._turn, self._partial):
            alarm.set(None)
        self._channel.drop()
        self._adjust()

    def drain(self) -> None:
        """After the end of the process: pass on what is left, up to where it is held; then to be called again."""
        self._receive_rest()
        read = 0
        while read < LAST_OUTPUT and (data := self.output.read()):
            read += len(data)
            self._listener.on_output(data)
        while not self._held and self._channel.unread and self._pass_on():
            continue

    def close(self) -> None:
        """After `stop`: give back the descriptors that `process` does not know of."""
        self._answers.close()

    # --- what the worker says ---

    def _on_output(self, _: int) -> None:
        if self.output.holds:
            self._rested.set(None)
            self._take(self.output.read())
        elif pause := self.output.pause(self._between):
            self._resting = True
            self._rested.set(time.monotonic() + pause)
        else:
            self._take(self.output.read_lines())
            if self.output.holds:  # whose rest is looked for all the while
                self._rested.set(time.monotonic() + self.output.holds)
        self._adjust()

    def _on_rested(self) -> None:
        self._resting = False
        if not self._waits:
            self._take(self.output.read())
        self._adjust()

    def _take(self, data: bytes | None) -> None:
        if data:
            self._owed -= len(data)
            self._listener.on_output(data)
        self._output_ended = data == b""

    def _on_channel(self, events: int) -> None:
        if events & WRITE:
            self._channel.flush()
        if events & READ:
            self._receive()
        self._adjust()

    def _receive(self) -> None:
        try:
            size = self._channel.receive()
        except ProtocolError:
            self._listener.on_forged()
            return
        self._time_partial()
        if size == 0:
            self._channel_ended = True
            self._listener.on_left()
        elif self._channel.unread:
            self._owed = self.output.waiting()
            self._release()

    def _release(self) -> None:
        """Pass on the messages that wait, once the output before them was passed on; a piece at a time."""
        if self._waits or self._stopped or not self._channel.unread:
            return
        self._settle()
        for _ in range(MESSAGES_A_ROUND):
            if self._owed > 0 or self._stopped or self._held or not self._channel.unread or not self._pass_on():
                break
        if self._channel.unread and not (self._stopped or self._held):
            self._turn.set(time.monotonic())
        self._adjust()

    def _settle(self) -> None:
        if self._owed > 0:
            data = self.output.read(self._owed)
            self._owed = self._owed - len(data) if data else 0  # nothing there: learner code read its own pipe
            if data:
                self._listener.on_output(data)

    def _pass_on(self) -> bool:
        try:
            message = self._channel.next()
        except ProtocolError:
            self._listener.on_forged()
            return False
        self._listener.on_message(message)
        return True

    def _receive_rest(self) -> None:
        most = self._channel.received + LAST_FRAMES
        with suppress(ProtocolError):  # the frames before it count; the process has ended anyway
            while self._channel.received < most and self._channel.receive():
                continue

    def _time_partial(self) -> None:
        """A frame may be begun and left: nothing after it would ever be read."""
        if not self._channel.partial:
            self._partial.set(None)
        elif self._channel.unread or self._partial.due is None:
            self._partial.set(time.monotonic() + PARTIAL_PATIENCE)

    def _on_partial(self) -> None:
        if self._waits or self._channel.unread:
            self._partial.set(time.monotonic() + PARTIAL_PATIENCE)
        else:
            self._listener.on_forged()

    # --- what is waited for ---

    @property
    def _waits(self) -> bool:
        return self._paused or self._held

    def _renew_stdin(self) -> socket:
        self._stdin_watch.want(0)
        self._answers.close()
        ours, theirs = pair()
        self._answers = Answers(ours)
        self._stdin_watch = self._dispatcher.watch(ours.fileno(), self._guard(self._on_stdin))
        return theirs

    def _on_stdin(self, _: int) -> None:
        self._answers.flush()
        self._adjust()

    def _adjust(self) -> None:
        deaf = self._stopped or self._waits
        frames = not (deaf or self._channel_ended or self._channel.unread)
        self._channel_watch.want((READ if frames else 0) | (WRITE if self._channel.unsent else 0))
        self._output_watch.want(0 if deaf or self._resting or self._output_ended else READ)
        self._stdin_watch.want(WRITE if self._answers.unsent and not self._stopped else 0)
