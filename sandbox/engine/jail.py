"""The outer wall: how a zygote is started, as one pure function from what is wanted to an argv.

With bubblewrap its process sees the interpreter and the program's own files, read-only, and no network; a server that
runs as root leaves root behind first (`descend`). Knows nothing of what the zygote then does.
"""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sandbox.engine.footprint import Footprint
from sandbox.engine.policy import DEVICES

PACKAGE: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
"""The folder of the package `sandbox`: a zygote and its workers are started from it."""
_DESCEND: Final = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); from sandbox.engine.descend import main; main(sys.argv[1:])"
)
_NAMESPACES: Final = ("user", "ipc", "pid", "net", "uts", "cgroup-try")


@dataclass(frozen=True, slots=True)
class Jail:
    """How to start a zygote.

    `bwrap` is bubblewrap's path, "" for no outer wall; `uid` is to be left root for, 0 to stay who we are.
    bubblewrap ends with the *thread* that starts it: start it from one that lives as long as the engine.
    """

    needs: Footprint
    bwrap: str = ""
    uid: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)


def command(jail: Jail, program: Sequence[str]) -> list[str]:
    """The argv that runs `program`, the zygote's, inside the jail."""
    inner = [*_bubblewrap(jail), *program] if jail.bwrap else list(program)
    if not jail.uid:
        return inner
    task = json.dumps([jail.uid, [*jail.needs.paths, PACKAGE], jail.needs.links])
    return [sys.executable, "-I", "-c", _DESCEND, os.path.dirname(PACKAGE), task, *inner]


def _bubblewrap(jail: Jail) -> list[str]:
    """--as-pid-1: else bubblewrap keeps a process of its own there, for which it does not wait when all is over."""
    arguments = [jail.bwrap, "--die-with-parent", "--as-pid-1", "--new-session", "--clearenv", "--hostname", "sandbox"]
    arguments += [f"--unshare-{namespace}" for namespace in _NAMESPACES]
    arguments += _each("--ro-bind", ((path, path) for path in (*jail.needs.paths, PACKAGE)))
    arguments += _each("--symlink", ((target, path) for path, target in jail.needs.links))
    arguments += _each("--dev-bind", ((device, device) for device in DEVICES))
    arguments += ["--proc", "/proc", "--dir", "/mnt", "--remount-ro", "/", "--chdir", "/"]
    arguments += _each("--setenv", jail.environment.items())
    return [*arguments, "--"]


def _each(option: str, pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [word for pair in pairs for word in (option, *pair)]
