"""The command `reload-sandbox`. What goes wrong before the server runs is one sentence on stderr."""

import os
import platform
import signal
import sys
import threading
import webbrowser
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from sandbox import authoring, serve, settings
from sandbox.app import (
    create_app,
    data_folder,
    isolation_here,
    make_starter,
    python_path,
    read_shelf,
    version,
    with_capacity,
)
from sandbox.bench.learner import CannotBench
from sandbox.bench.machine import available, installed
from sandbox.bench.report import GIB, report as report_room
from sandbox.bench.workshop import rehearse
from sandbox.doctor import binding_problem, in_container, report
from sandbox.engine.interface import MIB, EngineError
from sandbox.engine.interpreter import Interpreter, describe
from sandbox.engine.local import LocalEngine
from sandbox.lessons.following import Following
from sandbox.lessons.lesson import Lesson, LessonError
from sandbox.lessons.parse import read_lesson
from sandbox.lessons.shelf import OURS
from sandbox.settings import Settings, SettingsError
from sandbox.store.care import measure, purge, purge_one
from sandbox.store.interface import StoreError
from sandbox.store.opening import back_up, open_database
from sandbox.web.assets import Assets, web_root
from sandbox.web.logs import configure

Command = Callable[..., None]

EXPECTED = (SettingsError, EngineError, LessonError, StoreError, authoring.CannotWrite, serve.CannotServe, CannotBench)
"""What may go wrong, with a text for the operator."""

NOT_LINUX = "This is {system}: the code run here is held by no limit of memory, files or processes. Run only your own."


def with_flags(command: Command) -> Command:
    """Give the command a flag for each setting that is no secret."""
    for name, one in reversed(settings.fields().items()):
        if not one.metadata["secret"]:
            flag = f"--{name.replace('_', '-')}"
            if one.type is bool:
                command = click.option(flag, name, is_flag=True, default=None, help=one.metadata["says"])(command)
                continue
            default = f"  [default: {one.default}]" if one.default != "" else ""
            kind = "NUMBER" if one.type is int else "TEXT"
            command = click.option(flag, name, metavar=kind, help=one.metadata["says"] + default)(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(version(), prog_name="reload-sandbox")
def main() -> None:
    """See what importing and reloading a Python module really does: real CPython, in the browser."""


@main.command("version")
def show_version() -> None:
    """Print the version of the sandbox and of the Python it runs on."""
    click.echo(f"reload-sandbox {version()} on {platform.python_implementation()} {platform.python_version()}")


@main.command()
@click.option("--open", "open_page", is_flag=True, help="Open the page in a browser.")
@click.option("--config", metavar="FILE", default="", help="Settings file.  [default: sandbox.toml, if there is one]")
@with_flags
def run(open_page: bool, config: str, **flags: Any) -> None:
    """Serve the sandbox until Ctrl-C.

    Each flag is also a setting of the settings file (cpu_seconds = 10) and of the environment (SANDBOX_CPU_SECONDS=10).
    """
    try:
        _run(settings.load(flags, os.environ, config), open_page)
    except EXPECTED as error:
        raise click.ClickException(str(error)) from None


@main.command()
@click.option("--python", metavar="TEXT", help="Interpreter for the learners.")
def doctor(**flags: Any) -> None:
    """Try to build each wall around learners' code and attack it. Ends with status 0 when every one stands."""
    try:
        chosen = settings.load(flags, os.environ)
        python = describe(python_path(chosen))
        found = isolation_here(python.path)
    except EXPECTED as error:
        raise click.ClickException(str(error)) from None
    click.echo("\n".join(report(found, python, with_capacity(chosen).capacity)))
    sys.exit(found.level != "full")


@main.command("bench")
@click.option("--learners", type=click.IntRange(1, 500), default=100, show_default=True, help="How many to play.")
@click.option("--python", metavar="TEXT", default="", help="Interpreter for the learners.")
def bench_workshop(learners: int, python: str) -> None:
    """Play a workshop on a server of its own: how many learners this machine carries. Takes about a minute."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the server is ended too
    try:
        found = describe(python_path(settings.load({"python": python or None}, os.environ)))
        click.echo(f"{_machine()}; learners' {found.implementation} {found.version}")
        measured = rehearse(learners, found.path, partial(click.echo, err=True))
    except EXPECTED as error:
        raise click.ClickException(str(error)) from None
    click.echo("\n".join(report_room(measured)))


def _machine() -> str:
    return f"{os.cpu_count()} processors, {available() / GIB:.1f} of {installed() / GIB:.1f} GiB of memory free"


@main.group()
def data() -> None:
    """Look after the sessions that are kept, also while the server runs."""


def with_data_dir(command: Command) -> Command:
    """Give the command the flag of the setting."""
    return click.option("--data-dir", metavar="TEXT", help=settings.fields()["data_dir"].metadata["says"])(command)


def _folder(data_dir: str | None) -> Path:
    return data_folder(settings.load({"data_dir": data_dir}, os.environ))


@data.command("stats")
@with_data_dir
def show_stats(data_dir: str | None) -> None:
    """Say how much there is, in numbers alone."""
    try:
        stats = measure(_folder(data_dir))
    except EXPECTED as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{stats.file}: {stats.size / MIB:.1f} MiB")
    click.echo(f"{stats.sessions} sessions, {stats.active} of them active in the last 7 days")
    click.echo(f"{stats.inputs} inputs, {stats.passed} steps of lessons passed")
    for says, at in (("longest without use", stats.oldest), ("last used", stats.newest)):
        if at:
            click.echo(f"{says} since {datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC")


@data.command("purge")
@click.option("--days", metavar="NUMBER", type=click.IntRange(min=0), help="Those unused for so long; 0: all.")
@click.option("--session", metavar="NAME", help="This one alone, by the name that the log and the page give it.")
@with_data_dir
def purge_data(days: int | None, session: str | None, data_dir: str | None) -> None:
    """Erase sessions for good and give their room back."""
    if (days is None) == (session is None):
        raise click.UsageError("Say --days NUMBER or --session NAME.")
    try:
        folder = _folder(data_dir)
        count = purge_one(folder, session) if session is not None else purge(folder, days or 0)
    except EXPECTED as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{int(count)} {'session' if count == 1 else 'sessions'} erased")


@data.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
@with_data_dir
def back_up_data(target: Path, data_dir: str | None) -> None:
    """Copy all sessions to a new file TARGET: whole, and without disturbing the server."""
    try:
        back_up(_folder(data_dir), target)
    except EXPECTED as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"All sessions are copied to {target}")


@main.group()
def lesson() -> None:
    """Write lessons, look at them, and prove that they hold what they say."""


@lesson.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--all", "ours", is_flag=True, help="Check the lessons that come with the product.")
@click.option("--python", metavar="TEXT", default="", help="Interpreter to play them in.")
def check_lessons(paths: tuple[Path, ...], ours: bool, python: str) -> None:
    """Play lessons, files or folders of them, to their end in a real Python: every claim must prove true."""
    if not paths and not ours:
        raise click.UsageError("Name lessons or folders, or say --all.")
    try:
        lessons = authoring.find_lessons([*paths, OURS] if ours else paths)
        if not lessons:
            raise click.ClickException("There is no lesson: a file of one begins with front matter, a line of ---.")
        failed = _play(lessons, settings.load({"python": python or None}, os.environ))
    except EXPECTED as error:
        raise click.ClickException(str(error)) from None
    if failed:
        raise click.ClickException(f"{failed} of {len(lessons)} lessons do not hold what they say.")


def _play(lessons: tuple[Lesson, ...], chosen: Settings) -> int:
    """How many fail. Their code is confined as a learner's is."""
    failed = 0
    python = describe(python_path(chosen)).path
    starter = make_starter(replace(chosen, python=python, ready_pythons=1), isolation_here(python))
    with closing(LocalEngine(capacity=2, starter=starter)) as engine:
        for report in authoring.play(lessons, engine, python):
            failed += bool(report.problems)
            for line in authoring.describe(report):
                click.echo(line)
    return failed


@lesson.command("new")
@click.argument("name")
@click.option("--title", metavar="TEXT", default="", help="Its title; else made of the name.")
def new_lesson(name: str, title: str) -> None:
    """Begin a lesson: a file NAME.md in the working directory, small and whole."""
    try:
        authoring.begin_lesson(name, title, click.echo)
    except EXPECTED as error:
        raise click.ClickException(str(error)) from None


@lesson.command("preview")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--open", "open_page", is_flag=True, help="Open the page in a browser.")
@click.option("--port", metavar="NUMBER", help="Port to serve on; 0 takes a free one.")
@click.option("--python", metavar="TEXT", help="Interpreter for the learners.")
def preview_lesson(path: Path, open_page: bool, **flags: Any) -> None:
    """Serve the lessons of a folder, or of a lesson's folder; the page follows as files are saved."""
    try:
        place = "lessons/" if path.is_dir() else f"lessons/{read_lesson(path).id}"
        preview = Following(path if path.is_dir() else path.parent)
        with TemporaryDirectory(prefix="reload-sandbox-preview-") as folder:  # an author's tries are not kept
            chosen = replace(settings.load(flags, os.environ), data_dir=folder)
            _run(chosen, open_page, preview, place)
    except EXPECTED as error:
        raise click.ClickException(str(error)) from None


def _run(chosen: Settings, open_page: bool, preview: Following | None = None, place: str = "") -> None:
    configure(chosen.log_format, chosen.log_level)
    if problem := Assets(web_root() / "static" / "dist").problem:
        raise serve.CannotServe(problem)
    open_database(data_folder(chosen)).dispose()  # what is wrong with it is said here, not in the process that serves
    python = describe(python_path(chosen))
    if sys.platform != "linux":
        click.echo(NOT_LINUX.format(system=platform.system()), err=True)
    found = isolation_here(python.path)
    _check_binding(chosen, found.level)
    shelf = preview or read_shelf(chosen)
    listener = serve.listen(chosen.host, chosen.port)
    announce = partial(
        _announce, _address(listener.getsockname(), chosen.prefix) + place, python, found.level, open_page
    )
    serve.serve(partial(create_app, chosen, shelf, found, is_sound=True), listener, chosen.connections, announce)


def _check_binding(chosen: Settings, level: str) -> None:
    accepted = chosen.accept_partial_isolation, chosen.i_trust_every_user
    if problem := binding_problem(chosen.host, level, *accepted, contained=in_container()):
        raise serve.CannotServe(problem)


def _address(name: tuple[Any, ...], prefix: str) -> str:
    host = f"[{name[0]}]" if ":" in name[0] else name[0]
    return f"http://{host}:{name[1]}{prefix}/"


def _announce(address: str, python: Interpreter, level: str, open_page: bool) -> None:
    about = f"{python.implementation} {python.version}; isolation {level}; Ctrl-C ends it"
    click.echo(f"Reload Sandbox is at {address} ({about})")
    if open_page:  # some browsers are waited for, which this thread must not
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
