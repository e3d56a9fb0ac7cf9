"""Who may come in: the Origin of a websocket upgrade, the invite code, and how often an address may begin anew.

Knows nothing of sessions; the registry asks `Limiter.allow`, and `guard_upgrade` runs before a socket is opened.
"""

import hashlib
import hmac
import ipaddress
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, request, session
from flask.sessions import SecureCookieSessionInterface

log = logging.getLogger(__name__)

ADDRESSES = 10_000
"""So many addresses are counted one by one in a minute; those that come later share one count."""
WRONG_CODES_PER_MINUTE = 30
SOCKET_VERSION = "13"
NEEDS_CODE = "This server needs an invite code."
PORTS = {"http": 80, "https": 443}


class Limiter:
    """At most `per_minute` events of one address in a minute of the clock; 0 means no limit. Safe from any thread."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute, self._clock = per_minute, clock
        self._lock = threading.Lock()
        self._minute = 0
        self._counts: Counter[str] = Counter()

    def allow(self, address: str) -> bool:
        """Count one more event of this address, and whether it is within the limit."""
        with self._lock:
            key = self._key(address)
            self._counts[key] += 1
            return self._within(key, 0)

    def allows(self, address: str) -> bool:
        """Whether one more event would be within the limit; counts nothing."""
        with self._lock:
            return self._within(self._key(address), 1)

    def _within(self, key: str, more: int) -> bool:
        return not self._per_minute or self._counts[key] + more <= self._per_minute

    def _key(self, address: str) -> str:
        minute = int(self._clock() // 60)
        if minute != self._minute:
            self._minute, self._counts = minute, Counter()
        key = network(address)
        return key if key in self._counts or len(self._counts) < ADDRESSES else ""


def network(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 of an IPv6 one, of which every home has plenty."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.version == 4:
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))


class Invitation:
    """The server's invite code, and the signed cookie of those who gave it. Without a code everybody is invited."""

    def __init__(self, code: str) -> None:
        self._code = code.strip().encode()
        self._mark = hashlib.sha256(b"invited with " + self._code).hexdigest()
        self._wrong = Limiter(WRONG_CODES_PER_MINUTE)

    @property
    def needed(self) -> bool:
        """Whether this browser has still to give the code."""
        return bool(self._code) and not hmac.compare_digest(str(session.get("invited", "")), self._mark)

    def problem(self, code: str, address: str) -> str:
        """Take a code; "" when it was right and the browser is invited, else a sentence for the visitor."""
        if not self._wrong.allows(address):
            return "Too many wrong codes came from your address. Please wait a minute."
        if not hmac.compare_digest(code.strip().encode(), self._code):
            self._wrong.allow(address)
            return "That is not the invite code."
        session["invited"] = self._mark
        session.permanent = True
        return ""


class Cookies(SecureCookieSessionInterface):
    """Flask's signed cookie, bound to where the page is: its path, and https where the page has it."""

    def get_cookie_path(self, app: Flask) -> str:
        """The prefix under which the server is seen."""
        return request.script_root or "/"

    def get_cookie_secure(self, app: Flask) -> bool:
        """Over https only, once the page came by https."""
        return request.is_secure


def guard_upgrade(invitation: Invitation) -> None:
    """Let a right and invited websocket upgrade of our own page pass; end any other request with 426 or 403."""
    if (problem := upgrade_problem(request)) != "":
        abort(upgrade_required(problem))
    if not from_own_page():
        abort(403, "A websocket is opened by this server's own page alone.")
    if invitation.needed:
        abort(403, NEEDS_CODE)


def from_own_page() -> bool:
    """Whether the request says that a page of this server made it."""
    own = same_origin(request.headers.get("Origin", ""), request.scheme, request.host)
    if not own:
        fields = {"path": request.path, "origin": request.headers.get("Origin"), "host": request.host}
        log.warning("refused a foreign page", extra={"fields": fields})
    return own


def upgrade_required(problem: str) -> Response:
    """Status 426, with what the address speaks."""
    headers = {"Upgrade": "websocket", "Sec-WebSocket-Version": SOCKET_VERSION}
    return Response(f"{problem}\n", 426, headers, content_type="text/plain; charset=utf-8")


def upgrade_problem(asked: Request) -> str:
    """What keeps a request from being a websocket upgrade, "" for nothing."""
    upgrade, connection = (_tokens(asked, name) for name in ("Upgrade", "Connection"))
    if "websocket" not in upgrade or "upgrade" not in connection:
        return "This address speaks websocket: ask for an upgrade."
    if asked.headers.get("Sec-WebSocket-Version") != SOCKET_VERSION:
        return f"This server speaks version {SOCKET_VERSION} of websocket."
    return ""


def _tokens(asked: Request, name: str) -> set[str]:
    return {token.strip().lower() for token in asked.headers.get(name, "").split(",")}


def same_origin(origin: str, scheme: str, host: str) -> bool:
    """Whether an Origin header names just this scheme, host and port."""
    try:
        named, own = urlsplit(origin), urlsplit(f"//{host}")
        named_port, own_port = named.port or PORTS.get(named.scheme), own.port or PORTS.get(_page_scheme(scheme))
    except ValueError:
        return False
    if (named.path, named.query, named.fragment, named.username) != ("", "", "", None):
        return False
    return (named.scheme, named.hostname, named_port) == (_page_scheme(scheme), own.hostname, own_port)


def _page_scheme(scheme: str) -> str:
    return {"ws": "http", "wss": "https"}.get(scheme, scheme)
