"""An app in this process, closed at the end, and a client for it."""

import contextlib
from collections.abc import Iterator
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sandbox.app import create_app
from sandbox.engine.isolation import unconfined
from sandbox.settings import Settings


class Client(FlaskClient):
    """Reads responses to their end, so that the files behind them are closed."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        return super().open(*args, **({"buffered": True} | options))


@contextlib.contextmanager
def running(**chosen: Any) -> Iterator[Flask]:
    """The app with these settings."""
    app = create_app(Settings(**chosen), found=unconfined())
    app.test_client_class = Client
    try:
        yield app
    finally:
        app.extensions["sandbox"].close()
