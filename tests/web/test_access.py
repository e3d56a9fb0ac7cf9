"""Who may come in, and who may not."""

from collections.abc import Iterator

import pytest
from flask import Flask

from sandbox.web.access import ADDRESSES, Limiter, network, same_origin
from tests.web.apps import running

UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "keep-alive, Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Host": "localhost:8000",
}


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    with running() as app:
        yield app


def upgrade(app: Flask, **headers: str) -> int:
    given = UPGRADE | {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().get("/ws", headers=given).status_code


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "http://evil.example",
        "http://localhost",
        "http://localhost:8001",
        "https://localhost:8000",
        "http://127.0.0.1:8000",
        "http://localhost:8000.evil.example",
        "http://localhost:8000@evil.example",
        "http://localhost:8000/page",
        "http://[localhost:8000",
        "http://localhost:99999",
        "file://",
    ],
)
def test_an_upgrade_without_or_with_a_foreign_origin_is_forbidden(app: Flask, origin: str) -> None:
    assert upgrade(app, Origin=origin) == 403
    assert app.test_client().get("/ws", headers=UPGRADE).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{"Upgrade": "h2c"}, {"Connection": "close"}, {"Sec_WebSocket_Version": "8"}, {"Sec_WebSocket_Version": ""}],
)
def test_a_wrong_upgrade_is_told_what_is_spoken(app: Flask, headers: dict[str, str]) -> None:
    given = UPGRADE | {name.replace("_", "-"): value for name, value in headers.items()}
    response = app.test_client().get("/ws", headers={**given, "Origin": "http://localhost:8000"})
    assert response.status_code == 426
    assert (response.headers["Upgrade"], response.headers["Sec-WebSocket-Version"]) == ("websocket", "13")


@pytest.mark.parametrize(
    ("origin", "scheme", "host"),
    [
        ("http://localhost:8000", "http", "localhost:8000"),
        ("http://localhost:8000", "ws", "localhost:8000"),
        ("https://school.example", "https", "school.example"),
        ("https://school.example", "wss", "school.example:443"),
        ("http://School.example", "http", "school.EXAMPLE:80"),
        ("http://[::1]:8000", "http", "[::1]:8000"),
    ],
)
def test_the_own_page_is_let_in(origin: str, scheme: str, host: str) -> None:
    assert same_origin(origin, scheme, host)


def test_behind_a_believed_proxy_the_outside_name_is_the_own_one() -> None:
    outside = {"X_Forwarded_Host": "school.example", "X_Forwarded_Proto": "https"}
    with running(proxies=1, invite_code="open sesame") as app:  # the code stops the upgrade just behind this check
        page = app.test_client().get("/ws", headers={**UPGRADE, **_dashed(outside), "Origin": "https://school.example"})
        foreign = app.test_client().get(
            "/ws", headers={**UPGRADE, **_dashed(outside), "Origin": "http://localhost:8000"}
        )
    assert "invite" in page.text or page.status_code == 403
    assert foreign.status_code == 403


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


# --- the invite code ---


@pytest.fixture
def closed() -> Iterator[Flask]:
    with running(invite_code="open sesame") as app:
        yield app


def test_without_the_code_there_is_no_page_and_no_socket(closed: Flask) -> None:
    assert closed.test_client().get("/").location == "/invite"
    assert upgrade(closed, Origin="http://localhost:8000") == 403


def test_the_right_code_lets_in_and_is_remembered(closed: Flask) -> None:
    client = closed.test_client()
    answer = client.post("/invite", data={"code": " open sesame "})
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/").status_code == 200
    assert client.get("/invite").location == "/"


def test_a_wrong_code_is_told_so(closed: Flask) -> None:
    client = closed.test_client()
    for code in ("", "open", "OPEN SESAME", "öffne"):
        answer = client.post("/invite", data={"code": code})
        assert answer.status_code == 403 and "That is not the invite code." in answer.text
    assert client.get("/").location == "/invite"


def test_guessing_is_stopped(closed: Flask) -> None:
    client = closed.test_client()
    answers = [client.post("/invite", data={"code": str(guess)}).text for guess in range(70)]
    assert sum("Too many wrong codes" in answer for answer in answers) >= 10
    assert "Too many wrong codes" in client.post("/invite", data={"code": "open sesame"}).text


def test_the_cookie_is_for_the_server_alone_and_over_https_for_https_alone(closed: Flask) -> None:
    right = {"code": "open sesame"}
    cookie = closed.test_client().post("/invite", data=right).headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie
    secure = closed.test_client().post("/invite", data=right, base_url="https://localhost").headers["Set-Cookie"]
    assert "Secure" in secure


def test_a_cookie_is_not_taken_by_a_server_with_another_code_or_key() -> None:
    def cookie(app: Flask) -> str:
        return app.test_client().post("/invite", data={"code": "one"}).headers["Set-Cookie"].split(";")[0]

    with running(invite_code="one", secret_key="k") as app, running(invite_code="two", secret_key="k") as other:
        assert app.test_client(use_cookies=False).get("/", headers={"Cookie": cookie(app)}).status_code == 200
        assert other.test_client(use_cookies=False).get("/", headers={"Cookie": cookie(app)}).status_code == 302
        with running(invite_code="one", secret_key="another") as third:
            assert third.test_client(use_cookies=False).get("/", headers={"Cookie": cookie(app)}).status_code == 302


def test_a_form_has_a_bounded_size(closed: Flask) -> None:
    assert closed.test_client().post("/invite", data={"code": "x" * 100_000}).status_code == 413


# --- how often ---


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0 * 60

    def __call__(self) -> float:
        return self.now


def test_an_address_may_begin_so_often_a_minute() -> None:
    clock = Clock()
    limiter = Limiter(3, clock)
    assert [limiter.allow("10.0.0.1") for _ in range(5)] == [True, True, True, False, False]
    assert limiter.allow("10.0.0.2")
    clock.now += 60
    assert limiter.allow("10.0.0.1")


def test_no_limit_is_no_limit() -> None:
    limiter = Limiter(0)
    assert all(limiter.allow("10.0.0.1") for _ in range(10_000))


def test_the_limiter_remembers_a_bounded_number_of_addresses() -> None:
    limiter = Limiter(2, Clock())
    for number in range(ADDRESSES + 10):
        limiter.allow(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(limiter._counts) <= ADDRESSES + 1
    assert not limiter.allow("192.0.2.1"), "those that come too late share one count"
    assert limiter.allow("10.0.0.1"), "those that are known keep their own"


def test_a_home_with_many_addresses_counts_as_one() -> None:
    assert network("2001:db8::1") == network("2001:db8::ffff:1") != network("2001:db8:0:1::1")
    assert network("::ffff:192.0.2.1") == "192.0.2.1"
    assert network("unix:") == ""
