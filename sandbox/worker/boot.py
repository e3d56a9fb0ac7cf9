"""Turns a fresh `python -u -i -c BOOT` into a worker: everything is imported here, and then nothing of it shows.

Afterwards the interpreter looks as a bare `python -i` does. Our modules live on by references of their own, so that a
learner's json.py is hers; nothing of ours imports anything later.
"""

import os
import sys

from sandbox.worker.bare import MODULES, PATHS
from sandbox.worker.private import PrivateImports

with PrivateImports():
    from sandbox.codec import decode, encode
    from sandbox.inner import (
        Asked,
        Complete,
        Completions,
        Finished,
        Holder,
        Holders,
        Holding,
        Interrupt,
        Loaded,
        Message,
        Probe,
        Probed,
        Ready,
        Run,
        kinds,
    )
    from sandbox.worker.audit import watcher
    from sandbox.worker.hook import Arrive, Console, Prompt, be_here
    from sandbox.worker.native import die_with_parent
    from sandbox.worker.observe import Observer
    from sandbox.worker.rehearsal import rehearse
    from sandbox.worker.snapshot import Pictures


def start(root: str, arrive: Arrive = be_here) -> None:
    """Called once, by BOOT, as its last act. `root` is the folder from which `sandbox` was imported.

    `arrive` is called in the first hook, with an empty Python stack, before descriptors 0 to 3 are looked at: a process
    that forks learners returns from it in each of them.
    """
    die_with_parent()
    _warm_up()
    if arrive is not be_here:
        rehearse()
    observer = Observer(os.getcwd())
    pictures = Pictures(observer, os.getcwd())

    def settle() -> None:
        pictures.prepare()
        arrive()
        for one in (observer, pictures):
            one.live_in(os.getcwd())

    console = Console(observer, pictures, settle)
    console.install()
    sys.ps1, sys.ps2 = Prompt(">>> "), Prompt("... ")
    _tidy(root)
    sys.addaudithook(watcher(console.reactions()))


def _warm_up() -> None:
    """The codec works out once how each message is read; later it must not need what a learner may have replaced."""
    examples: list[Message] = [
        Run(run=1, source=""),
        Interrupt(run=1),
        Complete(id="", source="", cursor=0),
        Holders(id="", token=0),
        Probe(id="", source=""),
        Ready(python="", implementation=""),
        Asked(run=1, prompt=""),
        Loaded(run=1, module="", path="", load=1, cause="", ok=True, source=None, stale_bytecode=False),
        Finished(run=1, status="ok", error="", ms=0),
        Completions(id="", start=0, items=()),
        Holding(id="", holders=(Holder("", "", 0),), gone=False),
        Probed(id="", ok=True, value=""),
    ]
    known = kinds(*map(type, examples))
    for example in examples:
        decode(encode(example), known)


def _tidy(root: str) -> None:
    for name in [name for name in sys.modules if name not in MODULES or name.partition(".")[0] == "sandbox"]:
        del sys.modules[name]
    main = sys.modules["__main__"].__dict__
    for name in [name for name in main if not name.startswith("__")]:
        del main[name]
    _tidy_paths(root)
    sys.argv[:] = [""]
    sys.orig_argv[1:] = ["-u", "-i"]
    sys.dont_write_bytecode = True
    os.environ._data.pop(b"PYTHON_BASIC_REPL", None)  # type: ignore[attr-defined]  # CPython itself still has to see it
    if "<string>" in getattr(sys.modules.get("linecache"), "cache", ()):  # from 3.13 on BOOT's own text is kept there
        del sys.modules["linecache"].cache["<string>"]
        del sys.modules["linecache"]


def _tidy_paths(root: str) -> None:
    sys.path[:] = ["", *(path for path in sys.path if path not in {"", root})]
    for path in [path for path in sys.path_importer_cache if not _is_bare(path, root)]:
        del sys.path_importer_cache[path]


def _is_bare(path: str, root: str) -> bool:
    """Whether a bare interpreter has searched it too: not our folders, nor the one in which BOOT began."""
    return path in PATHS and (path in sys.path or (path.startswith(sys.base_prefix) and not path.startswith(root)))
