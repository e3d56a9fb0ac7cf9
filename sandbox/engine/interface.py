"""The one plug between sessions and the places where workers run.

An engine runs workers; a session knows no more of it than these classes. Nothing above may assume that a worker is a
local process or that a folder is shared.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sandbox.protocol import Command, Event

KIB = 1024
MIB = 1024 * KIB


class EngineError(Exception):
    """The engine cannot do what was asked. Its text says what to do about it."""


class Full(EngineError):
    """No room for another worker now."""


class Rejected(EngineError):
    """A save or delete that was not taken. `code` is name, too-large or too-many; the text is for the learner."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True, slots=True)
class Limits:
    """What one worker may use. Seconds and bytes; an entry is one `run`."""

    cpu_seconds: int = 10
    """CPU time of an entry before it is interrupted."""
    wall_seconds: int = 60
    """Wall time of an entry before it is interrupted; stands still while it waits for input or for the reader."""
    life_cpu_seconds: int = 3600
    """CPU time of a worker's whole life, at which the kernel ends it: the last resort behind the engine's clock."""
    memory_bytes: int = 256 * MIB
    threads: int = 47
    descriptors: int = 64
    file_bytes: int = 8 * MIB
    workspace_bytes: int = 16 * MIB
    workspace_files: int = 200
    """Text files that the server keeps."""
    workspace_inodes: int = 1024
    """Files and folders of every kind that fit on the workspace's own disk, where there is one."""
    output_bytes: int = 16 * MIB
    """Output of an entry before it is cut and the entry interrupted."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to run: the interpreter's path, the limits, and the workspace's text files by path.

    Files that the engine still has for the session and that say the same are left alone, with their times, unless
    `times` gives a file another one: its time of modification, in nanoseconds of Unix time.
    """

    python: str
    limits: Limits = Limits()
    files: Mapping[str, str] = field(default_factory=dict)
    times: Mapping[str, int] = field(default_factory=dict)


class Worker(Protocol):
    """A worker that was opened. Once `exited` was delivered every call does nothing. Safe from any thread."""

    def send(self, command: Command, mtime_ns: int = 0) -> int:
        """Hand over `run`, `complete` or `probe`; do `save`, `delete`, `answer` or `interrupt` at once.

        Returns the time of modification that a saved file has got, which is `mtime_ns` unless that is 0; else 0.
        Saves and deletes that were done are counted, for the `seq` of `files`. Never blocks on the worker. Raises
        Rejected when a save or delete is not allowed, OSError when it failed on the disk.
        """

    def kill(self, cause: str) -> None:
        """End the worker; its `exited` will name `cause` (stopped or idle), unless it has ended by itself before."""

    def cpu(self) -> float:
        """Seconds of processor time that it has used so far; 0 where nobody can tell."""

    def throttle(self, paused: bool) -> None:
        """Stop or go on reading the worker's output: its prints then wait for a slow reader."""


class OnEvents(Protocol):
    """Who hears what a worker does."""

    def __call__(self, *events: Event) -> None:
        """One event or several that came together, in order."""


class Engine(Protocol):
    """Starts workers somewhere. Safe to call from any thread."""

    def open(self, session: str, job: Job, on_events: OnEvents) -> Worker:
        """Start a worker for this session. Returns at once; `ready` follows, or `exited`. Raises Full, and Rejected
        when the job's files break its limits.

        `on_events` is called from one thread of the engine at a time, in order; it must not block. `exited` comes last
        and exactly once, from the wait status and never from a worker's message.
        """

    def forget(self, session: str) -> None:
        """Drop whatever is kept for a session that will not come back: its workspace."""

    def close(self) -> None:
        """End every worker and give back everything; returns when no process is left."""
