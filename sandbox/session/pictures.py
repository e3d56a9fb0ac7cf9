"""The pictures of a session: what memory was after each of the last inputs, so that a page can travel back.

A worker sends a picture only where something changed; after every other input memory was as before, with nothing new.
Kept as compressed text, 0.6 kB for a tutorial's picture and 7 kB for one of a thousand names: differences were smaller
still for small pictures, but not for large ones. Knows no worker and no journal.
"""

from dataclasses import replace

from sandbox.canonical import decode, encode
from sandbox.codec import WORKER_LIMIT
from sandbox.protocol import Name, Snapshot, Space, kinds
from sandbox.session.album import Album

LIMIT = 4 * 1024 * 1024
"""Most bytes of compressed text; the newest picture stays, whatever it takes."""
NOTHING = Snapshot(0, 0, False, (), ())
"""The picture before anything ran."""
CHANGES = ("new", "rebound")
"""Marks that tell of one step; the others last."""


class Pictures:
    """The newest picture, and those of the inputs before."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._album = Album(encode(NOTHING), limit)
        self.newest: Snapshot | None = None

    @property
    def size(self) -> int:
        """Bytes of memory it takes, about."""
        return self._album.size

    def add(self, seq: int, snapshot: Snapshot) -> Snapshot:
        """Keep the picture after input `seq`; the same, numbered."""
        self.newest = replace(snapshot, seq=seq)
        self._album.put(seq, encode(self.newest))
        return self.newest

    def clear(self, seq: int) -> None:
        """From input `seq` on memory is that of an interpreter which has done nothing."""
        self.newest = None
        self._album.put(seq, encode(replace(NOTHING, seq=seq)))

    def packed(self) -> tuple[bytes, ...]:
        """All that are kept, oldest first: `snapshot` messages as JSON, compressed by zlib."""
        return self._album.packed()

    def look(self, seq: int, newest: int) -> Snapshot | None:
        """The picture after input `seq`, of `newest` inputs; None for one that is not kept."""
        found = self._album.find(seq, newest)
        if found is None:
            return None
        begun, text = found
        snapshot = decode(text, kinds(Snapshot), 2 * WORKER_LIMIT)
        assert isinstance(snapshot, Snapshot)
        return snapshot if begun == seq else replace(_calm(snapshot), seq=seq, run=0)


def _calm(snapshot: Snapshot) -> Snapshot:
    """A picture in which nothing has just changed."""
    return replace(snapshot, spaces=tuple(map(_calm_space, snapshot.spaces)))


def _calm_space(space: Space) -> Space:
    return replace(space, names=tuple(map(_calm_name, space.names)))


def _calm_name(name: Name) -> Name:
    return replace(name, mark="", was=None) if name.mark in CHANGES else name
