"""Who may fetch a session as a zip, and what is in it."""

import base64
import io
import json
import random
import socket
import zipfile
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse

import pytest

from sandbox.protocol import Save
from tests.web.learner import Learner
from tests.web.serving import PATIENCE, Server, sandbox, until


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with sandbox(log_level="info") as running:
        yield running


@pytest.fixture
def learner(server: Server) -> Iterator[Learner]:
    someone = Learner(server)
    yield someone
    someone.close()


def ask(server: Server, token: str, method: str = "POST", **headers: str) -> HTTPResponse:
    """The answer, not read yet."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    given = {"Origin": f"http://127.0.0.1:{server.port}", "Authorization": f"Bearer {token}", "Connection": "close"}
    given |= headers
    connection.request(method, "/export", headers={name: value for name, value in given.items() if value})
    return connection.getresponse()


def unzipped(response: HTTPResponse) -> dict[str, bytes]:
    assert response.status == 200
    with closing(response), zipfile.ZipFile(io.BytesIO(response.read())) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def refusal(response: HTTPResponse) -> tuple[int, str]:
    with closing(response):
        return response.status, json.loads(response.read())["error"]


def export(server: Server, token: str) -> dict[str, bytes]:
    """The server knows a moment after its reader that everything was read."""
    return unzipped(until(lambda: answer if (answer := ask(server, token)).status != 429 else answer.close()))


def save(learner: Learner, path: str, text: str) -> None:
    learner.send(Save(path, text, path))
    learner.until("accepted", fits=lambda event: event["id"] == path)


def test_a_session_is_fetched_with_its_files_console_and_pictures(server: Server, learner: Learner) -> None:
    save(learner, "changer.py", "x = 1\n")
    learner.run("import changer")
    learner.run("open('made.txt', 'w').write('by the code')")
    response = ask(server, learner.welcome["token"])
    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Cache-Control"] == "no-store"
    files = unzipped(response)
    assert files["files/changer.py"] == b"x = 1\n" and files["files/made.txt"] == b"by the code"
    assert b">>> import changer\n" in files["transcript.pycon"]
    assert len(json.loads(files["pictures.json"])["pictures"]) >= 2
    assert int(json.loads(files["session.json"])["files"][0]["mtime_ns"]) > 0


def test_a_session_is_fetched_as_often_as_wanted(server: Server, learner: Learner) -> None:
    for _ in range(3):
        assert "session.json" in export(server, learner.welcome["token"])


@pytest.mark.parametrize("token", ["", "unknown", "é", "x" * 3000])
def test_nobody_else_is_given_anything(server: Server, token: str) -> None:
    assert refusal(ask(server, token.encode().decode("latin-1"))) == (
        404,
        "This session is not open here. Load the page again.",
    )


@pytest.mark.parametrize("origin", ["", "null", "http://evil.example"])
def test_another_page_may_not_fetch_a_session(server: Server, learner: Learner, origin: str) -> None:
    assert refusal(ask(server, learner.welcome["token"], Origin=origin))[0] == 403


def test_it_is_asked_for_by_post_alone(server: Server, learner: Learner) -> None:
    with closing(ask(server, learner.welcome["token"], "GET")) as response:
        assert response.status == 405


def test_who_was_not_invited_may_not_fetch_either() -> None:
    with sandbox(invite_code="word") as server:
        assert refusal(ask(server, "x"))[0] == 403


def test_no_token_is_logged(server: Server, learner: Learner) -> None:
    unzipped(ask(server, learner.welcome["token"]))
    assert "path=/export status=200" in server.log
    assert learner.welcome["token"] not in server.log


def test_a_session_has_one_zip_at_a_time_and_a_slow_reader_costs_itself_alone(server: Server) -> None:
    slow, other, chance = Learner(server), Learner(server), random.Random(1)
    for number in range(60):
        save(slow, f"m{number}.txt", base64.b64encode(chance.randbytes(120_000)).decode())
    token = slow.welcome["token"]
    with socket.create_connection(("127.0.0.1", server.port)) as idle:
        idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        origin = f"http://127.0.0.1:{server.port}"
        lines = ("POST /export HTTP/1.1", f"Host: {origin[7:]}", f"Origin: {origin}", f"Authorization: Bearer {token}")
        idle.sendall("\r\n".join((*lines, "Content-Length: 0", "", "")).encode())
        assert idle.recv(8) == b"HTTP/1.1", "it is on its way"
        assert refusal(ask(server, token)) == (429, "This session is being exported already.")
        assert unzipped(ask(server, other.welcome["token"]))
    save(slow, "again.py", "")  # nothing waits for a reader
    assert "files/again.py" in export(server, token), "once the slow one is gone"
    for learner in (slow, other):
        learner.close()
