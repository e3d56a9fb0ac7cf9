"""What is remembered of modules between pictures: which load bound which name, and which object once was `M.x`.

From it: stale, leftover, added, and where a from-import got a value. Holds no object alive. Knows nothing of drawing.

How the words are meant where more than one reading is possible:

- "M" is the module object in the import cache; after `del sys.modules["m"]` alone it is still the one that was there,
  as long as that lives. So nothing becomes stale by that, but all does once a second copy has been loaded.
- What "once was `M.x`" is seen when a load ends and when a picture is taken. Names that a from-import bound do not
  count, nor do functions and classes that no load made (those of the console, of the standard library): only what a
  module's code made can be an old version of it. Where an object is seen under several names at first (`f = g = ...`),
  it is stale when all of these are something else; names it gets later (`m.original = m.f`) do not keep it current.
- "Lives inside one": what code within `x` made (a method, a nested class or function, a closure, what a decorator
  wraps), or what a decorator made around it (`functools.cache`). It is stale once `M.x` is not the object that it was
  when that load ended. A method is as its function, a generator or coroutine as the function that it runs.
- A class is made by the load at whose end it is seen first; one that a function makes later has the load of that code.
- A name that is gone is forgotten: bound again from outside, it is added. A name that a function of the module binds
  with `global` after the load counts as bound by that load.
- A from-import is followed if `M.n` was that object when the entry or the load ended, or if the name was bound anew and
  a load is known to have bound `M.n`. What a module's `__getattr__` gives is not followed.
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
from sandbox.worker.parts import class_items
from sandbox.worker.raw import attributes, function_attributes, lookup
from sandbox.worker.safe import is_class, plain
from sandbox.worker.source import class_spans, excerpt, span, tops
from sandbox.worker.stores import Stores, stores
from sandbox.worker.values import (
    code_of,
    is_simple,
    kind_of,
    module_name,
    module_of_class,
    namespace_of,
    partial_fields,
    print_of,
    qualified_name,
)

MAIN = "__main__"
IMPORT_SYSTEM = frozenset(
    {"__name__", "__doc__", "__package__", "__loader__", "__spec__", "__file__", "__cached__", "__path__"}
    | {"__builtins__", "__annotations__", "__annotate__", "__conditional_annotations__"}
)
"""Names that no load binds by itself, or not for the learner: the import system's, and the interpreter's own."""
_MODULES = sys.modules
"""The import system's own, whatever `sys.modules` is set to."""
_SOURCES_KEPT = 64
_LOADS_KEPT = 500
_NESTED_CLASSES = 5
_WRAPPERS = 8
"""So many decorators deep a function is looked for behind its `__wrapped__`."""
_NOTHING, _UNKNOWN = object(), object()
"""What `M.x` is when it is gone, and when nobody can tell without running code of the learner's."""
Made = tuple[str, int]
"""Module and load."""


@dataclass(slots=True)
class Book:
    """What is known of one module object."""

    name: str
    load: int = 0
    latest: Stores = field(default_factory=Stores)
    bound: dict[str, int] = field(default_factory=dict)
    """Names to the newest load that bound them."""
    before: dict[str, object] = field(default_factory=dict)
    """Names to what stood there when the latest load began; of `__main__`, when the last entry ended."""
    origins: dict[str, tuple[str, str, object]] = field(default_factory=dict)
    """Names to the module, the name there and which value, as a from-import got them."""
    module: "weakref.ref[ModuleType] | None" = None


@dataclass(slots=True, frozen=True)
class _Source:
    """What a load ran: its text, the lines of its classes by qualified name, its names that have code within."""

    text: str
    classes: dict[str, tuple[int, int]]
    tops: set[str]


class Memory:
    """Told of loads and entries as they happen; asked when a picture is taken."""

    def __init__(self, observer: Observer, tokens: Tokens) -> None:
        self._observer, self._tokens = observer, tokens
        self._books: dict[int, Book] = {}
        """By the tokens of module objects."""
        self._newest: dict[str, int] = {}
        """Module names to the token of the object in which the newest load ran."""
        self._homes: dict[int, tuple[str, set[str]]] = {}
        """Tokens of objects to the module and the names under which they were seen first."""
        self._makers: dict[int, Made] = {}
        """Tokens of what has no code object of its own to the load that made it."""
        self._tops: OrderedDict[Made, dict[str, int]] = OrderedDict()
        """Loads to what was at the module's names when they ended, of those that have code within."""
        self._sources: OrderedDict[Made, _Source] = OrderedDict()
        self._entry: list[Stores] = []
        self._split: tuple[str, list[str]] = "", []

    # --- what happens ---

    def began(self, load: Load, code: CodeType) -> None:
        """A load begins; the import system has set its names."""
        module = _loaded(load.module)
        self._sources[load.module, load.number] = _Source(load.source or "", class_spans(code), tops(code))
        if len(self._sources) > _SOURCES_KEPT:
            self._sources.popitem(last=False)
        if module is None:
            return
        token = self._tokens.give(module)
        book = self._books.setdefault(token, Book(load.module))
        book.load, book.latest, book.module = load.number, stores(code), weakref.ref(module)
        book.before = {name: self._print(value) for name, value in _names(module)}
        self._newest[load.module] = token

    def ended(self, load: Load) -> None:
        """A load is over, whether it ended well or not."""
        book = self._books.get(self._newest.get(load.module, 0))
        module = book.module() if book is not None and book.module is not None else None
        if book is None or module is None or book.load != load.number:
            return
        names = _names(module)
        fresh = {name for name, value in names if book.before.get(name) != self._print(value)}
        static = {*book.latest.names, *self._starred(module, book.latest)}
        for name, value in names:
            appeared = name in fresh and name not in IMPORT_SYSTEM and not _is_submodule(book.name, name, value)
            if name in static or appeared:
                book.bound[name] = load.number
        self._follow_imports(book, module, book.latest)
        self._note_makers(book, [(name, value) for name, value in names if name in fresh])
        self._note_homes(book, names)
        self._note_tops(book, dict(names))

    def entered(self, code: CodeType) -> None:
        """A statement of an entry is about to run."""
        self._entry.append(stores(code))

    def settle(self) -> bool:
        """At the end of an entry: what its from-imports bound. Whether there is news of what came from one."""
        entry, self._entry = self._entry, []
        main = _loaded(MAIN)
        if main is None or not any(one.names or one.stars for one in entry):
            return False
        book = self._books.setdefault(self._tokens.give(main), Book(MAIN))
        followed = dict(book.origins)
        for one in entry:
            self._follow_imports(book, main, one)
        wanted = {name for one in entry for name in one.names}
        book.before.update((name, self._print(value)) for name, value in _names(main, wanted))
        return book.origins != followed or any(one.stars or any(one.names.values()) for one in entry)

    def look_at(self, token: int, names: list[tuple[str, object]], are_all: bool) -> None:
        """What a module's names are when a picture is taken."""
        book = self._books.get(token)
        if book is None or not book.load:
            return
        if are_all and (gone := book.bound.keys() - dict(names) - IMPORT_SYSTEM):
            book.bound = {name: load for name, load in book.bound.items() if name not in gone}
        for name, _ in names:
            if name not in book.bound and name in book.latest.names:
                book.bound[name] = book.load
        self._note_homes(book, names)

    def purge(self) -> None:
        """Forget the dead."""
        for token in self._tokens.purge():
            self._homes.pop(token, None)
            self._makers.pop(token, None)
            self._books.pop(token, None)

    def _print(self, value: object) -> object:
        return self._tokens.peek(value) or print_of(value)

    # --- who made what ---

    def _note_makers(self, book: Book, fresh: list[tuple[str, object]]) -> None:
        made = book.name, book.load
        for name, value in fresh:
            if is_class(value):
                self._note_class(value, made, _NESTED_CLASSES)
            elif type(value) is not FunctionType and not is_simple(value):
                inside = _wrapped(value)
                if inside is not None and self.made(inside) == made and plain(inside.__name__) == name:
                    self._makers.setdefault(self._tokens.give(value), made)

    def _note_class(self, cls: type, made: Made, depth: int) -> None:
        if module_of_class(cls) != made[0] or not depth:
            return
        token = self._tokens.give(cls)
        if token not in self._makers:
            self._makers[token] = made
            for _, part in class_items(cls):
                if is_class(part):
                    self._note_class(part, made, depth - 1)

    def _note_homes(self, book: Book, names: list[tuple[str, object]]) -> None:
        """Remember what is `M.x` for the first time."""
        fresh: dict[int, set[str]] = {}
        for name, value in names:
            if is_simple(value) or self._tokens.peek(value) in self._homes:
                continue
            if self._can_be_at_home(book, name, value):
                fresh.setdefault(self._tokens.give(value), set()).add(name)
        self._homes.update((token, (book.name, found)) for token, found in fresh.items())

    def _can_be_at_home(self, book: Book, name: str, value: object) -> bool:
        if type(value) is not FunctionType and not is_class(value):
            return self._tokens.peek(value) in self._makers
        module, load = self.made(value)
        is_imported = name in book.origins or book.latest.names.get(name) is not None
        return load > 0 and (module == book.name or not is_imported)

    def _note_tops(self, book: Book, names: dict[str, object]) -> None:
        """Remember what stands now at the names within which this load has code."""
        found = {}
        source = self._sources.get((book.name, book.load))
        for name in source.tops if source is not None else ():
            if token := self._tokens.give(names.get(name)):
                found[name] = token
        self._tops[book.name, book.load] = found
        if len(self._tops) > _LOADS_KEPT:
            self._tops.popitem(last=False)

    def made(self, value: object) -> Made:
        """The load that made a function's code, a class, an instance's class; ("", 0) when none did."""
        code = code_of(value)
        if code is not None:
            load = self._observer.origin(code)
            if load is not None:
                return load.module, load.number
            inside = _wrapped(value)
            return self.made(inside) if inside is not None else ("", 0)
        return self._made_without_code(value)

    def _made_without_code(self, value: Any) -> Made:
        kind = kind_of(value)
        if kind == "method":
            return self.made(value.__func__) if type(value.__func__) is FunctionType else ("", 0)
        known = self._makers.get(self._tokens.peek(value))
        if known is not None:
            return known
        if kind == "instance":
            return self._made_without_code(type(value))
        return self._made_by_methods(value) if kind == "class" else ("", 0)

    def _made_by_methods(self, cls: type) -> Made:
        """A class that was made while no load ran."""
        for _, value in class_items(cls):
            load = self._observer.origin(code_of(value)) if type(value) is FunctionType else None
            if load is not None and load.module == module_of_class(cls):
                return load.module, load.number
        return "", 0

    def home(self, value: Any) -> str:
        """ "module.qualified.name" where it was made; "" for what no load made."""
        module, load = self.made(value)
        if not load:
            return ""
        kind = kind_of(value)
        if kind == "method":
            return self.home(value.__func__)
        if kind in ("class", "instance") and (kind == "class" or self._tokens.peek(value) not in self._makers):
            return f"{module}.{qualified_name(value if kind == 'class' else type(value))}"
        code = code_of(value)
        if code is None or self._observer.origin(code) is None:
            code = code_of(_wrapped(value))
        return f"{module}.{plain(code.co_qualname)}"

    def code(self, value: object) -> str:
        """The source that made a function or class, "" where there is none."""
        code = code_of(value)
        load = self._observer.origin(code) if code is not None else None
        if code is not None and load is not None:
            return excerpt(self._lines(load.source or ""), *span(code))
        source = self._sources.get(self.made(value)) if is_class(value) else None
        if source is None or not is_class(value):
            return ""
        return excerpt(self._lines(source.text), *source.classes.get(qualified_name(value), (0, 0)))

    def _lines(self, source: str) -> list[str]:
        """Many objects in a row come from the same source."""
        if self._split[0] is not source:
            self._split = source, source.split("\n")
        return self._split[1]

    # --- stale ---

    def is_stale(self, value: Any) -> bool:
        """Whether it is code, or an instance of a class, that its module has replaced."""
        kind = kind_of(value)
        if kind == "method":
            return type(value.__func__) is FunctionType and self.is_stale(value.__func__)
        token = self._tokens.peek(value)
        home = self._homes.get(token) if token else None
        if home is not None:
            return all(_differs(self.now(home[0], name), value) for name in home[1])
        if kind == "instance" and token not in self._makers:
            return self.is_stale(type(value))
        return kind in ("function", "class", "generator") and self._is_inside_stale(value)

    def _is_inside_stale(self, value: object) -> bool:
        module, load = self.made(value)
        if not load:
            return False
        tops_then = self._tops.get((module, load))
        if tops_then is None:  # the load's end was not seen: its module was gone by then, or it is not over
            return self._observer.number(module) > load and self._is_over(module, load)
        outer = self.home(value)[len(module) + 1 :].partition(".")[0]
        if outer not in tops_then:
            return False
        current = self.now(module, outer)
        return current is not _UNKNOWN and self._tokens.peek(current) != tops_then[outer]

    def _is_over(self, module: str, load: int) -> bool:
        book = self._books.get(self._newest.get(module, 0))
        return book is None or book.load != load

    def now(self, module: str, name: str) -> object:
        """What `module.name` is now, as far as it stands in a namespace."""
        found = lookup(_MODULES, module)
        if found is None:
            book = self._books.get(self._newest.get(module, 0))
            found = book.module() if book is not None and book.module is not None else None
        if kind_of(found) == "module":
            return lookup(namespace_of(found), name, _NOTHING)
        if found is None:
            return _UNKNOWN
        own = dict(item for item in attributes(found) if type(item[0]) is str)
        return own.get(name, _UNKNOWN)

    # --- from-imports ---

    def _follow_imports(self, book: Book, module: ModuleType, code: Stores) -> None:
        names = dict(_names(module, {name for name, origin in code.names.items() if origin is not None}))
        for name, origin in code.names.items():
            if origin is None:
                book.origins.pop(name, None)
            elif name in names:
                source, attribute = _absolute(module, origin[0], origin[1]), origin[2]
                self._follow(book, name, names[name], source, attribute)
        for level, relative in code.stars:
            source = _absolute(module, level, relative)
            public = _public(source)
            for name, value in _names(module, public):
                self._follow(book, name, value, source, name)

    def _follow(self, book: Book, name: str, value: object, source: str, attribute: str) -> None:
        mark = self._print(value)
        is_that = self.now(source, attribute) is value
        if is_that or (book.before.get(name) != mark and self._binds(source, attribute)):
            if is_that and not is_simple(value) and kind_of(value) in ("function", "class", "instance"):
                self._tokens.give(value)
                mark = self._print(value)
            book.origins[name] = source, attribute, mark

    def _binds(self, source: str, attribute: str) -> bool:
        book = self._books.get(self._newest.get(source, 0))
        return book is not None and attribute in book.bound

    def _starred(self, module: ModuleType, code: Stores) -> Iterator[str]:
        for level, source in code.stars:
            yield from _public(_absolute(module, level, source))

    def origins(self, token: int) -> dict[str, tuple[str, str, object]]:
        """Names of this module object that a from-import bound: the module, the name there, which value."""
        book = self._books.get(token)
        return book.origins if book is not None else {}

    def origin(self, token: int, name: str, value: object) -> tuple[str, str] | None:
        """Module and name there, when a from-import bound this very object to the name."""
        found = self.origins(token).get(name)
        if found is None:
            return None
        if found[2] != self._print(value):
            del self.origins(token)[name]
            return None
        return found[:2]

    def is_outdated(self, origin: tuple[str, str], value: object) -> bool:
        """Whether a from-import got this object where another is now, or none."""
        return origin[0] in self._newest and _differs(self.now(*origin), value)

    # --- names ---

    def leftovers(self, token: int) -> set[str]:
        """Names that an earlier load bound and for which the latest load's code has no store."""
        book = self._books.get(token)
        if book is None or not book.load:
            return set()
        return {name for name, load in book.bound.items() if load < book.load and name not in book.latest.names}

    def is_added(self, token: int, name: str, value: object) -> bool:
        """Whether no load bound it: it came from outside."""
        book = self._books.get(token)
        if book is None or not book.load or name in book.bound or name in IMPORT_SYSTEM:
            return False
        return not _is_submodule(book.name, name, value)

    def knows(self, module: str) -> bool:
        """Whether code of the workspace was executed as this module."""
        return module in self._newest

    def load_in(self, token: int) -> int:
        """The newest load that ran in this module object."""
        book = self._books.get(token)
        return book.load if book is not None else 0


def _differs(current: object, value: object) -> bool:
    return current is not value and current is not _UNKNOWN


def _wrapped(value: Any) -> Any:
    """The innermost function that decorators are around, None where there is none."""
    found = None
    for _ in range(_WRAPPERS):
        if type(value) is FunctionType:
            inside = lookup(function_attributes(value), "__wrapped__")
        elif held := partial_fields(value):
            inside = held["func"]
        elif kind_of(value) == "instance":
            inside = next((item for key, item in attributes(value) if type(key) is str and key == "__wrapped__"), None)
        else:
            inside = None
        if inside is None:
            return found
        value = inside
        found = value if type(value) is FunctionType else found
    return found


def _loaded(name: str) -> ModuleType | None:
    found = lookup(_MODULES, name)
    return found if issubclass(type(found), ModuleType) else None


def _names(module: ModuleType | None, wanted: set[str] | None = None) -> list[tuple[str, object]]:
    names = namespace_of(module)
    if wanted is not None and len(wanted) < len(names):
        return [(name, value) for name in wanted if (value := lookup(names, name, _NOTHING)) is not _NOTHING]
    return [(name, value) for name, value in list(names.items()) if type(name) is str]


def _public(module: str) -> set[str]:
    names = namespace_of(_loaded(module))
    listed: Any = lookup(names, "__all__")
    if type(listed) in (list, tuple):
        return {name for name in listed if type(name) is str}
    return {name for name in list(names) if type(name) is str and not name.startswith("_")}


def _is_submodule(module: str, name: str, value: object) -> bool:
    return issubclass(type(value), ModuleType) and module_name(value) == f"{module}.{name}"


def _absolute(module: ModuleType, level: int, source: str) -> str:
    """The module that a relative import means, as importlib resolves it."""
    if not level:
        return source
    package = lookup(namespace_of(module), "__package__")
    parts = package.split(".") if type(package) is str else []
    return ".".join([*parts[: len(parts) - level + 1], *([source] if source else [])])
