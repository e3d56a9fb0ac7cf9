"""Whether all that a picture showed is as it was: found out in bulk, many times faster than by looking again.

Objects are known by numbers alone: weak references that still lead where they led, and the bytes that `regions` reads.
It says "as it was" of nothing that has changed; where it cannot tell, it says no, and all is looked at again. Knows no
mark and nothing of drawing.
"""

import weakref
from _thread import _count as other_threads
from operator import call
from types import ModuleType

from sandbox.worker.identity import Tokens
from sandbox.worker.observe import Observer
from sandbox.worker.ownership import Ownership
from sandbox.worker.parts import may_have_parts
from sandbox.worker.raw import address
from sandbox.worker.regions import Regions, Unclear
from sandbox.worker.scene import Names, Scene, Seen
from sandbox.worker.values import kind_of, namespace_of, print_of, text_of

_NAMED = ("module", "generator", "method")


class Still:
    """Made of a scene while that stands. Holds no object."""

    def __init__(self, scene: Scene, tokens: Tokens, ownership: Ownership, observer: Observer) -> None:
        """Raises `Unclear`."""
        if other_threads():
            raise Unclear
        self._observer, self._codes = observer, observer.living()
        """Where one was a function's another may stand by now, of which the load is not known."""
        self._ownership, self._cache = ownership, ownership.cache_signature
        self._modules = _places([(space.name, space.module) for space in scene.spaces])
        self._references = [ref for seen in scene.objects if (ref := tokens.reference(seen.value)) is not None]
        self._living = self._find_living()
        self._links = _links(scene.spaces[0].names) if scene.spaces else None
        self._odd: list[tuple[weakref.ref[object], str, object]] = []
        """Those of which the bytes are not known, looked at as for a picture."""
        self._regions = Regions()
        for space in scene.spaces:
            self._regions.take_namespace(namespace_of(space.module), space.names.values)
        for seen in scene.objects:
            self._take(seen, tokens.reference(seen.value))
        self._names: list[tuple[weakref.ref[object], str]] = []
        """Those without a space or card that have names of their own, and how they are written."""
        self._strangers: list[weakref.ref[object]] = []
        """Those without a card that get one once something of the learner's is in them."""
        for value in scene.rest.values():
            self._regions.take_text(value)
            self._take_stranger(value)
        self._regions.close()

    def _take(self, seen: Seen, reference: "weakref.ref[object] | None") -> None:
        stage = self._regions.stage_of(seen.value) if reference is None else 0
        if stage is not None and self._regions.take(seen, stage):
            return
        if reference is None:
            raise Unclear
        self._odd.append((reference, seen.kind, self._print(seen.value, seen.kind)))

    def _take_stranger(self, value: object) -> None:
        cls, kind = type(value), kind_of(value)
        if kind in _NAMED:
            self._names.append((weakref.ref(value), text_of(value)))
        if kind != "instance" or not may_have_parts(cls) or self._ownership.card_of(value, ()):
            return
        try:
            self._strangers.append(weakref.ref(value))
        except TypeError:
            raise Unclear from None

    def holds(self, spaces: list[tuple[str, ModuleType]]) -> bool:
        """Whether nothing is other than it was."""
        return self._holds(spaces, 0)

    def holds_but_for_names(self, spaces: list[tuple[str, ModuleType]], first: Names) -> bool:
        """The same of all but the names of the first space, as far as these do not refer to the same objects."""
        return _links(first) == self._links and self._holds(spaces, 1)

    def renew(self) -> None:
        """The names of the first space are as they should be now."""
        self._regions.renew()

    def _holds(self, spaces: list[tuple[str, ModuleType]], besides: int) -> bool:
        return (
            not other_threads()
            and self._ownership.cache_signature is self._cache
            and self._observer.living() == self._codes
            and _places(spaces) == self._modules
            and self._find_living() == self._living
            and self._regions.hold(besides)
            and all(self._print(ref(), kind) == print for ref, kind, print in self._odd)
            and all(text_of(ref()) == text for ref, text in self._names)
            and all(self._is_stranger(ref()) for ref in self._strangers)
        )

    def _is_stranger(self, value: object) -> bool:
        return value is not None and not self._ownership.card_of(value, ())

    def _find_living(self) -> list[int]:
        return [*map(address, map(call, self._references))]

    def _print(self, value: object, kind: str) -> object:
        parts = self._ownership.parts_of(value, kind)
        return text_of(value), [key for key, _ in parts], [print_of(part) for _, part in parts]


def _links(names: Names) -> tuple[list[str], list[int], list[int]]:
    """The names that refer to objects, and where these are and their classes."""
    return names.linking, names.places, [*map(address, map(type, names.links))]


def _places(spaces: list[tuple[str, ModuleType]]) -> list[tuple[int, int]]:
    return [(address(module), address(namespace_of(module))) for _, module in spaces]
