"""A learner at the end of a websocket: says hello, sends commands, and waits for what is promised, with a deadline."""

import json
from collections.abc import Callable
from typing import Any

import websocket

from sandbox.codec import encode
from sandbox.protocol import Message, Run
from tests.web.serving import Server

Event = dict[str, Any]


class Learner:
    """One socket of one session. Runs get their numbers here."""

    def __init__(self, server: Server, token: str = "", ready: bool = True) -> None:
        self.socket = server.connect("/ws", origin=f"http://127.0.0.1:{server.port}")
        self.events: list[Event] = []
        try:
            self._greet(token, ready)
        except BaseException:
            self.vanish()
            raise

    def _greet(self, token: str, ready: bool) -> None:
        self.send({"kind": "hello", "token": token})
        self.welcome = self.until("welcome", "refused")
        self.run_number = self.welcome.get("run", 0)
        if ready and self.welcome.get("state") == "starting":
            self.until("ready")

    def send(self, message: Message | Event | str) -> None:
        """A message, or whatever else."""
        text = encode(message) if isinstance(message, Message) else message
        self.socket.send(text if isinstance(text, str) else json.dumps(text))

    def next(self) -> Event:
        """The next event. Raises websocket's exceptions when the connection ends or nothing comes."""
        opcode, data = self.socket.recv_data()
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            raise websocket.WebSocketConnectionClosedException(data.decode("utf-8", "replace"))
        event: Event = json.loads(data)
        self.events.append(event)
        return event

    def until(self, *kinds: str, fits: Callable[[Event], bool] = lambda event: True) -> Event:
        """The next event of these kinds that fits."""
        while True:
            try:
                event = self.next()
            except websocket.WebSocketTimeoutException:
                raise AssertionError(f"no {' or '.join(kinds)}; last heard: {self.events[-3:]}") from None
            if event["kind"] in kinds and fits(event):
                return event

    def until_accepted(self, id: str) -> None:
        """Until the command with this id is durable, unless that was heard already."""
        if not any(event["kind"] == "accepted" and event["id"] == id for event in self.events):
            self.until("accepted", fits=lambda event: event["id"] == id)

    def start(self, source: str, id: str = "") -> int:
        """Send an entry; its number."""
        self.run_number += 1
        self.send(Run(self.run_number, source, id))
        return self.run_number

    def run(self, source: str, id: str = "") -> str:
        """Send an entry and wait for its end; what it printed."""
        number = self.start(source, id)
        seen = len(self.events)
        self.until("finished", "exited", fits=lambda event: event.get("run", number) == number)
        self.until("disk")
        return self.printed(number, seen)

    def printed(self, number: int, since: int = 0) -> str:
        """The output of a run among the events heard."""
        heard = self.events[since:]
        return "".join(event["text"] for event in heard if event["kind"] == "output" and event["run"] == number)

    def is_alive(self) -> bool:
        """Whether the session answers: to a question with an id that nobody else uses."""
        self.send({"kind": "complete", "id": "alive?", "source": "", "cursor": 0})
        return self.until("completions", "refused", fits=lambda event: event["id"] == "alive?") is not None

    def close(self) -> None:
        self.socket.close()

    def vanish(self) -> None:
        """Leave without a word."""
        self.socket.shutdown()
