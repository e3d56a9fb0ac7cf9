"""Whether memory holds what the disk holds: pure judgement over the files and the loads that were seen.

Knows no session; `Load` is all it remembers of an execution of a module's code.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.protocol import DiskState, Loaded


@dataclass(frozen=True, slots=True)
class Load:
    """The newest execution of a file's code: `digest` is of the text that ran."""

    module: str
    number: int
    digest: bytes
    held: bool
    """False when the code failed during an import: Python then takes the module out of memory."""
    stale_bytecode: bool


def load_of(event: Loaded, text: str) -> Load:
    """What to remember of `event`; `text` is the file's now, for code that ran from bytecode and names no source."""
    source = text if event.source is None else event.source
    held = event.ok or event.cause == "reload"
    return Load(event.module, event.load, digest(source), held, event.stale_bytecode)


def digest(text: str) -> bytes:
    """Equal for texts that Python compiles alike: it drops a byte order mark and knows one kind of line end."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def disk_states(files: Mapping[str, bytes], loads: Mapping[str, Load]) -> tuple[DiskState, ...]:
    """One state for each Python file and each file that was loaded, by path. `files` maps a path to its digest."""
    paths = {path for path in files if path.endswith(".py")} | set(loads)
    return tuple(_state(path, files.get(path), loads.get(path)) for path in sorted(paths))


def _state(path: str, on_disk: bytes | None, load: Load | None) -> DiskState:
    if load is None:
        return DiskState(path, module_name(path), 0, "unloaded")
    return DiskState(path, load.module, load.number, _compare(on_disk, load))


def _compare(on_disk: bytes | None, load: Load) -> str:
    if on_disk is None:
        return "deleted"
    if not load.held:
        return "unloaded"
    if load.stale_bytecode:
        return "stale-bytecode"
    return "same" if on_disk == load.digest else "edited"


def module_name(path: str) -> str:
    """The name under which `import` finds the file: `pkg/mod.py` is pkg.mod, `pkg/__init__.py` is pkg."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
