"""One websocket as it should be: what a slow, silent, vanished or hostile client does costs that client alone.

flask-sock and simple-websocket do the handshake; from there on this module moves the bytes, because theirs (0.7.0 and
1.1.0, read and measured) send part of a frame and call it done, let pings fall into the middle of a frame, block for
ever on a client that does not read, buffer without end what one sends, and always offer compression.

Here one thread, the request's own, does both directions: it waits for the socket and for its own doorbell at once.
So there is one writer, and whole frames need no lock; a client that is not read from finds TCP closing its window.
Knows no protocol above messages of text and no session.
"""

import contextlib
import select
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from wsproto.connection import ConnectionState
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, Pong, TextMessage
from wsproto.frame_protocol import CloseReason

from sandbox.web.flow import Budget, Doorbell, Reader, Sending, Unfit

READ_SIZE = 64 * 1024
READ_LIMIT = 1024 * 1024
"""While more than this waits to be sent nothing is read."""
BATCH_SIZE = 64 * 1024
"""Messages are sent together up to about this many bytes."""
UNSENT_LIMIT = 128 * 1024
"""Bytes that the kernel takes ahead of what is under way: more would only delay an answer to Ctrl-C."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a socket waits for what, in seconds, and how many frames a second it reads."""

    first_message: float = 10
    """A client that says nothing for so long is sent away."""
    ping: float = 25
    """A client from which nothing came for two of these, and for which nothing waits to be sent, is gone."""
    send: float = 10
    """A client that takes no byte of what waits for so long is gone."""
    close: float = 1
    """For the close handshake."""
    frames: float = 2000
    """Frames read a second; what comes faster waits in the client's own buffers."""


PACE = Pace()


class Source(Protocol):
    """Where the messages to send come from."""

    def take(self) -> str:
        """The next message, "" for none."""

    @property
    def deaf(self) -> bool:
        """Too much waits to be sent: nothing should be read."""

    @property
    def ended(self) -> bool:
        """After what was taken nothing more comes: the socket closes."""

    @property
    def burst(self) -> bool:
        """It overflowed: the socket closes at once."""


class NoReader:
    """Stands where simple-websocket would start a second thread that reads; `Transport` does that itself."""

    name = ""

    def __init__(self, target: Any) -> None:
        """`target` is the reader that is not run."""

    def start(self) -> None:
        """Nothing starts."""


SERVER_OPTIONS = {"thread_class": NoReader}
"""For flask-sock: the setting SOCK_SERVER_OPTIONS of the app."""


def refuse_compression(environ: dict[str, Any]) -> None:
    """Take the offer of compression out of a request: 100 kB a connection and half the speed for texts this short."""
    environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)


class Transport:
    """A connected websocket: `talk` is its loop; `close`, from any thread, and leaving the `with` block end it."""

    def __init__(self, server: Any, pace: Pace = PACE) -> None:
        """`server` is simple-websocket's, after the handshake, made with `SERVER_OPTIONS`."""
        self._server = server
        self._wire = server.ws
        self._socket: socket.socket = server.sock
        self._pace = pace
        self._reader = Reader()
        self._bell = Doorbell()
        self._sending = Sending(self._socket)
        self._budget = Budget(pace.frames)
        self._goodbye: tuple[int, str] | None = None
        self._hurry = False
        self._unread = self._blocked = self._broken = self._lost = False
        self._heard_at = self._pinged_at = time.monotonic()
        self._first_by: float | None = self._heard_at + pace.first_message
        _prepare(self._socket)

    def __enter__(self) -> "Transport":
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        """Say goodbye, for a second at most, and leave a socket that its server can close without waiting."""
        if kind is not None:
            self.close(CloseReason.INTERNAL_ERROR, "")
        try:
            if not self._lost:
                self._say_goodbye()
        finally:
            self._server.connected = False
            _shut(self._socket, abruptly=self._lost)
            self._bell.close()

    def wake(self) -> None:
        """There is something to take from the source. From any thread; never blocks."""
        self._bell.ring()

    def close(self, code: int, reason: str, hurry: bool = False) -> None:
        """End the conversation soon; in a `hurry` without waiting for the client's goodbye. From any thread."""
        self._goodbye = self._goodbye or (code, reason)
        self._hurry = self._hurry or hurry
        self._bell.ring()

    def send(self, text: str) -> None:
        """Send this before anything else is taken from the source. From the thread that talks."""
        self._sending.add(self._wire.send(TextMessage(data=text)))

    def talk(self, source: Source) -> Iterator[str | Unfit]:
        """The client's messages as they come, while what `source` holds is sent; ends with the connection."""
        while not self._is_over():
            yield from self._receive(source)
            more = not self._is_over() and self._fill(source)
            if source.burst:
                self.close(CloseReason.TRY_AGAIN_LATER, "too slow")
            elif source.ended and not self._sending:
                self.close(CloseReason.POLICY_VIOLATION, "refused")
            if not self._is_over():
                self._wait(more, deaf=source.deaf)

    def _is_over(self) -> bool:
        return self._lost or self._goodbye is not None or self._wire.state is not ConnectionState.OPEN

    # --- in ---

    def _receive(self, source: Source) -> Iterator[str | Unfit]:
        """What the bytes read so far amount to, as far as the budget goes."""
        events: Iterator[Event] = self._wire.events()
        while self._unread and not source.deaf and self._budget.take() and not self._is_over():
            event = next(events, None)
            if event is None:
                self._unread = False
            elif isinstance(event, Ping):
                self._sending.add(self._wire.send(Pong(payload=event.payload)))
            elif isinstance(event, CloseConnection):
                self._hear_goodbye(event)
            elif isinstance(event, TextMessage | BytesMessage) and (message := self._reader.feed(event)) is not None:
                self._first_by = None
                yield message

    def _hear_goodbye(self, event: CloseConnection) -> None:
        """The client closes, or it sent what is no frame: then nothing more is read from it."""
        self._broken = self._wire.state is ConnectionState.OPEN
        self._goodbye = (event.code, "")

    def _read(self) -> None:
        try:
            data = self._socket.recv(READ_SIZE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lost = True
            return
        self._heard_at = time.monotonic()
        if not self._broken and self._wire.state in (ConnectionState.OPEN, ConnectionState.LOCAL_CLOSING):
            self._wire.receive_data(data)
            self._unread = True

    # --- out ---

    def _fill(self, source: Source) -> bool:
        """Take and send one batch, if the client keeps up. Whether there may be more to take."""
        if not self._flush():
            return False
        while self._sending.size < BATCH_SIZE and (text := source.take()):
            self.send(text)
        return bool(self._sending) and self._flush()

    def _flush(self) -> bool:
        """Whether everything is sent. A socket that was full is not asked again before poll says that it has room."""
        try:
            self._blocked = self._blocked or not self._sending.flush()
        except OSError:
            self._lost = True
        return not self._blocked and not self._lost

    # --- waiting ---

    def _wait(self, more: bool, deaf: bool) -> None:
        """Until there is something to do: bytes to read or room to send, the doorbell, or something is overdue."""
        now = time.monotonic()
        reading = not deaf and not self._budget.is_spent() and self._sending.size < READ_LIMIT
        if not reading or self._sending:  # then a missing pong says nothing, and `Pace.send` decides
            self._heard_at = now
        self._look_after(now)
        due = now if more or (reading and self._unread) else self._next_due(now)
        interest = (select.POLLIN if reading and not self._unread else 0) | (select.POLLOUT if self._sending else 0)
        if self._await(interest, due - now) & ~select.POLLOUT:
            self._read()

    def _await(self, interest: int, seconds: float) -> int:
        happened = self._bell.wait(self._socket, interest, seconds)
        if happened & select.POLLOUT:
            self._blocked = False
        return happened

    def _look_after(self, now: float) -> None:
        """Send the ping that is due; give up a client that is gone."""
        if self._sending.is_stuck(now - self._pace.send) or now - self._heard_at >= 2 * self._pace.ping:
            self._lost = True
        elif self._first_by is not None and now >= self._first_by:
            self.close(CloseReason.POLICY_VIOLATION, "no hello")
        elif now - self._pinged_at >= self._pace.ping:
            self._pinged_at = now
            self._sending.add(self._wire.send(Ping()))
            self._flush()

    def _next_due(self, now: float) -> float:
        """When to look again if nothing happens."""
        if self._is_over():
            return now
        due = [self._pinged_at + self._pace.ping, self._heard_at + 2 * self._pace.ping]
        if self._sending:
            due.append(self._sending.progress_at + self._pace.send)
        if self._first_by is not None:
            due.append(self._first_by)
        if self._budget.is_spent():
            due.append(now + self._budget.pause)
        return min(due)

    # --- the end ---

    def _say_goodbye(self) -> None:
        """Send what waits and a close frame, and wait for the client's, for `Pace.close` in all."""
        deadline = time.monotonic() + self._pace.close
        if self._wire.state in (ConnectionState.OPEN, ConnectionState.REMOTE_CLOSING):
            code, reason = self._goodbye or (CloseReason.NORMAL_CLOSURE, "")
            self._sending.add(self._wire.send(CloseConnection(code, reason)))
        while self._flush() is False or self._awaits_goodbye():
            left = deadline - time.monotonic()
            if self._lost or left <= 0:
                self._lost = bool(self._sending)
                return
            interest = (select.POLLIN if self._awaits_goodbye() else 0) | (select.POLLOUT if self._sending else 0)
            if self._await(interest, left) & ~select.POLLOUT:
                self._read_goodbye()

    def _awaits_goodbye(self) -> bool:
        return not (self._broken or self._lost or self._hurry) and self._wire.state is not ConnectionState.CLOSED

    def _read_goodbye(self) -> None:
        self._read()
        for event in self._wire.events():
            if isinstance(event, CloseConnection) and self._wire.state is ConnectionState.LOCAL_CLOSING:
                self._broken = True


def _prepare(sock: socket.socket) -> None:
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_LIMIT)


def _shut(sock: socket.socket, abruptly: bool) -> None:
    """End the connection but leave the descriptor: its server closes it, and would count wrong if it were closed here.

    Both directions, since gunicorn's one accepting thread drains the socket of a closing connection for up to two
    seconds unless there is nothing left to wait for (gunicorn 27, `close_graceful`).
    """
    with contextlib.suppress(OSError):
        if abruptly:  # what the kernel still holds for a client that is gone is thrown away with the descriptor
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        sock.setblocking(True)
