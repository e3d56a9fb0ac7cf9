"""The address from which a page fetches its session as a zip.

The token comes in a header, never in an address, which would be logged. One zip is made at a time, as that costs
processor time, and a session has at most one, as that costs memory. Knows the session by its registry alone.
"""

import logging
import os
import threading
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO

from flask import Blueprint, Response, jsonify, request
from werkzeug.wsgi import FileWrapper

from sandbox.export.archive import name_of, write_archive
from sandbox.session.registry import Registry
from sandbox.session.session import Session
from sandbox.web.access import NEEDS_CODE, Invitation, from_own_page

log = logging.getLogger(__name__)

IN_MEMORY = 1024 * 1024
"""Bytes of a zip from which on it lies on the disk until it is sent."""
PATIENCE = 15.0
"""Seconds to wait for the turn."""
FOREIGN = "A session is taken away by this server's own page alone."
NOT_OPEN = "This session is not open here. Load the page again."
ONE_AT_A_TIME = "This session is being exported already."
TOO_MANY = "Many sessions are being exported just now. Please try again in a moment."
NO_ROOM = "The server has no room for the zip now. Please try again later."


class Exports:
    """Whose turn it is."""

    def __init__(self) -> None:
        self._making = threading.Lock()
        self._lock = threading.Lock()
        self._names: set[str] = set()

    def begin(self, session: Session) -> bool:
        """Whether the session may have a zip made now; call `end` when that was sent."""
        with self._lock:
            free = session.name not in self._names
            self._names.add(session.name)
            return free

    def end(self, session: Session) -> None:
        """The session may have another."""
        with self._lock:
            self._names.discard(session.name)

    def make(self, session: Session, version: str, target: IO[bytes]) -> str:
        """Write the zip; its name, "" when it was not its turn in time. Raises OSError."""
        if not self._making.acquire(timeout=PATIENCE):
            return ""
        try:
            contents = session.contents()
            write_archive(contents, version, target)
            return name_of(contents.at)
        finally:
            self._making.release()


def export_blueprint(registry: Registry, invitation: Invitation, version: str) -> Blueprint:
    """`POST /export`, with the session's token as bearer (RFC 6750)."""
    blueprint, exports = Blueprint("export", __name__), Exports()

    @blueprint.post("/export")
    def export() -> Response:
        if not from_own_page():
            return _refuse(403, FOREIGN)
        if invitation.needed:
            return _refuse(403, NEEDS_CODE)
        session = registry.find(_token())
        if session is None:
            return _refuse(404, NOT_OPEN)
        return _export(exports, session, version)

    return blueprint


def _export(exports: Exports, session: Session, version: str) -> Response:
    if not exports.begin(session):
        return _refuse(429, ONE_AT_A_TIME)
    with ExitStack() as held:
        held.callback(exports.end, session)
        file = held.enter_context(SpooledTemporaryFile(IN_MEMORY))
        try:
            name = exports.make(session, version, file)
        except OSError as error:
            log.error("no export", extra={"fields": {"session": session.name, "reason": error.strerror}})
            return _refuse(503, NO_ROOM)
        if not name:
            return _refuse(503, TOO_MANY)
        response = _send(file, name)
        response.call_on_close(held.pop_all().close)
        return response


def _send(file: IO[bytes], name: str) -> Response:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    response = Response(FileWrapper(file), content_type="application/zip")
    response.content_length = size
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return response


def _token() -> str:
    authorization = request.authorization
    return (authorization.token or "") if authorization and authorization.type == "bearer" else ""


def _refuse(status: int, reason: str) -> Response:
    response = jsonify(error=reason)
    response.status_code = status
    return response
