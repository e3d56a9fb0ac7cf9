"""The engine's end of a worker's channel: frames in and out, never blocking, everything read written by the learner.

Knows the framing and the codec, not what the messages mean.
"""

import socket
from collections import deque

from sandbox.canonical import decode
from sandbox.codec import WORKER_LIMIT, ProtocolError, Unframer, frame
from sandbox.engine.unfold import unfold
from sandbox.picture import Picture
from sandbox.protocol import WORKER_EVENTS, Message

PIECE = 64 * 1024
"""Most bytes read at a time."""
QUEUE_LIMIT = 1024 * 1024
"""Bytes that wait to be written before droppable frames are dropped."""

__all__ = ["PIECE", "Channel", "ProtocolError"]


class Channel:
    """One worker's channel over a non-blocking stream socket."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._unframer = Unframer(WORKER_LIMIT)
        self._texts: deque[str] = deque()
        self._queue: deque[tuple[memoryview, tuple[socket.socket, ...]]] = deque()
        self._queued = 0
        self.received = 0
        """Bytes read so far."""

    # --- to the worker ---

    @property
    def unsent(self) -> bool:
        """Whether something waits until the line can be written to."""
        return bool(self._queue)

    def send(self, message: Message, descriptors: tuple[socket.socket, ...] = (), droppable: bool = False) -> bool:
        """Queue a frame and write what the line takes; False if it was dropped, as the worker reads nothing.

        `descriptors` travel with the frame's first byte and are closed here.
        """
        if droppable and self._queued > QUEUE_LIMIT:
            return False
        data = memoryview(frame(message))
        self._queue.append((data, descriptors))
        self._queued += len(data)
        self.flush()
        return True

    def flush(self) -> None:
        """Write what the line takes now."""
        try:
            while self._queue:
                self._write(*self._queue[0])
        except BlockingIOError:
            return
        except OSError:  # the worker is going: its end tells the rest
            self.drop()

    def _write(self, data: memoryview, descriptors: tuple[socket.socket, ...]) -> None:
        sent = socket.send_fds(self._line, [data], [one.fileno() for one in descriptors])
        _close(descriptors)
        self._queued -= sent
        if sent == len(data):
            self._queue.popleft()
        else:
            self._queue[0] = data[sent:], ()

    def drop(self) -> None:
        """Forget what was not written."""
        for _, descriptors in self._queue:
            _close(descriptors)
        self._queue.clear()
        self._queued = 0

    # --- from the worker ---

    @property
    def partial(self) -> bool:
        """Whether a frame has begun and is not whole yet."""
        return self._unframer.partial

    @property
    def unread(self) -> bool:
        """Whether `next` has more."""
        return bool(self._texts)

    def receive(self) -> int | None:
        """Read once: how many bytes; 0 at the end, None for nothing now. Raises ProtocolError.

        Without room for ancillary data: descriptors that learner code sends are dropped by the kernel.
        """
        try:
            data = self._line.recv(PIECE)
        except BlockingIOError:
            return None
        except OSError:  # reset: the worker ended with unread frames
            return 0
        self.received += len(data)
        self._texts.extend(self._unframer.feed(data))
        return len(data)

    def next(self) -> Message:
        """The next message received, a picture as the snapshot that it is. Raises ProtocolError."""
        message = decode(self._texts.popleft(), WORKER_EVENTS, WORKER_LIMIT)
        return unfold(message) if isinstance(message, Picture) else message


def _close(descriptors: tuple[socket.socket, ...]) -> None:
    for one in descriptors:
        one.close()
