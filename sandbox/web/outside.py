"""How the server is seen from outside: under which names, behind which proxies, below which path."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")

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


def show_outside(app: Flask, *, proxies: int, prefix: str, hosts: str) -> None:
    """Believe so many proxies, live below the prefix, and answer to these host names alone.

    Without that last a page of somebody else, whose name is made to lead to 127.0.0.1 after it was loaded, would be
    of the same origin as this server (DNS rebinding).
    """
    names = [name.strip() for name in hosts.split(",") if name.strip()]
    if not names and not proxies:
        names = list(LOOPBACK_NAMES)
    app.config["TRUSTED_HOSTS"] = names or None
    inner: Wsgi = app.wsgi_app
    if prefix:
        inner = Prefixed(inner, prefix)
    if proxies:
        inner = ProxyFix(inner, x_for=proxies, x_proto=proxies, x_host=proxies, x_prefix=proxies)
    app.wsgi_app = inner  # type: ignore[method-assign, assignment]  # Flask's own way to put middleware under an app
