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
        sources: dict[str, list[tuple[str, str] | None]] = {
            name: [one and (absolute(module, one[0], one[1]), one[2]) for one in taken]
            for name, taken in code.names.items()
        }
        for level, star, later in code.stars:
            source = absolute(module, level, star)
            for name in public_names(source) - later:
                sources.setdefault(name, []).append((source, name))
        names = dict(names_of(module, {name for name, found in sources.items() if any(found)}))
        for name, found in sources.items():
            if not any(found):
                book.origins.pop(name, None)
            elif name in names and (origin := self._find(names[name], found, before.get(name))):
                book.origins[name] = origin

    def _find(self, value: object, found: list[tuple[str, str] | None], before: object) -> Origin | None:
        """What is to be remembered of what came from one of these, None where it is something else."""
        mark = self._books.print_of(value)
        for source in filter(None, reversed(found)):
            if self._books.now(*source) is value:
                return *source, mark
        only = found[0] if len(found) == 1 else None  # of several it is not known which statement ran
        if only is not None and before != mark and self._books.binds(*only):
            return *only, mark
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
