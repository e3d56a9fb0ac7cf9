"""What hostile learners try, each with the walls of which any single one is enough to stop it.

A case's source runs in a confined process. Names that it may use: `secret` (a file all may read), `folder` (all may
write), `own` (a file of the learner's uid), `port` (a TCP server on loopback), `name` (an abstract socket), `key` (a
SysV segment), `others` (pids worth a try). It prints ESCAPED if it could do harm; every attack is bounded.
"""

from dataclasses import dataclass, field
from enum import Enum


class End(Enum):
    """How a case's process must end."""

    WELL = 0
    STATUS_42 = 42
    SEGMENTATION_FAULT = -11
    FORBIDDEN_CALL = -31
    ABORTED = -6
    KILLED = -9
    STOPPED_BY_US = 1000
    """Still running when time was up, and killed from outside."""


@dataclass(frozen=True)
class Case:
    """`walls`: each alone contains it, none lets it escape; empty where no wall of ours is what decides.

    `full` marks what only level full withstands.
    """

    name: str
    promise: str
    source: str
    walls: frozenset[str] = field(default=frozenset())
    end: End = End.WELL
    full: bool = False


CASES: list[Case] = []


def case(name: str, promise: str, walls: str, source: str, *, end: End = End.WELL, full: bool = False) -> None:
    CASES.append(Case(name, promise, source, frozenset(walls.split()), end, full))


# --- files: reads and writes nothing but its workspace, a private temporary folder and the interpreter ---

FILES = "no file but its own and the interpreter's"

case(
    "read_outside",
    FILES,
    "files landlock",
    """
try: print("ESCAPED", open(secret).read())
except OSError: pass
""",
)
case(
    "list_outside",
    FILES,
    "files landlock",
    """
import os
for place in ("/", "/home", "/etc", "/mnt/rooms", folder, "/var"):
    try: names = set(os.listdir(place)) - {"tmp", "work", "lib64", "lib", "dev", "usr", "root", "etc", "opt", "home",
                                             "ld.so.cache", "passwd", "group", "localtime", ".pyenv"}
    except OSError: continue
    if names and place != "/work": print("ESCAPED", place, names)
""",
)
case(
    "write_outside",
    FILES,
    "files landlock",
    """
import os, sys
for place in (folder, "/", "/usr", "/etc", "/var/tmp", "/dev", "/dev/shm", os.path.dirname(os.__file__), sys.prefix):
    try:
        with open(place + "/rt59", "w"): print("ESCAPED", place)
        os.unlink(place + "/rt59")
    except OSError: pass
""",
)
case(
    "shared_memory_folder",
    FILES,
    "files landlock",
    """
import os
try:
    with open("/dev/shm/rt05", "wb") as file: file.write(bytes(1 << 20))
    os.unlink("/dev/shm/rt05")
    print("ESCAPED into /dev/shm")
except OSError: pass
""",
)
case(
    "open_own_file_outside",
    FILES,
    "files landlock",
    """
try:
    with open(own, "r+") as file: print("ESCAPED", file.read())
except OSError: pass
""",
)
case(
    "change_mode_of_own_file_outside",
    FILES,
    "files seccomp",
    """
import os
for change in (lambda: os.chmod(own, 0o666), lambda: os.utime(own, (1, 1))):
    try: change(); print("ESCAPED")
    except OSError: pass
""",
)
case(
    "truncate_own_file_outside",
    FILES,
    "files seccomp landlock",
    """
import os
for change in (lambda: os.truncate(own, 0), lambda: os.close(os.open(own, os.O_RDONLY | os.O_TRUNC))):
    try: change(); print("ESCAPED")
    except OSError: pass
""",
)
case(
    "link_to_outside",
    FILES,
    "files landlock",
    """
import os
os.symlink(secret, "link")
for way in (lambda: open("link").read(), lambda: os.link(own, "hard"), lambda: os.rename(own, "moved")):
    try: way(); print("ESCAPED")
    except OSError: pass
""",
)
case(
    "climb_by_descriptor",
    FILES,
    "files landlock",
    """
import os
at = os.open(".", os.O_PATH)
for _ in range(9): at = os.open("..", os.O_PATH, dir_fd=at)
try: os.close(os.open(secret.lstrip("/"), os.O_RDONLY, dir_fd=at)); print("ESCAPED")
except OSError: pass
""",
)
case(
    "watch_outside",
    FILES,
    "files seccomp",
    """
import ctypes, os
libc = ctypes.CDLL(None)
if libc.inotify_add_watch(libc.inotify_init(), folder.encode(), 0xFFF) >= 0: print("ESCAPED")
""",
)
case(
    "device_nodes",
    FILES,
    "files landlock",
    """
import os
for name in ("/dev/zero", "/dev/full", "/dev/tty", "/dev/kmsg", "/dev/mem", "/dev/fuse", "/dev/net/tun", "/dev/vda"):
    try: os.close(os.open(name, os.O_RDONLY)); print("ESCAPED", name)
    except OSError: pass
""",
)
case(
    "proc",
    FILES,
    "files landlock",
    """
import os
for pid in ("self", *others):
    for name in ("environ", "cmdline", "maps", "status"):
        try:
            if open(f"/proc/{pid}/{name}", "rb").read(): print("ESCAPED", pid, name)
        except OSError: pass
""",
)
case(
    "make_fifo_and_device",
    FILES,
    "seccomp landlock",
    """
import os
for way in (lambda: os.mkfifo("pipe_mod.py"), lambda: os.mknod("node", 0o600)):
    try: way(); print("ESCAPED", os.listdir("."))
    except OSError: pass
    break
""",
)
case(
    "chroot_and_mount",
    FILES,
    "seccomp capabilities",
    """
import ctypes
libc = ctypes.CDLL(None)
if libc.chroot(b"/") == 0: print("ESCAPED by chroot")
if libc.mount(b"none", b"/", None, 0x44000, None) == 0: print("ESCAPED by mount")
if libc.unshare(0x4000000) == 0: print("ESCAPED by unshare")
""",
)
case(
    "symlink_swap",
    FILES,
    "",
    """
import os, time
os.makedirs("pkg", exist_ok=True)
end = time.monotonic() + 0.2
while time.monotonic() < end:
    os.rename("pkg", "pkg_real"); os.symlink("/tmp", "pkg"); os.unlink("pkg"); os.rename("pkg_real", "pkg")
""",
)
case(
    "names_that_are_not_text",
    FILES,
    "",
    """
right_to_left = "\\u202egnp.py".encode()
for name in (b"\\xff\\xfe.py", b"a\\nb.py", b"\\x1b[31mred.py", right_to_left, b"x" * 255, b" .py", b"-rf.py"):
    open(name, "w").close()
""",
)
case(
    "source_that_is_not_text",
    FILES,
    "",
    """
for source in ("x = 1\\0", "\\ufeffx = 1", "x = '" + "a" * 1_000_000 + "'"):
    try: compile(source, "m", "exec")
    except (SyntaxError, ValueError): pass
try: open("bad.py", "w", encoding="utf-8").write("s = '\\ud800'")
except UnicodeEncodeError: pass
""",
)

# --- network ---

NETWORK = "no network of any kind"

case(
    "tcp_on_loopback",
    NETWORK,
    "network seccomp landlock",
    """
import socket
try:
    with socket.create_connection(("127.0.0.1", port), 1): print("ESCAPED")
except OSError: pass
""",
)
case(
    "udp_and_bind",
    NETWORK,
    "network seccomp",
    """
import socket
try:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s: s.sendto(b"x", ("127.0.0.1", port)); print("ESCAPED")
except OSError: pass
""",
)
case(
    "other_families",
    NETWORK,
    "seccomp",
    """
import socket
for family, kind in ((16, 3), (17, 3), (38, 5), (40, 1), (1, 1), (2, 1), (10, 1)):
    try: socket.socket(family, kind).close(); print("ESCAPED", family)
    except OSError: pass
for family in (2, 16, 30):
    try: socket.socketpair(family); print("ESCAPED", family)
    except OSError: pass
""",
)
case(
    "abstract_socket",
    NETWORK,
    "network seccomp landlock",
    """
import socket
try:
    with socket.socket(socket.AF_UNIX) as s: s.connect("\\0" + name); print("ESCAPED")
except OSError: pass
""",
)

# --- others ---

OTHERS = "cannot see, signal, trace, limit or talk to anybody"

case(
    "signal_others",
    OTHERS,
    "processes seccomp landlock",
    """
import os
for pid in others:
    try: os.kill(pid, 0); print("ESCAPED", pid)
    except OSError: pass
""",
)
case(
    "signal_others_by_descriptor",
    OTHERS,
    "processes seccomp",
    """
import fcntl, os
reader, writer = os.pipe()
for pid in others:
    try: fcntl.fcntl(reader, fcntl.F_SETOWN, pid); print("ESCAPED", pid)
    except OSError: pass
""",
)
case(
    "limit_others",
    OTHERS,
    "processes seccomp",
    """
import resource
for pid in others:
    try: resource.prlimit(pid, resource.RLIMIT_NOFILE); print("ESCAPED", pid)
    except OSError: pass
""",
)
case(
    "trace_others",
    OTHERS,
    "seccomp",
    """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for call in (lambda pid: libc.ptrace(0x4206, pid, 0, 0), lambda pid: libc.process_vm_readv(pid, None, 0, None, 0, 0)):
    for pid in others or [1]:
        ctypes.set_errno(0)
        if call(pid) >= 0 or ctypes.get_errno() not in (1, 38): print("ESCAPED", pid, ctypes.get_errno())
""",
)
case(
    "take_descriptors_of_others",
    OTHERS,
    "processes seccomp",
    """
import os
for pid in others:
    try: os.close(os.pidfd_open(pid)); print("ESCAPED", pid)
    except OSError: pass
""",
)
case(
    "sysv_segment",
    OTHERS,
    "ipc seccomp",
    """
import ctypes
if ctypes.CDLL(None).shmget(key, 0, 0) >= 0: print("ESCAPED")
""",
)
case(
    "host_name",
    OTHERS,
    "ipc",
    """
import socket
if socket.gethostname() != "sandbox": print("ESCAPED", socket.gethostname())
""",
    full=True,
)
case(
    "kernel_keyring",
    OTHERS,
    "seccomp",
    """
import ctypes
if ctypes.CDLL(None).syscall(250, 0, -4, 0) >= 0: print("ESCAPED")
""",
)
case(
    "kernel_interfaces",
    OTHERS,
    "seccomp",
    """
import ctypes
libc = ctypes.CDLL(None)
buffer = ctypes.create_string_buffer(4096)
for number in (425, 323, 321, 298, 444):
    if libc.syscall(number, 1, buffer, 0, 0, 0) >= 0: print("ESCAPED", number)
if libc.unshare(0x10000000) >= 0: print("ESCAPED by a user namespace")
""",
)
case(
    "i386_calls",
    OTHERS,
    "seccomp",
    """
import ctypes
if ctypes.CDLL(None).syscall(0x40000000 + 39) > 0: print("ESCAPED by x32")
import mmap
page = ctypes.CDLL(None).mmap
page.restype = ctypes.c_void_p
at = page(None, ctypes.c_size_t(4096), 7, 0x22, -1, ctypes.c_long(0))
code = bytes.fromhex("b814000000cd80c3")
ctypes.memmove(at, code, len(code))
if ctypes.CFUNCTYPE(ctypes.c_int)(at)() > 0: print("ESCAPED by int 0x80", flush=True)
""",
    end=End.FORBIDDEN_CALL,
)
case(
    "capabilities",
    OTHERS,
    "capabilities",
    """
import ctypes, struct
data = ctypes.create_string_buffer(24)
header = struct.pack("Ii", 0x20080522, 0)
if ctypes.CDLL(None).capget(header, data) == 0 and any(struct.unpack("6I", data.raw)): print("ESCAPED")
""",
)
case(
    "root",
    OTHERS,
    "",
    """
import os
if 0 in os.getresuid() + os.getresgid(): print("ESCAPED")
for call in (os.setuid, os.setgid, os.seteuid):
    try: call(0); print("ESCAPED")
    except OSError: pass
""",
)

# --- processes ---

PROCESSES = "starts no program and no process"

case(
    "fork",
    PROCESSES,
    "seccomp",
    """
import os
try:
    if os.fork() == 0: os._exit(0)
    os.wait()
    print("ESCAPED")
except OSError: pass
""",
)
case(
    "daemon",
    PROCESSES,
    "seccomp",
    """
import os
try:
    if os.fork() == 0:
        os.setsid(); os._exit(0)
    print("ESCAPED")
except OSError: pass
""",
)
case(
    "program",
    PROCESSES,
    "seccomp landlock",
    """
import os, sys
try: os.execv(sys.executable, [sys.executable, "-c", "print('ESCAPED')"])
except OSError: pass
""",
)
case(
    "program_from_memory",
    PROCESSES,
    "seccomp",
    """
import os
try: os.execve(os.memfd_create("x"), ["x"], {})
except PermissionError: pass
except OSError as error: print("ESCAPED", error)
""",
)
case(
    "subprocess_module",
    PROCESSES,
    "seccomp landlock",
    """
import subprocess, sys
try: subprocess.run([sys.executable, "-c", ""]); print("ESCAPED")
except PermissionError as error: pass
""",
)

# --- limits ---

LIMITS = "memory, threads, files, disk and inodes are bounded"

case(
    "memory_bomb",
    LIMITS,
    "limits",
    """
try: kept = bytearray(512 << 20); print("ESCAPED")
except MemoryError: pass
""",
)
case(
    "memory_bomb_in_pieces",
    LIMITS,
    "limits",
    """
kept = []
try:
    for _ in range(96): kept.append(bytearray(4 << 20))
    print("ESCAPED")
except MemoryError: kept.clear()
print("alive")
""",
)
case(
    "memory_made_read_only",
    LIMITS,
    "limits",
    """
import ctypes
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
for count in range(32):
    size = ctypes.c_size_t(16 << 20)
    at = libc.mmap(None, size, 3, 0x22, -1, ctypes.c_long(0))
    if at in (None, ctypes.c_void_p(-1).value): break
    libc.mprotect(ctypes.c_void_p(at), size, 1)
else: print("ESCAPED")
""",
)
case(
    "memory_in_files_without_names",
    LIMITS,
    "seccomp",
    """
import os
try: os.close(os.memfd_create("x")); print("ESCAPED")
except OSError: pass
""",
)
case(
    "memory_in_shared_maps",
    LIMITS,
    "seccomp",
    """
import mmap
try: mmap.mmap(-1, 4096); print("ESCAPED")
except PermissionError: pass
""",
)
case(
    "memory_in_a_growing_stack",
    LIMITS,
    "seccomp",
    """
import ctypes
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
at = libc.mmap(None, ctypes.c_size_t(4096), 3, 0x122, -1, ctypes.c_long(0))
if at != ctypes.c_void_p(-1).value: print("ESCAPED")
""",
)
case(
    "memory_in_zero_device",
    LIMITS,
    "files landlock",
    """
import mmap, os
try: mmap.mmap(os.open("/dev/zero", os.O_RDWR), 4096); print("ESCAPED")
except OSError: pass
""",
)
case(
    "memory_in_pipes",
    LIMITS,
    "seccomp",
    """
import fcntl, os
try: fcntl.fcntl(os.pipe()[0], 1031, 1 << 20); print("ESCAPED")
except OSError: pass
""",
)
case(
    "thread_bomb",
    LIMITS,
    "limits",
    """
import threading
end = threading.Event()
threads = []
try:
    for _ in range(100):
        threads.append(threading.Thread(target=end.wait, daemon=True)); threads[-1].start()
    print("ESCAPED")
except RuntimeError: pass
print("started", sum(t.ident is not None for t in threads))
end.set()
""",
    full=True,
)
case(
    "descriptor_bomb",
    LIMITS,
    "limits",
    """
import os
kept = []
try:
    while len(kept) < 64: kept.append(os.open(os.devnull, os.O_RDONLY))
    print("ESCAPED")
except OSError: pass
""",
)
case(
    "sparse_file",
    LIMITS,
    "limits",
    """
import os
try:
    with open("sparse.txt", "wb") as file: os.truncate(file.fileno(), 1 << 40)
    print("ESCAPED")
except OSError: pass
""",
)
case(
    "disk_bomb",
    LIMITS,
    "",
    """
written = 0
try:
    for number in range(6):
        with open(f"part{number}", "wb") as file: written += file.write(bytes(4 << 20))
    print("ESCAPED")
except OSError: pass
""",
    full=True,
)
case(
    "inode_bomb",
    LIMITS,
    "",
    """
try:
    for number in range(1100): open(f"file{number}", "w").close()
    print("ESCAPED")
except OSError: pass
""",
    full=True,
)
case(
    "temporary_disk_bomb",
    LIMITS,
    "files landlock",
    """
import os
try:
    with open("/tmp/rt-large", "wb") as file: file.write(bytes(5 << 20))
    os.unlink("/tmp/rt-large")
    print("ESCAPED")
except OSError: pass
""",
)
case(
    "deep_folders",
    LIMITS,
    "",
    """
import os
try:
    for _ in range(1000): os.mkdir("d"); os.chdir("d")
except OSError: pass
""",
)
case(
    "raise_own_limits",
    LIMITS,
    "",
    """
import resource
for name in ("DATA", "AS", "NOFILE", "FSIZE", "CORE"):
    kind = getattr(resource, "RLIMIT_" + name)
    try: resource.setrlimit(kind, (-1, -1)); print("ESCAPED", kind)
    except (ValueError, OSError): pass
""",
)

# --- secrets and frames ---

SECRETS = "no secret in environment, arguments, descriptors or memory"

case(
    "secrets",
    SECRETS,
    "",
    """
import gc, os, re, stat, sys
SECRET = "".join(map(chr, (104, 117, 110, 116, 101, 114, 50)))
if set(os.environ) - {"LC_CTYPE", "PATH", "LANG", "TERM", "HOME", "TMPDIR"}: print("ESCAPED", dict(os.environ))
def kind(fd):
    try: return stat.S_IFMT(os.fstat(fd).st_mode)
    except OSError: return 0
if [fd for fd in range(40) if kind(fd)] != [0, 1, 2]: print("ESCAPED by a descriptor")
if {kind(fd) for fd in range(40, 1024)} - {0, stat.S_IFSOCK, stat.S_IFCHR}: print("ESCAPED by what no worker has")
texts = [thing for thing in gc.get_objects() if type(thing) in (list, tuple, dict)]
texts = [text for thing in texts for text in (thing.values() if type(thing) is dict else thing) if type(text) is str]
if any(SECRET in text and text is not SECRET for text in texts + sys.argv + sys.orig_argv): print("ESCAPED")
""",
)
case(
    "forged_frames",
    SECRETS,
    "",
    """
import os
for fd in range(3, 64):
    for frame in (b'{"kind": "ready"}', b"{" * 100000, (1 << 31).to_bytes(4, "big") + b"x"):
        try: os.write(fd, frame); print("ESCAPED", fd)
        except OSError: break
""",
)

# --- ends: the process is reported as it ended, whatever it does ---

ENDS = "every end is seen from outside"

case("leave_without_a_word", ENDS, "", "import os; os._exit(42)", end=End.STATUS_42)
case("null_pointer", ENDS, "", "import ctypes; ctypes.string_at(0)", end=End.SEGMENTATION_FAULT)
case("abort", ENDS, "", "import os; os.abort()", end=End.ABORTED)
case("kill_oneself", ENDS, "", "import os; os.kill(os.getpid(), 9)", end=End.KILLED)
case(
    "ignore_signals",
    ENDS,
    "",
    """
import signal
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGXCPU, signal.SIGALRM): signal.signal(number, signal.SIG_IGN)
while True: pass
""",
    end=End.STOPPED_BY_US,
)
case(
    "block_signals_in_c",
    ENDS,
    "",
    """
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
sum(range(10 ** 11))
""",
    end=End.STOPPED_BY_US,
)
case(
    "endless_output",
    ENDS,
    "",
    """
import sys
while True: sys.stdout.write("a" * 65536)
""",
    end=End.STOPPED_BY_US,
)
case("never_read", ENDS, "", "import time; time.sleep(3600)", end=End.STOPPED_BY_US)
case(
    "threads_that_stay",
    ENDS,
    "",
    """
import threading, time
for _ in range(8): threading.Thread(target=time.sleep, args=(3600,)).start()
threading.Event().wait()
""",
    end=End.STOPPED_BY_US,
)
case(
    "read_stdin",
    ENDS,
    "",
    """
import sys
if sys.stdin.read(10): print("ESCAPED")
""",
)
case(
    "close_everything",
    ENDS,
    "",
    """
import os, sys
class Evil:
    def write(self, text): raise RuntimeError("no")
    def flush(self): pass
    def __getattr__(self, name): raise KeyboardInterrupt
sys.stdout, sys.stderr, sys.stdin = Evil(), None, 7
for fd in (0, 1, 2): os.close(fd)
""",
)
case(
    "invalid_output",
    ENDS,
    "",
    r"""
import os
os.write(1, b"\xff\xfe\xc3"); os.write(1, b"\xa9 \xed\xa0\x80 \0 \x1b[2J\x1b]0;pwn\x07\n")
""",
)

# --- the interpreter's own world, hostile to whoever looks at it ---

WORLD = "a hostile world inside harms nobody outside"

case(
    "shadowed_standard_library",
    WORLD,
    "",
    """
import os, sys
for name in ("json", "importlib", "traceback", "socket", "struct"):
    open(name + ".py", "w").write("raise SystemExit('shadowed')")
sys.path.insert(0, os.getcwd())
sys.modules.pop("json", None)
try: import json; print("ESCAPED")
except SystemExit: pass
""",
)
case(
    "hostile_special_methods",
    WORLD,
    "",
    """
class Evil:
    def _boom(self, *a, **k): raise SystemExit("from dunder")
    __repr__ = __str__ = __eq__ = __hash__ = __bool__ = __len__ = __iter__ = __dir__ = __sizeof__ = _boom
    def __getattribute__(self, n): raise KeyboardInterrupt(n)
class Liar(str):
    def __repr__(self): return 5
    def __len__(self): return -1
e = Evil(); l = Liar("x"); d = {"k": e}; lst = [e, l]
""",
)
case(
    "hostile_module_namespace",
    WORLD,
    "",
    """
import sys, types
class EvilMod(types.ModuleType):
    def __getattribute__(self, n): raise SystemExit(n)
sys.modules["evilmod"] = EvilMod("evilmod"); sys.modules["notamodule"] = 42; sys.modules["nonemod"] = None
globals()[42] = "int key"; globals()[("t",)] = 2
sys.modules["cyc"] = types.ModuleType("cyc"); sys.modules["cyc"].me = sys.modules
""",
)
case(
    "old_modules_after_reload",
    WORLD,
    "",
    """
import gc, importlib, os, sys, weakref
open("leaky.py", "w").write("class A: pass\\nbig = bytearray(1 << 20)\\n")
sys.path.insert(0, os.getcwd()); importlib.invalidate_caches(); import leaky
refs = []
for i in range(20): refs.append(weakref.ref(leaky.A)); importlib.reload(leaky)
gc.collect()
if sum(r() is not None for r in refs) > 1: print("ESCAPED")
""",
)

# --- what must still work: walls that break lessons are no good ---

WORKS = "ordinary programs work"

case(
    "threads_asyncio_and_sqlite",
    WORKS,
    "",
    """
import asyncio, sqlite3, tempfile, threading, zoneinfo, ssl, hashlib, decimal, random, ctypes, os, time, shutil, mmap
async def main(): return await asyncio.gather(*(asyncio.sleep(0, n) for n in range(3)))
assert asyncio.run(main()) == [0, 1, 2]
with sqlite3.connect("data.db") as db: db.execute("create table t (x)"); db.execute("insert into t values (1)")
db.close()
with tempfile.TemporaryDirectory() as place, open(place + "/a", "w") as file: file.write("x")
open("a.txt", "w").write("hello"); shutil.copyfile("a.txt", "b.txt"); os.replace("b.txt", "c.txt")
os.mkdir("sub"); os.rename("c.txt", "sub/c.txt")
with open("a.txt", "r+b") as file, mmap.mmap(file.fileno(), 0) as m: m[:1] = b"H"
t = threading.Thread(target=time.sleep, args=(0.001,)); t.start(); t.join()
os.kill(os.getpid(), 0); random.random(); time.localtime()
assert os.getcwd() and os.listdir(".")
""",
)
case(
    "modes_times_and_copies",
    WORKS,
    "",
    """
import os, shutil
open("a.txt", "w").write("hello"); os.chmod("a.txt", 0o600); os.utime("a.txt", (1, 1)); shutil.copy2("a.txt", "b.txt")
shutil.copytree(".", "/tmp/all"); shutil.move("b.txt", "c.txt"); shutil.rmtree("/tmp/all")
""",
    full=True,
)

case(
    "deep_recursion_in_a_thread",
    WORKS,
    "",
    """
import threading
def deep(n): return sorted([n], key=lambda _: deep(n + 1))
nested = []
for _ in range(20000): nested = [nested]
caught = []
def both():
    for way in (lambda: deep(0), lambda: repr(nested)):
        try: way()
        except RecursionError: caught.append(way)
thread = threading.Thread(target=both); thread.start(); thread.join()
assert len(caught) == 2
""",
)
