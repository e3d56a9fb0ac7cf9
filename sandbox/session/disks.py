"""Whether memory held what the disk held, after each of the last inputs. Knows neither files nor loads."""

from sandbox.canonical import decode, encode
from sandbox.codec import WORKER_LIMIT
from sandbox.protocol import Disk, DiskState, kinds
from sandbox.session.album import Album

LIMIT = 1024 * 1024
"""Most bytes of compressed text."""
UNKNOWN = ""
"""What is kept of the time before the first that is known."""


class Disks:
    """The states of the files, from input to input."""

    def __init__(self) -> None:
        self._album = Album(UNKNOWN, LIMIT)
        self._newest: Disk | None = None

    @property
    def size(self) -> int:
        """Bytes of memory it takes, about."""
        return self._album.size

    def add(self, seq: int, disk: Disk) -> None:
        """After input `seq` it is so. What an entry does while others come is told of the newest of them."""
        if disk != self._newest:
            self._newest = disk
            self._album.put(max(seq, self._album.newest), encode(disk))

    def at(self, seq: int, newest: int) -> tuple[DiskState, ...] | None:
        """The states after input `seq`, of `newest` inputs; None where they are not known."""
        found = self._album.find(seq, newest)
        if found is None or found[1] == UNKNOWN:
            return None
        disk = decode(found[1], kinds(Disk), 2 * WORKER_LIMIT)
        assert isinstance(disk, Disk)
        return disk.files
