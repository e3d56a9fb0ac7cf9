"""Passages as a console shows them, for tools that read consoles: doctest, Pygments, and this sandbox's own prompt."""

import re
from collections.abc import Iterable
from itertools import groupby

from sandbox.export.passages import Entry, Happening, Passage

LIKE_PROMPT = re.compile(r"^[ \t]*>>>", re.MULTILINE)
LIKE_MORE = re.compile(r"[ \t]*\.\.\.")


def pycon(passages: Iterable[Passage]) -> str:
    """The whole console. What happened between entries stands in comments, with empty lines around them."""
    parts = []
    for are_entries, some in groupby(passages, lambda one: isinstance(one, Entry)):
        text = "".join(console(one) if isinstance(one, Entry) else _happening(one) for one in some)
        parts.append(text if are_entries else f"\n{text}\n")
    return "".join(parts).removeprefix("\n")


def console(entry: Entry) -> str:
    """An entry as it was typed, with prompts, and what it printed.

    A printed line that looks like a prompt has a backslash before it: what was not typed is never read as typed.
    """
    return _typed(entry) + printed(entry.printed, follows_source=True)


def printed(text: str, follows_source: bool = False) -> str:
    """Output as whole lines. `follows_source`: it stands right after an entry, whose next line begins with dots."""
    text = LIKE_PROMPT.sub(lambda found: f"\\{found[0]}", text)
    if follows_source and LIKE_MORE.match(text):
        text = f"\\{text}"
    return text if not text or text.endswith("\n") else f"{text}\n"


def _typed(entry: Entry) -> str:
    first, *more = entry.typed.split("\n")
    lines = [_line("..." if entry.goes_on else ">>>", first), *(_line("...", line) for line in more)]
    return "".join(lines)


def _line(prompt: str, text: str) -> str:
    return f"{prompt} {text}\n" if text else f"{prompt}\n"


def _happening(one: Happening) -> str:
    said = " ".join(filter(None, ("#", one.name, one.says))) if one.says else ""
    return f"{said}\n{printed(one.printed)}" if said else printed(one.printed)
