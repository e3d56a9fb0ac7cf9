"""What a function has, read from its memory: see `raw`."""

from types import CodeType, FunctionType
from typing import Any

from sandbox.worker.raw import OBJECTS, STRAIGHT, WORDS, address, dictionary_offset, object_at, offset_of, place


def _sample() -> Any:
    cell = object()

    def sample(first: object = 1, *, second: object = 2) -> object:
        return cell

    return sample


_FIELDS: dict[str, int] = {
    name: offset_of(_sample_function, FunctionType.__basicsize__, place(getattr(_sample_function, name)))
    for _sample_function in [_sample()]
    for name in ("__code__", "__defaults__", "__kwdefaults__", "__closure__")
}


def function_field(function: Any, name: str) -> Any:
    """`__code__`, `__defaults__`, `__kwdefaults__` or `__closure__`, without the audit event."""
    offset = _FIELDS[name]
    return object_at(place(function) + offset) if offset else getattr(function, name)


def function_code(function: Any) -> CodeType:
    """`__code__`, which no function is without."""
    turned = address(function)
    found: CodeType = OBJECTS[2 * turned + _CODE] if 0 < turned < _LAST else function_field(function, "__code__")
    return found


_CODE = _FIELDS["__code__"] // 8 - 1
"""Where it is within a function, in words, counted as `OBJECTS` does."""
_LAST = STRAIGHT if _FIELDS["__code__"] else 0
FUNCTION_ATTRIBUTES: int = dictionary_offset(FunctionType)


def function_attributes(function: Any) -> dict[str, Any]:
    """What was set on a function, if anything was."""
    found = object_at(place(function) + FUNCTION_ATTRIBUTES)
    return found if type(found) is dict else {}


_OPTIONAL = [*(_FIELDS[name] for name in ("__defaults__", "__kwdefaults__", "__closure__"))]
_OPTIONAL += [FUNCTION_ATTRIBUTES]
KNOWS_FUNCTIONS = all(offset % 8 == 0 and offset > 0 for offset in _OPTIONAL)
_FIRST = min(_OPTIONAL)
_CHOSEN = [(offset - _FIRST) // 8 for offset in _OPTIONAL]
_SPAN = max(_CHOSEN) + 1


def is_plain(function: Any) -> bool:
    """Whether it has no default arguments, no closure and no attributes."""
    if not KNOWS_FUNCTIONS:
        return False
    at = (place(function) + _FIRST) // 8 - 1
    words = WORDS[at : at + _SPAN]
    return not (words[_CHOSEN[0]] or words[_CHOSEN[1]] or words[_CHOSEN[2]] or words[_CHOSEN[3]])


def function_extras(function: Any) -> tuple[Any, Any, Any, Any]:
    """`__defaults__`, `__kwdefaults__`, `__closure__` and what was set on it, None for what it has not."""
    if not KNOWS_FUNCTIONS:
        fields = (function_field(function, name) for name in ("__defaults__", "__kwdefaults__", "__closure__"))
        return (*fields, function_attributes(function) or None)
    at = (place(function) + _FIRST) // 8 - 1
    words = WORDS[at : at + _SPAN]
    defaults, named, closure, own = _CHOSEN
    return (
        OBJECTS[at + defaults] if words[defaults] else None,
        OBJECTS[at + named] if words[named] else None,
        OBJECTS[at + closure] if words[closure] else None,
        OBJECTS[at + own] if words[own] else None,
    )
