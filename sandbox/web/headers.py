"""What every response tells the browser not to do."""

import secrets

from flask import Flask, Response, g

POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "style-src": "'self' 'nonce-{nonce}'",  # the editor writes its own style sheet and shows this nonce
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
PERMISSIONS = ("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "serial", "usb")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in PERMISSIONS),
}


def nonce() -> str:
    """This response's secret for style sheets that the page itself writes."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def send_headers(app: Flask) -> None:
    """Put the security headers on every response; what says nothing of caching is not kept."""

    @app.after_request
    def protect(response: Response) -> Response:
        policy = "; ".join(f"{name} {value}" for name, value in POLICY.items())
        response.headers["Content-Security-Policy"] = policy.format(nonce=nonce())
        response.headers.update(HEADERS)
        if "Cache-Control" not in response.headers:
            response.cache_control.no_store = True
        return response
