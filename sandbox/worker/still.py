"""Whether all that a picture showed is as it was: found out in bulk, many times faster than by looking again.

Objects are known by numbers alone: weak references that still lead where they led, and the bytes that `regions` reads.
It says "as it was" of nothing that has changed; where it cannot tell, it says no, and all is looked at again. Knows no
mark and nothing of drawing.
"""

import weakref
from operator import call
from types import ModuleType

from sandbox.worker.ages import Ages
from sandbox.worker.identity import Tokens
from sandbox.worker.memory import Memory
from sandbox.worker.observe import Observer
from sandbox.worker.ownership import Ownership
from sandbox.worker.parts import may_have_parts
from sandbox.worker.raw import address, other_threads
from sandbox.worker.raw_functions import function_attributes
from sandbox.worker.regions import Regions, Unclear
from sandbox.worker.safe import is_class
from sandbox.worker.scene import Names, Scene, Seen
from sandbox.worker.values import is_fixed, kind_of, namespace_of, partial_fields, print_of, text_of

_NAMED = ("module", "generator", "method")
"""Without a card these are called by what else is called."""


class Still:
    """Made of a scene while that stands. Holds no object."""

    def __init__(self, scene: Scene, tokens: Tokens, memory: Memory, ownership: Ownership, observer: Observer) -> None:
        """Raises `Unclear`."""
        if not _shows_modules(scene, memory):
            raise Unclear
        self._observer, self._codes = observer, observer.living()
        """Where one was a function's another may stand by now, of which the load is not known."""
        self._ownership, self._cache = ownership, ownership.cache_signature
        self._memory = memory
        self._modules = _places([(space.name, space.module) for space in scene.spaces])
        values = [*(seen.value for seen in scene.objects), *scene.rest.values()]
        self._references = [ref for value in values if (ref := tokens.reference(value)) is not None]
        self._living = self._find_living()
        self._links = _links(scene.spaces[0].names) if scene.spaces else None
        self._odd: list[tuple[weakref.ref[object], str, object]] = []
        """Those of which the bytes are not known, looked at as for a picture."""
        self._doubts: dict[int, tuple[weakref.ref[object], object]] = {}
        """Those that are called by another's name, may get a card, or are old by what has none."""
        self._regions = Regions()
        for space in scene.spaces:
            self._regions.take_namespace(namespace_of(space.module), space.names.values)
        for seen in scene.objects:
            self._take(seen, tokens.reference(seen.value))
        for value in scene.rest.values():
            self._regions.take_text(value)
        self._regions.close()
        ages = memory.ages()
        for value in values:
            self._doubt_age(value, ages)
        for value in scene.rest.values():
            self._doubt_word(value, ages)

    def _take(self, seen: Seen, reference: "weakref.ref[object] | None") -> None:
        stage = self._regions.stage_of(seen.value) if reference is None else 0
        if stage is not None and self._regions.take(seen, stage):
            return
        if reference is None:
            raise Unclear
        self._odd.append((reference, seen.kind, self._print(seen.value, seen.kind)))

    # --- what no bytes tell ---

    def _doubt_age(self, value: object, ages: Ages) -> None:
        """Most are old by what stands in modules; others by what a decorator is around, or by a class's methods."""
        kind = kind_of(value)
        cls = value if is_class(value) else type(value)
        if kind in ("instance", "class") and not is_fixed(cls) and not ages.is_settled(cls):
            self._doubt(cls, ages)
        elif kind == "function" and function_attributes(value) and not ages.is_settled(value):
            self._doubt(value, ages)

    def _doubt_word(self, value: object, ages: Ages) -> None:
        cls, kind = type(value), kind_of(value)
        if kind in _NAMED or (kind == "instance" and (partial_fields(value) or self._is_stranger(value, cls))):
            self._doubt(value, ages)

    def _is_stranger(self, value: object, cls: type) -> bool:
        """Whether it gets a card once something of the learner's is in it."""
        return may_have_parts(cls) and not self._ownership.card_of(value, ())

    def _doubt(self, value: object, ages: Ages) -> None:
        if address(value) not in self._doubts:
            try:
                self._doubts[address(value)] = weakref.ref(value), self._describe(value, ages)
            except TypeError:
                raise Unclear from None

    def _describe(self, value: object, ages: Ages) -> object:
        return text_of(value), ages.is_stale(value), self._ownership.card_of(value, ())

    # --- and now? ---

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
            and self._have_doubts_gone()
        )

    def _have_doubts_gone(self) -> bool:
        ages = self._memory.ages()
        return all(self._describe(ref(), ages) == found for ref, found in self._doubts.values())

    def _find_living(self) -> list[int]:
        return [*map(address, map(call, self._references))]

    def _print(self, value: object, kind: str) -> object:
        parts = self._ownership.parts_of(value, kind)
        return text_of(value), [(key, print_of(part), text_of(part)) for key, part in parts]


def _shows_modules(scene: Scene, memory: Memory) -> bool:
    """Whether what is meant by the learner's modules is among the spaces: nothing else that may be is watched."""
    found = [*scene.cache.links, *memory.books.standing()]
    return all(kind_of(one) == "module" and address(namespace_of(one)) in scene.namespaces for one in found)


def _links(names: Names) -> tuple[list[str], list[int], list[int]]:
    """The names that refer to objects, and where these are and their classes."""
    return names.linking, names.places, [*map(address, map(type, names.links))]


def _places(spaces: list[tuple[str, ModuleType]]) -> list[tuple[int, int]]:
    return [(address(module), address(namespace_of(module))) for _, module in spaces]
