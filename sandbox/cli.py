"""The command `reload-sandbox`. What goes wrong before the server runs is one sentence on stderr."""

import ipaddress
import os
import platform
import sys
import threading
import webbrowser
from collections.abc import Callable
from functools import partial
from typing import Any

import click

from sandbox import serve, settings
from sandbox.app import create_app, python_path, version
from sandbox.engine.interface import EngineError
from sandbox.engine.interpreter import Interpreter, describe
from sandbox.settings import Settings, SettingsError
from sandbox.web.assets import Assets, web_root
from sandbox.web.logs import configure

Command = Callable[..., None]

NOT_LOOPBACK = (
    "Refusing to serve on {host}: learners' code is not confined, so whoever reaches this port could do anything here "
    "that you can. Serve on 127.0.0.1."
)
NOT_LINUX = "This is {system}: the code run here is held by no limit of memory, files or processes. Run only your own."


def with_flags(command: Command) -> Command:
    """Give the command a flag for each setting that is no secret."""
    for name, one in reversed(settings.fields().items()):
        if not one.metadata["secret"]:
            flag = f"--{name.replace('_', '-')}"
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
    except (SettingsError, EngineError, serve.CannotServe) as error:
        raise click.ClickException(str(error)) from None


def _run(chosen: Settings, open_page: bool) -> None:
    configure(chosen.log_format, chosen.log_level)
    if not is_loopback(chosen.host):
        raise serve.CannotServe(NOT_LOOPBACK.format(host=chosen.host))
    if problem := Assets(web_root() / "static" / "dist").problem:
        raise serve.CannotServe(problem)
    python = describe(python_path(chosen))
    if sys.platform != "linux":
        click.echo(NOT_LINUX.format(system=platform.system()), err=True)
    listener = serve.listen(chosen.host, chosen.port)
    announce = partial(_announce, _address(listener.getsockname(), chosen.prefix), python, open_page)
    serve.serve(partial(create_app, chosen), listener, chosen.connections, announce)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the host's address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _address(name: tuple[Any, ...], prefix: str) -> str:
    host = f"[{name[0]}]" if ":" in name[0] else name[0]
    return f"http://{host}:{name[1]}{prefix}/"


def _announce(address: str, python: Interpreter, open_page: bool) -> None:
    click.echo(f"Reload Sandbox is at {address} ({python.implementation} {python.version}; Ctrl-C ends it)")
    if open_page:  # some browsers are waited for, which this thread must not
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
