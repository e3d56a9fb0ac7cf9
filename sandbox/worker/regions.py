"""Where in memory stands what an object is made of: while these bytes are as they were, so is the object.

They are read in stages: in each only what is there for certain if all that the stages before read is as it was. So a
pointer is compared before what it points at is read. Where CPython keeps what is tried when this module is imported, as
in `raw`. Knows no picture.
"""

from collections.abc import Callable, Iterable
from itertools import islice
from operator import itemgetter
from types import FunctionType
from typing import Any

from sandbox.worker.parts import PARTS_LIMIT, class_items
from sandbox.worker.raw import KEYS, VERSION, address, count_of_keys, memory, object_at, offset_of, place, word
from sandbox.worker.raw_functions import FUNCTION_ATTRIBUTES, KNOWS_FUNCTIONS, function_field, is_plain
from sandbox.worker.raw_instances import KNOWS_INSTANCES, class_namespace, is_small, made_dictionary, stored_values
from sandbox.worker.scene import Seen
from sandbox.worker.values import HEAP_TYPE, is_inline, partial_fields

_WORD = 8
_CLASS, _SIZE, _BODY = 8, 16, 24
"""In every object its class; in those of any length how long it is, and where the rest begins."""
_VALUES = KEYS + _WORD
"""In a dict: where its values are, if instances share its keys."""
_DIGIT_BITS, _DIGITS = 30, 140
"""Of numbers; so many are compared."""
_HASHED, _BEGINNING = 4096, 400
"""Longer texts are not hashed; of these, so many bytes are compared."""
_WRAPPERS = {address(cls) for cls in (staticmethod, classmethod, property)}
_SIZED = {address(cls) for cls in (list, tuple, dict, set, frozenset)}
"""Those of which the text is how many items they have: that stands within the two words behind the class."""
_flags: Any = type.__dict__["__flags__"].__get__
_bases: Any = type.__dict__["__bases__"].__get__
_name: Any = type.__dict__["__name__"].__get__
_path: Any = type.__dict__["__qualname__"].__get__
_size: Any = type.__dict__["__basicsize__"].__get__


class Unclear(Exception):
    """It cannot be told by bytes."""


class Regions:
    """Gathered while everything stands; then it tells whether all of it still does. Holds no object."""

    def __init__(self) -> None:
        if not _WORKS:
            raise Unclear
        self._namespaces: list[slice] = []
        self._stages: list[list[slice]] = []
        self._there: dict[int, int] = {}
        """Addresses to the stage from which on the object is there for certain."""
        self._found: list[tuple[Callable[[Any], Any], Any]] = []

    def close(self) -> None:
        """No more is gathered."""
        self.renew()
        picks = [itemgetter(*stage, slice(0, 0)) for stage in self._stages]  # one more, or a single one comes alone
        self._found = [(pick, pick(memory)) for pick in picks]

    def renew(self) -> None:
        """The namespaces are as they should be now."""
        self._versions = [memory[one] for one in self._namespaces]

    def hold(self, besides: int = 0) -> bool:
        """Whether all bytes are as they were, but for so many namespaces, the objects in which must be there.

        `all` stops where they are not: what follows may not be there.
        """
        versions = [memory[one] for one in self._namespaces[besides:]]
        return versions == self._versions[besides:] and all(pick(memory) == found for pick, found in self._found)

    # --- gathering ---

    def take(self, seen: Seen, stage: int) -> bool:
        """An object that is there from this stage on; whether that kind of object is known."""
        value: Any = seen.value
        if seen.kind == "dict" and not all(map(is_inline, islice(value, PARTS_LIMIT))):
            return False  # what it writes for its keys may change
        take = _BY_KIND.get(seen.kind)
        return take is not None and take(self, value, seen.values, stage)

    def take_text(self, value: Any) -> None:
        """An object that has no card: what its short text is made of, and what it is."""
        stage, cls = self._there.get(address(value)), type(value)
        if stage is None:
            return
        if cls is FunctionType:
            self._take_function_word(value, stage)
        elif address(cls) in _SIZED:
            self._note(stage, place(value) + _SIZE, 2 * _WORD)
        elif issubclass(cls, type):
            self._take_name(value, stage)
        else:
            self._note(stage, place(value) + _CLASS, _WORD)
            self._take_name(cls, stage + 1)

    def _take_function_word(self, value: Any, stage: int) -> None:
        """Its name; and what tells whether it is old."""
        self._note(stage, place(value) + _FUNCTION_NAME, _FUNCTION_END - _FUNCTION_NAME)
        self._compare([value.__name__], stage + 1)
        own = object_at(place(value) + FUNCTION_ATTRIBUTES)
        if own is not None:
            self._note(stage + 1, place(own) + VERSION, _WORD)

    def _take_name(self, cls: type, stage: int) -> None:
        if _flags(cls) & HEAP_TYPE:
            for at in (_CLASS_NAME, _CLASS_PATH):
                self._note(stage, place(cls) + at, _WORD)
            self._compare([_name(cls), _path(cls)], stage + 1)

    def take_namespace(self, names: dict[str, Any], shown: list[Any]) -> None:
        """A dictionary that is there, with those values in it that are looked at."""
        if word(place(names) + _VALUES):
            raise Unclear
        start = place(names) + _SIZE - 1
        self._namespaces.append(slice(start, start + _VALUES + _WORD - _SIZE))
        self._keep(shown, 1)

    def stage_of(self, value: object) -> int | None:
        """From which stage on it is there; None for never."""
        return self._there.get(address(value))

    def _note(self, stage: int, start: int, size: int) -> None:
        while stage >= len(self._stages):
            self._stages.append([])
        self._stages[stage].append(slice(start - 1, start - 1 + size))

    def _keep(self, values: Iterable[object], stage: int) -> None:
        """What stands where nothing takes its place unnoticed."""
        for value in values:
            self._there.setdefault(address(value), stage)

    def _compare(self, values: Iterable[object], stage: int) -> None:
        """What is pointed at, but may be another by now: its class, and which scalar it is."""
        for value in values:
            self._there.setdefault(address(value), stage + 1)
            self._note(stage, place(value) + _CLASS, _WORD)
            for later, (offset, size) in enumerate(_scalar_regions(value), stage + 1):
                self._note(later, place(value) + offset, size)
            if type(value) is tuple and is_inline(value):
                self._take_tuple(value, list(value), stage + 1)
            elif type(value) is range or (type(value) is frozenset and is_inline(value)):
                raise Unclear

    # --- by kind: the object, the parts of it that are shown, and the stage ---

    def _take_dict(self, value: Any, parts: list[Any], stage: int) -> bool:
        self._note(stage, place(value) + _SIZE, _VALUES + _WORD - _SIZE)
        shared = word(place(value) + _VALUES)
        if not shared:
            self._keep(parts, stage + 1)
        else:  # its version tells nothing of what an attribute of an instance is set to
            self._note(stage + 1, shared + _FIRST_VALUE - _WORD, _WORD + _WORD * count_of_keys(value))
            self._compare(parts, stage + 2)
        return True

    def _take_tuple(self, value: Any, parts: list[Any], stage: int) -> bool:
        self._note(stage, place(value) + _SIZE, _WORD)
        self._note(stage + 1, place(value) + _BODY, _WORD * len(parts))
        self._compare(parts, stage + 2)
        return True

    def _take_list(self, value: Any, parts: list[Any], stage: int) -> bool:
        self._note(stage, place(value) + _SIZE, 2 * _WORD)
        self._note(stage + 1, word(place(value) + _BODY), _WORD * len(parts))
        self._compare(parts, stage + 2)
        return True

    def _take_function(self, value: Any, parts: list[Any], stage: int) -> bool:
        self._note(stage, place(value) + _FUNCTION_NAME, _FUNCTION_END - _FUNCTION_NAME)
        self._compare([value.__name__], stage + 1)
        return is_plain(value) or self._take_function_parts(value, stage)

    def _take_function_parts(self, value: Any, stage: int) -> bool:
        for cell in function_field(value, "__closure__") or ():
            self._note(stage, place(cell) + _CELL, _WORD)
            self._compare([object_at(place(cell) + _CELL)], stage + 1)
        defaults = function_field(value, "__defaults__")
        if defaults is not None:
            if type(defaults) is not tuple:
                return False  # a slice of it would be made by the learner's code
            self._compare([defaults], stage + 1)
            self._take_tuple(defaults, list(defaults[: PARTS_LIMIT + 1]), stage + 2)
        held = function_field(value, "__kwdefaults__"), object_at(place(value) + FUNCTION_ATTRIBUTES)
        named = [one for one in held if one is not None]
        return all(type(one) is dict and self._take_dict(one, list(one.values()), stage + 1) for one in named)

    def _take_method(self, _: Any, parts: list[Any], stage: int) -> bool:
        self._keep(parts, stage + 1)
        return True

    def _take_class(self, value: Any, parts: list[Any], stage: int) -> bool:
        names = class_namespace(value)
        if type(names) is not dict:
            return False
        bases = _bases(value)
        for at in (_CLASS, _CLASS_BASES):
            self._note(stage, place(value) + at, _WORD)
        self._take_name(value, stage)
        self._take_name(type(value), stage + 1)
        self._compare([bases], stage + 1)
        self._take_tuple(bases, list(bases), stage + 2)
        self._note(stage, place(names) + VERSION, _WORD)
        for _, part in class_items(value):
            if address(type(part)) in _WRAPPERS:
                self._note(stage + 1, place(part) + _SIZE, _size(type(part)) - _SIZE)
        self._keep(parts, stage + 2)
        return True

    def _take_instance(self, value: Any, parts: list[Any], stage: int) -> bool:
        cls, [_, *items] = type(value), parts
        if not is_small(cls) or partial_fields(value):
            return False
        made = made_dictionary(value)
        if made is not None and type(made) is not dict:
            return False
        self._note(stage, place(value) + _CLASS, _WORD)
        self._note(stage, place(value) - 4 * _WORD, 2 * _WORD)
        self._keep([cls], stage + 1)
        if made is not None:
            return self._take_dict(made, items, stage + 1)
        values, keys = stored_values(value, cls)
        if values:
            self._note(stage + 1, values - _WORD, _WORD + _WORD * len(keys))
        self._compare(items, stage + 2)
        return True


_BY_KIND: dict[str, Callable[[Regions, Any, list[Any], int], bool]] = {
    "function": Regions._take_function,
    "method": Regions._take_method,
    "class": Regions._take_class,
    "instance": Regions._take_instance,
    "list": Regions._take_list,
    "tuple": Regions._take_tuple,
    "dict": Regions._take_dict,
}


def _scalar_regions(value: Any) -> list[tuple[int, int]]:
    """Offsets and sizes, one a stage, behind the class; none for what is no scalar, or the only one of its class."""
    cls = type(value)
    if cls is int:
        digits = -(-value.bit_length() // _DIGIT_BITS)
        return [(_SIZE, _WORD + 4)] if digits < 2 else [(_SIZE, _WORD), (_BODY, 4 * min(digits, _DIGITS))]
    if cls is str or cls is bytes:
        if len(value) >= _HASHED:
            return [(_SIZE, _WORD), (_BODY, _BEGINNING)]
        hash(value)  # it is kept right behind the size
        return [(_SIZE, 2 * _WORD)]
    if cls is float or cls is complex:
        return [(_SIZE, _WORD if cls is float else 2 * _WORD)]
    return []


# --- where CPython keeps it ---


class _Base:
    pass


class _Sample(_Base):
    class Inner:
        pass

    def __init__(self) -> None:
        self.first = object()


def _sample() -> Any:
    held = object()

    def sample() -> object:
        return held

    return sample


_function: Any = _sample()
_CELL = offset_of(_function.__closure__[0], 24, place(_function()))
_FUNCTION_NAME = offset_of(_function, FunctionType.__basicsize__, place(_function.__name__))
_FUNCTION_END = FUNCTION_ATTRIBUTES + _WORD
_CLASS_NAME = offset_of(_Sample, _size(type), place(_Sample.__name__))
_CLASS_PATH = offset_of(_Sample.Inner, _size(type), place(_Sample.Inner.__qualname__))
_CLASS_BASES = offset_of(_Sample, _size(type), place(_Sample.__bases__))


def _find_first_value() -> int:
    """How far behind the beginning of what instances keep apart from their keys."""
    sample = _Sample()
    start = word(place(vars(sample)) + _VALUES)
    return next((offset for offset in (0, _WORD) if start and word(start + offset) == place(sample.first)), -1)


_FIRST_VALUE = _find_first_value()


def _has_versions() -> bool:
    """Whether every change of a dictionary gives it a number that none had before, and nothing else does."""
    sample: dict[str, object] = {"a": _sample}
    seen = [word(place(sample) + VERSION)]
    sample["a"] = _Sample
    seen.append(word(place(sample) + VERSION))
    sample["b"] = _Sample
    seen.append(word(place(sample) + VERSION))
    del sample["b"]
    seen.append(word(place(sample) + VERSION))
    return len({*seen}) == 4 and sample.get("a") is _Sample and word(place(sample) + VERSION) == seen[-1]


def _works() -> bool:
    """Whether all that is read here is where it was found in the versions that are known."""
    items, pair, number, text = [_Base, _Sample], (_Base, _Sample), 3 << _DIGIT_BITS, "text"
    list_ = [word(place(items) + _SIZE), word(word(place(items) + _BODY) + _WORD)] == [2, place(_Sample)]
    tuple_ = [word(place(pair) + _SIZE), word(place(pair) + _BODY + _WORD)] == [2, place(_Sample)]
    scalars = word(place(number) + _BODY) == 3 << 32 and word(place(text) + _BODY) == hash(text) % (1 << 64)
    places = _CELL, _FUNCTION_NAME, _CLASS_NAME, _CLASS_PATH, _CLASS_BASES
    found = 0 not in places and _FIRST_VALUE >= 0
    return list_ and tuple_ and scalars and found and KNOWS_FUNCTIONS and KNOWS_INSTANCES and _has_versions()


_WORKS = _works()
del _function
