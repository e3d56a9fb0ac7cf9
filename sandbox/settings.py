"""What an operator may set, and where from: defaults < sandbox.toml < SANDBOX_* in the environment < flags.

Read once, at the start; only `app`, `cli` and `serve` see settings, the rest get plain arguments.
"""

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

DEFAULT_FILE = "sandbox.toml"
PREFIX = "SANDBOX_"
CONFIG_VARIABLE = "SANDBOX_CONFIG"
"""Names another settings file, as --config does."""
TRUTHS = {"true": True, "1": True, "false": False, "0": False}
PATH_PREFIX = re.compile(r"(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")


class SettingsError(Exception):
    """A setting that is unknown or cannot be. Its text names it and where it came from."""


def setting(
    default: Any, says: str, *, least: int = 0, most: int = 2**31, choices: tuple[str, ...] = (), secret: bool = False
) -> Any:
    """A setting and the sentence that says what it is; a number lies between `least` and `most`, both included.

    A secret has no flag: everybody on a machine can read the flags of its processes.
    """
    about = {"says": says, "least": least, "most": most, "choices": choices, "secret": secret}
    return dataclasses.field(default=default, metadata=about, repr=not secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting with its default. Cannot exist with a wrong one: SettingsError."""

    host: str = setting("127.0.0.1", "Address to serve on; beyond loopback only where learners' code is confined.")
    port: int = setting(8000, "Port to serve on; 0 takes a free one.", most=65535)
    hosts: str = setting("", "Host names to answer to, with commas; empty: loopback names, or any behind a proxy.")
    prefix: str = setting("", "Path of the page as seen from outside, such as /learn.")
    proxies: int = setting(0, "Proxies in front whose X-Forwarded-For, -Proto, -Host and -Prefix are believed.", most=9)
    python: str = setting("", "Interpreter for the learners; empty: the one under the server's virtual environment.")
    lessons: str = setting("ours", "Folders of lessons, with commas; ours: those of the product; empty: no lessons.")
    invite_code: str = setting("", "Word that newcomers must give first; empty: none.", secret=True)
    secret_key: str = setting("", "Signs the cookie of those who gave it; empty: a new one a start.", secret=True)
    capacity: int = setting(
        0, "Sessions at a time, open in a browser or with a running Python; 0: as free memory allows.", most=10_000
    )
    waiting: int = setting(200, "Newcomers who may wait in line for a place; those beyond are sent away.", most=10_000)
    connections: int = setting(1000, "Open websockets at a time; each holds a thread.", least=1, most=10_000)
    new_sessions_per_minute: int = setting(600, "New sessions from one address in a minute; 0: no limit.")
    accept_partial_isolation: bool = setting(False, "Serve beyond loopback without namespaces around learners' code.")
    i_trust_every_user: bool = setting(False, "Serve beyond loopback with no walls around learners' code at all.")
    ready_pythons: int = setting(4, "Confined Pythons kept ready for newcomers.", most=100)
    zygote_learners: int = setting(2000, "Learners started by one zygote before another replaces it.", least=100)
    idle_minutes: int = setting(20, "Minutes without input after which a learner's Python ends; files stay.", least=1)
    cpu_seconds: int = setting(10, "CPU seconds of an entry before it is interrupted.", least=1)
    wall_seconds: int = setting(60, "Seconds of an entry before it is interrupted, but for waiting input().", least=1)
    background_cpu_seconds: int = setting(5, "CPU seconds of threads between entries, in half a minute.", least=1)
    life_cpu_minutes: int = setting(60, "CPU minutes of a learner's Python in all, before it is ended.", least=1)
    memory_mib: int = setting(256, "Memory of a learner's Python, in MiB.", least=64)
    threads: int = setting(47, "Threads that a learner's code may start.", most=1000)
    descriptors: int = setting(64, "Files, pipes and the like that a learner's Python has open.", least=64, most=4096)
    file_mib: int = setting(8, "Size of one file of a learner's, in MiB.", least=1, most=1024)
    output_mib: int = setting(16, "Output of an entry before it is cut, in MiB.", least=1, most=1024)
    workspace_mib: int = setting(16, "Size of a learner's files together, in MiB.", least=1, most=1024)
    workspace_files: int = setting(200, "Number of a learner's files that the page shows.", least=1, most=1000)
    workspace_inodes: int = setting(
        1024, "Files and folders on a learner's disk, at level full.", least=256, most=100_000
    )
    data_dir: str = setting("", "Folder for sessions; empty: reload-sandbox in XDG_DATA_HOME or ~/.local/share.")
    durability: str = setting(
        "full",
        "full: no power cut loses what was accepted; normal: one may lose the last of it.",
        choices=("full", "normal"),
    )
    retention_days: int = setting(0, "Days after which a session in which nothing happens is erased; 0: never.")
    session_mib: int = setting(256, "Kept of one session, in MiB; then it takes no more input.", least=1)
    rebuild_seconds: int = setting(
        20, "Processor seconds that bringing a learner's Python back may take; six times as many by the clock.", least=1
    )
    log_format: str = setting("text", "How a log line looks.", choices=("text", "json"))
    log_level: str = setting("warning", "What is logged; info has a line a request.", choices=("info", "warning"))

    def __post_init__(self) -> None:
        for one in dataclasses.fields(self):
            _check(one, getattr(self, one.name), f"setting {one.name}")


def fields() -> "dict[str, dataclasses.Field[Any]]":
    """The settings by name, with their types and metadata."""
    return {one.name: one for one in dataclasses.fields(Settings)}


def load(flags: Mapping[str, Any], environ: Mapping[str, str], config: str = "") -> Settings:
    """The settings from all their sources; a flag that is None was not given. Raises SettingsError."""
    file = config or environ.get(CONFIG_VARIABLE, "")
    values: dict[str, Any] = {}
    for name, value, source in (*_from_file(file), *_from_environment(environ), *_from_flags(flags)):
        if name not in fields():
            raise SettingsError(f"{_sentence(source)}: there is no such setting.{_nearest(name)}")
        _check(fields()[name], value, source)
        values[name] = value
    return Settings(**values)


Given = Iterator[tuple[str, Any, str]]
"""A setting's name, its value, and where it stands, in words."""


def _from_file(file: str) -> Given:
    name = file or DEFAULT_FILE
    try:
        with open(name, "rb") as stream:
            data = tomllib.load(stream)
    except FileNotFoundError:
        if file:
            raise SettingsError(f"There is no settings file {file}.") from None
        return
    except OSError as error:
        raise SettingsError(f"The settings file {name} cannot be read: {error.strerror}.") from None
    except ValueError as error:  # bytes that are not UTF-8, as well as bad TOML
        raise SettingsError(f"The settings file {name} is not TOML: {error}.") from None
    yield from ((key, value, f"setting {key} in {name}") for key, value in data.items())


def _from_environment(environ: Mapping[str, str]) -> Given:
    for variable, text in environ.items():
        if variable.startswith(PREFIX) and variable != CONFIG_VARIABLE:
            name = variable.removeprefix(PREFIX).lower()
            yield name, _parse(name, text), f"setting {variable} in the environment"


def _from_flags(flags: Mapping[str, Any]) -> Given:
    for name, text in flags.items():
        if text is not None:
            value = text if text is True else _parse(name, text)  # True: a flag that takes no value
            yield name, value, f"flag --{name.replace('_', '-')}"


def _parse(name: str, text: str) -> Any:
    """A number or truth value where the setting is one; what is neither is left for the check to name."""
    one = fields().get(name)
    if one and one.type is bool:
        return TRUTHS.get(text.lower(), text)
    return int(text) if one and one.type is int and text.isascii() and text.isdecimal() else text


def _check(one: "dataclasses.Field[Any]", value: Any, source: str) -> None:
    least, most, choices = (one.metadata[key] for key in ("least", "most", "choices"))
    if one.type is bool:
        wanted, fits = "true or false", type(value) is bool
    elif one.type is int:
        wanted, fits = f"a whole number from {least} to {most}", type(value) is int and least <= value <= most
    elif choices:
        wanted, fits = " or ".join(choices), value in choices
    elif one.name == "prefix":
        wanted, fits = "a path such as /learn", type(value) is str and bool(PATH_PREFIX.fullmatch(value))
    else:
        wanted, fits = "text", type(value) is str and "\0" not in value
    if not fits:
        shown = "what it has" if one.metadata["secret"] else repr(value)[:80]
        raise SettingsError(f"{_sentence(source)}: expected {wanted}, not {shown}.")


def _sentence(source: str) -> str:
    return source[0].upper() + source[1:]


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, fields(), n=1)
    return f" Do you mean {near[0]}?" if near else ""
