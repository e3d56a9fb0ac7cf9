"""The websocket endpoint: between one browser's socket and its session.

A socket says `hello` first. What it sends after that and cannot be taken is refused with its reason, and the
conversation goes on. Knows Flask only in `socket_blueprint`; who may connect at all is decided before the upgrade.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, request
from flask_sock import Sock
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import RemoteProtocolError

from sandbox.codec import ProtocolError, decode, encode
from sandbox.protocol import BROWSER_COMMANDS, Command, Erase, Hello, Message, Queued, Refused
from sandbox.session.registry import FULL, Entered, Registry
from sandbox.session.session import Session
from sandbox.web.flow import Unfit
from sandbox.web.outbox import Outbox
from sandbox.web.transport import PACE, SERVER_OPTIONS, Pace, Transport, refuse_compression

log = logging.getLogger(__name__)

HELLO_FIRST = "The first message of a socket is hello."
HELLO_AGAIN = "This socket has said hello already."
IN_LINE = "You are in line: there is no session yet."
OUR_FAULT = "Something went wrong on the server; the session goes on."


class Sockets:
    """Every open socket, so that all can be ended at once."""

    def __init__(self, limit: int = 1000) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._open: set[Transport] = set()
        self._closing = False

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, transport: Transport) -> bool:
        """Count the socket in, if there is room for it."""
        with self._lock:
            if self._closing or len(self._open) >= self._limit:
                return False
            self._open.add(transport)
            return True

    def dismiss(self, transport: Transport) -> None:
        with self._lock:
            self._open.discard(transport)

    def close(self) -> None:
        """Tell every socket to end now and let no other in; their threads end within a second. Returns at once."""
        with self._lock:
            self._closing = True
            for transport in self._open:
                transport.close(CloseReason.SERVICE_RESTART, "the server stops", hurry=True)


class Conversation:
    """One browser's socket, from hello to goodbye."""

    def __init__(self, transport: Transport, registry: Registry, address: str) -> None:
        self._transport, self._registry, self._address = transport, registry, address
        self._outbox = Outbox(transport.wake, self._ease)
        self._session: Session | None = None
        self._hello: Hello | None = None
        """What was said by a client that waits in line."""

    def hold(self) -> None:
        """Talk until either side ends it."""
        began = time.monotonic()
        try:
            for message in self._transport.talk(self._outbox):
                self._take(message)
        finally:
            self._registry.leave(self)
            if self._session is not None:
                self._session.detach(self._outbox)
            seconds = round(time.monotonic() - began, 1)
            log.info("socket closed", extra={"fields": {"session": self._name, "seconds": seconds}})

    @property
    def _name(self) -> str:
        return self._session.name if self._session else "-"

    def _ease(self) -> None:
        if self._session is not None:
            self._session.ease()

    def _take(self, message: str | Unfit) -> None:
        """One message in; whatever is wrong with it, it is answered."""
        try:
            self._obey(message)
        except ProtocolError as error:
            self._refuse("malformed", str(error), error.id)
        except Exception:
            log.exception("message not handled", extra={"fields": {"session": self._name, "size": _size(message)}})
            self._refuse("malformed", OUR_FAULT)

    def _obey(self, message: str | Unfit) -> None:
        if isinstance(message, Unfit):
            self._refuse(message.code, message.reason)
        elif self._hello is not None:
            self._refuse("busy", IN_LINE)
        elif self._session is None:
            self._enter(message)
        else:
            command = decode(message, BROWSER_COMMANDS)
            assert isinstance(command, Command)
            self._command(self._session, command)

    def _command(self, session: Session, command: Command) -> None:
        if isinstance(command, Hello):
            self._refuse("malformed", HELLO_AGAIN)
        elif isinstance(command, Erase):
            self._registry.erase(session, self._outbox)
        else:
            session.handle(self._outbox, command)

    def _enter(self, message: str) -> None:
        hello = decode(message, BROWSER_COMMANDS)
        if not isinstance(hello, Hello):
            raise ProtocolError(HELLO_FIRST)
        entered = self._registry.enter(hello, self._outbox, self._address, waiter=self)
        if entered is None:
            self._hello = hello
        elif isinstance(entered, Entered):
            self._transport.send(encode(self._open(entered)))
        else:
            self._outbox.push(self._open(entered))

    def _open(self, entered: Entered | Refused) -> Message:
        """What to say first."""
        if isinstance(entered, Refused):
            log.info("socket refused", extra={"fields": {"code": entered.code}})
            return entered
        self._session = entered.session
        log.info("socket opened", extra={"fields": {"session": self._name}})
        return entered.welcome

    # --- in line ---

    def wait(self, position: int, ticket: str) -> None:
        """See Waiter."""
        self._outbox.push(Queued(position, ticket))

    def come(self) -> None:
        """See Waiter. The place is claimed by the thread that talks, as its session's events come after `welcome`."""
        self._outbox.push_made(self._claim)

    def _claim(self) -> Message:
        hello, self._hello = self._hello, None
        assert hello is not None
        entered = self._registry.enter(hello, self._outbox, self._address, waiter=self)
        assert entered is not None
        return self._open(entered)

    def _refuse(self, code: str, reason: str, id: str = "") -> None:
        """Before hello every refusal is the last word."""
        self._outbox.push(Refused(code, reason, id, fatal=self._session is None and self._hello is None))


def _size(message: str | Unfit) -> int:
    return len(message) if isinstance(message, str) else 0


def serve(transport: Transport, sockets: Sockets, registry: Registry, address: str) -> None:
    """Hold the conversation of one socket, in the calling thread, to its end."""
    with transport:
        if not sockets.admit(transport):
            transport.send(encode(Refused("full", FULL, fatal=True)))
            transport.close(CloseReason.TRY_AGAIN_LATER, "full")
            return
        try:
            Conversation(transport, registry, address).hold()
        finally:
            sockets.dismiss(transport)


def socket_blueprint(
    registry: Registry,
    sockets: Sockets,
    address: Callable[[], str],
    check: Callable[[], Any] = lambda: None,
    pace: Pace = PACE,
) -> Blueprint:
    """The endpoint `/ws`. `address` gives the client's address; `check` runs before each upgrade and may end it."""
    blueprint = Blueprint("socket", __name__)
    blueprint.record(lambda state: state.app.config.__setitem__("SOCK_SERVER_OPTIONS", SERVER_OPTIONS))
    blueprint.before_request(check)
    blueprint.before_request(lambda: refuse_compression(request.environ))
    blueprint.errorhandler(RemoteProtocolError)(lambda error: ("This is no websocket handshake.\n", 400))

    def talk(server: Any) -> None:
        serve(Transport(server, pace), sockets, registry, address())

    Sock().route("/ws", bp=blueprint)(talk)
    return blueprint
