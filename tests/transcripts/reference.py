"""A bare `python -u -i` on a pipe: what everything else is compared with."""

import fcntl
import os
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping
from contextlib import suppress

from tests.transcripts.player import Kind

PATIENCE = 20.0
_FIRST, _MORE = "\x02first\x03", "\x02more\x03"
_SETUP = f"import sys; sys.ps1, sys.ps2 = {_FIRST!r}, {_MORE!r}; del sys"
_READS_STDIN = (["0", "0x0"], ["63", "0x0"])
"""read(0, ...) in /proc/PID/syscall, on x86-64 and aarch64."""


class Reference:
    """Its prompts are made unmistakable by a first statement, so that they can be told from the output.

    Entries are numbered from 1 then: another console that is compared with it must run one statement first.
    """

    def __init__(self, python: str, folder: str, environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [python, "-u", "-i"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            cwd=folder,
            env=dict(environment),
            process_group=0,
        )
        assert self.process.stdin is not None and self.process.stdout is not None
        self._stdin, self._output = self.process.stdin, self.process.stdout
        self._write(_SETUP)
        self._set_up = False

    def line(self, text: str) -> tuple[str, Kind]:
        """Type a line: what is printed until the next is wanted."""
        self._finish_setup()
        self._write(text)
        return self._read()

    def interrupt(self, number: int) -> tuple[str, Kind]:
        """Send a signal, as Ctrl-C does: what is printed until the next prompt.

        Again, if nothing comes of it: CPython misses a signal that comes just before it sleeps in a system call.
        """
        self._finish_setup()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self.process.send_signal(number)
            if select.select([self._output], [], [], 0.3)[0]:
                break
        return self._read(may_ask=False)

    def close(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, 9)
        self.process.wait(PATIENCE)
        self._stdin.close()
        self._output.close()

    def _finish_setup(self) -> None:
        if not self._set_up:
            self._set_up = True
            self._read()

    def _write(self, text: str) -> None:
        with suppress(BrokenPipeError):
            data = text.encode("utf-8", "surrogatepass") + b"\n"
            while data:
                data = data[self._stdin.write(data) or 0 :]

    def _read(self, may_ask: bool = True) -> tuple[str, Kind]:
        data, deadline = b"", time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for prompt, kind in ((_FIRST, "prompt"), (_MORE, "more")):
                if data.endswith(prompt.encode()):
                    return data[: -len(prompt)].decode("utf-8", "replace"), kind  # type: ignore[return-value]
            if select.select([self._output], [], [], 0.01)[0]:
                piece = os.read(self._output.fileno(), 65536)
                if not piece:
                    return data.decode("utf-8", "replace"), "gone"
                data += piece
            elif may_ask and self._asks():
                return data.decode("utf-8", "replace"), "asks"
        raise TimeoutError(data[-300:])

    def _asks(self) -> bool:
        """Whether it has taken all that was typed and sleeps in read(0): with no prompt shown, that is `input()`."""
        unread = struct.unpack("i", fcntl.ioctl(self._stdin.fileno(), termios.FIONREAD, b"\0" * 4))[0]
        try:
            with open(f"/proc/{self.process.pid}/syscall") as file:
                call = file.read().split()
        except OSError:
            return False
        return not unread and call[:2] in _READS_STDIN and not select.select([self._output], [], [], 0)[0]
