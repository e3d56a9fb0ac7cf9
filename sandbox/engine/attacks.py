"""What a probe of the walls tries, from inside a confined process: short, bounded, harmless where it succeeds.

Each attack is source code that prints `BROKEN` and what it could do, or nothing. `{name}` stands for a thing that the
prober has laid out: see `Target`. Knows nothing of how the walls are built.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Target:
    """What the prober laid out for attackers: a file all may read, a folder all may write, a port on loopback."""

    secret: str
    folder: str
    port: int
    memory: int
    workspace: int
    threads: int
    descriptors: int


@dataclass(frozen=True, slots=True)
class Attack:
    """`promise` is what the walls promise, as `doctor` says it; `full` marks those that only level full withstands."""

    promise: str
    source: str
    full: bool = False

    def aimed(self, target: Target) -> str:
        """The source, for this target."""
        names = {name: getattr(target, name) for name in Target.__slots__}
        return "".join(f"{name} = {value!r}\n" for name, value in names.items()) + self.source


_READ_OUTSIDE: Final = """
try:
    open(secret).read()
    print("BROKEN: read a file outside the workspace")
except OSError:
    pass
"""
_WRITE_OUTSIDE: Final = """
try:
    open(folder + "/written", "w").close()
    print("BROKEN: wrote a file outside the workspace")
except OSError:
    pass
"""
_NETWORK: Final = """
import socket
try:
    with socket.create_connection(("127.0.0.1", port), 1):
        print("BROKEN: reached a server on this machine")
except OSError:
    pass
"""
_PROCESSES: Final = """
import os
try:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    print("BROKEN: started a process")
except OSError:
    pass
"""
_PROGRAMS: Final = """
import os, sys
try:
    os.execv(sys.executable, [sys.executable, "-c", "print('BROKEN: started a program')"])
except OSError:
    pass
"""
_OTHERS: Final = """
import os, resource
for pid in {os.getppid(), *range(3, 200)} - {0, os.getpid()}:
    for reach in (lambda: os.kill(pid, 0), lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE)):
        try:
            reach()
            print("BROKEN: reached the process", pid)
        except OSError:
            pass
"""
_PRIVILEGES: Final = """
import ctypes, os, struct
libc = ctypes.CDLL(None)
if os.getuid() == 0:
    print("BROKEN: is root")
data = ctypes.create_string_buffer(24)
header = struct.pack("Ii", 0x20080522, 0)
if libc.capget(header, data) == 0 and any(struct.unpack("6I", data.raw)):
    print("BROKEN: holds a capability")
if libc.unshare(0x10000000) == 0:
    print("BROKEN: made a user namespace")
"""
_MEMORY: Final = """
try:
    kept = bytearray(memory + (64 << 20))
    print("BROKEN: got more memory than the limit")
except MemoryError:
    pass
import os
try:
    os.close(os.memfd_create("hidden"))
    print("BROKEN: got memory that no limit counts")
except OSError:
    pass
"""
_FILE_SIZE: Final = """
try:
    with open("large", "wb") as file:
        file.truncate(1 << 40)
    print("BROKEN: made a file of a terabyte")
except OSError:
    pass
"""
_DESCRIPTORS: Final = """
import os
kept = []
try:
    while len(kept) <= descriptors:
        kept.append(os.dup(0))
    print("BROKEN: holds", len(kept), "descriptors")
except OSError:
    pass
"""
_THREADS: Final = """
import threading
end = threading.Event()
count = 0
try:
    for count in range(1, threads + 2):
        threading.Thread(target=end.wait, daemon=True).start()
    print("BROKEN: runs", count, "threads")
except RuntimeError:
    pass
end.set()
"""
_DISK: Final = """
written = 0
try:
    for number in range(workspace // (4 << 20) + 1):
        with open(f"part{number}", "wb") as file:
            written += file.write(bytes(4 << 20))
    print("BROKEN: wrote", written, "bytes")
except OSError:
    pass
"""

ATTACKS: Final = (
    Attack("reads no file outside its workspace", _READ_OUTSIDE),
    Attack("writes no file outside its workspace", _WRITE_OUTSIDE),
    Attack("has no network, not even this machine", _NETWORK),
    Attack("starts no process", _PROCESSES),
    Attack("starts no program", _PROGRAMS),
    Attack("reaches no other process", _OTHERS),
    Attack("has no privilege", _PRIVILEGES),
    Attack("has bounded memory", _MEMORY),
    Attack("has bounded file sizes", _FILE_SIZE),
    Attack("has bounded descriptors", _DESCRIPTORS),
    Attack("has bounded threads of its own", _THREADS, full=True),
    Attack("has a bounded workspace", _DISK, full=True),
)
