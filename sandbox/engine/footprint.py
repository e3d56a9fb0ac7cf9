"""What of this machine's files an interpreter needs to run: all that a learner may read beside its workspace.

The executable, the standard library, the shared libraries with the loader's cache, the time zones. Nothing else: not
the rest of the prefix, not /usr, not /etc. Knows nothing of how these files are shown to a learner.
"""

import json
import os
import re
import stat
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from glob import glob
from typing import Final

from sandbox.engine.interface import EngineError

_ASK: Final = """
import _ctypes, json, sys, sysconfig
paths = [sys.executable, sys._base_executable, sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")]
paths += [sys.prefix] if sys.prefix != sys.base_prefix else []
maps = open("/proc/self/maps", encoding="utf-8", errors="surrogateescape").read().splitlines()
libraries = [line.split(None, 5)[5] for line in maps if ".so" in line and len(line.split(None, 5)) == 6]
print(json.dumps([paths, sysconfig.get_config_var("DESTSHARED") or "", libraries]))
"""
_LOADERS: Final = ("/lib64/ld-linux*", "/lib/ld-linux*", "/lib/ld-musl*")
_CACHE: Final = "/etc/ld.so.cache"
_LOCALE: Final = "/usr/lib/locale/C.utf8"  # LANG=C.UTF-8 is no more than a wish where glibc does not find it
_ALWAYS: Final = (_CACHE, _LOCALE, "/etc/localtime", "/usr/share/zoneinfo")


@dataclass(frozen=True, slots=True)
class Footprint:
    """Real paths, none inside another, and the symlinks (path, target) that lead to them."""

    paths: tuple[str, ...]
    links: tuple[tuple[str, str], ...]


def footprint(python: str, extra: Iterable[str] = ()) -> Footprint:
    """What the interpreter at this path needs, by its own word; `extra` are further folders, as one of packages.

    Takes about 0.1 s. Raises EngineError.
    """
    try:
        answer = subprocess.run([python, "-I", "-c", _ASK], capture_output=True, check=True, timeout=30, env={})
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineError(f"{python} does not run as a Python interpreter: {error}") from None
    own, modules, mapped = json.loads(answer.stdout)
    folders = {os.path.dirname(library) for library in mapped} | set(_library_folders(modules))
    loaders = [path for pattern in _LOADERS for path in glob(pattern)]
    wanted = [*own, python, *folders, *loaders, *_ALWAYS, *extra]
    return arrange(path for path in wanted if os.path.exists(path))


def _library_folders(modules: str) -> Iterator[str]:
    """Where the loader finds the libraries that the extension modules in this folder name."""
    if not os.path.exists(_CACHE):
        return
    with open(_CACHE, "rb") as file:
        known = {os.path.basename(path): path for path in re.findall(rb"/[^\0]+", file.read())}
    for module in glob(os.path.join(modules, "*.so")):
        with open(module, "rb") as file:
            names = set(re.findall(rb"\0(lib[\w.+-]+\.so[\w.]*)", file.read()))
        yield from (os.path.dirname(os.fsdecode(known[name])) for name in names & known.keys())


def arrange(wanted: Iterable[str]) -> Footprint:
    """The existing paths wanted, as a footprint."""
    links: dict[str, str] = {}
    real = {_follow(os.path.abspath(path), links) for path in wanted}
    paths = tuple(sorted(path for path in real if not _inside(path, real - {path})))
    outside = tuple(sorted((path, target) for path, target in links.items() if not _inside(path, set(paths))))
    return Footprint(paths, outside)


def _follow(path: str, links: dict[str, str]) -> str:
    """The real path, noting each symlink on the way."""
    current = "/"
    parts = path.strip("/").split("/")
    for index, part in enumerate(parts):
        current = os.path.join(current, part)
        if os.path.islink(current):
            links[current] = os.readlink(current)
            target = os.path.join(os.path.dirname(current), links[current], *parts[index + 1 :])
            return _follow(os.path.normpath(target), links)
    return current


def _inside(path: str, folders: set[str]) -> bool:
    return any(path.startswith(folder.rstrip("/") + "/") for folder in folders)


def closed_folders(paths: Iterable[str]) -> list[str]:
    """The topmost folders above these paths that another uid cannot pass, as a home of mode 0700."""
    closed = {folder for path in paths for folder in _above(path) if not os.stat(folder).st_mode & stat.S_IXOTH}
    return sorted(folder for folder in closed if not _inside(folder, closed - {folder}))


def _above(path: str) -> Iterator[str]:
    while path != "/":
        path = os.path.dirname(path)
        yield path
