"""Who keeps an object alive: the collector's referrers, in words. On demand only: it looks at every object there is.

What the collector does not know (a value on a C stack) is not found. Knows no picture.
"""

import gc
import sys
from collections.abc import Iterator, Mapping
from types import CellType, FrameType, FunctionType, MethodType
from typing import Any

from sandbox.worker.audit import is_ours
from sandbox.worker.identity import Tokens
from sandbox.worker.safe import is_class
from sandbox.worker.values import kind_of, name_of, text_of

Found = tuple[str, str, int]
"""Text, kind (see `protocol.Holder`), and the holder's token, 0 for none."""


def holders_of(value: object, spaces: Mapping[int, str], tokens: Tokens) -> Iterator[Found]:
    """What refers to `value`. `spaces` are names by the addresses of their dictionaries."""
    for referrer in gc.get_referrers(value):
        yield from _describe(referrer, value, spaces, tokens)


def _describe(referrer: Any, value: object, spaces: Mapping[int, str], tokens: Tokens) -> Iterator[Found]:
    if type(referrer) is dict:
        yield from _in_dictionary(referrer, value, spaces, tokens)
    elif type(referrer) in (list, tuple):
        yield from _in_sequence(referrer, value, tokens)
    elif type(referrer) in (set, frozenset):
        yield "an item of a set", "item", 0
    elif type(referrer) is CellType:
        yield from _in_closures(referrer, tokens)
    elif type(referrer) is MethodType:
        yield f"the method {text_of(referrer)}", "method", 0
    elif type(referrer) is FrameType:
        if not is_ours(referrer):
            yield f"{referrer.f_code.co_name}(), running at line {referrer.f_lineno}", "frame", 0
    elif type(referrer) is FunctionType:
        yield f"{name_of(referrer)}()", "attribute", tokens.of(referrer)
    elif kind_of(referrer) in ("instance", "class", "generator"):
        kind = {"instance": "attribute", "class": "attribute", "generator": "frame"}[kind_of(referrer)]
        yield text_of(referrer), kind, tokens.of(referrer)


def _in_dictionary(
    referrer: dict[Any, Any], value: object, spaces: Mapping[int, str], tokens: Tokens
) -> Iterator[Found]:
    keys = [key for key, item in list(referrer.items()) if item is value and type(key) is str]
    if id(referrer) in spaces:
        yield from ((f"{spaces[id(referrer)]}.{key}", "name", 0) for key in keys)
    elif referrer is _BUILTINS:
        yield from ((key, "name", 0) for key in keys)
    else:
        for owner in gc.get_referrers(referrer):
            if is_class(owner) or kind_of(owner) in ("instance", "function"):
                yield from ((f"{text_of(owner)}.{key}", "attribute", tokens.of(owner)) for key in keys)
                return
        yield from ((f"a dict, at {key!r}", "item", 0) for key in keys)


def _in_sequence(referrer: Any, value: object, tokens: Tokens) -> Iterator[Found]:
    index = next((index for index, item in enumerate(referrer) if item is value), 0)
    if type(referrer) is tuple:
        for owner in gc.get_referrers(referrer):
            if type(owner) is FunctionType and owner.__defaults__ is referrer:
                yield f"a default argument of {name_of(owner)}()", "default", tokens.of(owner)
                return
            if is_class(owner):
                return
    yield f"{text_of(referrer)}, at {index}", "item", 0


def _in_closures(cell: CellType, tokens: Tokens) -> Iterator[Found]:
    for owner in gc.get_referrers(cell):
        if type(owner) is tuple:
            for function in gc.get_referrers(owner):
                if type(function) is FunctionType and function.__closure__ is owner:
                    yield f"the closure of {name_of(function)}()", "cell", tokens.of(function)


_BUILTINS = sys.modules["builtins"].__dict__
