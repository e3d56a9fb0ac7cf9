"""From-imports: where a name got its value, and whether that is still what is there. Holds no object alive.

A from-import is followed if `M.n` was that object when the entry or the load ended, or if the name was bound anew and
a load is known to have bound `M.n`. What a module's `__getattr__` gives is not followed.
"""

from collections.abc import Iterator
from types import ModuleType

from sandbox.worker.books import Book, Books, Origin, Present
from sandbox.worker.modules import absolute, names_of, public_names
from sandbox.worker.stores import Stores


class Imports:
    """Told what code ran; asked when a picture is taken."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def follow(self, book: Book, module: ModuleType, code: Stores, before: dict[str, object]) -> None:
        """This code has run in the module. `before`: which values its names had then, as `Books.print_of` tells."""
        names = dict(names_of(module, {name for name, origin in code.names.items() if origin is not None}))
        for name, origin in code.names.items():
            if origin is None:
                book.origins.pop(name, None)
            elif name in names:
                source, attribute = absolute(module, origin[0], origin[1]), origin[2]
                if found := self._find(names[name], source, attribute, before.get(name)):
                    book.origins[name] = found
        for level, star, later in code.stars:
            source = absolute(module, level, star)
            for name, value in names_of(module, public_names(source) - later):
                if found := self._find(value, source, name, before.get(name)):
                    book.origins[name] = found

    def _find(self, value: object, source: str, attribute: str, before: object) -> Origin | None:
        """What is to be remembered of it, None where it is something else."""
        mark = self._books.print_of(value)
        is_that = self._books.now(source, attribute) is value
        if is_that or (before != mark and self._books.binds(source, attribute)):
            return source, attribute, mark
        return None

    def check(self, origins: dict[str, Origin], name: str, value: object) -> tuple[str, str] | None:
        """Module and name there, when a from-import bound this very object to the name. Else that is forgotten."""
        found = origins.get(name)
        if found is None:
            return None
        if found[2] != self._books.print_of(value):
            del origins[name]
            return None
        return found[:2]

    def is_outdated(self, origin: tuple[str, str], value: object, present: Present) -> bool:
        """Whether a from-import got this object where another is now, or none."""
        return self._books.knows(origin[0]) and not present.has(value, origin[0], origin[1:])


def starred(module: ModuleType, code: Stores) -> Iterator[str]:
    """The names that its star imports bind."""
    for level, source, _ in code.stars:
        yield from public_names(absolute(module, level, source))
