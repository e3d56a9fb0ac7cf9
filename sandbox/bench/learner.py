"""One learner's browser, as far as a server can tell: a websocket that types entries and waits for what comes of them.

Knows of the protocol what a foreign client does. Everything waits, with a deadline.
"""

import json
import socket
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Event, Ping, Request, TextMessage

PATIENCE = 60.0
"""Seconds to wait for anything."""
PIECE = 64 * 1024

Message = dict[str, Any]


class CannotBench(Exception):
    """Why nothing was measured, as a sentence."""


class Learner:
    """A session with its Python ready. Raises CannotBench when the server has none to give."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._socket = socket.create_connection(address, PATIENCE)
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._wire = WSConnection(ConnectionType.CLIENT)
            self._events: Iterator[Event] = iter(())
            self._runs = 0
            self._shake_hands("{}:{}".format(*address))
            self._send(kind="hello")
            self._until("ready")
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Learner":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    def run(self, source: str) -> str:
        """Run an entry; what it printed."""
        self._runs += 1
        self._send(kind="run", run=self._runs, source=source)
        return "".join(message["text"] for message in self._until("finished") if message["kind"] == "output")

    def save(self, path: str, text: str) -> None:
        """Save a file; the next entry sees it."""
        self._send(kind="save", path=path, text=text)

    def keep_alive(self) -> None:
        """Answer what the server has asked meanwhile, without waiting: else it takes an idle browser for gone."""
        self._socket.setblocking(False)
        try:
            while data := self._socket.recv(PIECE):
                self._wire.receive_data(data)
                for event in self._wire.events():
                    self._answer(event)
        except BlockingIOError:
            return
        finally:
            self._socket.settimeout(PATIENCE)

    def close(self) -> None:
        """Leave without a word, as a browser does whose tab is closed."""
        self._socket.close()

    def _shake_hands(self, host: str) -> None:
        headers = [(b"Origin", f"http://{host}".encode())]
        self._socket.sendall(self._wire.send(Request(host=host, target="/ws", extra_headers=headers)))
        if not isinstance(self._next(), AcceptConnection):
            raise CannotBench("The server opens no websocket.")

    def _send(self, **message: Any) -> None:
        self._socket.sendall(self._wire.send(TextMessage(json.dumps(message))))

    def _until(self, kind: str) -> list[Message]:
        """Everything up to the first message of this kind."""
        messages = [self._receive()]
        while messages[-1]["kind"] != kind:
            if messages[-1]["kind"] == "refused":
                raise CannotBench(f"The server refused: {messages[-1]['reason']}")
            messages.append(self._receive())
        return messages

    def _receive(self) -> Message:
        text = ""
        while True:
            event = self._next()
            if isinstance(event, TextMessage):
                text += event.data
                if event.message_finished:
                    message: Message = json.loads(text)
                    return message

    def _next(self) -> Event:
        while (event := next(self._events, None)) is None:
            data = self._socket.recv(PIECE)
            if not data:
                raise CannotBench("The server hung up.")
            self._wire.receive_data(data)
            self._events = self._wire.events()
        self._answer(event)
        return event

    def _answer(self, event: Event) -> None:
        if isinstance(event, Ping):
            self._socket.sendall(self._wire.send(event.response()))
        elif isinstance(event, CloseConnection):
            raise CannotBench(f"The server closed the connection ({event.reason or event.code}).")
