"""Plays a transcript on a stage: a folder and the console of an interpreter in it, however that is driven."""

import re
from dataclasses import dataclass
from typing import Literal, Protocol

from tests.transcripts.script import Step, Transcript, typed

Kind = Literal["prompt", "more", "asks", "gone"]
"""What the console wants after a line: a statement, the rest of one, a line for `input()`, or nothing ever more."""

BEYOND_THE_PROTOCOL = {
    "the-same-second-trap-same-size-same-mtime-second-the-old-pyc-is-used-r": "sets a file's modification time by hand",
}
"""Transcripts that no client of the websocket can play, and why."""
NEEDS_PROCESSES = {
    "a-subprocess-sees-the-disk-version-while-this-process-has-the-old-one": "starts a process",
    "the-double-import-trap-a-script-run-as-main-and-imported-by-name-is-tw": "starts a process",
}
"""Transcripts that an isolation which denies new processes makes fail, and why."""


class Console(Protocol):
    """An interactive interpreter."""

    def line(self, text: str) -> tuple[str, Kind]:
        """Type a line: what is printed until it wants another, prompts left out, and what it wants."""


class Stage(Protocol):
    """Where a transcript is played."""

    def write(self, path: str, text: str, same_time: bool) -> None:
        """Save a file. Its modification time is later than before, or the same."""

    def delete(self, path: str) -> None: ...

    def restart(self) -> None: ...

    @property
    def console(self) -> Console: ...

    def normalise(self, output: str) -> str:
        """The output without what differs from place to place."""


@dataclass
class Exchange:
    """What was typed, what was printed, what the console wanted then, and what is recorded, if anything."""

    lines: list[str]
    output: str
    kind: Kind
    expected: str | None

    def as_recorded(self) -> bool:
        return self.expected is None or (matches(self.expected, self.output) and self.kind == "prompt")


def play(transcript: Transcript, stage: Stage, version: str) -> list[Exchange]:
    """Everything that was said, in order; ends where the interpreter ends."""
    exchanges: list[Exchange] = []
    for step in transcript.steps:
        if step.does in ("console", "type"):
            exchanges += _converse(step, stage, version)
        else:
            _prepare(step, stage)
    return exchanges


def _prepare(step: Step, stage: Stage) -> None:
    if step.does == "file":
        stage.write(step.path, step.text, step.same_time)
    elif step.does == "delete":
        stage.delete(step.path)
    else:
        assert step.does == "restart", step.does
        stage.restart()


def _converse(step: Step, stage: Stage, version: str) -> list[Exchange]:
    exchanges = []
    for one in typed(step, version):
        output, kind = "", "gone"
        for line in one.lines:
            printed, kind = stage.console.line(line)
            output += printed
        exchanges.append(Exchange(one.lines, stage.normalise(output), kind, one.expected))
        if kind == "gone":
            break
    return exchanges


def without_place(output: str, folder: str) -> str:
    """What may differ between two runs of the same interpreter: the folder, and addresses."""
    output = re.sub(re.escape(folder) + r"(?![\w.-])", "<DIR>", output)
    return re.sub(r"0x[0-9a-fA-F]{6,}", "0xADDR", output)


def without_version(output: str, library: str) -> str:
    """What was not recorded: where the standard library lies and its line numbers, the numbers of entries."""
    output = re.sub(re.escape(library) + r"(?![\w.-])", "<LIB>", output)
    output = re.sub(r"<stdin>-\d+", "<stdin>", output)
    output = re.sub(r'(File "<LIB>[^"]*", line )\d+', r"\1N", output)
    return re.sub(r"cpython-3\d+", "cpython-3XX", output)


def matches(expected: str, output: str) -> bool:
    """In what is recorded a line of spaces and `...` stands for any lines, `<...>` for anything within a line."""
    pattern = ""
    for line in expected.rstrip("\n").split("\n"):
        if line.startswith(" ") and line.strip() == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*".join(re.escape(part) for part in line.split("<...>")) + "\n"
    return re.fullmatch(pattern, output.rstrip("\n") + "\n") is not None
