"""What held after each of the last inputs, as compressed text: kept where it changed, bounded in number and in bytes.

Knows not what the texts say.
"""

import zlib
from collections import deque

INPUTS_KEPT = 200


class Album:
    """Texts by the number of the input from which on they held; the newest stays, whatever it takes."""

    def __init__(self, first: str, limit: int) -> None:
        """`first` held before any input; `limit`: most bytes of compressed text."""
        self._limit = limit
        self._kept: deque[tuple[int, bytes]] = deque()
        self.size = 0
        """Bytes of memory it takes, about."""
        self.put(0, first)

    @property
    def newest(self) -> int:
        """The number of the input from which on the newest text held."""
        return self._kept[-1][0]

    def put(self, seq: int, text: str) -> None:
        """From input `seq` on this holds; what was to hold from there on is dropped."""
        while self._kept and self._kept[-1][0] >= seq:
            self.size -= len(self._kept.pop()[1])
        self._kept.append((seq, zlib.compress(text.encode(), 1)))
        self.size += len(self._kept[-1][1])
        while len(self._kept) > 1 and (self._kept[1][0] <= seq - INPUTS_KEPT or self.size > self._limit):
            self.size -= len(self._kept.popleft()[1])

    def find(self, seq: int, newest: int) -> tuple[int, str] | None:
        """What held after input `seq`, of `newest` inputs, and from which input on; None where that is not kept."""
        if not max(0, newest - INPUTS_KEPT) < seq <= newest:
            return None
        found = next(((begun, packed) for begun, packed in reversed(self._kept) if begun <= seq), None)
        return found and (found[0], zlib.decompress(found[1]).decode())

    def packed(self) -> tuple[bytes, ...]:
        """All that is kept, oldest first, each compressed by zlib."""
        return tuple(packed for _, packed in self._kept)
