"""Sees each execution of a workspace module's code, by audit events alone: a load. Knows no command and no picture.

How it is known whether a load ended well: nothing announces it. But the module's code object dies the moment its
execution is over, while whoever asked for that execution still waits in the very same instruction. After a failure the
traceback keeps the code object alive, and it dies later, somewhere else. What is still alive at the end of an entry is
judged by its frame.
"""

import _frozen_importlib
import gc
import sys
import weakref
from _frozen_importlib_external import SourceFileLoader
from _thread import get_ident
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from opcode import opname
from os import getcwd
from posixpath import join, normpath
from types import CodeType, FrameType
from typing import Any

from sandbox.worker.audit import caller, on_main_thread
from sandbox.worker.native import Unsignalled
from sandbox.worker.raw import address
from sandbox.worker.safe import namespace
from sandbox.worker.stale import is_stale

_SOURCE_LIMIT = 256 * 1024
_SOURCES_KEPT = 64
_EXEC_MODULE = SourceFileLoader.exec_module.__code__
_machinery: Any = _frozen_importlib
_CALL = _machinery._call_with_frames_removed.__code__
_CAUSES = {_machinery._load_unlocked.__code__: "import", _machinery._exec.__code__: "reload"}
_BETWEEN = {_CALL, _EXEC_MODULE}


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Load:
    """The n-th execution of a module's code in this interpreter, n being `number`, from 1."""

    module: str
    path: str
    number: int
    cause: str
    source: str | None
    stale_bytecode: bool


Record = tuple["weakref.ref[CodeType]", Load]
"""A code object and the load that made it."""


@dataclass(slots=True, eq=False)
class _Running:
    """A load whose end is not known yet. `place` is where it was asked for, and dies with nothing: two numbers."""

    load: Load
    place: tuple[int, int]
    certain: bool
    code: "weakref.ref[CodeType] | None" = None


class Observer:
    """Fed with the audit events `compile` and `exec`; calls `began(load, code)`, then `report(load, ok)` at its end."""

    def __init__(self, workspace: str) -> None:
        self.live_in(workspace)
        self._numbers: dict[str, int] = {}
        self._sources: OrderedDict[tuple[int, str], object] = OrderedDict()
        self._running: list[_Running] = []
        self._owed: BaseException | None = None
        self._origins: dict[int, Record] = {}
        self.began: Callable[[Load, CodeType], None] = lambda load, code: None
        self.report: Callable[[Load, bool], None] = lambda load, ok: None

    def live_in(self, workspace: str) -> None:
        """This folder's modules are the learner's, and none of them has been loaded yet."""
        self._prefix = workspace.rstrip("/") + "/"

    def number(self, module: str) -> int:
        """How often this module's code has been executed."""
        return self._numbers.get(module, 0)

    def origin(self, code: CodeType) -> Load | None:
        """The load that made this code object, the module's own or one within it."""
        record = self.record(code)
        return record[1] if record is not None else None

    def record(self, code: CodeType) -> "Record | None":
        """The same, with the code object."""
        found = self._origins.get(address(code))
        return found if found is not None and found[0]() is code else None

    def living(self) -> int:
        """How many code objects that loads made are alive: never more but by a load, and one fewer when one dies."""
        return len(self._origins)

    # --- audit events ---

    def compiled(self, source: object, name: object) -> None:
        """A source was compiled; if it is a workspace file, it is remembered until it is executed."""
        if type(name) is str and self._path(name) is not None:
            self._sources[get_ident(), name] = source
            if len(self._sources) > _SOURCES_KEPT:
                self._sources.popitem(last=False)

    def executed(self, code: CodeType) -> None:
        """A code object, from a file or what says so, is about to run."""
        path = self._path(code.co_filename) if code.co_name == "<module>" else None
        if path is not None:
            with Unsignalled():
                self._begin(code, path)

    def _path(self, name: str) -> str | None:
        """The path within the workspace."""
        if name.startswith(self._prefix):
            return name[len(self._prefix) :]
        if name[:1] not in "/<" and name.endswith(".py"):  # compile(text, "changer.py", "exec")
            try:
                whole = normpath(join(getcwd(), name))
            except OSError:
                return None
            return whole[len(self._prefix) :] if whole.startswith(self._prefix) else None
        return None

    def _begin(self, code: CodeType, path: str) -> None:
        cause, module, certain = _reason(path)
        compiled = self._sources.pop((get_ident(), code.co_filename), None)
        number = self._numbers[module] = self.number(module) + 1
        stale = compiled is None and cause != "exec" and is_stale(code)
        load = Load(module, path, number, cause, _text(compiled), stale)
        running = _Running(load, _place(), certain)
        running.code = weakref.ref(code, partial(self._died, running))
        self._running.append(running)
        self._remember(code, load)
        self.began(load, code)

    def _remember(self, code: CodeType, load: Load) -> None:
        for one in _nested(code):
            key = address(one)
            self._origins[key] = weakref.ref(one, partial(self._origins.pop, key)), load

    # --- ends ---

    def _died(self, running: _Running, _: object) -> None:
        """Called by a weak reference, which swallows what is raised: the learner's Ctrl-C has to survive that."""
        try:
            with Unsignalled():
                self._end(running, not running.certain or _place() == running.place)
        except BaseException as error:
            self._owed = error.with_traceback(None)

    def pay(self) -> None:
        """Raise what a signal handler raised where it could not be raised. To be called where it can."""
        if self._owed is not None and on_main_thread():
            owed, self._owed = self._owed, None
            raise owed

    def forgive(self) -> None:
        """It comes too late: the entry has ended."""
        self._owed = None

    def _end(self, running: _Running, ok: bool) -> None:
        if running in self._running:
            self._running.remove(running)
            self.report(running.load, ok)

    def settle(self) -> None:
        """At the end of an entry: judge the loads whose code object somebody keeps alive, but for those that run on."""
        for running in list(self._running):
            code = running.code() if running.code is not None else None
            if code is None or not _runs(code):
                self._end(running, code is None or _has_returned(code))


def _reason(path: str) -> tuple[str, str, bool]:
    """Cause, module name, and whether the moment of the code object's death will tell how it ended."""
    frames = _frames()
    frame = next(frames, None)
    if frame is not None and frame.f_code is _CALL:
        frame = next(frames, None)
    if frame is not None and frame.f_code is _EXEC_MODULE:
        return _reason_of_loader(frame.f_locals["module"], frames)
    if frame is not None and frame.f_code.co_name == "_run_code" and _in_runpy(frame):
        return "exec", str(frame.f_locals["mod_name"]), True
    return "exec", _dotted(path), False


def _reason_of_loader(module: object, frames: Iterator[FrameType]) -> tuple[str, str, bool]:
    """A loader executes this very module: for an import, for a reload, or because somebody called it by hand."""
    for frame in frames:
        cause = _CAUSES.get(frame.f_code)
        if cause is not None:
            if frame.f_locals.get("module") is module:
                return cause, str(frame.f_locals["spec"].name), True
            break
    name = namespace(module).get("__name__")
    return "exec", name if type(name) is str else "", True


def _frames() -> Iterator[FrameType]:
    frame = caller()
    while frame is not None:
        yield frame
        frame = frame.f_back


def _place() -> tuple[int, int]:
    """The frame and instruction that asked for an execution, the machinery between left out."""
    for frame in _frames():
        if frame.f_code not in _BETWEEN and not _in_runpy(frame):
            return id(frame), frame.f_lasti
    return 0, 0


def _in_runpy(frame: FrameType) -> bool:
    return frame.f_globals.get("__name__") == "runpy"


def _dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _text(source: object) -> str | None:
    if type(source) is bytes:
        source = source.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    return source if type(source) is str and len(source) <= _SOURCE_LIMIT else None


def _nested(code: CodeType) -> Iterator[CodeType]:
    waiting = [code]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += [constant for constant in one.co_consts if type(constant) is CodeType]


def _runs(code: CodeType) -> bool:
    """Whether some thread is still in it."""
    for top in sys._current_frames().values():
        frame: FrameType | None = top
        while frame is not None:
            if frame.f_code is code:
                return True
            frame = frame.f_back
    return False


def _has_returned(code: CodeType) -> bool:
    """By the instruction that its frame stopped at; where nobody keeps the frame, no failure has kept it either."""
    frames = (one for one in gc.get_referrers(code) if type(one) is FrameType and one.f_code is code)
    frame = next(frames, None)
    return frame is None or opname[code.co_code[frame.f_lasti]].startswith("RETURN")
