"""Columns as JSON lists, each written in one go. Knows not what stands in them."""

from collections.abc import Sequence
from json.encoder import encode_basestring as quote

_SEPARATOR = "\x7f"
"""Stands in JSON as it is, and in no text that `repr` gives."""
_BETWEEN = '","'


def strings(column: list[str]) -> str:
    """A list of texts."""
    joined = _SEPARATOR.join(column)
    if not column or joined.count(_SEPARATOR) >= len(column):
        return f"[{','.join(map(quote, column))}]"
    return f"[{quote(joined).replace(_SEPARATOR, _BETWEEN)}]"


def constants(column: Sequence[int]) -> str:
    """A list of integers, or one of booleans."""
    return repr(column).replace(" ", "").lower()
