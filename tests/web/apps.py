"""An app in this process, closed at the end."""

import contextlib
from collections.abc import Iterator
from typing import Any

from flask import Flask

from sandbox.app import create_app
from sandbox.settings import Settings


@contextlib.contextmanager
def running(**chosen: Any) -> Iterator[Flask]:
    """The app with these settings."""
    app = create_app(Settings(**chosen))
    try:
        yield app
    finally:
        app.extensions["sandbox"].close()
