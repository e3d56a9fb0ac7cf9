"""The pages: the sandbox itself, the invite code, errors, and what a supervisor of servers asks. Knows no session."""

import logging
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, Response, g, make_response, redirect, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.routing import WebsocketMismatch
from werkzeug.wrappers import Response as AnyResponse

from sandbox.web.access import Invitation, upgrade_required
from sandbox.web.assets import Assets
from sandbox.web.headers import nonce

log = logging.getLogger(__name__)

TEXTS = {
    400: "The server did not understand what your browser asked for.",
    403: "This is not open to you.",
    404: "There is no page at this address.",
    405: "This page does not take what was sent to it.",
    413: "That was too much at once.",
    429: "Too much came from your address. Please wait a minute.",
    500: "Something went wrong on the server. Your files are kept; please load the page again.",
    503: "The server cannot take more visitors now. Please try again in a few minutes.",
}


def pages_blueprint(
    page: dict[str, Any], invitation: Invitation, unready: Callable[[], str], isolation: str = "none"
) -> Blueprint:
    """The pages. `page` is what the script is told; `unready` says why no newcomer can be served, "" when one can."""
    blueprint = Blueprint("pages", __name__)

    @blueprint.get("/")
    def sandbox() -> AnyResponse:
        if invitation.needed:
            return redirect(f"{request.script_root}/invite")
        return show_sandbox(page)

    @blueprint.get("/invite")
    def ask() -> AnyResponse:
        if not invitation.needed:
            return redirect(f"{request.script_root}/")
        return make_response(render_template("invite.html", error=""))

    @blueprint.post("/invite")
    def invite() -> AnyResponse:
        problem = invitation.problem(request.form.get("code", ""), request.remote_addr or "")
        if problem:
            return make_response(render_template("invite.html", error=problem), 403)
        return redirect(f"{request.script_root}/", 303)

    @blueprint.get("/healthz")
    def alive() -> Response:
        return _say(f"ok\nisolation: {isolation}")

    @blueprint.get("/readyz")
    def ready() -> Response:
        problem = unready()
        return _say(problem or "ok", 503 if problem else 200)

    return blueprint


def show_sandbox(page: dict[str, Any], lesson: str = "") -> AnyResponse:
    """The page itself, with a lesson or for free play. `page` is what the script is told besides addresses."""
    root = request.script_root
    told = {"socket": f"{root}/ws", "lessons": f"{root}/lessons", "export": f"{root}/export", "lesson": lesson, **page}
    return make_response(render_template("index.html", page=told))


def _say(text: str, status: int = 200) -> Response:
    return Response(f"{text}\n", status, content_type="text/plain; charset=utf-8")


def dress_pages(app: Flask, assets: Assets) -> None:
    """Give the templates what they use, and errors their page."""
    app.context_processor(lambda: {"asset": assets.url, "csp_nonce": nonce()})

    @app.errorhandler(WebsocketMismatch)
    def mismatch(error: WebsocketMismatch) -> Response:
        return upgrade_required("This address speaks websocket: ask for an upgrade.")

    @app.errorhandler(HTTPException)
    def problem(error: HTTPException) -> AnyResponse:
        if error.response is not None or error.code is None or error.code < 400:
            return error.get_response()
        if isinstance(error, InternalServerError) and error.original_exception is not None:
            log.error("request failed", exc_info=error.original_exception)
        response = show_message(error.code, error.name, TEXTS.get(error.code, error.description or ""))
        response.headers.update(own_headers(error))
        return response


def own_headers(error: HTTPException) -> dict[str, str]:
    """What an error says besides its page, such as the methods it allows."""
    return {name: value for name, value in error.get_headers() if name != "Content-Type"}


def show_message(status: int, title: str, text: str) -> Response:
    """A page that says one thing and leads back to the sandbox."""
    action = ("Go to the sandbox", f"{request.script_root}/")
    if status == 500 and "request_id" in g:
        text = f"{text} If it happens again, tell whoever runs this server: request {g.request_id}."
    return make_response(render_template("message.html", title=title, text=text, action=action), status)
