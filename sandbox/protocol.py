"""Every message on every wire, as frozen dataclasses. These names are public: people write clients against them.

Knows no socket, no process and no session; `codec` turns messages into text and back. Those between the engine and a
worker stand in `inner`.
"""

from dataclasses import dataclass
from typing import ClassVar

from sandbox.inner import (
    WORKER_COMMANDS as WORKER_COMMANDS,
    Asked as Asked,
    Complete as Complete,
    Completions as Completions,
    Finished as Finished,
    Holder as Holder,
    Holders as Holders,
    Holding as Holding,
    Interrupt as Interrupt,
    Kinds as Kinds,
    Loaded as Loaded,
    Message as Message,
    Probe as Probe,
    Probed as Probed,
    Ready as Ready,
    Run as Run,
    kinds as kinds,
)
from sandbox.picture import Picture

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
class Answer(Message):
    """A line for stdin, without its newline; None is end of file."""

    kind: ClassVar[str] = "answer"
    run: int
    text: str | None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Restart(Message):
    """A new interpreter; the files are kept."""

    kind: ClassVar[str] = "restart"
    id: str = ""


@dataclass(frozen=True, slots=True)
class Look(Message):
    """The picture as it was after input number `seq`; `id` is given back when it is refused."""

    kind: ClassVar[str] = "look"
    seq: int
    id: str = ""


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
    """W: the picture after a run, in columns until the engine has it; `seq` is put in by the session."""

    kind: ClassVar[str] = "snapshot"
    seq: int
    run: int
    truncated: bool
    spaces: tuple[Space, ...]
    objects: tuple[Object, ...]


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
class Disk(Message):
    """S: for each file whether memory holds what the disk holds; after saves as after runs."""

    kind: ClassVar[str] = "disk"
    files: tuple[DiskState, ...]


@dataclass(frozen=True, slots=True)
class Looked(Message):
    """S: goes before the snapshot that answers a `look`: `disk` as it was after input `seq`, None where unknown."""

    kind: ClassVar[str] = "looked"
    seq: int
    disk: tuple[DiskState, ...] | None


@dataclass(frozen=True, slots=True)
class Files(Message):
    """E: the learner's code changed the workspace; much text comes in several of these.

    `seq`: how many saves and deletes its worker had done when the engine looked. The session puts the newest input in
    its place, so that a save with a higher number came later.
    """

    kind: ClassVar[str] = "files"
    changed: tuple[File, ...]
    deleted: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    seq: int = 0


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


BROWSER_COMMANDS = kinds(
    Hello, Save, Delete, Run, Answer, Interrupt, Restart, Complete, Look, Holders, Retrace, Open, Predict, Erase
)
WORKER_EVENTS = kinds(Ready, Asked, Loaded, Picture, Finished, Completions, Holding, Probed)

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
