"""What is the learner's own, and so drawn: her modules, what her code made, and what holds that.

Everything else, the standard library above all, is a word in a row. Knows no token's meaning and no mark.
"""

import sys
from collections.abc import Iterator
from itertools import islice
from types import ModuleType
from typing import Any

from sandbox.worker.memory import MAIN, Memory
from sandbox.worker.safe import is_class
from sandbox.worker.values import (
    PARTS_LIMIT,
    code_of,
    is_inline,
    is_simple,
    kind_of,
    module_of_class,
    namespace_of,
    parts_of,
)

_MODULES = sys.modules
_CONTAINERS = {"list", "tuple", "set", "dict"}


class Ownership:
    """Tells what gets a card. Modules are looked for anew only when the import cache has changed."""

    def __init__(self, memory: Memory, workspace: str) -> None:
        self._memory = memory
        self.live_in(workspace)
        self._own: list[str] = []
        self.others = 0
        self.cache_signature: tuple[int, ...] = ()
        self.tokens: dict[int, int] = {}
        """Addresses of the modules drawn to their tokens, filled in for each picture."""

    def live_in(self, workspace: str) -> None:
        """This folder's modules are the learner's."""
        self._prefix = workspace.rstrip("/") + "/"

    @property
    def modules(self) -> dict[str, Any]:
        """The rows of the import cache that are the learner's; looked up each time, for a kept module would not die."""
        return {name: _MODULES[name] for name in self._own if name in _MODULES}

    def find_modules(self) -> list[tuple[str, ModuleType]]:
        """`__main__` and the workspace's modules, by the names they have in the import cache."""
        self.tokens = {}
        signature = tuple(map(id, _MODULES.values()))
        if signature != self.cache_signature:
            self.cache_signature = signature
            self._search()
        main = _MODULES.get(MAIN)
        found = [(MAIN, main)] if main is not None and kind_of(main) == "module" else []
        return found + [(name, value) for name, value in self.modules.items() if kind_of(value) == "module"]

    def _search(self) -> None:
        everything = [(name, value) for name, value in list(_MODULES.items()) if type(name) is str]
        own = {name for name, value in everything if name != MAIN and self._is_own(name, value)}
        own |= {name for name, _ in everything if any(one.startswith(name + ".") for one in own)}
        self._own = [name for name, _ in everything if name in own]
        self.others = len(everything) - len(own)

    def _is_own(self, name: str, value: object) -> bool:
        return self._memory.knows(name) or bool(self.path_of(value))

    def path_of(self, module: object) -> str:
        """The workspace file that a module was made from, "" for none."""
        file = namespace_of(module).get("__file__")
        return file[len(self._prefix) :] if type(file) is str and file.startswith(self._prefix) else ""

    # --- objects ---

    def has_card(self, value: object) -> bool:
        """Whether the object is drawn as a card of its own."""
        if is_inline(value):
            return False
        kind = kind_of(value)
        if kind == "module":
            return False
        return kind in _CONTAINERS or self._is_made_here(value, kind) or any(self._held(value, kind))

    def _is_made_here(self, value: Any, kind: str) -> bool:
        if kind == "method":
            return self._is_made_here(value.__func__, kind_of(value.__func__))
        code = code_of(value)
        if code is not None:
            return code.co_filename.startswith((self._prefix, "<stdin>")) or self._memory.load_of(value) > 0
        cls = value if is_class(value) else type(value)
        name = module_of_class(cls)
        return name == MAIN or (self._memory.knows(name) and name in _MODULES) or self._memory.load_of(cls) > 0

    def _held(self, value: object, kind: str) -> Iterator[bool]:
        """Of what other code made: whether it holds something of the learner's."""
        if kind == "instance":
            for key, part in parts_of(value):
                if key != "__class__" and not is_simple(part) and kind_of(part) not in (*_CONTAINERS, "module"):
                    yield self._is_made_here(part, kind_of(part))

    def parts_of(self, value: object) -> list[tuple[str, object]]:
        """The parts to draw: of what other code made, only what is the learner's."""
        parts = list(islice(parts_of(value), PARTS_LIMIT + 1))
        if self.kind_of(value) != "other":
            return parts
        return [(key, part) for key, part in parts if key != "__class__" and (is_inline(part) or self.has_card(part))]

    def kind_of(self, value: object) -> str:
        """What its card is called: an object that other code made is "other"."""
        kind = kind_of(value)
        return "other" if kind == "instance" and not self._is_made_here(value, kind) else kind
