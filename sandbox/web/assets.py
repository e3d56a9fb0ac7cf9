"""The page's files: where they are, their public names, and how long a browser may keep them.

A wheel carries them in `sandbox/_web`; a checkout has them beside the package. Knows nothing of what is in them.
"""

import json
import re
from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory

BUILT = re.compile(r"-[0-9A-Z]{8}\.\w+")
"""A name that the build made from the file's content: the same name is always the same file."""
YEAR = 365 * 24 * 3600


def web_root() -> Path:
    """The folder of `templates` and `static/dist`."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_web"
    return inside if inside.is_dir() else package.parent


class Assets:
    """What the front end's build left in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def problem(self) -> str:
        """What keeps the page from being served, as a sentence; "" for nothing."""
        name = self.built("main.js")
        if (self._folder / name).is_file():
            return ""
        return (
            f"The front end is missing: there is no {name} in {self._folder}. "
            "Build it with 'python -m sandbox._frontend', or install the package again."
        )

    def url(self, name: str) -> str:
        """Where a browser finds the asset, such as main.js."""
        return f"{request.script_root}/static/{self.built(name)}"

    def built(self, name: str) -> str:
        """Read anew each time: a build may run beside the server. While watching, files keep their plain names."""
        try:
            names = json.loads((self._folder / "manifest.json").read_text())
        except FileNotFoundError:
            return name
        return str(names.get(name, name))

    def send(self, name: str) -> Response:
        """The file, as the build compressed it where the browser takes that."""
        compressed = f"{name}.gz"
        fits = request.accept_encodings.quality("gzip") > 0 and (self._folder / compressed).is_file()
        response = send_from_directory(self._folder, compressed if fits else name)
        response.vary.add("Accept-Encoding")
        if BUILT.search(name):
            response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        return response


def assets_blueprint(assets: Assets) -> Blueprint:
    """The files under /static/, and the icon at the address that browsers try by themselves."""
    blueprint = Blueprint("assets", __name__)
    blueprint.add_url_rule("/static/<path:name>", view_func=assets.send, endpoint="send")
    blueprint.add_url_rule("/favicon.ico", view_func=lambda: assets.send(assets.built("favicon.svg")), endpoint="icon")
    return blueprint
