"""What the transport promises, shown on a real gunicorn with clients that behave badly."""

import contextlib
import socket
import struct
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import websocket

from tests.web.serving import GRACE, PATIENCE, Server, gunicorn, until, werkzeug

APP = "tests.web.transport_app:app"
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Impatient, so that what takes long in life is short here."""
    with gunicorn(APP, FIRST="1.5", PING="0.4", SEND="1.5", CLOSE="0.5") as server:
        yield server


@pytest.fixture(scope="module")
def calm() -> Iterator[Server]:
    """As in life."""
    with gunicorn(APP) as server:
        yield server


def is_over(client: websocket.WebSocket) -> bool:
    """Whether the server ends the connection now, read to the end."""
    try:
        while client.recv_data()[0] != websocket.ABNF.OPCODE_CLOSE:
            pass
    except (websocket.WebSocketException, OSError):
        pass
    client.shutdown()
    return True


def text(client: websocket.WebSocket) -> str:
    return str(client.recv())


def raw(server: Server, path: str, receive_buffer: int = 0) -> socket.socket:
    """A websocket with a bare socket, after the handshake."""
    client = socket.socket()
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.settimeout(PATIENCE)
    client.connect(("127.0.0.1", server.port))
    client.sendall(
        f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += client.recv(1)
    assert b" 101 " in head
    return client


def frame(payload: bytes, opcode: int = 1, last: bool = True) -> bytes:
    """A client's frame, masked with zeros."""
    length = len(payload)
    size = struct.pack("!BQ", 0xFF, length)
    if length < 0x10000:
        size = struct.pack("!BH", 0xFE, length) if length > 125 else bytes([0x80 | length])
    return bytes([opcode | (0x80 if last else 0)]) + size + bytes(4) + payload


def test_messages_go_both_ways(server: Server) -> None:
    client = server.connect("/echo")
    for message in ("hello", "ü" * 1000, "x" * 200_000):
        client.send(message)
        assert f'"text":"{message}"' in text(client)
    client.close()


def test_compression_is_not_offered(server: Server) -> None:
    client = server.connect("/echo", header=["Sec-WebSocket-Extensions: permessage-deflate"])
    assert "sec-websocket-extensions" not in client.getheaders()
    client.close()


def test_a_message_that_is_too_large_is_thrown_away_as_it_comes_and_the_next_is_taken(calm: Server) -> None:
    client = calm.connect("/echo")
    for size in (300 * 1024, 10 * MIB):
        client.send("x" * size)
        assert "too-large: A message has at most 262,144 bytes." in text(client)
        client.send("y" * 262_144)
        assert text(client).count("y") == 262_144
    client.close()


def test_a_message_in_many_pieces_is_put_together(server: Server) -> None:
    client = raw(server, "/echo")
    pieces = ["ü".encode()[:1], "ü".encode()[1:], b"", b"abc"]
    client.sendall(frame(pieces[0], last=False) + b"".join(frame(piece, 0, piece == b"abc") for piece in pieces[1:]))
    assert "üabc".encode() in client.recv(1000)
    client.close()


def test_binary_messages_are_refused(server: Server) -> None:
    client = server.connect("/echo")
    client.send_binary(b"\0" * 1000)
    assert "malformed: Messages are text, not binary." in text(client)
    client.close()


@pytest.mark.parametrize(
    ("garbage", "code"),
    [
        (b"\xff" * 100, 1002),
        (frame(b"\xff\xfe"), 1007),
        (frame("\ud800".encode("utf-8", "surrogatepass")), 1007),
        (b"\x81\x05hello", 1002),
        (frame(b"x", 0), 1002),
        (frame(b"x" * 126, 9), 1002),
    ],
    ids=["noise", "not utf-8", "surrogate", "unmasked", "continues nothing", "long ping"],
)
def test_what_is_no_frame_ends_the_connection_with_its_code(server: Server, garbage: bytes, code: int) -> None:
    client = raw(server, "/echo")
    client.sendall(garbage)
    answer = client.recv(1000)
    assert (answer[0], struct.unpack("!H", answer[2:4])[0]) == (0x88, code)
    client.close()


def test_ping_is_answered_between_whole_messages(server: Server) -> None:
    client = raw(server, "/echo")
    client.sendall(frame(b"one", 9) + frame(b"two"))
    heard = b""
    while b"two" not in heard:
        heard += client.recv(1000)
    assert b"\x8a\x03one" in heard
    client.close()


def test_both_sides_can_close(server: Server) -> None:
    client = server.connect("/echo")
    client.send("close")
    assert client.recv_frame().data[:2] == struct.pack("!H", 1000)
    client.shutdown()
    client = server.connect("/echo?name=leaver")
    client.send_close(1001)
    assert client.recv_frame().data[:2] == struct.pack("!H", 1001)
    client.shutdown()


def test_an_error_in_a_handler_closes_its_socket_alone(server: Server) -> None:
    other, client = server.connect("/echo"), server.connect("/echo")
    client.send("boom")
    assert client.recv_frame().data[:2] == struct.pack("!H", 1011)
    other.send("still here")
    assert "still here" in text(other)
    client.shutdown()
    other.close()


def test_a_client_that_says_nothing_is_sent_away(server: Server) -> None:
    client = server.connect("/echo?name=silent")
    began = time.monotonic()
    assert is_over(client)
    assert time.monotonic() - began > 1
    until(lambda: "silent" not in server.state()["held"])


def test_a_vanished_client_is_noticed_by_its_missing_pongs(server: Server) -> None:
    client = raw(server, "/echo?name=vanished")
    client.sendall(frame(b"x"))
    until(lambda: "vanished" in server.state()["held"])
    until(lambda: "vanished" not in server.state()["held"], patience=5)
    client.close()


def test_a_client_that_answers_pings_stays(server: Server) -> None:
    client = server.connect("/echo?name=quiet", timeout=0.2)
    client.send("x")
    deadline = time.monotonic() + 2.5
    while time.monotonic() < deadline:
        try:
            client.recv()
        except websocket.WebSocketTimeoutException:
            continue
    assert "quiet" in server.state()["held"]
    client.close()


def test_a_client_that_never_reads_is_let_go(server: Server) -> None:
    client = raw(server, "/flood?name=deaf&total=100000000&piece=65536", receive_buffer=4096)
    client.sendall(frame(b"a first message"))
    until(lambda: "deaf" in server.state()["held"])
    until(lambda: "deaf" not in server.state()["held"], patience=6)
    client.close()


def test_a_slow_reader_gets_every_byte_though_pings_fall_between(server: Server) -> None:
    total, piece = 3_000_000, 50_000
    client = raw(server, f"/flood?total={total}&piece={piece}", receive_buffer=16 * 1024)
    client.sendall(frame(b"a first message"))
    heard = _read_slowly(client, total)
    assert heard == [f"{start:015d} ".ljust(min(piece, total - start), "x") for start in range(0, total, piece)]
    client.close()


def _read_slowly(client: socket.socket, total: int) -> list[str]:
    """The texts of the frames, with two stalls longer than a ping's interval; pings are answered."""
    stream = client.makefile("rb")
    heard: list[str] = []
    while sum(map(len, heard)) < total:
        opcode, size = stream.read(2)
        length = (
            size
            if size < 126
            else struct.unpack("!H" if size == 126 else "!Q", stream.read(2 if size == 126 else 8))[0]
        )
        payload = stream.read(length)
        if opcode == 0x89:
            client.sendall(frame(payload, 10))
            continue
        assert opcode == 0x81
        heard.append(payload.decode())
        if len(heard) in (20, 40):
            threading.Event().wait(0.7)  # this is the stall, not a wait for something
    stream.close()
    return heard


def test_a_flood_of_messages_takes_no_memory(calm: Server) -> None:
    before = calm.state()["rss"]
    client = raw(calm, "/flood?total=0&piece=1")
    assert _send_until_full(client, frame(b"x" * 250_000) * 4, 100 * MIB) >= 100 * MIB
    assert calm.state()["rss"] - before < 5 * 1024
    client.close()


def test_a_flood_whose_answers_are_not_read_is_not_read_either(calm: Server) -> None:
    before = calm.state()["rss"]
    client = raw(calm, "/echo", receive_buffer=4096)
    client.settimeout(1)
    assert _send_until_full(client, frame(b"x" * 250_000) * 4, 100 * MIB) < 20 * MIB
    assert calm.state()["rss"] - before < 12 * 1024  # its answers, up to where reading stops
    client.close()


def test_a_flood_of_oversized_messages_takes_no_memory(calm: Server) -> None:
    before = calm.state()["rss"]
    client = raw(calm, "/echo")
    client.sendall(b"".join([b"\x81\xff", struct.pack("!Q", 100 * MIB), bytes(4)]))
    assert _send_until_full(client, b"x" * MIB, 100 * MIB) == 100 * MIB
    assert b"too-large" in client.recv(1000)
    assert calm.state()["rss"] - before < 5 * 1024
    client.close()


def test_a_flood_of_tiny_frames_leaves_the_server_to_others(calm: Server) -> None:
    before = calm.state()["rss"]
    client = raw(calm, "/echo")
    with ThreadPoolExecutor(1) as pool:
        flooding = pool.submit(_send_until_full, client, frame(b"", 9) * 10_000, 20 * MIB)
        assert max(_seconds(lambda: calm.get("/")) for _ in range(20)) < 0.5
        client.shutdown(socket.SHUT_RDWR)
        flooding.exception()
    assert calm.state()["rss"] - before < 5 * 1024
    client.close()


def _send_until_full(client: socket.socket, burst: bytes, total: int) -> int:
    """Send so much, or until the other side has not read for the socket's time-out, or has gone."""
    sent = 0
    with contextlib.suppress(OSError):
        while sent < total:
            client.sendall(burst)
            sent += len(burst)
    return sent


def _seconds(action: Any) -> float:
    began = time.monotonic()
    action()
    return time.monotonic() - began


def test_clients_that_vanish_without_a_close_stall_nobody(server: Server) -> None:
    clients = [raw(server, "/echo?name=gone") for _ in range(10)]
    for client in clients:
        client.sendall(frame(b"close"))
    worst = max(_seconds(lambda: server.get("/")) for _ in range(100))
    until(lambda: "gone" not in server.state()["held"])
    worst = max(worst, *(_seconds(lambda: server.get("/")) for _ in range(100)))
    assert worst < 0.5  # a stalled accept thread would show as two seconds for each client
    for client in clients:
        client.close()


def test_a_socket_takes_one_thread_and_gives_it_back(calm: Server) -> None:
    clients = [calm.connect("/echo") for _ in range(20)]
    for client in clients:
        client.send("x")
        client.recv()
    assert calm.state()["threads"] <= 20 + 8
    for client in clients:
        client.close()
    until(lambda: not calm.state()["held"])


@pytest.mark.parametrize("missing", ["Sec-WebSocket-Key", "Sec-WebSocket-Version"])
def test_a_broken_handshake_is_no_server_error_in_the_transport(calm: Server, missing: str) -> None:
    headers = {"Upgrade": "websocket", "Sec-WebSocket-Key": "A" * 22 + "==", "Sec-WebSocket-Version": "13"}
    del headers[missing]
    request = urllib.request.Request(f"http://127.0.0.1:{calm.port}/echo", headers=headers)
    with pytest.raises(urllib.error.HTTPError) as failure:
        urllib.request.urlopen(request, timeout=PATIENCE)
    failure.value.close()
    assert calm.get("/") == "ok"


def test_the_server_ends_as_soon_as_its_clients_have_left() -> None:
    with gunicorn(APP) as server:
        clients = [server.connect("/echo") for _ in range(5)]
        for client in clients:
            client.close()
        assert server.stop() < GRACE


def test_the_server_for_development_carries_it_too() -> None:
    with werkzeug(APP) as server:
        clients = [server.connect("/echo") for _ in range(3)]
        for client in clients:
            client.send("hello")
            assert "hello" in text(client)
        clients[0].close()
        clients[1].shutdown()
        clients[2].send("close")
        assert is_over(clients[2])
        until(lambda: not server.state()["held"])
        assert "Traceback" not in server.log
