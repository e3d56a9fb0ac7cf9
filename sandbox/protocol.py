"""Every message on every wire, as frozen dataclasses. These names are public: people write clients against them.

Knows no socket, no process and no session; `codec` turns messages into text and back.
Standard library only: the worker imports it too.
"""

from dataclasses import dataclass
from typing import ClassVar


class Message:
    """What every message is: a frozen dataclass with a `kind`."""

    __slots__ = ()
    kind: ClassVar[str]


# --- commands: browser to server (B), handed to the worker (W), done by the engine's host side (E) ---


@dataclass(frozen=True, slots=True)
class Hello(Message):
    """First message of a socket; an empty token makes a new session, another resumes the session it belongs to."""

    kind: ClassVar[str] = "hello"
    token: str = ""
    lesson: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True)
class Save(Message):
    """Write a file of the workspace at once and whole, also while learner code runs."""

    kind: ClassVar[str] = "save"
    path: str
    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Delete(Message):
    """Remove a file of the workspace. Renaming is save then delete."""

    kind: ClassVar[str] = "delete"
    path: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Run(Message):
    """One console entry; `run` is the sender's number, at least 1 and rising."""

    kind: ClassVar[str] = "run"
    run: int
    source: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Answer(Message):
    """A line for stdin, without its newline; None is end of file."""

    kind: ClassVar[str] = "answer"
    run: int
    text: str | None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Interrupt(Message):
    """SIGINT for that run, as Ctrl-C; also drops an incomplete entry and the runs that wait."""

    kind: ClassVar[str] = "interrupt"
    run: int
    id: str = ""


@dataclass(frozen=True, slots=True)
class Restart(Message):
    """A new interpreter; the files are kept."""

    kind: ClassVar[str] = "restart"
    id: str = ""


@dataclass(frozen=True, slots=True)
class Complete(Message):
    """Completion at `cursor`, a character index into `source`; runs no learner code."""

    kind: ClassVar[str] = "complete"
    id: str
    source: str
    cursor: int


@dataclass(frozen=True, slots=True)
class Look(Message):
    """The picture as it was after input number `seq`; `id` is given back when it is refused."""

    kind: ClassVar[str] = "look"
    seq: int
    id: str = ""


@dataclass(frozen=True, slots=True)
class Holders(Message):
    """Who refers to the object with this token now."""

    kind: ClassVar[str] = "holders"
    id: str
    token: int


@dataclass(frozen=True, slots=True)
class Retrace(Message):
    """What was done since Python was fresh; a question, not an input."""

    kind: ClassVar[str] = "retrace"
    id: str


@dataclass(frozen=True, slots=True)
class Open(Message):
    """Go to a lesson's step, the first for "", and have all that comes before it set up; lesson "" leaves lessons."""

    kind: ClassVar[str] = "open"
    lesson: str
    step: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Predict(Message):
    """The learner's prediction, recorded before she runs: the place of her choice as text, "" when she skips it."""

    kind: ClassVar[str] = "predict"
    lesson: str
    step: str
    choice: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Erase(Message):
    """Keep nothing of this session: its files, its journal and its progress. There is no way back."""

    kind: ClassVar[str] = "erase"


@dataclass(frozen=True, slots=True)
class Probe(Message):
    """Evaluate an expression for a check: 200 ms, exact scalars only, no echo. Never from a browser."""

    kind: ClassVar[str] = "probe"
    id: str
    source: str


# --- events: from the worker (W), the engine (E), the server (S) ---


@dataclass(frozen=True, slots=True)
class File:
    """A text file of the workspace; `path` is relative, with forward slashes."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that the learner's code made and that the server does not keep, and why, in words for her."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class DiskState:
    """Whether memory holds what the disk holds, for one file.

    state: same, edited, unloaded, deleted or stale-bytecode; `load` is the newest load of `module`, 0 for none.
    """

    path: str
    module: str
    load: int
    state: str


@dataclass(frozen=True, slots=True)
class Ready(Message):
    """W: a fresh interpreter waits."""

    kind: ClassVar[str] = "ready"
    python: str
    implementation: str


@dataclass(frozen=True, slots=True)
class Accepted(Message):
    """S: this input is in the journal as number `seq`."""

    kind: ClassVar[str] = "accepted"
    id: str
    seq: int


@dataclass(frozen=True, slots=True)
class Output(Message):
    """E: a bounded piece of stdout and stderr in true order; run 0 between runs."""

    kind: ClassVar[str] = "output"
    run: int
    text: str


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
class Value:
    """What a name or a part holds: a short text, and the token of the object drawn for it, 0 when drawn inline."""

    text: str
    ref: int


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a space.

    mark: "", new, rebound, stale, leftover or added; `was`: the value before, of a rebound name;
    `origin`: "module.name" when a from-import bound it, as seen in the code that ran, else "".
    """

    name: str
    value: Value
    mark: str
    was: Value | None
    origin: str


@dataclass(frozen=True, slots=True)
class Space:
    """A namespace: `__main__`, a workspace module, or `sys.modules` itself.

    `load` counts the executions of the module's code, 0 where there are none; `token` is the module's own;
    `path`: the workspace file it was made from, or ""; `hidden`: how many names are not shown.
    """

    name: str
    load: int
    token: int
    path: str
    names: tuple[Name, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class Part:
    """Something inside an object: an attribute, an item, a closure cell."""

    key: str
    value: Value


@dataclass(frozen=True, slots=True)
class Object:
    """An object that gets a card of its own.

    kind: module, function, class, instance, method, list, dict, set, tuple, generator, frame or other;
    `home`: "module.qualified.name" where it was made, or ""; `load`: the load that made it, 0 when none did;
    `code`: the source it was made from, at most 2,000 characters, or "".
    """

    token: int
    kind: str
    type: str
    label: str
    home: str
    load: int
    stale: bool
    code: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Snapshot(Message):
    """W: the picture after a run; `seq` is put in by the session. Looked at without touching."""

    kind: ClassVar[str] = "snapshot"
    seq: int
    run: int
    truncated: bool
    spaces: tuple[Space, ...]
    objects: tuple[Object, ...]


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
class Retraced(Message):
    """S: `files` are those with which the interpreter began; `steps` is what was taken since, in order.

    Steps are save, delete, run, answer, interrupt and finished: what stands between a run and its finished came while
    it ran.
    """

    kind: ClassVar[str] = "retraced"
    id: str
    files: tuple[File, ...]
    steps: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Finished(Message):
    """W: the run ended; status: ok, error, incomplete or interrupted; error: exception class or ""; ms: wall time."""

    kind: ClassVar[str] = "finished"
    run: int
    status: str
    error: str
    ms: int


@dataclass(frozen=True, slots=True)
class Disk(Message):
    """S: for each file whether memory holds what the disk holds; after saves as after runs."""

    kind: ClassVar[str] = "disk"
    files: tuple[DiskState, ...]


@dataclass(frozen=True, slots=True)
class Files(Message):
    """E: the learner's code changed the workspace; much text comes in several of these."""

    kind: ClassVar[str] = "files"
    changed: tuple[File, ...]
    deleted: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


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


@dataclass(frozen=True, slots=True)
class Limited(Message):
    """E: a limit acted on this run; cause: time or output; `message` is a sentence for the learner."""

    kind: ClassVar[str] = "limited"
    run: int
    cause: str
    message: str


@dataclass(frozen=True, slots=True)
class Exited(Message):
    """E: the worker ended; exactly once, last.

    cause: quit, crashed, memory, time, output, idle, stopped or lost; `message` is a sentence for the learner.
    """

    kind: ClassVar[str] = "exited"
    cause: str
    message: str


@dataclass(frozen=True, slots=True)
class Different:
    """An entry that printed or loaded something else when it was run again: `text` is what it printed then, clipped."""

    run: int
    text: str


@dataclass(frozen=True, slots=True)
class Rebuilt(Message):
    """S: an interpreter has done again what the last one had done, out of sight, and waits: `entries` of them.

    `problem` says in a sentence why that could not be done, "" when it was; then the next entry meets a fresh one.
    """

    kind: ClassVar[str] = "rebuilt"
    python: str
    entries: int
    different: tuple[Different, ...]
    problem: str


@dataclass(frozen=True, slots=True)
class Erased(Message):
    """S: the session is gone, and nothing of it is kept any more; its token is worth nothing."""

    kind: ClassVar[str] = "erased"


@dataclass(frozen=True, slots=True)
class Saved(Message):
    """S: in the transcript, for a `save`."""

    kind: ClassVar[str] = "saved"
    path: str


@dataclass(frozen=True, slots=True)
class Deleted(Message):
    """S: in the transcript, for a `delete`."""

    kind: ClassVar[str] = "deleted"
    path: str


@dataclass(frozen=True, slots=True)
class Refused(Message):
    """S: a command was not taken, and why.

    code: malformed, full, busy, taken-over (do not reconnect), forbidden, name, too-large, too-many or unkept;
    `id` is the command's own or ""; after `fatal` the socket is closed.
    """

    kind: ClassVar[str] = "refused"
    code: str
    reason: str
    id: str = ""
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Queued(Message):
    """S, E: a place in a line; `position` is 1 for who comes next. Said again as that changes.

    Before `welcome`: the server is full, and `welcome` follows by itself. Whoever closes the socket leaves the line,
    but for half a minute her place is kept for a `hello` with `ticket` as its token.
    After it: as many interpreters as can are starting, and this session's waits for its turn.
    """

    kind: ClassVar[str] = "queued"
    position: int
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """How one check of a step stands, its texts as HTML; `hint` is "" until it is due.

    `unknown`: nothing here can tell, and it blocks nothing.
    """

    says: str
    passed: bool
    unknown: bool
    hint: str


@dataclass(frozen=True, slots=True)
class Settled:
    """How a prediction stands: `choice` is the learner's as text, "" for none.

    Once `settled`: `happened` are the places of the choices that came true, `right` that of the expected one and
    `because` the explanation as HTML; before, they are (), -1 and "".
    """

    choice: str
    settled: bool
    happened: tuple[int, ...] = ()
    right: int = -1
    because: str = ""


@dataclass(frozen=True, slots=True)
class Checked(Message):
    """S: how the open step stands, judged from what really happened; "" and "" when no lesson is open.

    `results` are in the order of the step's checks; `reply` is to the mistake of the newest moment, as HTML, or "".
    """

    kind: ClassVar[str] = "checked"
    lesson: str
    step: str
    passed: bool
    results: tuple[Result, ...]
    reply: str
    prediction: Settled | None


@dataclass(frozen=True, slots=True)
class Done:
    """The steps of one lesson that were passed in a session, in the order in which they were."""

    lesson: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Noted:
    """One line of the transcript: a message as it was taken or sent.

    `seq` is the input's number in the journal, 0 for an event; `at` is Unix time in seconds.
    """

    seq: int
    at: float
    message: Message


@dataclass(frozen=True, slots=True)
class Welcome(Message):
    """S: everything needed to draw the page; first, and again after a reconnect.

    role: driver or watcher; state: starting, ready, running, asked, asleep; `run` is the highest run number taken;
    isolation: full, partial or none; `limits` maps a limit's name to its number; `snapshot` is None before the first;
    `lesson` and `step` are the open ones, or ""; `done` is what was passed in this session.
    """

    kind: ClassVar[str] = "welcome"
    session: str
    token: str
    role: str
    state: str
    run: int
    python: str
    isolation: str
    limits: dict[str, int]
    files: tuple[File, ...]
    transcript: tuple[Noted, ...]
    snapshot: Snapshot | None
    disk: tuple[DiskState, ...]
    lesson: str
    step: str
    done: tuple[Done, ...] = ()


Kinds = dict[str, type[Message]]


def kinds(*classes: type[Message]) -> Kinds:
    """The messages allowed on a wire, by kind: what `decode` takes."""
    return {message.kind: message for message in classes}


BROWSER_COMMANDS = kinds(
    Hello, Save, Delete, Run, Answer, Interrupt, Restart, Complete, Look, Holders, Retrace, Open, Predict, Erase
)
WORKER_COMMANDS = kinds(Run, Interrupt, Complete, Holders, Probe)
WORKER_EVENTS = kinds(Ready, Asked, Loaded, Snapshot, Finished, Completions, Holding, Probed)

Command = (
    Hello
    | Save
    | Delete
    | Run
    | Answer
    | Interrupt
    | Restart
    | Complete
    | Look
    | Holders
    | Retrace
    | Open
    | Predict
    | Erase
    | Probe
)
Event = (
    Ready
    | Output
    | Asked
    | Loaded
    | Snapshot
    | Finished
    | Files
    | Completions
    | Holding
    | Probed
    | Limited
    | Exited
    | Queued
)


# --- names of workspace files ---

PATH_LIMIT = 200
"""Longest path of a workspace file, in characters."""


def path_problem(path: str) -> str:
    """Why `path` cannot name a workspace file, as a sentence for the learner; "" when it can."""
    parts = path.split("/")
    problems = {
        "A file needs a name.": not path,
        f"A file's name has at most {PATH_LIMIT} characters.": len(path) > PATH_LIMIT,
        "A file's name has no control characters, no invisible ones and no backslash.": (
            not path.isprintable() or "\\" in path
        ),
        "A file's name neither begins nor ends with a space.": any(part != part.strip() for part in parts),
        "A file's name is relative to the workspace: it does not start with a slash.": path.startswith("/"),
        "A file's name has no empty part and no '.' or '..' between its slashes.": not {"", ".", ".."}.isdisjoint(
            parts
        ),
        "Each part of a file's name has at most 255 bytes.": any(len(part.encode()) > 255 for part in parts),
    }
    return next((sentence for sentence, wrong in problems.items() if wrong), "")
