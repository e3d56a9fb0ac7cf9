"""The composition root: builds the engine, the sessions and the pages from the settings, and hands them down."""

import os
import shutil
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, partial
from importlib import metadata
from pathlib import Path

from flask import Flask, request

from sandbox import settings
from sandbox.engine.capacity import capacity, free_memory
from sandbox.engine.clock import Patience
from sandbox.engine.interface import MIB, Job, Limits
from sandbox.engine.interpreter import default_python
from sandbox.engine.isolation import Isolation, probe
from sandbox.engine.local import LocalEngine
from sandbox.engine.process import Spawner, Starter
from sandbox.engine.zygotes import ZygoteStarter
from sandbox.lessons.following import Following
from sandbox.lessons.shelf import OURS, Shelf, open_shelf
from sandbox.session.registry import Keeping, Registry
from sandbox.settings import Settings, SettingsError
from sandbox.store.store import SqlStore
from sandbox.web.access import Cookies, Invitation, Limiter, guard_upgrade
from sandbox.web.assets import Assets, assets_blueprint, web_root
from sandbox.web.export import export_blueprint
from sandbox.web.headers import send_headers
from sandbox.web.lessons import lessons_blueprint
from sandbox.web.logs import configure, log_requests
from sandbox.web.outside import answer_to, show_outside
from sandbox.web.pages import dress_pages, pages_blueprint, show_sandbox
from sandbox.web.readiness import Readiness
from sandbox.web.socket import Sockets, socket_blueprint

FORM_LIMIT = 16 * 1024
"""Bytes of a form; the only one holds an invite code."""
TRIALS = 1
"""Workers besides the learners' own: the one by which readiness is tried."""


@dataclass(frozen=True, slots=True)
class Living:
    """What runs behind an app, which has it as `app.extensions["sandbox"]`."""

    engine: LocalEngine
    store: SqlStore
    registry: Registry
    sockets: Sockets
    shelf: Callable[[], Shelf]
    _closing: threading.Lock = field(default_factory=threading.Lock)

    def close(self) -> None:
        """End every socket, session and worker; returns when no process is left. A second call does nothing."""
        if self._closing.acquire(blocking=False):
            self.sockets.close()
            self.registry.close()
            self.engine.close()
            self.store.close()


def create_app(
    given: Settings | None = None,
    shelf: Callable[[], Shelf] | None = None,
    found: Isolation | None = None,
    *,
    is_sound: bool = False,
) -> Flask:
    """The WSGI app; without settings they are read here, as for `flask --app sandbox.app run`, without a shelf the
    lessons they name, and the isolation is found out. `is_sound`: the database was looked through just before. Raises
    SettingsError, LessonError, EngineError and StoreError.

    Close its `Living` when it is done; else that happens when the app is dropped, or the interpreter ends.
    """
    chosen = with_capacity(given or _read_settings())
    app = Flask("sandbox", static_folder=None, template_folder=str(web_root() / "templates"))
    app.config["MAX_CONTENT_LENGTH"] = FORM_LIMIT
    show_outside(app, proxies=chosen.proxies, prefix=chosen.prefix)
    log_requests(app, trust_ids=chosen.proxies > 0)
    answer_to(app, chosen.hosts, chosen.proxies)
    send_headers(app)
    _sign_cookies(app, chosen.secret_key)
    found, shelf = found or isolation_here(python_path(chosen)), shelf or read_shelf(chosen)
    store = SqlStore(data_folder(chosen), chosen.durability, is_sound=is_sound)
    _register(app, chosen, _begin(app, chosen, store, shelf, found), found.level)
    return app


def version() -> str:
    """The version that is installed."""
    try:
        return metadata.version("reload-sandbox")
    except metadata.PackageNotFoundError:  # run from a checkout that was never installed
        return "unknown"


def python_path(chosen: Settings) -> str:
    """The learners' interpreter by its whole path; a bare name is looked up in PATH."""
    if not chosen.python:
        return default_python()
    return os.path.abspath(shutil.which(chosen.python) or chosen.python)


def data_folder(chosen: Settings) -> Path:
    """Where sessions are kept: https://specifications.freedesktop.org/basedir-spec/latest/"""
    if chosen.data_dir:
        return Path(chosen.data_dir).expanduser()
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "reload-sandbox"


def with_capacity(chosen: Settings) -> Settings:
    """The settings, with a number of learners for "as free memory allows": no more than there may be websockets."""
    if chosen.capacity:
        return chosen
    return replace(chosen, capacity=min(capacity(_job(chosen).limits, free_memory()), chosen.connections))


def _read_settings() -> Settings:
    chosen = settings.load({}, os.environ)
    configure(chosen.log_format, chosen.log_level)
    return chosen


def read_shelf(chosen: Settings) -> Callable[[], Shelf]:
    """The lessons that the settings name, read once. Raises LessonError, and SettingsError for what is no folder."""
    names = [name.strip() for name in chosen.lessons.split(",") if name.strip()]
    folders = [OURS if name == "ours" else Path(name) for name in names]
    for folder in folders:
        if not folder.is_dir():
            raise SettingsError(f"Setting lessons: there is no folder {folder}.")
    shelf = open_shelf(folders)
    return lambda: shelf


@cache
def isolation_here(python: str) -> Isolation:
    """What this machine gives to that interpreter: a matter of seconds, so it is tried once. Raises EngineError."""
    return probe(python)


def _begin(app: Flask, chosen: Settings, store: SqlStore, shelf: Callable[[], Shelf], found: Isolation) -> Living:
    """Start what the app stands on."""
    keeping = Keeping(
        capacity=chosen.capacity,
        waiting=chosen.waiting,
        idle_seconds=60 * chosen.idle_minutes,
        retention_days=chosen.retention_days,
        rebuild_seconds=chosen.rebuild_seconds,
        session_bytes=chosen.session_mib * MIB,
    )
    patience = Patience(idle_cpu=chosen.background_cpu_seconds)
    engine = LocalEngine(chosen.capacity + TRIALS, patience=patience, starter=make_starter(chosen, found))
    may_start = Limiter(chosen.new_sessions_per_minute).allow
    registry = Registry(
        engine, _job(chosen), store, isolation=found.level, keeping=keeping, may_start=may_start, shelf=shelf
    )
    living = Living(engine, store, registry, Sockets(chosen.connections), shelf)
    app.extensions["sandbox"] = living
    weakref.finalize(app, living.close)
    registry.start()
    return living


def make_starter(chosen: Settings, found: Isolation) -> Starter:
    """The way to start learners' Pythons at the level that was found."""
    if found.level == "none":
        return Spawner()
    job = _job(chosen)
    return ZygoteStarter(found, job.python, job.limits, ready=chosen.ready_pythons, forks=chosen.zygote_learners)


def _job(chosen: Settings) -> Job:
    limits = Limits(
        cpu_seconds=chosen.cpu_seconds,
        wall_seconds=chosen.wall_seconds,
        memory_bytes=chosen.memory_mib * MIB,
        life_cpu_seconds=60 * chosen.life_cpu_minutes,
        threads=chosen.threads,
        descriptors=chosen.descriptors,
        file_bytes=chosen.file_mib * MIB,
        output_bytes=chosen.output_mib * MIB,
        workspace_bytes=chosen.workspace_mib * MIB,
        workspace_files=chosen.workspace_files,
        workspace_inodes=chosen.workspace_inodes,
    )
    return Job(python=python_path(chosen), limits=limits)


def _sign_cookies(app: Flask, key: str) -> None:
    app.secret_key = key or os.urandom(32)
    app.session_interface = Cookies()
    app.config.update(SESSION_COOKIE_NAME="reload_sandbox", SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax")


def _register(app: Flask, chosen: Settings, living: Living, level: str) -> None:
    assets, invitation = Assets(web_root() / "static" / "dist"), Invitation(chosen.invite_code)
    readiness = Readiness(living.engine, _job(chosen), living.registry, chosen.capacity)
    guard = partial(guard_upgrade, invitation)
    app.register_blueprint(assets_blueprint(assets))
    following = living.shelf if isinstance(living.shelf, Following) else None
    page = {"version": version(), "watch": following is not None}
    app.register_blueprint(pages_blueprint(page, invitation, readiness.problem, level))
    problem = (lambda: following.problem) if following else None
    app.register_blueprint(lessons_blueprint(living.shelf, partial(show_sandbox, page), invitation, problem))
    app.register_blueprint(export_blueprint(living.registry, invitation, version()))
    app.register_blueprint(socket_blueprint(living.registry, living.sockets, _address, guard))
    dress_pages(app, assets)


def _address() -> str:
    """The client's, as the nearest believed proxy saw it."""
    return request.remote_addr or ""
