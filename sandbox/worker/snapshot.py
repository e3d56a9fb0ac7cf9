"""The picture: the learner's namespaces and objects after an entry, with what has become of each name.

The one place where marks are made. Looks without touching: nothing of the learner's runs, and nothing is kept alive.
Built as plain data for JSON, in the form of `protocol.Snapshot`: dataclasses for thousands of names would cost more
than all the looking.
"""

import gc
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from types import CodeType, ModuleType
from typing import Any

from sandbox.codec import WORKER_LIMIT, dump
from sandbox.worker.holders import holders_of
from sandbox.worker.identity import Place, Tokens
from sandbox.worker.memory import IMPORT_SYSTEM, MAIN, Memory
from sandbox.worker.observe import Load, Observer
from sandbox.worker.ownership import Ownership
from sandbox.worker.safe import class_name
from sandbox.worker.values import PARTS_LIMIT, count_of, is_inline, is_simple, namespace_of, parts_of, text_of

CACHE = "sys.modules"
NAMES_LIMIT = 2000
OBJECTS_LIMIT = 300
DEPTH_LIMIT = 6
HOLDERS_LIMIT = 20
Plain = dict[str, Any]
Before = dict[tuple[int, str], tuple[int, Plain]]
"""Space and name to the object's address and the value that was shown."""


class Pictures:
    """Takes one picture after another, each with the one before in mind."""

    def __init__(self, observer: Observer, workspace: str) -> None:
        self._tokens = Tokens()
        self._memory = Memory(observer, self._tokens)
        self._ownership = Ownership(self._memory, workspace)
        self._before: Before = {}
        self._signature: list[object] = []
        self._news = True
        """Whether the last picture had new or rebound names, which the next must show as unchanged."""
        self._copies: dict[int, tuple[str, weakref.ref[ModuleType]]] = {}

    def live_in(self, workspace: str) -> None:
        """This folder's modules are the learner's."""
        self._ownership.live_in(workspace)

    # --- what happens between pictures ---

    def began(self, load: Load, code: CodeType) -> None:
        """A load begins."""
        self._memory.began(load, code)

    def ended(self, load: Load) -> None:
        """A load is over."""
        self._news = True
        self._memory.ended(load)

    def entered(self, code: CodeType) -> None:
        """A statement of an entry is about to run."""
        self._memory.entered(code)

    # --- pictures ---

    def take(self, run: int) -> str | None:
        """The picture after this run, as JSON; None when it is the one before, to the letter."""
        with _uncollected():
            self._tokens.begin()
            imports = self._memory.settle()
            spaces = self._spaces()
            signature = list(self._sign(spaces))
            if signature == self._signature and not imports and not self._news:
                return None
            for name, module in spaces[1:]:
                self._memory.note_definitions(name, namespace_of(module))
            text = self._draw(run, spaces)
            self._signature = signature
            self._memory.purge()
            return text

    def _draw(self, run: int, spaces: list[tuple[str, ModuleType]]) -> str:
        """As much of it as one message holds."""
        for limit in (NAMES_LIMIT, NAMES_LIMIT // 10, 10):
            drawing = _Drawing(self._tokens, self._memory, self._ownership, self._before, limit)
            text = dump(drawing.draw(run, spaces, self._ownership.modules))
            if 4 * len(text) <= WORKER_LIMIT or len(text.encode("utf-8", "replace")) <= WORKER_LIMIT:
                break
        self._before, self._news = drawing.shown, drawing.news
        return text

    def holders(self, token: int) -> tuple[list[tuple[str, str, int]], bool]:
        """Who refers to the object: text, kind and the holder's own token; and whether it is gone."""
        with _uncollected():
            value = self._tokens.find(token)
            if value is None:
                return [], True
            spaces = {id(namespace_of(module)): name for name, module in self._spaces()}
            return [*islice(holders_of(value, spaces, self._tokens), HOLDERS_LIMIT)], False

    def _spaces(self) -> list[tuple[str, ModuleType]]:
        """`__main__`, the workspace's modules, and older copies of these that live on."""
        found = self._ownership.find_modules()
        current = {id(module) for _, module in found}
        for name, module in found[1:]:
            self._copies.setdefault(self._tokens.of(module), (name, weakref.ref(module)))
        for token, (name, ref) in list(self._copies.items()):
            copy = ref()
            if copy is None:
                del self._copies[token]
            elif id(copy) not in current:
                found.append((name, copy))
        return found

    def _sign(self, spaces: list[tuple[str, ModuleType]]) -> Iterator[object]:
        """Addresses of all that a picture would show: two that are alike mean two pictures that are alike."""
        yield self._ownership.cache_signature
        waiting: deque[tuple[object, int]] = deque()
        for _, module in spaces:
            names = namespace_of(module)
            values = list(islice(names.values(), NAMES_LIMIT))
            yield id(module), len(names), tuple(map(id, islice(names, NAMES_LIMIT))), tuple(map(id, values))
            waiting.extend((value, 1) for value in values if not is_simple(value))
        seen: set[int] = set()
        while waiting and len(seen) < OBJECTS_LIMIT:
            value, depth = waiting.popleft()
            if id(value) in seen or not self._ownership.has_card(value):
                continue
            seen.add(id(value))
            parts = [part for key, part in parts_of(value) if key != "__globals__"]
            yield id(value), count_of(value), tuple(map(id, parts))
            if depth < DEPTH_LIMIT:
                waiting.extend((part, depth + 1) for part in parts if not is_simple(part))


class _Drawing:
    """One picture as it is made."""

    def __init__(self, tokens: Tokens, memory: Memory, ownership: Ownership, before: Before, limit: int) -> None:
        self._tokens, self._memory, self._ownership, self._before = tokens, memory, ownership, before
        self._limit = limit
        """Names drawn of a space."""
        self._waiting: deque[tuple[object, int, int]] = deque()
        self._queued: set[int] = set()
        self._namespaces: dict[int, tuple[str, int]] = {}
        self._truncated = False
        self.shown: Before = {}
        self.news = False

    def draw(self, run: int, spaces: list[tuple[str, ModuleType]], cache: dict[str, Any]) -> Plain:
        tokens = [self._tokens.of(module) for _, module in spaces]
        for (name, module), token in zip(spaces, tokens, strict=True):
            self._namespaces[id(namespace_of(module))] = name, token
            self._ownership.tokens[id(module)] = token
        drawn = [self._draw_cache(cache)]
        drawn += [self._draw_space(*space, token) for space, token in zip(spaces, tokens, strict=True)]
        objects = []
        while self._waiting:
            objects.append(self._draw_object(*self._waiting.popleft()))
        return {
            "kind": "snapshot",
            "seq": 0,
            "run": run,
            "truncated": self._truncated,
            "spaces": drawn,
            "objects": objects,
        }

    # --- spaces ---

    def _draw_cache(self, cache: dict[str, Any]) -> Plain:
        names = [self._draw_name(CACHE, 0, *item) for item in islice(cache.items(), self._limit)]
        return _space(CACHE, 0, 0, "", names=names, hidden=self._ownership.others)

    def _draw_space(self, name: str, module: ModuleType, token: int) -> Plain:
        names = namespace_of(module)
        drawn = [
            self._draw_name(name, token, key, value)
            for key, value in list(islice(names.items(), self._limit))
            if type(key) is str and not (key in IMPORT_SYSTEM and not self._memory.is_leftover(name, key))
        ]
        self._truncated = self._truncated or len(names) > self._limit
        load = 0 if name == MAIN else self._memory.copy_load(token)
        path = self._ownership.path_of(module)
        return _space(name, load, token, path, names=drawn, hidden=len(names) - len(drawn))

    def _draw_name(self, space: str, token: int, name: str, value: object) -> Plain:
        drawn = self._draw_value(value, (token, name), 1)
        before = self._before.get((token, name))
        self.shown[token, name] = id(value), drawn
        mark = self._mark(space, name, value, before, drawn)
        self.news = self.news or mark in ("new", "rebound")
        was = before[1] if before is not None and mark == "rebound" else None
        origin = self._memory.origin(space, name, value)
        return {"name": name, "value": drawn, "mark": mark, "was": was, "origin": origin}

    def _mark(self, space: str, name: str, value: object, before: tuple[int, Plain] | None, drawn: Plain) -> str:
        if space != CACHE:
            if self._memory.is_outdated(space, name, value) or (not is_simple(value) and self._memory.is_stale(value)):
                return "stale"
            if self._memory.is_leftover(space, name):
                return "leftover"
            if self._memory.is_added(space, name, value):
                return "added"
        if before is None:
            return "new"
        return "" if before[0] == id(value) and before[1]["ref"] == drawn["ref"] else "rebound"

    # --- values and objects ---

    def _draw_value(self, value: object, place: Place, depth: int) -> Plain:
        """What stands in a row; an object that gets a card waits for its turn."""
        if is_inline(value):
            return {"text": text_of(value), "ref": 0}
        if id(value) in self._namespaces:
            name, token = self._namespaces[id(value)]
            return {"text": name, "ref": token}
        if token := self._ownership.tokens.get(id(value), 0):
            return {"text": self._namespaces[id(namespace_of(value))][0], "ref": token}
        return {"text": text_of(value), "ref": self._queue(value, place, depth)}

    def _queue(self, value: object, place: Place, depth: int) -> int:
        if not self._ownership.has_card(value):
            return 0
        if depth > DEPTH_LIMIT or (len(self._queued) >= OBJECTS_LIMIT and id(value) not in self._queued):
            self._truncated = True
            return 0
        token = self._tokens.of(value, place)
        if id(value) not in self._queued:
            self._queued.add(id(value))
            self._waiting.append((value, token, depth))
        return token

    def _draw_object(self, value: object, token: int, depth: int) -> Plain:
        return {
            "token": token,
            "kind": self._ownership.kind_of(value),
            "type": class_name(type(value)),
            "label": text_of(value),
            "home": self._memory.home(value),
            "load": self._memory.load_of(value),
            "stale": self._memory.is_stale(value),
            "code": self._memory.code(value),
            "parts": list(self._draw_parts(value, token, depth)),
        }

    def _draw_parts(self, value: object, token: int, depth: int) -> Iterator[Plain]:
        parts = self._ownership.parts_of(value)
        for key, part in parts[:PARTS_LIMIT]:
            if key == "__globals__" and id(part) not in self._namespaces:
                yield {"key": key, "value": {"text": "names of a module that is gone", "ref": 0}}
            else:
                yield {"key": key, "value": self._draw_value(part, (token, key), depth + 1)}
        more = max(count_of(value), len(parts)) - PARTS_LIMIT
        if more > 0:
            self._truncated = True
            yield {"key": "", "value": {"text": f"+ {more:,} more", "ref": 0}}


def _space(name: str, load: int, token: int, path: str, *, names: list[Plain], hidden: int) -> Plain:
    return {"name": name, "load": load, "token": token, "path": path, "names": names, "hidden": hidden}


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
