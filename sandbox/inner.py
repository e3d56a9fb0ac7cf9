"""The messages between the engine and a worker, and what every message is. For others they are in `protocol`, too.

A file apart, as making a dataclass takes a millisecond, and every worker would make those of the browser, too.
Standard library only: the worker imports it.
"""

from dataclasses import dataclass
from typing import ClassVar


class Message:
    """What every message is: a frozen dataclass with a `kind`."""

    __slots__ = ()
    kind: ClassVar[str]


Kinds = dict[str, type[Message]]


def kinds(*classes: type[Message]) -> Kinds:
    """The messages allowed on a wire, by kind: what `decode` takes."""
    return {message.kind: message for message in classes}


# --- commands, handed to the worker; the first four come from the browser ---


@dataclass(frozen=True, slots=True)
class Run(Message):
    """One console entry; `run` is the sender's number, at least 1 and rising."""

    kind: ClassVar[str] = "run"
    run: int
    source: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Interrupt(Message):
    """SIGINT for that run, as Ctrl-C; also drops an incomplete entry and the runs that wait."""

    kind: ClassVar[str] = "interrupt"
    run: int
    id: str = ""


@dataclass(frozen=True, slots=True)
class Complete(Message):
    """Completion at `cursor`, a character index into `source`; runs no learner code."""

    kind: ClassVar[str] = "complete"
    id: str
    source: str
    cursor: int


@dataclass(frozen=True, slots=True)
class Holders(Message):
    """Who refers to the object with this token now."""

    kind: ClassVar[str] = "holders"
    id: str
    token: int


@dataclass(frozen=True, slots=True)
class Probe(Message):
    """Evaluate an expression for a check: 200 ms, exact scalars only, no echo. Never from a browser."""

    kind: ClassVar[str] = "probe"
    id: str
    source: str


# --- events, from the worker ---


@dataclass(frozen=True, slots=True)
class Ready(Message):
    """W: a fresh interpreter waits."""

    kind: ClassVar[str] = "ready"
    python: str
    implementation: str


@dataclass(frozen=True, slots=True)
class Asked(Message):
    """W: `input()` waits; the prompt is also in the output."""

    kind: ClassVar[str] = "asked"
    run: int
    prompt: str


@dataclass(frozen=True, slots=True)
class Loaded(Message):
    """W: a workspace module's code was executed; `load` counts from 1; cause: import, reload or exec.

    `source` is the text that ran, None when it came from bytecode or is longer than 256 KiB.
    """

    kind: ClassVar[str] = "loaded"
    run: int
    module: str
    path: str
    load: int
    cause: str
    ok: bool
    source: str | None
    stale_bytecode: bool


@dataclass(frozen=True, slots=True)
class Holder:
    """One thing that refers to an object; kind: name, attribute, item, cell, default, method, frame or other."""

    text: str
    kind: str
    token: int


@dataclass(frozen=True, slots=True)
class Holding(Message):
    """W: who refers to the object that was asked for; `gone` when it lives no more."""

    kind: ClassVar[str] = "holding"
    id: str
    holders: tuple[Holder, ...]
    gone: bool


@dataclass(frozen=True, slots=True)
class Finished(Message):
    """W: the run ended; status: ok, error, incomplete or interrupted; error: exception class or ""; ms: wall time."""

    kind: ClassVar[str] = "finished"
    run: int
    status: str
    error: str
    ms: int


@dataclass(frozen=True, slots=True)
class Completions(Message):
    """W: `items` replace the text from `start`, a character index, to the cursor."""

    kind: ClassVar[str] = "completions"
    id: str
    start: int
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Probed(Message):
    """W: `value` is the repr of an exact scalar, or the name of the exception when not `ok`. Stays in the session."""

    kind: ClassVar[str] = "probed"
    id: str
    ok: bool
    value: str


WORKER_COMMANDS = kinds(Run, Interrupt, Complete, Holders, Probe)
