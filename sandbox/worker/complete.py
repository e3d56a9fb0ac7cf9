"""Completion at the cursor, from what stands in namespaces. Runs no learner code and imports nothing."""

import builtins
import keyword
import os
import re
import sys
from collections.abc import Iterable
from typing import Any

from sandbox.worker.safe import exact, lineage, namespace

_ITEMS_LIMIT = 500
_BEFORE = re.compile(r"((?:\w+\.)*)(\w*)\Z")
_IMPORT = re.compile(r"\s*(?:import\s+(?:[\w.]+(?:\s+as\s+\w+)?\s*,\s*)*|from\s+)([\w.]*)\Z")
_FROM = re.compile(r"\s*from\s+([\w.]+)\s+import\s+\(?(?:\w+(?:\s+as\s+\w+)?\s*,\s*)*(\w*)\Z")
_WHOLE_TEXT = re.compile(
    r'"""(?:\\.|.)*?"""|\'\'\'(?:\\.|.)*?\'\'\'|"(?:\\.|[^\\\n"])*"|\'(?:\\.|[^\\\n\'])*\'', re.DOTALL
)
_OPEN = re.compile(r"[\"'#]")
_MISSING = object()


def complete(source: str, cursor: int) -> tuple[int, tuple[str, ...]]:
    """Where the completed word starts, a character index into `source`, and what it could become."""
    before = source[: max(cursor, 0)]
    line = before.rpartition("\n")[2]
    if _in_text(before):
        return len(before), ()
    names: Iterable[str]
    if found := _FROM.match(line):
        word, names = found[2], _names_within(found[1])
    elif found := _IMPORT.match(line):
        path, _, word = found[1].rpartition(".")
        names = _submodules(path) if path else _modules()
    else:
        found = _BEFORE.search(before)
        assert found is not None
        word, names = found[2], _attributes(found[1]) if found[1] else _names()
        if before[: found.start()].endswith("."):  # of something that only running could tell
            names = ()
    return len(before) - len(word), _choose(names, word)


def _in_text(before: str) -> bool:
    return _OPEN.search(_WHOLE_TEXT.sub(_nothing, before).rpartition("\n")[2]) is not None


def _nothing(_: "re.Match[str]") -> str:
    return ""


def _choose(names: Iterable[str], word: str) -> tuple[str, ...]:
    """Private names only where they were begun."""
    fitting = {name for name in names if name.startswith(word) and name.isidentifier() and (word or name[0] != "_")}
    return tuple(sorted(fitting)[:_ITEMS_LIMIT])


def _names() -> list[str]:
    return [*_main(), *exact(builtins.__dict__), *keyword.kwlist]


def _main() -> dict[str, Any]:
    return namespace(exact(sys.modules).get("__main__"))


def _attributes(path: str) -> list[str]:
    """Names within `a.b.`, as far as that can be found without running a property or a __getattr__."""
    first, *rest = path.rstrip(".").split(".")
    value = _main().get(first, exact(builtins.__dict__).get(first, _MISSING))
    for name in rest:
        value = _attribute(value, name)
    return [] if value is _MISSING else [name for names in lineage(value) for name in names]


def _attribute(value: object, name: str) -> object:
    if value is _MISSING:
        return _MISSING
    found = next((names[name] for names in lineage(value) if name in names), _MISSING)
    return _MISSING if type(found) is property else found


def _modules() -> list[str]:
    loaded = [name.partition(".")[0] for name in exact(sys.modules)]
    return [*_files("."), *sys.stdlib_module_names, *loaded]


def _submodules(path: str) -> list[str]:
    loaded = [name[len(path) + 1 :].partition(".")[0] for name in exact(sys.modules) if name.startswith(path + ".")]
    return [*_files(path.replace(".", "/")), *loaded]


def _names_within(path: str) -> list[str]:
    return [*namespace(exact(sys.modules).get(path)), *_submodules(path)]


def _files(folder: str) -> list[str]:
    """Modules and packages in a folder of the workspace."""
    try:
        with os.scandir(folder) as entries:
            return [entry.name.removesuffix(".py") for entry in entries if _is_importable(entry)]
    except OSError:
        return []


def _is_importable(entry: "os.DirEntry[str]") -> bool:
    return entry.name.endswith(".py") or (entry.is_dir() and entry.name != "__pycache__")
