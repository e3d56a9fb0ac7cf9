"""Which load made an object: by its code, by its class, by when it was seen first. Holds no object alive."""

import weakref
from collections import OrderedDict
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

from sandbox.worker.identity import Tokens
from sandbox.worker.observe import Load, Observer
from sandbox.worker.parts import class_items
from sandbox.worker.raw import lookup
from sandbox.worker.raw_functions import function_attributes, function_code
from sandbox.worker.raw_instances import attributes
from sandbox.worker.safe import is_class, plain
from sandbox.worker.source import class_spans, excerpt, span, tops
from sandbox.worker.values import code_of, is_simple, kind_of, module_of_class, partial_fields, qualified_name

_SOURCES_KEPT = 64
_NESTED_CLASSES = 5
_WRAPPERS = 8
"""So many decorators deep a function is looked for behind its `__wrapped__`."""
Made = tuple[str, int]
"""Module and load."""
Trace = tuple[str, int, str]
"""Module, load and qualified name."""
NOBODY: Made = "", 0


@dataclass(slots=True, frozen=True)
class _Source:
    """What a load ran: its text, the lines of its classes by qualified name, its names that have code within."""

    text: str
    classes: dict[str, tuple[int, int]]
    tops: set[str]


class Makers:
    """Told of loads; asked when a picture is taken."""

    def __init__(self, observer: Observer, tokens: Tokens) -> None:
        self._observer, self._tokens = observer, tokens
        self._makers: dict[int, Made] = {}
        """Tokens of what has no code object of its own to the load that made it."""
        self._sources: OrderedDict[Made, _Source] = OrderedDict()
        self._split: tuple[str, list[str]] = "", []

    def began(self, load: Load, code: CodeType) -> None:
        """A load begins."""
        self._sources[load.module, load.number] = _Source(load.source or "", class_spans(code), tops(code))
        if len(self._sources) > _SOURCES_KEPT:
            self._sources.popitem(last=False)

    def note(self, made: Made, fresh: list[tuple[str, object]]) -> None:
        """The load is over: what it bound."""
        for name, value in fresh:
            if is_class(value):
                self._note_class(value, made, _NESTED_CLASSES)
            elif type(value) is not FunctionType and not is_simple(value):
                inside = wrapped(value)
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

    def forget(self, token: int) -> None:
        """Nothing has this token any more."""
        self._makers.pop(token, None)

    def knows(self, token: int) -> bool:
        """Whether a load was seen to make it, of what has no code object of its own."""
        return token in self._makers

    def tops(self, made: Made) -> set[str]:
        """The load's names within which it has code."""
        source = self._sources.get(made)
        return source.tops if source is not None else set()

    # --- who made it ---

    def tell(self, code: CodeType) -> "tuple[weakref.ref[CodeType], str, int, str] | None":
        """Of all functions with that code: where it was made, by which load, and its source. None where no load did."""
        record = self._observer.record(code)
        if record is None:
            return None
        reference, load = record
        return reference, f"{load.module}.{plain(code.co_qualname)}", load.number, self._excerpt(code, load)

    def trace(self, value: Any) -> Trace:
        """The load that made it, and its qualified name within that module; ("", 0, "") where no load did."""
        if type(value) is FunctionType:
            code = function_code(value)
            load = self._observer.origin(code)
            if load is not None:
                return load.module, load.number, plain(code.co_qualname)
        elif (known := self._makers.get(self._tokens.peek(value))) is not None and is_class(value):
            return *known, qualified_name(value)
        module, number = self.made(value)
        return module, number, self._path(value) if number else ""

    def made(self, value: Any) -> Made:
        """The load that made a function's code, a class, an instance's class; ("", 0) when none did."""
        code = code_of(value)
        if code is None:
            return self._made_without_code(value)
        load = self._observer.origin(code)
        if load is not None:
            return load.module, load.number
        inside = wrapped(value)
        return self.made(inside) if inside is not None else NOBODY

    def _made_without_code(self, value: Any) -> Made:
        kind = kind_of(value)
        if kind == "method":
            return self.made(value.__func__) if type(value.__func__) is FunctionType else NOBODY
        known = self._makers.get(self._tokens.peek(value))
        if known is not None:
            return known
        if kind == "instance":
            return self._made_without_code(type(value))
        return self._made_by_methods(value) if kind == "class" else NOBODY

    def _made_by_methods(self, cls: type) -> Made:
        """A class that was made while no load ran."""
        module = module_of_class(cls)
        for _, value in class_items(cls) if self._observer.number(module) else ():
            load = self._observer.origin(code_of(value)) if type(value) is FunctionType else None
            if load is not None and load.module == module:
                return load.module, load.number
        return NOBODY

    def _path(self, value: Any) -> str:
        kind = kind_of(value)
        if kind == "method":
            return self._path(value.__func__)
        if kind in ("class", "instance") and (kind == "class" or self._tokens.peek(value) not in self._makers):
            return qualified_name(value if kind == "class" else type(value))
        code = code_of(value)
        if code is None or self._observer.origin(code) is None:
            code = code_of(wrapped(value))
        return plain(code.co_qualname)

    # --- its source ---

    def code(self, value: object) -> str:
        """The source that made a function or class, "" where there is none."""
        code = code_of(value)
        load = self._observer.origin(code) if code is not None else None
        if code is not None and load is not None:
            return self._excerpt(code, load)
        source = self._sources.get(self.made(value)) if is_class(value) else None
        if source is None or not is_class(value):
            return ""
        return excerpt(self._lines(source.text), *source.classes.get(qualified_name(value), (0, 0)))

    def _excerpt(self, code: CodeType, load: Load) -> str:
        return excerpt(self._lines(load.source or ""), *span(code))

    def _lines(self, source: str) -> list[str]:
        """Many objects in a row come from the same source."""
        if self._split[0] is not source:
            self._split = source, source.split("\n")
        return self._split[1]


def wrapped(value: Any) -> Any:
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
