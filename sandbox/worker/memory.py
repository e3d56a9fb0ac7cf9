"""What is remembered of modules between pictures, and so what a name's marks mean. Knows nothing of drawing.

Holds no object alive. How the words are meant where more than one reading is possible:

- "M" is the module object in the import cache; after `del sys.modules["m"]` alone it is still the one that was there,
  as long as that lives. So nothing becomes stale by that, but all does once a second copy has been loaded.
- What "once was `M.x`" is seen when a load ends and when a picture is taken. Names that a from-import bound do not
  count, nor do functions and classes that no load made (those of the console, of the standard library): only what a
  module's code made can be an old version of it. Where an object is seen under several names at first (`f = g = ...`),
  it is stale when all of these are something else; names it gets later (`m.original = m.f`) do not keep it current.
- "Lives inside one": what code within `x` made (a method, a nested class or function, a closure, what a decorator
  wraps), or what a decorator made around it (`functools.cache`, or with `functools.wraps`). It is stale once `M.x` is
  not the object that it was when that load ended. A method is as its function, a generator or coroutine as the function
  that it runs.
- A class is made by the load at whose end it is seen first; one that a function makes later has the load of that code.
- A name that is gone is forgotten: bound again from outside, it is added. A name that a function of the module binds
  with `global` after the load counts as bound by that load.
"""

from types import CodeType
from typing import Any

from sandbox.worker.ages import Ages, Homes
from sandbox.worker.books import Book, Books
from sandbox.worker.identity import Tokens
from sandbox.worker.imports import Imports, starred
from sandbox.worker.makers import Makers
from sandbox.worker.modules import IMPORT_SYSTEM, MAIN, is_submodule, loaded, names_of
from sandbox.worker.observe import Load, Observer
from sandbox.worker.raw import address
from sandbox.worker.stores import Stores, stores

Links = tuple[list[str], list[Any], list[int]]
"""In columns: names, the objects to which they refer, and the addresses of these."""


class Memory:
    """Told of loads and entries as they happen; asked when a picture is taken."""

    def __init__(self, observer: Observer, tokens: Tokens) -> None:
        self._observer, self._tokens = observer, tokens
        self.books = Books(tokens)
        self.makers = Makers(observer, tokens)
        self.imports = Imports(self.books)
        self._homes = Homes(tokens, self.makers)
        self._entry: list[tuple[Stores, dict[str, object]]] = []
        """What its statements bind, and of those with from-imports which values there were before."""

    def began(self, load: Load, code: CodeType) -> None:
        """A load begins; the import system has set its names."""
        self.makers.began(load, code)
        module = loaded(load.module)
        if module is not None:
            book = self.books.begin(module, load.module, load.number, stores(code))
            book.before = self.books.prints_of(module)

    def ended(self, load: Load) -> None:
        """A load is over, whether it ended well or not."""
        book = self.books.newest(load.module)
        module = book.module() if book is not None and book.module is not None else None
        if book is None or module is None or book.load != load.number:
            return
        names, before = names_of(module), book.before
        fresh = {name for name, mark in self.books.prints_of(module).items() if before.get(name) != mark}
        static = {*book.latest.bound, *starred(module, book.latest)}
        for name, value in names:
            if name in static or (name in fresh and not is_submodule(book.name, name, value)):
                book.bound[name] = load.number
        self.imports.follow(book, module, book.latest, before)
        self.makers.note((book.name, book.load), [(name, value) for name, value in names if name in fresh])
        values = [value for _, value in names]
        self._note_homes(book, ([name for name, _ in names], values, [*map(address, values)]))
        self._homes.note_tops(book, dict(names))

    def entered(self, code: CodeType) -> None:
        """A statement of an entry is about to run."""
        found, main = stores(code), loaded(MAIN)
        wanted = None if found.stars else found.imported
        self._entry.append((found, {} if main is None else self.books.prints_of(main, wanted)))

    def settle(self) -> bool:
        """At the end of an entry: what its from-imports bound. Whether there is news of what came from one."""
        entry, self._entry = self._entry, []
        main = loaded(MAIN)
        if main is None or not any(one.names or one.stars for one, _ in entry):
            return False
        book = self.books.open(main, MAIN)
        followed = dict(book.origins)
        for one, before in entry:
            self.imports.follow(book, main, one, before)
        return book.origins != followed or any(one.has_imports for one, _ in entry)

    def look_at(self, token: int, shown: list[str], are_all: bool, links: Links) -> None:
        """What names a module has when a picture is taken, and those that refer to objects."""
        book = self.books.find(token)
        if book is None:
            return
        present = {*shown}
        if are_all and (gone := book.bound.keys() - present - IMPORT_SYSTEM):
            book.bound = {name: load for name, load in book.bound.items() if name not in gone}
        for name in (present & book.latest.bound) - book.bound.keys():
            book.bound[name] = book.load
        self._note_homes(book, links)

    def _note_homes(self, book: Book, links: Links) -> None:
        """What is `M.x` now: not what a from-import bound, but what took the place of that."""
        for name, value, _ in zip(*links, strict=True) if book.origins else ():
            self.imports.check(book.origins, name, value)
        self._homes.note(book, *links)

    def ages(self) -> Ages:
        """Tells what is stale, for one picture."""
        return Ages(self._homes, self.makers, self.books, self._tokens, self._observer)

    def purge(self) -> None:
        """Forget the dead."""
        for token in self._tokens.purge():
            for one in (self.books, self.makers, self._homes):
                one.forget(token)
