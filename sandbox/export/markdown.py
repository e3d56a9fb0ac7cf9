"""Passages as Markdown: a heading and a fenced console an entry, and the text of each module as it was loaded.

What a learner wrote stands in fences and code spans that it cannot end, so nothing of it is read as Markdown or HTML.
"""

import re
import time
from collections.abc import Iterable, Iterator

from sandbox.export.contents import Contents
from sandbox.export.passages import RUNS_STILL, Entry, Happening, Passage, describe, plain
from sandbox.export.pycon import console
from sandbox.protocol import Loaded

ENDS = {RUNS_STILL: "It was still running.", "incomplete": "It goes on.", "interrupted": "It was interrupted."}
"""What is said of an entry besides its console."""


def markdown(contents: Contents, passages: Iterable[Passage]) -> str:
    """The whole transcript. Times are UTC."""
    parts = [_head(contents)]
    shown: dict[str, str] = {}
    for passage in passages:
        parts.append(_entry(passage, shown) if isinstance(passage, Entry) else _happening(passage))
    return "\n".join(parts)


def moment(at: float) -> str:
    """Unix time for people."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at))


def _head(contents: Contents) -> str:
    lesson = f" Lesson {code(f'{contents.lesson}#{contents.step}')}." if contents.lesson else ""
    return (
        f"# A session in Reload Sandbox\n\nTaken away {moment(contents.at)}; CPython {contents.python}.{lesson} "
        "All times are UTC.\n"
    )


def _entry(entry: Entry, shown: dict[str, str]) -> str:
    parts = [f"## Entry {entry.run}, {moment(entry.at)}\n", fence("pycon", console(entry))]
    if said := ENDS.get(entry.status):
        parts.append(f"{said}\n")
    parts.extend(_loads(entry.loads, shown))
    return "\n".join(parts)


def _loads(loads: Iterable[Loaded], shown: dict[str, str]) -> Iterator[str]:
    """The text of a file stands where it was loaded first, and where it had changed since."""
    for load in loads:
        known = load.source is None or shown.get(load.path) == load.source
        yield f"{code(plain(load.module))}: {_words(describe(load))}{'.' if known else ':'}\n"
        if load.source is not None and not known:
            shown[load.path] = load.source
            yield fence("python", plain(load.source))


def _happening(one: Happening) -> str:
    says = f"{code(one.name)} {_words(one.says)}" if one.name else _words(one.says)
    said = f"{moment(one.at)}: {says}\n" if one.says else ""
    return "\n".join(part for part in (said, fence("text", one.printed) if one.printed else "") if part)


def fence(language: str, text: str) -> str:
    """A block of code, with a fence that is longer than any in it."""
    ticks = "`" * max(3, 1 + _longest(text))
    return f"{ticks}{language}\n{text}{'' if text.endswith(chr(10)) or not text else chr(10)}{ticks}\n"


def code(text: str) -> str:
    """A code span, by the rules of https://spec.commonmark.org/0.31.2/#code-spans"""
    text = " ".join(text.splitlines())
    ticks = "`" * (1 + _longest(text))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _longest(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def _words(text: str) -> str:
    """Our own words, in which a name of the learner's may stand."""
    return re.sub(r"([\\`*_<>\[\]&])", r"\\\1", text)
