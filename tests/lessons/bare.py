"""A player over a bare `python -i`: what CPython itself prints, with no code of the sandbox in the interpreter.

Tells loads and errors by audit events, written to a pipe of its own. Sends no picture, and knows no holders.
"""

import json
import os
import selectors
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sandbox.lessons.evidence import Entry, Evidence
from sandbox.protocol import Holding, Loaded, Probed

PS1, PS2 = "\x02PS1\x03", "\x02PS2\x03"
DEADLINE = 20.0
STARTUP = """
def _start():
    import json, os, sys
    home, loads = os.getcwd() + os.sep, {}
    def tell(**facts):
        os.write(NUMBER, json.dumps(facts).encode() + b"\\n")
    def hear(event, args):
        if event == "sys.excepthook":
            tell(error=args[1].__name__)
        elif event == "exec" and args[0].co_name == "<module>" and args[0].co_filename.startswith(home):
            frame, names = sys._getframe(1), []
            while frame is not None:
                names.append(frame.f_code.co_name)
                frame = frame.f_back
            module = args[0].co_filename[len(home):-3].replace(os.sep, ".").removesuffix(".__init__")
            loads[module] = loads.get(module, 0) + 1
            tell(module=module, load=loads[module], cause="reload" if "_exec" in names else "import")
    sys.addaudithook(hear)
    sys.ps1, sys.ps2, sys.dont_write_bytecode = "\\2PS1\\3", "\\2PS2\\3", True
_start()
del _start
"""


class Bare:
    """One `python -i` in a folder of its own."""

    def __init__(self, python: str) -> None:
        self._python = python
        self._folder = Path(tempfile.mkdtemp(prefix="lesson-")).resolve()
        self._outside = Path(tempfile.mkdtemp(prefix="startup-"))
        self._sources: dict[str, str] = {}
        self._loads: dict[str, int] = {}
        self._ticks = 0
        self._start()

    def _start(self) -> None:
        self._loads = {}
        self._sources = {}
        self._facts, facts = os.pipe()
        os.set_blocking(self._facts, False)
        startup = self._outside / "startup.py"
        startup.write_text(STARTUP.replace("NUMBER", str(facts)))
        environment = {"PATH": os.environ["PATH"], "PYTHONSTARTUP": str(startup), "PYTHON_BASIC_REPL": "1"}
        self._process = subprocess.Popen(
            [self._python, "-q", "-u", "-i"],
            cwd=self._folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=[facts],
            bufsize=0,
        )
        os.close(facts)
        self._read()

    def _read(self) -> tuple[str, bool]:
        """What was printed up to the next prompt, and whether the entry is complete."""
        assert self._process.stdout is not None
        data, end = b"", time.monotonic() + DEADLINE
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while not data.endswith((PS1.encode(), PS2.encode())):
                assert selector.select(max(0.0, end - time.monotonic())), data[-400:]
                piece = os.read(self._process.stdout.fileno(), 65536)
                assert piece, data[-400:]
                data += piece
        text = data.decode()
        return text.removesuffix(PS1).removesuffix(PS2).replace(PS2, ""), text.endswith(PS1)

    def save(self, path: str, text: str) -> None:
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        self._ticks += 1
        os.utime(self._folder, (self._ticks, self._ticks))  # a finder looks again only where the folder's time differs

    def delete(self, path: str) -> None:
        (self._folder / path).unlink()

    def restart(self) -> None:
        self._stop()
        self._start()

    def run(self, source: str) -> Entry:
        output, complete = "", False
        for line in source.split("\n"):
            printed, complete = self._send(line)
            output += printed
        facts = self._hear()
        error = next((fact["error"] for fact in facts if "error" in fact), "")
        loaded = tuple(self._loaded(fact, error) for fact in facts if "module" in fact)
        return Entry(source, output, "incomplete" if not complete else "error" if error else "ok", error, loaded)

    def _send(self, line: str) -> tuple[str, bool]:
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        return self._read()

    def _hear(self) -> list[dict[str, str]]:
        try:
            return [json.loads(line) for line in os.read(self._facts, 1 << 20).splitlines()]
        except BlockingIOError:
            return []

    def _loaded(self, fact: dict[str, str], error: str) -> Loaded:
        module, load = fact["module"], int(fact["load"])
        path = next(
            path
            for path in (f"{module.replace('.', '/')}.py", f"{module.replace('.', '/')}/__init__.py")
            if (self._folder / path).exists()
        )
        self._loads[module] = load
        self._sources[path] = (self._folder / path).read_text()
        return Loaded(0, module, path, load, fact["cause"], not error, self._sources[path], False)

    def look(self) -> Evidence:
        paths = [path for path in self._folder.rglob("*.*") if path.is_file() and path.suffix != ".pyc"]
        files = {path.relative_to(self._folder).as_posix(): path.read_text() for path in paths}
        disk = {path: self._state(path, files) for path in {*files, *self._sources}}
        return Evidence(kind="", files=files, loads=dict(self._loads), disk=disk)

    def _state(self, path: str, files: dict[str, str]) -> str:
        if path not in files:
            return "deleted"
        return "unloaded" if path not in self._sources else "same" if self._sources[path] == files[path] else "edited"

    def probe(self, expression: str) -> Probed:
        entry = self.run(f"print(repr({expression}), end='')")
        return Probed("", entry.status == "ok", entry.output if entry.status == "ok" else entry.error)

    def holders(self, token: int) -> Holding:
        return Holding("", (), gone=True)

    def _stop(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(DEADLINE)
        self._process.stdout.close()
        os.close(self._facts)

    def close(self) -> None:
        self._stop()
        shutil.rmtree(self._folder)
        shutil.rmtree(self._outside)


def starter(python: str) -> Callable[[], AbstractContextManager[Bare]]:
    """How to start a bare player of this interpreter."""

    @contextmanager
    def start() -> Iterator[Bare]:
        player = Bare(python)
        try:
            yield player
        finally:
            player.close()

    return start
