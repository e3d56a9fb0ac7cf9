"""How the server is seen from outside: under which names, behind which proxies, below which path."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, request
from werkzeug.middleware.proxy_fix import ProxyFix

LOOPBACK_NAMES = {"localhost", "127.0.0.1", "::1"}

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Prefixed:
    """A WSGI app below a path, whether or not the path still stands before what is asked for.

    A proxy that strips it and says so by X-Forwarded-Prefix has the last word.
    """

    def __init__(self, app: Wsgi, prefix: str) -> None:
        self._app, self._prefix = app, prefix

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Move the prefix from the path to the script's name."""
        path = environ.get("PATH_INFO", "")
        if path == self._prefix or path.startswith(f"{self._prefix}/"):
            environ["PATH_INFO"] = path.removeprefix(self._prefix) or "/"
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME") or self._prefix
        return self._app(environ, start_response)


def show_outside(app: Flask, *, proxies: int, prefix: str) -> None:
    """Believe so many proxies, and live below the prefix."""
    inner: Wsgi = app.wsgi_app
    if prefix:
        inner = Prefixed(inner, prefix)
    if proxies:
        inner = ProxyFix(inner, x_for=proxies, x_proto=proxies, x_host=proxies, x_prefix=proxies)
    app.wsgi_app = inner  # type: ignore[method-assign, assignment]  # Flask's own way to put middleware under an app


def answer_to(app: Flask, hosts: str, proxies: int) -> None:
    """Answer to these names alone: with none given to loopback's, and behind a proxy to all that it lets through.

    Else a page of somebody else, whose name is made to lead to 127.0.0.1 after it was loaded, would be of the same
    origin as this server (DNS rebinding). Flask's TRUSTED_HOSTS cannot name an IPv6 address.
    """
    names = {name.strip().strip("[]").lower() for name in hosts.split(",") if name.strip()}
    names = names or (set() if proxies else LOOPBACK_NAMES)

    @app.before_request
    def check() -> None:
        if names and urlsplit(f"//{request.host}").hostname not in names:
            abort(400, "This server does not answer to that name.")
