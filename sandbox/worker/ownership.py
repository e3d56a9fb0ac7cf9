"""What is the learner's own, and so drawn: her modules, what her code made, and what holds that.

Everything else, the standard library above all, is a word in a row. Knows no token's meaning and no mark.
"""

from collections.abc import Collection
from types import FunctionType, ModuleType
from typing import Any

from sandbox.worker.memory import Memory
from sandbox.worker.modules import MAIN, MODULES
from sandbox.worker.parts import Parts, parts_of
from sandbox.worker.raw import address, entries, fingerprint, has_plain_keys, key_at, lookup
from sandbox.worker.values import CONTAINERS, code_of, is_inline, is_simple, kind_of, module_of_class, namespace_of


class Ownership:
    """Tells what gets a card. Modules are looked for anew only when the import cache has changed."""

    def __init__(self, memory: Memory, workspace: str) -> None:
        self._memory = memory
        self.live_in(workspace)
        self.modules: dict[str, Any] = {}
        """The rows of the import cache that are the learner's; in a round only, so that none is kept alive."""
        self.others = 0
        self.cache_signature: object = None
        self._names: list[str] = []
        self._foreign: frozenset[bytes] = frozenset()
        """The places of those entries of the cache that are not hers."""
        self._classes: dict[int, bool] = {}
        """Whether instances of a class are hers, by the address of the class; in a round only, while all live."""
        self.kinds: dict[int, str] = {}
        """Of those classes all instances of which get the same card, likewise."""

    def live_in(self, workspace: str) -> None:
        """This folder's modules are the learner's."""
        self._prefix = workspace.rstrip("/") + "/"

    def find_modules(self) -> list[tuple[str, ModuleType]]:
        """A round begins: `__main__` and the workspace's modules, by the names they have in the import cache."""
        signature = fingerprint(MODULES)
        if signature != self.cache_signature:
            self.cache_signature = signature
            self._search()
        self.modules = {name: lookup(MODULES, name) for name in self._names}
        found = [(name, value) for name, value in self.modules.items() if kind_of(value) == "module"]
        main = lookup(MODULES, MAIN)
        return [(MAIN, main), *found] if kind_of(main) == "module" else found

    def end(self) -> None:
        """The round is over."""
        self.modules, self._classes, self.kinds = {}, {}, {}

    def _search(self) -> None:
        """Where the cache can be read so, only what was not there before, or is hers: no other module is touched."""
        if not has_plain_keys(MODULES):
            self._choose([name for name in list(MODULES) if type(name) is str])
            return
        places = entries(MODULES)
        if not self._search_among(places, self._foreign):
            self._search_among(places, frozenset())

    def _search_among(self, places: list[bytes], foreign: frozenset[bytes]) -> bool:
        """Whether none but these can be the learner's."""
        found = {key_at(MODULES, index): place for index, place in enumerate(places) if place not in foreign}
        wanted = self._choose([name for name in found if name is not None])
        self._foreign = frozenset(places) - {found[name] for name in self._names}
        missing = (wanted | self._memory.books.loaded()) - found.keys() - {MAIN}
        return not any(lookup(MODULES, name, MODULES) is not MODULES for name in missing)

    def _choose(self, names: list[str]) -> set[str]:
        """Of these names those of the learner's modules, with the packages that they are in."""
        own = {name for name in names if name != MAIN and self._is_own(name, lookup(MODULES, name))}
        wanted = own | {name[:end] for name in own for end in range(len(name)) if name[end] == "."}
        self._names = [name for name in names if name in wanted]
        self.others = len(MODULES) - len(self._names)
        return wanted

    def _is_own(self, name: str, value: object) -> bool:
        return self._memory.books.knows(name) or bool(self.path_of(value))

    def path_of(self, module: object) -> str:
        """The workspace file that a module was made from, "" for none."""
        file = lookup(namespace_of(module), "__file__")
        return file[len(self._prefix) :] if type(file) is str and file.startswith(self._prefix) else ""

    # --- objects ---

    def card_of(self, value: Any, namespaces: Collection[int]) -> str:
        """The kind of the card that the object is drawn as, "" for none. `namespaces`: addresses of those drawn."""
        cls = type(value)
        if cls is FunctionType and address(value.__globals__) in namespaces:
            return "function"
        known = self.kinds.get(address(cls))
        if known is not None:
            return known
        kind = kind_of(value)
        if kind in CONTAINERS:
            if cls is list or cls is dict:
                self.kinds[address(cls)] = kind
            return "" if is_inline(value) else kind
        if kind == "instance":
            return self._card_of_instance(value)
        return kind if kind != "module" and self._is_made_here(value, kind) else ""

    def _card_of_instance(self, value: Any) -> str:
        cls = type(value)
        if self._is_class_hers(cls):
            self.kinds[address(cls)] = "instance"
            return "instance"
        if self._memory.makers.made(value)[1]:
            return "instance"
        return "other" if self._holds_hers(value) else ""

    def _is_made_here(self, value: Any, kind: str) -> bool:
        if kind == "instance":
            return self._is_class_hers(type(value)) or self._memory.makers.made(value)[1] > 0
        if kind == "class":
            return self._is_class_hers(value)
        if kind == "method":
            return type(value.__func__) is FunctionType and self._is_made_here(value.__func__, "function")
        code = code_of(value)
        if str.startswith(code.co_filename, (self._prefix, "<stdin>")) or self._memory.makers.made(value)[1] > 0:
            return True
        return type(value) is FunctionType and self._is_space(lookup(value.__globals__, "__name__"))

    def _is_class_hers(self, cls: type) -> bool:
        found = self._classes.get(address(cls))
        if found is None:
            name = module_of_class(cls)
            found = self._is_space(name) or self._memory.makers.made(cls)[1] > 0
            self._classes[address(cls)] = found
        return found

    def _is_space(self, name: object) -> bool:
        return type(name) is str and (name == MAIN or (self._memory.books.knows(name) and name in self.modules))

    def _holds_hers(self, value: object) -> bool:
        """Of what other code made: whether something of the learner's is in it."""
        return any(self._is_hers(part) for key, part in parts_of(value, "instance") if key != "__class__")

    def _is_hers(self, value: object) -> bool:
        if is_simple(value):
            return False
        kind = kind_of(value)
        return kind not in CONTAINERS and kind != "module" and self._is_made_here(value, kind)

    def parts_of(self, value: object, kind: str) -> Parts:
        """The parts to draw: of what other code made, only what is the learner's."""
        parts = parts_of(value, kind)
        if kind != "other":
            return parts
        return [
            (key, part) for key, part in parts if key != "__class__" and (is_inline(part) or self.card_of(part, ()))
        ]
