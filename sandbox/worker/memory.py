"""What is remembered of modules between pictures: which load bound which name, and which object once was `M.x`.

From it: stale, leftover, added, and where a from-import got a value. Holds no object alive. Knows nothing of drawing.
"""

import sys
import weakref
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType, FunctionType, ModuleType
from typing import Any

from sandbox.worker.identity import Tokens
from sandbox.worker.observe import Load, Observer
from sandbox.worker.safe import ancestors, exact, is_class
from sandbox.worker.source import excerpt, span, spans
from sandbox.worker.stores import Stores, stores
from sandbox.worker.values import code_of, kind_of, module_name, module_of_class, namespace_of, qualified_name

MAIN = "__main__"
IMPORT_SYSTEM = frozenset(
    {"__name__", "__doc__", "__package__", "__loader__", "__spec__", "__file__", "__cached__", "__path__"}
    | {"__builtins__", "__annotations__", "__annotate__", "__conditional_annotations__"}
)
"""Names that no load binds by itself, or not for the learner: the import system's, and the interpreter's own."""
_MODULES = sys.modules
"""The import system's own, whatever `sys.modules` is set to."""
_SOURCES_KEPT = 64
_WRAPPERS = 8
"""So many decorators deep a function is looked for behind its `__wrapped__`."""


@dataclass(slots=True)
class Book:
    """What is known of one module name, or of `__main__`."""

    load: int = 0
    latest: Stores = field(default_factory=Stores)
    bound: dict[str, int] = field(default_factory=dict)
    """Names to the newest load that bound them."""
    before: dict[str, int] = field(default_factory=dict)
    """Names to addresses when the latest load began."""
    origins: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    """Names to the module, the name there and the address, as a from-import got them."""
    definitions: dict[str, set[int]] = field(default_factory=dict)
    """Names that were functions or classes, to the loads that made these."""
    module: "weakref.ref[ModuleType] | None" = None


class Memory:
    """Told of loads and entries as they happen; asked when a picture is taken."""

    def __init__(self, observer: Observer, tokens: Tokens) -> None:
        self._observer, self._tokens = observer, tokens
        self._books: dict[str, Book] = {MAIN: Book()}
        self._copies: dict[int, int] = {}
        """Tokens of module objects to the newest load that ran in them."""
        self._homes: dict[int, set[tuple[str, str]]] = {}
        self._class_loads: dict[int, tuple[str, int]] = {}
        self._entry: list[Stores] = []
        self._sources: OrderedDict[tuple[str, int], tuple[str, dict[str, tuple[int, int]]]] = OrderedDict()
        """Of the newest loads: the source, and the lines of what is defined in it by qualified name."""

    # --- what happens ---

    def began(self, load: Load, code: CodeType) -> None:
        """A load begins; the import system has set its names."""
        module = _loaded(load.module)
        book = self._books.setdefault(load.module, Book())
        book.load, book.latest = load.number, stores(code)
        self._sources[load.module, load.number] = load.source or "", spans(code)
        if len(self._sources) > _SOURCES_KEPT:
            self._sources.popitem(last=False)
        book.before = {name: id(value) for name, value in _names(module)}
        if module is not None:
            book.module = weakref.ref(module)
            self._copies[self._tokens.of(module)] = load.number

    def ended(self, load: Load) -> None:
        """A load is over, whether it ended well or not."""
        book = self._books.get(load.module)
        module = book.module() if book is not None and book.module is not None else None
        if book is None or module is None or book.load != load.number:
            return
        static = {*book.latest.names, *self._starred(load.module, book.latest)}
        for name, value in _names(module):
            appeared = name not in IMPORT_SYSTEM and book.before.get(name) != id(value)
            if name in static or (appeared and not _is_submodule(load.module, name, value)):
                book.bound[name] = load.number
        self._follow_imports(load.module, book.latest, namespace_of(module), book.before)
        self.note_definitions(load.module, namespace_of(module))

    def entered(self, code: CodeType) -> None:
        """A statement of an entry is about to run."""
        self._entry.append(stores(code))

    def settle(self) -> bool:
        """At the end of an entry: what its from-imports bound. Whether it had any."""
        book, main = self._books[MAIN], namespace_of(_loaded(MAIN))
        for one in self._entry:
            self._follow_imports(MAIN, one, main, book.before)
        any_import = any(one.names or one.stars for one in self._entry)
        self._entry.clear()
        if any_import:
            book.before = {name: id(value) for name, value in main.items() if type(name) is str}
        return any_import

    def note_definitions(self, module: str, names: dict[str, Any]) -> None:
        """Remember the functions and classes that are `module.x` now."""
        book = self._books.get(module)
        if book is None:
            return
        for name, value in list(names.items()):
            if (
                type(name) is str
                and (type(value) is FunctionType or is_class(value))
                and not self._imported(book, name)
            ):
                self._note(module, book, name, value)

    def purge(self) -> None:
        """Forget the dead."""
        for token in self._tokens.purge():
            self._homes.pop(token, None)
            self._class_loads.pop(token, None)
            self._copies.pop(token, None)

    def _note(self, module: str, book: Book, name: str, value: object) -> None:
        token = self._tokens.of(value)
        if is_class(value) and module_of_class(value) == module:
            self._class_loads.setdefault(token, (module, book.load))
        load = self.load_of(value)
        if load:
            self._homes.setdefault(token, set()).add((module, name))
            book.definitions.setdefault(name, set()).add(load)

    def _imported(self, book: Book, name: str) -> bool:
        return name in book.origins or book.latest.names.get(name) is not None

    # --- from-imports ---

    def _follow_imports(self, space: str, code: Stores, names: dict[str, Any], before: dict[str, int]) -> None:
        book = self._books[space]
        for name, origin in code.names.items():
            if origin is None:
                book.origins.pop(name, None)
            elif name in names:
                source, attribute = _absolute(space, origin[0], origin[1]), origin[2]
                same = names[name] is self.now(source, attribute)
                if same or before.get(name) != id(names[name]):
                    book.origins[name] = source, attribute, id(names[name])
        for level, source in code.stars:
            for name in self._public(_absolute(space, level, source)):
                if name in names and names[name] is self.now(_absolute(space, level, source), name):
                    book.origins[name] = _absolute(space, level, source), name, id(names[name])

    def _starred(self, space: str, code: Stores) -> Iterator[str]:
        for level, source in code.stars:
            yield from self._public(_absolute(space, level, source))

    def _public(self, module: str) -> list[str]:
        names = namespace_of(_loaded(module))
        listed: Any = names.get("__all__")
        if type(listed) in (list, tuple):
            return [name for name in listed if type(name) is str]
        return [name for name in list(names) if type(name) is str and not name.startswith("_")]

    def origin(self, space: str, name: str, value: object) -> str:
        """ "module.name" when a from-import bound this very object to the name, else ""."""
        book = self._books.get(space)
        found = book.origins.get(name) if book is not None else None
        if found is None or book is None:
            return ""
        if found[2] != id(value):
            del book.origins[name]
            return ""
        return f"{found[0]}.{found[1]}"

    def is_outdated(self, space: str, name: str, value: object) -> bool:
        """Whether a from-import bound this object, and the module's name is another object now, or gone."""
        if not self.origin(space, name, value):
            return False
        source, attribute, _ = self._books[space].origins[name]
        return source in self._books and self.now(source, attribute) is not value

    # --- names ---

    def is_leftover(self, module: str, name: str) -> bool:
        """Whether an earlier load bound it and the latest load's code has no store for it."""
        book = self._books.get(module)
        return book is not None and 0 < book.bound.get(name, 0) < book.load and name not in book.latest.names

    def is_added(self, module: str, name: str, value: object) -> bool:
        """Whether no load bound it: it came from outside."""
        book = self._books.get(module)
        if book is None or module == MAIN or not book.load or name in book.bound or name in IMPORT_SYSTEM:
            return False
        return not _is_submodule(module, name, value)

    def knows(self, module: str) -> bool:
        """Whether code of the workspace was executed as this module."""
        return module != MAIN and module in self._books

    def copy_load(self, token: int) -> int:
        """The newest load that ran in this module object."""
        return self._copies.get(token, 0)

    # --- objects ---

    def load_of(self, value: object) -> int:
        """The load that made a function's code, a class, an instance's class; 0 when none did."""
        return self._made(value)[1]

    def _made(self, value: object) -> tuple[str, int]:
        code = code_of(value)
        if code is not None:
            load = self._observer.origin(code)
            return (load.module, load.number) if load is not None else ("", 0)
        kind = kind_of(value)
        if kind == "method":
            return self._made(value.__func__)  # type: ignore[attr-defined]
        if kind != "class":
            return self._made(type(value)) if kind == "instance" else ("", 0)
        return self._class_loads.get(self._tokens.of(value)) or self._made_by_methods(value)  # type: ignore[arg-type]

    def _made_by_methods(self, cls: type) -> tuple[str, int]:
        """A class that never was a module's own name, such as one within a class."""
        for value in exact(type.__dict__["__dict__"].__get__(cls)).values():
            load = self._observer.origin(value.__code__) if type(value) is FunctionType else None
            if load is not None and load.module == module_of_class(cls):
                return load.module, load.number
        return "", 0

    def home(self, value: object) -> str:
        """ "module.qualified.name" where it was made; "" for what no load made."""
        module, load = self._made(value)
        code = code_of(value)
        if code is not None:
            return f"{module}.{code.co_qualname}" if load else ""
        if kind_of(value) == "method":
            return self.home(value.__func__)  # type: ignore[attr-defined]
        cls = value if is_class(value) else type(value)
        return f"{module}.{qualified_name(cls)}" if load else ""

    def code(self, value: object) -> str:
        """The source that made a function or class, "" where there is none."""
        code = code_of(value)
        load = self._observer.origin(code) if code is not None else None
        if code is not None and load is not None:
            return excerpt(load.source or "", *span(code))
        if not is_class(value):
            return ""
        source, spans = self._sources.get(self._made(value), ("", {}))
        return excerpt(source, *spans.get(qualified_name(value), (0, 0)))

    def is_stale(self, value: object) -> bool:
        """Whether it is code, or an instance of a class, that its module has replaced."""
        module, load = self._made(value)
        if not load:
            return False
        kind = kind_of(value)
        if kind == "method":
            return self.is_stale(value.__func__)  # type: ignore[attr-defined]
        if kind == "instance":
            return self.is_stale(type(value))
        homes = self._homes.get(self._tokens.of(value)) if kind in ("function", "class") else None
        if homes:
            return not any(self.now(*home) is value for home in homes)
        return self._outer_is_gone(module, load, self.home(value)[len(module) + 1 :].partition(".")[0])

    def _outer_is_gone(self, module: str, load: int, outer: str) -> bool:
        """What lives inside `module.outer` is as old as that: whether another load's has taken its place."""
        if load not in self._books[module].definitions.get(outer, ()):
            return False
        return all(self.load_of(one) != load for one in _layers(self.now(module, outer)))

    def now(self, module: str, name: str) -> object:
        """What `module.name` is now; None also when it is nothing."""
        found = _loaded(module)
        if found is None and (book := self._books.get(module)) is not None and book.module is not None:
            found = book.module()
        return namespace_of(found).get(name)


def _layers(value: object) -> Iterator[object]:
    """An object and what it wraps."""
    for _ in range(_WRAPPERS):
        yield value
        inside = exact(value.__dict__).get("__wrapped__") if type(value) is FunctionType else None
        if inside is None:
            return
        value = inside


def _loaded(name: str) -> ModuleType | None:
    found = _MODULES.get(name)
    return found if ModuleType in ancestors(type(found)) else None


def _names(module: ModuleType | None) -> list[tuple[str, object]]:
    names = list(namespace_of(module).items())
    return [(name, value) for name, value in names if type(name) is str]


def _is_submodule(module: str, name: str, value: object) -> bool:
    return ModuleType in ancestors(type(value)) and module_name(value) == f"{module}.{name}"


def _absolute(space: str, level: int, module: str) -> str:
    """The module that a relative import means, as importlib resolves it."""
    if not level:
        return module
    package = namespace_of(_loaded(space)).get("__package__")
    parts = package.split(".") if type(package) is str else []
    return ".".join([*parts[: len(parts) - level + 1], *([module] if module else [])])
