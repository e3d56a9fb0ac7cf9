"""The production server: gunicorn with one process, in which all sessions live, and a thread for each websocket.

Knows nothing of what is served but that it can be closed.
"""

import ctypes
import errno
import gc
import resource
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

BACKLOG = 2048
PLAIN_THREADS = 40
"""Threads besides those that websockets hold, so that pages are served however many sockets are open."""
DESCRIPTORS = 20_000
"""File descriptors wished for: a worker takes about six, a socket three."""
M_ARENA_MAX = -8
"""Of mallopt(3): without it glibc keeps an arena of memory for nearly each of a thousand threads."""
COLLECT = 5000, 10, 10
"""For gc.set_threshold: a session makes thousands of objects, and nearly all of them stay."""
STOP_SECONDS = 2
"""For everything to end after SIGTERM; what is left then is killed."""


class CannotServe(Exception):
    """Why the server cannot start, as a sentence."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises CannotServe."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CannotServe(
                f"Port {port} of {host} is in use: stop what uses it, or choose another with --port."
            ) from None
        raise CannotServe(f"Cannot serve on port {port} of {host}: {error.strerror}.") from None


def serve(create_app: Callable[[], Flask], listener: socket.socket, sockets: int, announce: Callable[[], None]) -> None:
    """Serve until SIGTERM or Ctrl-C; does not return. `announce` is called once pages are answered."""
    _raise_descriptor_limit()
    _limit_arenas()
    Server(create_app, listener, sockets, announce).run()


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn, configured by nothing but this."""

    def __init__(
        self, create_app: Callable[[], Flask], listener: socket.socket, sockets: int, announce: Callable[[], None]
    ) -> None:
        self._create_app, self._listener, self._sockets, self._announce = create_app, listener, sockets, announce
        super().__init__()

    def load_config(self) -> None:
        """Called by gunicorn."""
        threads = self._sockets + PLAIN_THREADS
        chosen = {
            "bind": f"fd://{self._listener.detach()}",
            "backlog": BACKLOG,
            "worker_class": StoppingWorker,
            "workers": 1,
            "threads": threads,
            "worker_connections": threads + 1000,  # those above `threads` are kept-alive ones that hold no thread
            "timeout": 120,
            "graceful_timeout": STOP_SECONDS,
            "keepalive": 5,
            "loglevel": "warning",
            "logger_class": PlainLogger,
            "forwarded_allow_ips": "",  # proxies are believed in one place: web/outside.py
            "control_socket_disable": True,
            "post_worker_init": self._begun,
            "worker_exit": lambda server, worker: worker.close_app(),
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Called by gunicorn, in the process that serves."""
        return self._create_app()

    def _begun(self, worker: "StoppingWorker") -> None:
        _settle_garbage()
        if worker.age == 1:  # not again, should gunicorn ever replace a process that died
            self._announce()


class StoppingWorker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker, which tells the app when it has to stop: it would wait for the websockets in vain."""

    wsgi: Flask | None = None

    def handle_exit(self, number: int, frame: Any) -> None:
        """SIGTERM. A signal handler must not wait, so the app is closed by the main loop."""
        if self.alive:
            super().handle_exit(number, frame)
            self.method_queue.defer(self.stop)

    handle_quit = handle_exit
    """SIGINT, which Ctrl-C sends to every process of the terminal, and SIGQUIT, which gunicorn sends on after it."""

    def stop(self) -> None:
        """Close the app, and the connections on which nothing is asked."""
        self.close_app()
        self.murder_keepalived(force=True)

    def close_app(self) -> None:
        """Also called when the process ends in another way, and in gunicorn's first process, which has no app."""
        if self.wsgi is not None:
            self.wsgi.extensions["sandbox"].close()


class PlainLogger(Logger):  # type: ignore[misc]
    """gunicorn's messages among the server's own, in their format."""

    def setup(self, cfg: Any) -> None:
        """Called by gunicorn."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


def _raise_descriptor_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wished = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wished:
        with suppress(OSError, ValueError):  # less is no reason not to serve
            resource.setrlimit(resource.RLIMIT_NOFILE, (wished, hard))


def _settle_garbage() -> None:
    """Nobody waits for a collection of garbage that looks at all that there was before the first learner."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)


def _limit_arenas() -> None:
    """What MALLOC_ARENA_MAX=2 does; that is read before Python runs, too early to be set from here."""
    with suppress(OSError, AttributeError):  # not glibc
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)
