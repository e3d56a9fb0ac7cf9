"""The lessons' addresses: their index, a page for each, and what the page's script is told of them. Knows no session.

A step is named in the address's fragment, which a server does not see: `/lessons/the-example#reload`.
"""

import gzip
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.lessons.lesson import Lesson
from sandbox.lessons.shelf import Shelf
from sandbox.lessons.view import lesson_view, shelf_view
from sandbox.web.access import NEEDS_CODE, Invitation


def lessons_blueprint(
    shelf: Callable[[], Shelf],
    show: Callable[[str], AnyResponse],
    invitation: Invitation,
    problem: Callable[[], str] | None = None,
) -> Blueprint:
    """`show` gives the sandbox's page with a lesson in it. Where lessons are being written, `problem` says why the
    files cannot be read, "" when they can.
    """
    blueprint = Blueprint("lessons", __name__)
    views = Views(shelf, problem)

    @blueprint.before_request
    def ask_in() -> AnyResponse | None:
        if not invitation.needed:
            return None
        if request.path.endswith(".json"):
            return _say({"error": NEEDS_CODE}, 403)
        return redirect(f"{request.script_root}/invite")

    @blueprint.get("/lessons/")
    def index() -> str:
        home = f"{request.script_root}/"
        return render_template("lessons.html", lessons=shelf_view(shelf())["lessons"], home=home)

    @blueprint.get("/lessons/<id>")
    def page(id: str) -> AnyResponse:
        if shelf().lesson(id) is None:
            abort(404, "There is no such lesson.")
        return show(id)

    @blueprint.get("/lessons.json")
    def all_lessons() -> Response:
        return views.answer("")

    @blueprint.get("/lessons/<id>.json")
    def one_lesson(id: str) -> Response:
        return views.answer(id)

    return blueprint


class Views:
    """The answers, which change with the files alone: each is made once, unless lessons are being written."""

    def __init__(self, shelf: Callable[[], Shelf], problem: Callable[[], str] | None) -> None:
        self._shelf, self._problem = shelf, problem
        self._made: dict[str, bytes] = {}

    def answer(self, id: str) -> Response:
        """For one lesson, or the shelf for ""; a browser asks whether its copy is still good."""
        shelf = self._shelf()
        lesson = shelf.lesson(id)
        if self._problem and (problem := self._problem()):
            return _say({"error": problem}, 422)
        if id and lesson is None:
            return _say({"error": "There is no such lesson."}, 404)
        response = _packed(self._body(shelf, id, lesson))
        response.cache_control.no_cache = True
        response.add_etag()
        response.make_conditional(request.environ)
        return response

    def _body(self, shelf: Shelf, id: str, lesson: Lesson | None) -> bytes:
        if self._problem or id not in self._made:
            view = lesson_view(shelf, lesson) if lesson else shelf_view(shelf)
            self._made[id] = jsonify(view).get_data()
        return self._made[id]


def _packed(body: bytes) -> Response:
    """JSON, compressed where the browser takes that."""
    packs = request.accept_encodings.quality("gzip") > 0
    response = Response(gzip.compress(body, mtime=0) if packs else body, content_type="application/json")
    response.vary.add("Accept-Encoding")
    if packs:
        response.content_encoding = "gzip"
    return response


def _say(data: dict[str, Any], status: int) -> Response:
    response = jsonify(data)
    response.status_code = status
    return response
