"""From-imports: where a name got its value, and whether that is still what is there. Holds no object alive.

A from-import is followed if `M.n` was that object when the entry or the load ended, or if the name was bound anew and
a load is known to have bound `M.n`. What a module's `__getattr__` gives is not followed.
"""

from collections.abc import Iterator
from types import ModuleType

from sandbox.worker.books import Book, Books, Present
from sandbox.worker.identity import Tokens
from sandbox.worker.modules import absolute, names_of, public_names
from sandbox.worker.stores import Stores
from sandbox.worker.values import is_simple, kind_of


class Imports:
    """Told what code ran; asked when a picture is taken."""

    def __init__(self, books: Books, tokens: Tokens) -> None:
        self._books, self._tokens = books, tokens

    def follow(self, book: Book, module: ModuleType, code: Stores) -> None:
        """This code has run in the module."""
        names = dict(names_of(module, {name for name, origin in code.names.items() if origin is not None}))
        for name, origin in code.names.items():
            if origin is None:
                book.origins.pop(name, None)
            elif name in names:
                source, attribute = absolute(module, origin[0], origin[1]), origin[2]
                self._follow(book, name, names[name], source, attribute)
        for source in _stars(module, code):
            for name, value in names_of(module, public_names(source)):
                self._follow(book, name, value, source, name)

    def _follow(self, book: Book, name: str, value: object, source: str, attribute: str) -> None:
        mark = self._books.print_of(value)
        is_that = self._books.now(source, attribute) is value
        if is_that or (book.before.get(name) != mark and self._books.binds(source, attribute)):
            if is_that and not is_simple(value) and kind_of(value) in ("function", "class", "instance"):
                self._tokens.give(value)
                mark = self._books.print_of(value)
            book.origins[name] = source, attribute, mark

    def origin(self, token: int, name: str, value: object) -> tuple[str, str] | None:
        """Module and name there, when a from-import bound this very object to the name."""
        found = self._books.origins(token).get(name)
        if found is None:
            return None
        if found[2] != self._books.print_of(value):
            del self._books.origins(token)[name]
            return None
        return found[:2]

    def is_outdated(self, origin: tuple[str, str], value: object, present: Present) -> bool:
        """Whether a from-import got this object where another is now, or none."""
        return self._books.knows(origin[0]) and not present.has(value, origin[0], origin[1:])


def starred(module: ModuleType, code: Stores) -> Iterator[str]:
    """The names that its star imports bind."""
    for source in _stars(module, code):
        yield from public_names(source)


def _stars(module: ModuleType, code: Stores) -> Iterator[str]:
    return (absolute(module, level, source) for level, source in code.stars)
