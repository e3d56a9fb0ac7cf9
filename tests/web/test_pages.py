"""What the pages promise."""

import json
import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.apps import running


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    with running() as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def told(page: str) -> dict[str, str]:
    """What the page tells its script."""
    found = re.search(r"data-page='([^']*)'", page)
    assert found
    told: dict[str, str] = json.loads(unescape(found[1]))
    return told


def links(page: str) -> list[str]:
    return re.findall(r'(?:href|src)="(/[^"]*)"', page)


def test_the_sandbox_page_names_its_socket_and_files_that_exist(client: FlaskClient) -> None:
    page = client.get("/").text
    assert told(page)["socket"] == "/ws"
    assert [client.get(link).status_code for link in links(page)] == [200] * len(links(page))
    assert any(link.startswith("/static/main") and link.endswith(".js") for link in links(page))


def test_no_page_has_a_script_or_style_of_its_own(client: FlaskClient) -> None:
    for address in ("/", "/nowhere", "/invite"):
        page = client.get(address, follow_redirects=True).text
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:", page), address


def test_every_response_has_the_security_headers(client: FlaskClient) -> None:
    for address in ("/", "/nowhere", "/healthz", "/static/main.css", "/ws"):
        headers = client.get(address).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'self'" in policy
        assert "unsafe" not in policy


def test_the_nonce_of_the_page_is_the_one_of_its_policy_and_new_each_time(client: FlaskClient) -> None:
    seen = set()
    for response in (client.get("/"), client.get("/")):
        shown = re.search(r'nonce="([^"]+)"', response.text)
        assert shown and f"'nonce-{shown[1]}'" in response.headers["Content-Security-Policy"]
        seen.add(shown[1])
    assert len(seen) == 2


def test_pages_are_not_kept_and_built_files_are_kept_for_ever(client: FlaskClient) -> None:
    page = client.get("/")
    assert page.headers["Cache-Control"] == "no-store"
    built = [link for link in links(page.text) if re.search(r"-[0-9A-Z]{8}\.", link)]
    assert built, "the front end is not built"
    for link in built:
        assert client.get(link).headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_files_are_sent_compressed_to_those_who_take_it(client: FlaskClient) -> None:
    script = next(link for link in links(client.get("/").text) if link.endswith(".js"))
    plain = client.get(script)
    small = client.get(script, headers={"Accept-Encoding": "br, gzip"})
    assert (plain.headers.get("Content-Encoding"), small.headers["Content-Encoding"]) == (None, "gzip")
    assert len(small.data) < len(plain.data) / 2
    assert small.content_type == plain.content_type
    assert "Accept-Encoding" in small.headers["Vary"] and "Accept-Encoding" in plain.headers["Vary"]


def test_the_first_page_weighs_less_than_200_kb(client: FlaskClient) -> None:
    waiting, weights = ["/"], dict[str, int]()
    while waiting:
        address = waiting.pop()
        if address not in weights:
            weights[address] = len(client.get(address, headers={"Accept-Encoding": "gzip"}).data)
            text = client.get(address).text
            waiting += links(text) if address == "/" else []
            waiting += [f"/static/{name}" for name in re.findall(r'(?:from|import)\s*"\./([\w-]+\.js)"', text)]
    assert len(weights) > 4, "a script, what it shares with those that come later, a style sheet, an icon, the page"
    assert sum(weights.values()) < 200_000


def test_nothing_outside_the_built_folder_is_served(client: FlaskClient) -> None:
    for path in ("../src/main.js", "..%2fsrc/main.js", "%2fetc/passwd", "../../README.md", "main.js%00"):
        assert client.get(f"/static/{path}", follow_redirects=True).status_code == 404


def test_what_is_not_there_is_a_page_with_a_way_back(client: FlaskClient) -> None:
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert "There is no page at this address." in response.text and 'href="/"' in response.text


def test_a_failure_of_ours_is_a_page_with_the_number_to_tell() -> None:
    with running() as app:

        def fail() -> str:
            raise RuntimeError("for this test")

        app.add_url_rule("/fail", view_func=fail)
        response = app.test_client().get("/fail")
    assert response.status_code == 500
    assert response.headers["X-Request-ID"] in response.text and "for this test" not in response.text


def test_an_error_keeps_its_headers(client: FlaskClient) -> None:
    response = client.post("/")
    assert (response.status_code, set(response.allow)) == (405, {"GET", "HEAD", "OPTIONS"})


def test_the_server_says_that_it_lives(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.text) == (200, "ok\nisolation: none\n")


def test_the_server_is_ready_when_a_worker_starts(client: FlaskClient) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.text) == (200, "ok\n")


def test_the_server_is_not_ready_when_no_worker_starts() -> None:
    with running(python="/nowhere/python") as app:
        response = app.test_client().get("/readyz")
    assert response.status_code == 503 and response.text.startswith("no worker")


def test_the_icon_is_found_where_browsers_look_by_themselves(client: FlaskClient) -> None:
    assert client.get("/favicon.ico").content_type.startswith("image/svg+xml")


@pytest.mark.parametrize("path", ["/learn/", "/"])
def test_a_prefix_is_in_every_address_whether_or_not_a_proxy_strips_it(path: str) -> None:
    with running(prefix="/learn", invite_code="open sesame") as app:
        client = app.test_client()
        assert client.get(path).location == "/learn/invite"
        right = client.post("/learn/invite", data={"code": "open sesame"})
        assert (right.location, "Path=/learn;" in right.headers["Set-Cookie"]) == ("/learn/", True)
        page = client.get("/learn/").text
        assert told(page)["socket"] == "/learn/ws"
        assert all(link.startswith("/learn/") and client.get(link).status_code == 200 for link in links(page))
        assert client.get("/learned").status_code == 404


def test_a_believed_proxy_may_name_the_prefix_and_others_may_not() -> None:
    given = {"X-Forwarded-Prefix": "/learn", "X-Forwarded-Host": "school.example", "X-Forwarded-Proto": "https"}
    with running(proxies=1) as app:
        page = app.test_client().get("/", headers=given).text
        assert told(page)["socket"] == "/learn/ws" and all(link.startswith("/learn/") for link in links(page))
    with running() as app:
        assert told(app.test_client().get("/", headers=given).text)["socket"] == "/ws"


def test_a_name_that_was_made_to_lead_here_is_refused(client: FlaskClient) -> None:
    for host in ("evil.example", "evil.example:8000", "127.0.0.1.evil.example"):
        assert client.get("/", headers={"Host": host}).status_code == 400
    for host in ("localhost:8000", "127.0.0.1:8000", "[::1]:8000"):
        assert client.get("/", headers={"Host": host}).status_code == 200


def test_the_operator_names_the_hosts() -> None:
    with running(hosts="school.example, other.example") as app:
        statuses = [app.test_client().get("/", headers={"Host": host}).status_code for host in ("school.example", "x")]
    assert statuses == [200, 400]


def test_a_request_has_an_id_which_only_a_believed_proxy_may_give() -> None:
    given = {"X-Request-ID": "from-outside"}
    with running(proxies=1) as app:
        assert app.test_client().get("/healthz", headers=given).headers["X-Request-ID"] == "from-outside"
        assert app.test_client().get("/healthz", headers={"X-Request-ID": "a b"}).headers["X-Request-ID"] != "a b"
    with running() as app:
        assert app.test_client().get("/healthz", headers=given).headers["X-Request-ID"] != "from-outside"
