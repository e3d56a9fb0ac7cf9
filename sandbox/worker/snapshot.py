"""The picture: the learner's namespaces and objects after an entry, with what has become of each name.

Looks without touching: nothing of the learner's runs, and nothing is kept alive. One thing can be seen: what takes weak
references has one, if a name refers to it or the picture shows it, as `weakref.getweakrefcount` says. Should a fault of
ours come up, the learner's interpreter is none the worse: the picture before is shown again, marked as truncated.
"""

import gc
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import CodeType, ModuleType
from typing import ParamSpec

from sandbox.codec import ROWS_LIMIT, WORKER_LIMIT
from sandbox.worker.cards import NO_CARDS
from sandbox.worker.drawing import Drawing, Drawn
from sandbox.worker.holders import Found, find_holders
from sandbox.worker.identity import Tokens
from sandbox.worker.memory import Memory
from sandbox.worker.observe import Load, Observer
from sandbox.worker.ownership import Ownership
from sandbox.worker.raw import other_threads
from sandbox.worker.retouching import Retouching
from sandbox.worker.scene import Scene
from sandbox.worker.still import Still

_BEGINNING = 100
"""Bytes at most, before the body of a picture."""
_EMPTY = f'"truncated":true,"spaces":[],"objects":{NO_CARDS}}}'
Arguments = ParamSpec("Arguments")


def _harmless(method: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Called while the learner's code runs: a fault of ours, or a recursion limit reached here, is not to be hers."""

    def call(*arguments: Arguments.args, **named: Arguments.kwargs) -> None:
        with suppress(Exception):
            method(*arguments, **named)

    return call


class Pictures:
    """Takes one picture after another, each with the one before in mind."""

    def __init__(self, observer: Observer, workspace: str) -> None:
        self._observer, self._tokens = observer, Tokens()
        self._memory = Memory(observer, self._tokens)
        self._ownership = Ownership(self._memory, workspace)
        self._drawn = Drawn()
        self._still: Still | None = None
        self._retouching: Retouching | None = None
        """Both of the last picture for which all was looked at, if its objects were as before."""
        self._standing: tuple[Scene, Drawing] | None = None
        """What was looked at and how it was drawn, if its objects were as before; only while it is shown."""
        self._is_other = False
        """Whether all was looked at and something was other than before; only while it is shown."""
        self._stirred = True
        """Whether code was loaded since, or imported from."""
        self._body = ""
        """Of the last picture, from `truncated` on: the next is not shown if it is the same."""
        self._text = _EMPTY
        """Of the last picture that was shown as it was drawn."""
        self._news = True
        """Whether the last picture had new or rebound names, which the next must show as unchanged."""
        self._copies: dict[int, tuple[str, weakref.ref[ModuleType]]] = {}

    def live_in(self, workspace: str) -> None:
        """This folder's modules are the learner's."""
        self._ownership.live_in(workspace)

    def prepare(self) -> None:
        """Look at what a bare interpreter has imported, which need not be looked at again until that changes."""
        self._ownership.find_modules()
        self._ownership.end()

    # --- what happens between pictures ---

    @_harmless
    def began(self, load: Load, code: CodeType) -> None:
        """A load begins."""
        self._memory.began(load, code)

    @_harmless
    def ended(self, load: Load) -> None:
        """A load is over."""
        self._stirred = True
        self._memory.ended(load)

    @_harmless
    def entered(self, code: CodeType) -> None:
        """A statement of an entry is about to run."""
        self._memory.entered(code)

    # --- pictures ---

    @contextmanager
    def taken(self, run: int) -> Iterator[str | None]:
        """The picture after this run, as JSON; None when it is the one before, to the letter.

        It is to be sent within this context: at its end what was looked at still stands, and is made ready for a next
        look, for which nobody waits.
        """
        with _uncollected():
            try:
                yield self._take_safely(run)
                with suppress(Exception):  # as in `_take_safely`; or all is not clear enough
                    self._make_ready()
            finally:
                self._standing, self._is_other = None, False
                self._ownership.end()

    def _take_safely(self, run: int) -> str | None:
        try:
            return self._take(run)
        except Exception:  # of ours, or the learner set a recursion limit that leaves no room to look
            self._body, self._still, self._retouching, self._standing = "", None, None, None
            return _again(self._text, run)

    def _take(self, run: int) -> str | None:
        self._stirred = self._memory.settle() or self._stirred
        spaces = self._spaces()
        if self._still is not None and not self._stirred:
            if not self._news and self._still.holds(spaces):
                return None
            if self._retouching is not None:
                body = self._retouching.draw(self._body, spaces, self._still)
                if body is not None:
                    return self._show(body, self._retouching, run)
        return self._take_afresh(spaces, run)

    def _take_afresh(self, spaces: list[tuple[str, ModuleType]], run: int) -> str | None:
        """All is looked at."""
        self._still = self._retouching = None
        scene = self._look(spaces)
        for space in scene.spaces:
            names = space.names
            self._memory.look_at(space.token, names.names, space.is_whole, (names.linking, names.links, names.places))
        drawing = Drawing(scene, self._drawn, self._tokens, self._memory, self._ownership)
        body = drawing.draw()
        is_quiet, self._stirred = not (self._stirred or other_threads()), False
        if is_quiet and body[drawing.objects_at :] == self._body[drawing.objects_at :]:
            self._standing = scene, drawing
        self._is_other = body != self._body
        return self._show(body, drawing, run)

    def _look(self, spaces: list[tuple[str, ModuleType]]) -> Scene:
        return Scene(spaces, self._tokens, self._memory, self._ownership)

    def _make_ready(self) -> None:
        """For what comes next: forget the dead, and note what tells at once that nothing but names has changed."""
        if self._is_other:
            self._forget()
        if self._standing is None:
            return
        scene, drawing = self._standing
        self._still = Still(scene, self._tokens, self._memory, self._ownership, self._observer)
        if self._body == self._text and scene.spaces:
            self._retouching = Retouching(scene, drawing, self._tokens, self._memory, self._ownership)

    def _show(self, body: str, drawn: Drawing | Retouching, run: int) -> str | None:
        """The picture that was drawn; if it is too large to be sent, the one before; None if that is it."""
        shown = drawn.shown
        if body == self._body and not shown.news:
            self._news = False  # but where a mark hides which value it is, that may be another
            if body == self._text:
                self._drawn = shown
            return None
        self._body = body
        if drawn.rows > ROWS_LIMIT or _is_long(body):
            self._retouching = None
            return _again(self._text, run)
        self._text, self._drawn, self._news = body, shown, bool(shown.news)
        return _begin(run) + body

    def _forget(self) -> None:
        self._memory.purge()
        self._copies = {token: copy for token, copy in self._copies.items() if copy[1]() is not None}

    def holders(self, token: int) -> tuple[list[Found], bool]:
        """Who refers to the object, and whether it is gone."""
        with _uncollected():
            try:
                return find_holders(token, self._look(self._spaces()), self._tokens)
            except Exception:  # as above
                return [], False
            finally:
                self._ownership.end()

    def _spaces(self) -> list[tuple[str, ModuleType]]:
        """`__main__`, the workspace's modules, and older copies of these that live on."""
        found = self._ownership.find_modules()
        current = {self._tokens.give(module) for _, module in found}
        for name, module in found[1:]:
            self._copies.setdefault(self._tokens.give(module), (name, weakref.ref(module)))
        for token, (name, ref) in self._copies.items():
            copy = ref()
            if copy is not None and token not in current:
                found.append((name, copy))
        return found


def _is_long(body: str) -> bool:
    return 4 * len(body) > WORKER_LIMIT and len(body.encode("utf-8", "replace")) + _BEGINNING > WORKER_LIMIT


def _begin(run: int) -> str:
    return f'{{"kind":"picture","run":{run},'


def _again(body: str, run: int) -> str:
    """The picture before, for another run."""
    _, _, rest = body.partition(',"spaces":')
    return f'{_begin(run)}"truncated":true,"spaces":{rest}'


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage collection meanwhile: it would run finalizers of the learner's in the middle of our looking."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
