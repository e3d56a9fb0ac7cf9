"""How the server's log lines look, as key=value or as JSON, and the one line a request leaves.

No line here holds what a learner wrote: paths, times and addresses alone.
"""

import json
import logging
import re
import secrets
import sys
import time
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, g, has_request_context, request

log = logging.getLogger("sandbox.web")

REQUEST_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
"""What an id given by a proxy may look like."""
PLAIN = re.compile(r"[\w./:@+-]+", re.ASCII)
"""Values that need no quotes in a line of key=value."""


def configure(log_format: str, level: str) -> None:
    """Send the log of this process to stderr, one line a record."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(AsJson() if log_format == "json" else AsText())
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)


class AsText(logging.Formatter):
    """time level logger: message key=value ..."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the traceback under it."""
        shown = " ".join(f"{key}={_quoted(value)}" for key, value in _fields(record).items())
        message = _one_line(record.getMessage())
        line = f"{_time(record)} {record.levelname.lower()} {record.name}: {message} {shown}".rstrip()
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class AsJson(logging.Formatter):
    """An object a line: time, level, logger, message, the record's own fields, and error for a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, the traceback in it."""
        fields = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            fields["error"] = self.formatException(record.exc_info)
        return json.dumps(fields, default=str)


def _time(record: logging.LogRecord) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03}Z"


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    given: Mapping[str, Any] = getattr(record, "fields", {})
    current = {"request": g.request_id} if has_request_context() and "request_id" in g else {}
    return {**given, **current}


def _quoted(value: Any) -> str:
    text = str(value)
    return text if PLAIN.fullmatch(text) else json.dumps(text)


def _one_line(text: str) -> str:
    return text if text.isprintable() else json.dumps(text)


def log_requests(app: Flask, trust_ids: bool) -> None:
    """Give each request an id, which its response names, and log it when it has ended; a socket ends with its page."""

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-ID", "") if trust_ids else ""
        g.request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        g.began = time.monotonic()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.request_id
        log.info("request", extra={"fields": _about(response)})
        return response


def _about(response: Response) -> dict[str, Any]:
    return {
        "method": request.method,
        "path": request.script_root + request.path,
        "status": response.status_code,
        "ms": round((time.monotonic() - g.began) * 1000),
        "address": request.remote_addr or "-",
    }
