"""Reads transcripts from their files.

A file holds several, each headed by `##` and its title. Within one, a line `=== ...` begins a step:

    === file changer.py             the lines that follow are written to this file
    === file changer.py, same time  and its modification time stays what it was
    === delete changer.py
    === restart                     a new interpreter, files kept
    === console                     what is typed after >>> and ..., and what is printed then
    === console 3.11, 3.12          the same step as it is in these versions
    === type                        lines to be typed as they stand
    === only 3.12, 3.13             the whole transcript is for these versions
    === alone                       it leaves its interpreter unfit for another transcript
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass
class Step:
    """One thing to do: file, delete, restart, console or type."""

    does: str
    path: str = ""
    same_time: bool = False
    text: str = ""
    variants: dict[str, str] = field(default_factory=dict)
    """The text for versions where it differs."""

    def text_for(self, version: str) -> str:
        return self.variants.get(version, self.text)


@dataclass
class Transcript:
    """A title, which names it, and its steps."""

    title: str
    steps: list[Step] = field(default_factory=list)
    only: tuple[str, ...] = ()
    alone: bool = False
    file: str = ""

    @property
    def name(self) -> str:
        """The title as a word for test names."""
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")[:70]

    def is_for(self, version: str) -> bool:
        return not self.only or version in self.only


@dataclass
class Typed:
    """Lines typed one after the other, and the output recorded for them together."""

    lines: list[str]
    expected: str | None


def read(folder: str) -> list[Transcript]:
    """All transcripts of the files in a folder here."""
    found = []
    for path in sorted((FOLDER / folder).glob("*.txt")):
        for transcript in parse(path.read_text("utf-8")):
            transcript.file = f"{folder}/{path.stem}"
            found.append(transcript)
    return found


def parse(text: str) -> list[Transcript]:
    """The transcripts of one file."""
    found: list[Transcript] = []
    for line in text.split("\n"):
        if line.startswith("## "):
            found.append(Transcript(line[3:].strip()))
        elif line.startswith("=== "):
            _begin(found[-1], *line[4:].split(maxsplit=1))
        elif found and found[-1].steps:
            _add(found[-1].steps[-1], line)
    for transcript in found:
        for step in transcript.steps:
            _trim(step)
    return found


def _begin(transcript: Transcript, does: str, rest: str = "") -> None:
    if does == "only":
        transcript.only = tuple(rest.split(", "))
    elif does == "alone":
        transcript.alone = True
    elif does == "console" and rest:
        transcript.steps[-1].variants.update(dict.fromkeys(rest.split(", "), ""))
        transcript.steps[-1].path = rest
    else:
        path, _, how = rest.partition(", ")
        transcript.steps.append(Step(does, path=path, same_time=how == "same time"))


def _add(step: Step, line: str) -> None:
    if step.does == "console" and step.path:
        for version in step.path.split(", "):
            step.variants[version] += line + "\n"
    else:
        step.text += line + "\n"


def _trim(step: Step) -> None:
    """Blank lines between steps are for the eye; a file ends with one newline."""
    step.text = step.text.strip("\n") + "\n" if step.text.strip("\n") else ""
    step.variants = {version: text.strip("\n") + "\n" for version, text in step.variants.items()}


def typed(step: Step, version: str) -> list[Typed]:
    """What a console or type step types, in order."""
    text = step.text_for(version)
    if step.does == "type":
        return [Typed(lines=[line], expected=None) for line in text.removesuffix("\n").split("\n")]
    found: list[Typed] = []
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith(">>>"):
            found.append(Typed(lines=[line[4:]], expected=""))
        elif line.startswith("...") and not found[-1].expected:
            found[-1].lines.append(line[4:])
        else:
            found[-1].expected = f"{found[-1].expected}{line}\n"
    return found
