"""The channel to the host: frames both ways, and descriptors that come with them.

Knows no meaning of a message. A channel that ended or is not ours any more ends the process: nobody is left to serve.
"""

import os
import select
import socket
import struct
from _thread import RLock
from collections import deque
from dataclasses import replace

from sandbox.codec import WORKER_LIMIT, ProtocolError, Unframer, decode, frame, frame_text
from sandbox.inner import WORKER_COMMANDS, Interrupt, Loaded, Message
from sandbox.worker.native import Unsignalled

_ROOM_FOR_DESCRIPTORS = socket.CMSG_SPACE(2 * struct.calcsize("i"))
_ONE_READ = 65536
_AT_ONCE = int(socket.MSG_DONTWAIT | socket.MSG_CMSG_CLOEXEC)  # a number: the members of `enum` are slow to combine


class Channel:
    """Sends events at once, from any thread; takes commands only when asked to."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._readable = select.poll()
        self._readable.register(descriptor, select.POLLIN)
        self._unframer = Unframer()
        self._inbox: deque[Message] = deque()
        self._sending = RLock()
        self._descriptors: list[int] = []

    def close(self) -> None:
        """Give the descriptor back."""
        self._socket.close()

    def send(self, message: Message) -> None:
        """A frame goes out whole or not at all: a KeyboardInterrupt may come before or after it, never within."""
        data = frame(message)
        if len(data) > WORKER_LIMIT and isinstance(message, Loaded):
            data = frame(replace(message, source=None))
        self._send(data)

    def send_text(self, text: str) -> None:
        """A message that is JSON text already."""
        self._send(frame_text(text))

    def _send(self, data: bytes) -> None:
        with self._sending, Unsignalled():
            try:
                self._socket.sendall(data)
            except OSError:
                os._exit(0)

    def wait(self) -> None:
        """Until something has come. May be cut short by a signal handler that raises: nothing is lost then."""
        if not self._inbox:
            self._readable.poll()

    def readable(self) -> bool:
        """Whether something has come since it was last looked for. Takes nothing, so a signal handler may raise."""
        return bool(self._readable.poll(0))

    def take(self) -> Message | None:
        """The next command, if it has come."""
        if not self._inbox:
            self._receive()
        return self._inbox.popleft() if self._inbox else None

    def take_descriptors(self) -> list[int]:
        """Those that came with the commands so far, oldest first; the caller owns them."""
        taken, self._descriptors = self._descriptors, []
        return taken

    def has_interrupt(self, run: int) -> bool:
        """Whether an interrupt for this run has come; takes it out. Does not wait."""
        self._receive()
        found = [message for message in self._inbox if isinstance(message, Interrupt) and message.run == run]
        for message in found:
            self._inbox.remove(message)
        return bool(found)

    def _receive(self) -> None:
        try:
            data, ancillary, _, _ = self._socket.recvmsg(_ONE_READ, _ROOM_FOR_DESCRIPTORS, _AT_ONCE)
            texts = self._unframer.feed(data)
            self._inbox.extend(decode(text, WORKER_COMMANDS, WORKER_LIMIT) for text in texts)
        except BlockingIOError:
            return
        except (OSError, ProtocolError):
            os._exit(0)
        if not data:
            os._exit(0)
        for level, kind, payload in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                self._descriptors += [number for (number,) in struct.iter_unpack("i", payload)]
