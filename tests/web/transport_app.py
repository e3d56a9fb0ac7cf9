"""A small app around `Transport` alone, for gunicorn or werkzeug: echo, flood, memory. Settings by environment."""

import os
from dataclasses import dataclass
from typing import Any

from flask import Flask, request
from flask_sock import Sock

from sandbox.protocol import Output
from sandbox.web.flow import Unfit
from sandbox.web.outbox import Outbox
from sandbox.web.transport import SERVER_OPTIONS, Pace, Transport, refuse_compression

PACE = Pace(
    first_message=float(os.environ.get("FIRST", 10)),
    ping=float(os.environ.get("PING", 25)),
    send=float(os.environ.get("SEND", 10)),
    close=float(os.environ.get("CLOSE", 1)),
    frames=float(os.environ.get("FRAMES", 2000)),
)

app = Flask(__name__)
app.config["SOCK_SERVER_OPTIONS"] = SERVER_OPTIONS
app.before_request(lambda: refuse_compression(request.environ))
sock = Sock(app)
held: set[str] = set()


@dataclass
class Lines:
    """A source of numbered text in messages of `piece` characters, `total` in all."""

    total: int
    piece: int
    sent: int = 0
    deaf: bool = False
    ended: bool = False
    burst: bool = False

    def take(self) -> str:
        if self.sent >= self.total:
            return ""
        text = f"{self.sent:015d} ".ljust(min(self.piece, self.total - self.sent), "x")
        self.sent += len(text)
        return text


@sock.route("/echo")
def echo(server: Any) -> None:
    """Every message comes back as an output; "close" ends the conversation, "boom" raises."""
    with Transport(server, PACE) as transport:
        outbox = Outbox(transport.wake)
        held.add(name := request.args.get("name", ""))
        try:
            for message in transport.talk(outbox):
                if message == "boom":
                    raise ZeroDivisionError
                if message == "close":
                    return
                text = f"{message.code}: {message.reason}" if isinstance(message, Unfit) else message
                outbox.push(Output(1, text))
        finally:
            held.discard(name)


@sock.route("/flood")
def flood(server: Any) -> None:
    """Sends `total` characters in messages of `piece`, and echoes nothing."""
    with Transport(server, PACE) as transport:
        held.add(name := request.args.get("name", ""))
        try:
            for _ in transport.talk(Lines(int(request.args["total"]), int(request.args["piece"]))):
                pass
        finally:
            held.discard(name)


@app.get("/")
def index() -> str:
    return "ok"


@app.get("/state")
def state() -> dict[str, Any]:
    """Who is connected, and what the process takes, in kB and threads."""
    with open("/proc/self/status") as status:
        lines = dict(line.split(":", 1) for line in status)
    return {"held": sorted(held), "rss": int(lines["VmRSS"].split()[0]), "threads": int(lines["Threads"])}
