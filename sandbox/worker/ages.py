"""What is old: which object once was `M.x`, and whether `M.x` is another by now. Holds no object alive."""

from collections import OrderedDict
from types import FunctionType
from typing import Any

from sandbox.worker.books import UNKNOWN, Book, Books, Present
from sandbox.worker.identity import Tokens
from sandbox.worker.makers import Made, Makers, Trace, wrapped
from sandbox.worker.observe import Observer
from sandbox.worker.raw import address
from sandbox.worker.raw_functions import function_attributes
from sandbox.worker.safe import is_class
from sandbox.worker.values import CONTAINERS, is_simple, kind_of

_LOADS_KEPT = 500


class Homes:
    """Told what stands in modules when a load ends and when a picture is taken."""

    def __init__(self, tokens: Tokens, makers: Makers) -> None:
        self._tokens, self._makers = tokens, makers
        self.homes: dict[int, tuple[str, list[str]]] = {}
        """Tokens of objects to the module and the names under which they were seen first."""
        self._tops: OrderedDict[Made, dict[str, int]] = OrderedDict()
        """Loads to what was at the module's names when they ended, of those that have code within."""

    def note(self, book: Book, names: list[str], values: list[Any], places: list[int]) -> None:
        """Remember what is `M.x` for the first time; in columns: names, what these refer to, its addresses."""
        fresh: dict[int, list[str]] = {}
        homes = self.homes
        unknown = [index for index, token in enumerate(self._tokens.peek_all(values, places)) if token not in homes]
        for name, value in [(names[index], values[index]) for index in unknown]:
            if not is_simple(value) and self._can_be_at_home(book, name, value):
                fresh.setdefault(self._tokens.give(value), []).append(name)
        self.homes.update((token, (book.name, found)) for token, found in fresh.items())

    def _can_be_at_home(self, book: Book, name: str, value: object) -> bool:
        if type(value) is not FunctionType and not is_class(value):
            return self._makers.knows(self._tokens.peek(value))
        module, load = self._makers.made(value)
        is_imported = name in book.origins or any(book.latest.names.get(name, ()))
        return load > 0 and (module == book.name or not is_imported)

    def note_tops(self, book: Book, names: dict[str, object]) -> None:
        """Remember what stands now at the names within which this load has code."""
        made = book.name, book.load
        found = ((name, self._tokens.give(names.get(name))) for name in self._makers.tops(made))
        self._tops[made] = {name: token for name, token in found if token}
        if len(self._tops) > _LOADS_KEPT:
            self._tops.popitem(last=False)

    def tops(self, made: Made) -> dict[str, int] | None:
        """Which objects were at the module's names when this load ended, of those that have code within."""
        return self._tops.get(made)

    def forget(self, token: int) -> None:
        """Nothing has this token any more."""
        self.homes.pop(token, None)


class Ages:
    """Asked while one picture is taken: nothing changes meanwhile, so nothing is found out twice."""

    def __init__(self, homes: Homes, makers: Makers, books: Books, tokens: Tokens, observer: Observer) -> None:
        self._homes, self._makers, self._books = homes, makers, books
        self._tokens, self._observer = tokens, observer
        self._home_of = homes.homes.get
        self.present = Present(books)
        self._known: dict[int, bool] = {}
        """By address: all that is asked about stands still."""
        self._traces: dict[int, Trace] = {}
        self._inside: dict[tuple[Made, str], bool] = {}

    def is_stale(self, value: Any) -> bool:
        """Whether it is code, or an instance of a class, that its module has replaced."""
        key = address(value)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self.is_old(value, kind_of(value), self._tokens.peek(value))
        return known

    def is_settled(self, value: object) -> bool:
        """Whether that depends on nothing but what stands in modules."""
        return self._home_of(self._tokens.peek(value)) is not None

    def is_old(self, value: Any, kind: str, token: int) -> bool:
        """The same, of what has this kind and this token."""
        home = self._home_of(token)
        if home is not None:
            return not self.present.has(value, *home)
        if kind in ("instance", "other") and not self._makers.knows(token):
            return self.is_stale(type(value))
        if kind == "method":
            return type(value.__func__) is FunctionType and self.is_stale(value.__func__)
        if kind not in ("function", "class", "generator"):
            return False
        return self._is_inside_stale(value) or (kind == "function" and self._is_around_stale(value))

    def are_old(self, values: list[Any], kinds: list[str], tokens: list[int]) -> list[bool]:
        """The same of many. What stands at the first of its names, as nearly all does, is told without a call."""
        home_of, is_old, is_home, of_class = self._home_of, self.is_old, self.present.has, self._known.get
        knows, finders = self._makers.knows, self.present.finders
        return [
            finders[home[0]][0](home[1][0], None) is not value and not is_home(value, *home)
            if (home := home_of(token)) is not None
            else False
            if kind in CONTAINERS
            else known
            if kind == "instance" and (known := of_class(address(type(value)))) is not None and not knows(token)
            else is_old(value, kind, token)
            for value, kind, token in zip(values, kinds, tokens, strict=True)
        ]

    def trace(self, value: Any) -> Trace:
        """As `Makers.trace`."""
        key = address(value)
        known = self._traces.get(key)
        if known is None:
            known = self._traces[key] = self._makers.trace(value)
        return known

    def _is_around_stale(self, value: Any) -> bool:
        """Whether a decorator made it around an old function: a method, most often."""
        inside = wrapped(value) if function_attributes(value) else None
        if inside is None:
            return False
        home = self._home_of(self._tokens.peek(inside))
        return self._is_inside_stale(inside) if home is None else not self.present.has(inside, *home)

    def _is_inside_stale(self, value: object) -> bool:
        module, load, path = self.trace(value)
        if not load:
            return False
        key = (module, load), path.partition(".")[0]
        found = self._inside.get(key)
        if found is None:
            found = self._inside[key] = self._is_replaced(*key)
        return found

    def _is_replaced(self, made: Made, outer: str) -> bool:
        """Whether what this load had at the name, within which it has code, is there no more."""
        tops_then = self._homes.tops(made)
        if tops_then is None:  # the load's end was not seen: its module was gone by then, or it is not over
            return self._observer.number(made[0]) > made[1] and self._is_over(made)
        if outer not in tops_then:
            return False
        current = self.present.now(made[0], outer)
        return current is not UNKNOWN and self._tokens.peek(current) != tops_then[outer]

    def _is_over(self, made: Made) -> bool:
        book = self._books.newest(made[0])
        return book is None or book.load != made[1]
