"""What is known of each module object: its loads, which of them bound which name, where a from-import got a value.

Kept by tokens, so that a second copy of a module has a book of its own. Holds no object alive.
"""

import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from types import ModuleType

from sandbox.worker.identity import Tokens
from sandbox.worker.modules import IMPORT_SYSTEM, MODULES, names_of
from sandbox.worker.raw import has_plain_keys, lookup
from sandbox.worker.raw_instances import attributes
from sandbox.worker.stores import Stores
from sandbox.worker.values import kind_of, namespace_of, print_of

NOTHING, UNKNOWN = object(), object()
"""What `M.x` is when it is gone, and when nobody can tell without running code of the learner's."""
Finder = Callable[[str, object], object]
Origin = tuple[str, str, object]
"""The module, the name there and which value, as a from-import got it."""


@dataclass(slots=True)
class Book:
    """What is known of one module object."""

    name: str
    load: int = 0
    latest: Stores = field(default_factory=Stores)
    bound: dict[str, int] = field(default_factory=dict)
    """Names to the newest load that bound them."""
    before: dict[str, object] = field(default_factory=dict)
    """Names to what stood there when the latest load began."""
    origins: dict[str, Origin] = field(default_factory=dict)
    """Of names that a from-import bound."""
    module: "weakref.ref[ModuleType] | None" = None


class Books:
    """By the tokens of module objects, and by the names under which they were loaded last."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._books: dict[int, Book] = {}
        self._newest: dict[str, int] = {}
        """Module names to the token of the object in which the newest load ran."""

    def open(self, module: ModuleType, name: str) -> Book:
        """The module's book, a new one if it has none."""
        return self._books.setdefault(self._tokens.give(module), Book(name))

    def begin(self, module: ModuleType, name: str, load: int, latest: Stores) -> Book:
        """A load begins in it."""
        book = self.open(module, name)
        book.load, book.latest, book.module = load, latest, weakref.ref(module)
        self._newest[name] = self._tokens.give(module)
        return book

    def find(self, token: int) -> Book | None:
        """That of the module object with this token, if a load ran in it."""
        book = self._books.get(token)
        return book if book is not None and book.load else None

    def newest(self, module: str) -> Book | None:
        """That of the object in which the newest load of this module ran, while it lives."""
        book = self._books.get(self._newest.get(module, 0))
        return book if book is not None and _living(book) is not None else None

    def forget(self, token: int) -> None:
        """Nothing has this token any more."""
        self._books.pop(token, None)

    def print_of(self, value: object) -> object:
        """Which value it is: the object's token, else what tells as long as nothing else takes its place."""
        return self._tokens.give(value) or print_of(value)

    def prints_of(self, module: ModuleType, wanted: set[str] | None = None) -> dict[str, object]:
        """The same of all that a module's names refer to, or the wanted, but for those of the import system."""
        return {name: self.print_of(value) for name, value in names_of(module, wanted) if name not in IMPORT_SYSTEM}

    # --- names ---

    def knows(self, module: str) -> bool:
        """Whether code of the workspace was executed as this module."""
        return module in self._newest

    def load_in(self, token: int) -> int:
        """The newest load that ran in this module object."""
        book = self._books.get(token)
        return book.load if book is not None else 0

    def loaded(self) -> set[str]:
        """The modules as which code of the workspace was executed."""
        return {*self._newest}

    def binds(self, module: str, name: str) -> bool:
        """Whether a load is known to have bound it."""
        book = self.newest(module)
        return book is not None and name in book.bound

    def leftovers(self, token: int) -> set[str]:
        """Names that an earlier load bound and for which the latest load's code has no store."""
        book = self.find(token)
        if book is None or book.load == 1:
            return set()
        static = book.latest.bound
        return {name for name, load in book.bound.items() if load < book.load and name not in static}

    def unbound(self, token: int, names: Iterable[str]) -> set[str]:
        """Those of its names that no load bound, nor the import system: from outside, if they are no submodules."""
        book = self.find(token)
        return {*names} - book.bound.keys() - IMPORT_SYSTEM if book is not None else set()

    def origins(self, token: int) -> dict[str, Origin]:
        """Of the names of this module object that a from-import bound."""
        book = self._books.get(token)
        return book.origins if book is not None else {}

    # --- what a name refers to ---

    def now(self, module: str, name: str) -> object:
        """What `module.name` is now, as far as it stands in a namespace."""
        find, otherwise = self.finder(module)
        return find(name, otherwise)

    def standing(self) -> list[object]:
        """What is meant by the names of the modules as which code of the workspace was executed, and is there."""
        return [found for module in self._newest if (found := self._find(module)) is not None]

    def _find(self, module: str) -> object:
        found = lookup(MODULES, module)
        book = self.newest(module) if found is None else None
        return _living(book) if book is not None else found

    def finder(self, module: str) -> tuple[Finder, object]:
        """What finds a name in the module as long as nothing of the learner's runs, and what to make of none."""
        found = self._find(module)
        if kind_of(found) == "module":
            names = namespace_of(found)
            return names.get if has_plain_keys(names) else partial(lookup, names), NOTHING
        own = [] if found is None else [item for item in attributes(found) if type(item[0]) is str]
        return dict(own).get, UNKNOWN


def _living(book: Book) -> ModuleType | None:
    return book.module() if book.module is not None else None


class Present:
    """What names refer to while one picture is taken: each module is looked for once."""

    def __init__(self, books: Books) -> None:
        self.finders = _Finders(books)

    def now(self, module: str, name: str) -> object:
        """As `Books.now`."""
        find, otherwise = self.finders[module]
        return find(name, otherwise)

    def has(self, value: object, module: str, names: Iterable[str]) -> bool:
        """Whether any of these names refers to this very object, for all that can be told."""
        find, otherwise = self.finders[module]
        for name in names:
            current = find(name, otherwise)
            if current is value or current is UNKNOWN:
                return True
        return False


class _Finders(dict[str, tuple[Finder, object]]):
    """By module, as `Books.finder` says, which is asked once for each."""

    def __init__(self, books: Books) -> None:
        super().__init__()
        self._books = books

    def __missing__(self, module: str) -> tuple[Finder, object]:
        found = self[module] = self._books.finder(module)
        return found
