"""The pictures of a session: what memory was after each of the last inputs, so that a page can travel back.

A worker sends a picture only where something changed; after every other input memory was as before, with nothing new.
Kept as compressed text, 0.6 kB for a tutorial's picture and 7 kB for one of a thousand names: differences were smaller
still for small pictures, but not for large ones. Knows no worker and no journal.
"""

import zlib
from collections import deque
from dataclasses import replace

from sandbox.codec import WORKER_LIMIT, decode, encode
from sandbox.protocol import Name, Snapshot, Space, kinds

INPUTS_KEPT = 200
LIMIT = 4 * 1024 * 1024
"""Most bytes of compressed text; the newest picture stays, whatever it takes."""
NOTHING = Snapshot(0, 0, False, (), ())
"""The picture before anything ran."""
CHANGES = ("new", "rebound")
"""Marks that tell of one step; the others last."""


class Pictures:
    """The newest picture, and those of the inputs before."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._kept: deque[tuple[int, bytes]] = deque([(0, _NOTHING)])
        """By the number of the input from which on memory was so."""
        self._size = len(_NOTHING)
        self.newest: Snapshot | None = None

    @property
    def size(self) -> int:
        """Bytes of memory it takes, about."""
        return self._size

    def add(self, seq: int, snapshot: Snapshot) -> Snapshot:
        """Keep the picture after input `seq`; the same, numbered."""
        self.newest = replace(snapshot, seq=seq)
        self._put(seq, self.newest)
        return self.newest

    def clear(self, seq: int) -> None:
        """From input `seq` on memory is that of an interpreter which has done nothing."""
        self.newest = None
        self._put(seq, replace(NOTHING, seq=seq))

    def _put(self, seq: int, snapshot: Snapshot) -> None:
        while self._kept and self._kept[-1][0] >= seq:
            self._size -= len(self._kept.pop()[1])
        self._kept.append((seq, _pack(snapshot)))
        self._size += len(self._kept[-1][1])
        while len(self._kept) > 1 and (self._kept[1][0] <= seq - INPUTS_KEPT or self._size > self._limit):
            self._size -= len(self._kept.popleft()[1])

    def packed(self) -> tuple[bytes, ...]:
        """All that are kept, oldest first: `snapshot` messages as JSON, compressed by zlib."""
        return tuple(packed for _, packed in self._kept)

    def look(self, seq: int, newest: int) -> Snapshot | None:
        """The picture after input `seq`, of `newest` inputs; None for one that is not kept."""
        if not max(0, newest - INPUTS_KEPT) < seq <= newest:
            return None
        found = next(((begun, packed) for begun, packed in reversed(self._kept) if begun <= seq), None)
        if found is None:
            return None
        begun, packed = found
        snapshot = _unpack(packed)
        return snapshot if begun == seq else replace(_calm(snapshot), seq=seq, run=0)


def _pack(snapshot: Snapshot) -> bytes:
    return zlib.compress(encode(snapshot).encode(), 1)


def _unpack(packed: bytes) -> Snapshot:
    snapshot = decode(zlib.decompress(packed).decode(), kinds(Snapshot), 2 * WORKER_LIMIT)
    assert isinstance(snapshot, Snapshot)
    return snapshot


def _calm(snapshot: Snapshot) -> Snapshot:
    """A picture in which nothing has just changed."""
    return replace(snapshot, spaces=tuple(map(_calm_space, snapshot.spaces)))


def _calm_space(space: Space) -> Space:
    return replace(space, names=tuple(map(_calm_name, space.names)))


def _calm_name(name: Name) -> Name:
    return replace(name, mark="", was=None) if name.mark in CHANGES else name


_NOTHING = _pack(NOTHING)
