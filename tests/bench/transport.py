"""Torture of the websocket transport at full size: `python -m tests.bench.transport`, about a minute and a half.

The suite shows the same promises in small (tests/web). Prints one table: what was done, what was seen, what was asked.
"""

import contextlib
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator

import psutil

from tests.web.learner import Learner
from tests.web.serving import Server, gunicorn, sandbox, until

APP = "tests.web.transport_app:app"
MIB = 1024 * 1024
KIB = 1024


def main() -> int:
    """Run everything and print the table. The exit status is the number of promises that were not kept."""
    rows = [row for trial in (slow_reader, deaf_reader, inbound_flood, vanished, stopping) for row in trial()]
    width = max(len(row[0]) for row in rows)
    print(f"{'trial':{width}}  {'seen':>24}  {'asked':>14}")
    for name, seen, asked, kept in rows:
        print(f"{name:{width}}  {seen:>24}  {asked:>14}  {'' if kept else '<- NOT KEPT'}")
    return sum(not kept for *_, kept in rows)


Row = tuple[str, str, str, bool]


def slow_reader() -> Iterator[Row]:
    """16 MB at 512 KB/s, a stall of 2 s after each 4 MB, pings as often as can be."""
    total, piece = 16_000_000, 64_000
    with gunicorn(APP, PING="1.5") as server, _raw(server, f"/flood?total={total}&piece={piece}", 32 * KIB) as client:
        began = time.monotonic()
        heard, pings = _read(client, total, rate=512_000)
        right = heard == [f"{start:015d} ".ljust(min(piece, total - start), "x") for start in range(0, total, piece)]
        seconds = time.monotonic() - began
    seen = f"{sum(map(len, heard)):,} B, {pings} pings"
    yield f"slow reader ({seconds:.0f} s)", seen, f"{total:,} B", right and pings > 5


def _read(client: socket.socket, total: int, rate: float) -> tuple[list[str], int]:
    heard: list[str] = []
    size = pings = 0
    due = time.monotonic()
    with client.makefile("rb") as stream:
        while size < total:
            opcode, payload = _frame(stream.read)
            if opcode == 9:
                pings += 1
                client.sendall(_masked(payload, 10))
                continue
            heard.append(payload.decode())
            size += len(payload)
            due += len(payload) / rate + (2 if size // 4_000_000 > (size - len(payload)) // 4_000_000 else 0)
            threading.Event().wait(max(0, due - time.monotonic()))
    return heard, pings


def deaf_reader() -> Iterator[Row]:
    """A client that never reads, and two floods that it would have to read; with the settings of life."""
    with gunicorn(APP) as server, _raw(server, "/flood?name=deaf&total=100000000&piece=64000", 4 * KIB):
        until(lambda: "deaf" in server.state()["held"])
        began = time.monotonic()
        until(lambda: "deaf" not in server.state()["held"], patience=30)
        seconds = time.monotonic() - began
    yield "never reads, let go after", f"{seconds:.1f} s", "10 to 12 s", seconds < 12


def inbound_flood() -> Iterator[Row]:
    """100 MB that nobody wants: whole messages, one message, and one that waits for its answers to be read."""
    with gunicorn(APP) as server:
        before = server.state()["rss"]
        with _raw(server, "/flood?total=0&piece=1") as client:
            _send(client, _masked(b"x" * 250_000) * 4, 100 * MIB)
            yield _memory("100 MB in messages of 250 kB", server, before)
        with _raw(server, "/echo") as client:
            client.sendall(b"\x81\xff" + struct.pack("!Q", 100 * MIB) + bytes(4))
            _send(client, b"x" * MIB, 100 * MIB)
            yield _memory("100 MB in one message", server, before)
        with _raw(server, "/flood?total=0&piece=1") as client:
            client.settimeout(3)
            _send(client, _masked(b"x" * 20) * 10_000, 100 * MIB)
            yield _memory("messages of 20 B, for 3 s", server, before)


def _memory(name: str, server: Server, before: int) -> Row:
    grown = (server.state()["rss"] - before) / KIB
    return name, f"{grown:+.1f} MiB", "< 5 MiB", grown < 5


def vanished() -> Iterator[Row]:
    """Ten clients are closed by the server and never answer."""
    with gunicorn(APP) as server, contextlib.ExitStack() as stack:
        for client in [stack.enter_context(_raw(server, "/echo?name=gone")) for _ in range(10)]:
            client.sendall(_masked(b"close"))
        times = []
        while "gone" in server.state()["held"] or len(times) < 500:
            times.append(_seconds(lambda: server.get("/")))
    worst = max(times) * 1000
    yield f"ten vanish, worst of {len(times)} GETs", f"{worst:.0f} ms", "< 100 ms", worst < 100


def stopping() -> Iterator[Row]:
    """SIGTERM with 200 sockets, each with a session and a running interpreter."""
    with sandbox(new_sessions_per_minute="0", capacity="200") as server:
        learners = [Learner(server) for _ in range(200)]
        family = psutil.Process(server.process.pid).children(recursive=True)
        seconds = server.stop()
        left = len(psutil.wait_procs(family, timeout=1)[1])  # the kernel takes a moment to bury them
        for learner in learners:
            learner.vanish()
    kept = seconds < 3 and left == 0
    yield f"SIGTERM, 200 sockets, {len(family)} processes", f"{seconds:.2f} s, {left} left", "< 3 s, 0 left", kept


@contextlib.contextmanager
def _raw(server: Server, path: str, receive_buffer: int = 0) -> Iterator[socket.socket]:
    with socket.socket() as client:
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.settimeout(60)
        client.connect(("127.0.0.1", server.port))
        client.sendall(
            f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.recv(1)
        client.sendall(_masked(b"a first message"))
        yield client


def _frame(read: Callable[[int], bytes]) -> tuple[int, bytes]:
    opcode, size = read(2)
    if size > 125:
        (size,) = struct.unpack("!H" if size == 126 else "!Q", read(2 if size == 126 else 8))
    return opcode & 15, read(size)


def _masked(payload: bytes, opcode: int = 1) -> bytes:
    size = len(payload)
    head = bytes([0x80 | size]) if size < 126 else struct.pack("!BQ", 0xFF, size)
    return bytes([0x80 | opcode]) + head + bytes(4) + payload


def _send(client: socket.socket, burst: bytes, total: int) -> None:
    with contextlib.suppress(TimeoutError):
        for _ in range(total // len(burst)):
            client.sendall(burst)


def _seconds(action: Callable[[], object]) -> float:
    began = time.monotonic()
    action()
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
