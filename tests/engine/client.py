"""A session's place taken by a test: opens a worker, remembers its events, and waits for them with a deadline."""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from threading import Condition

from sandbox.engine.interface import Engine, Job, Limits
from sandbox.engine.interpreter import default_python
from sandbox.protocol import Answer, Event, Exited, Files, Finished, Interrupt, Limited, Output, Run

DEADLINE = 20
FIND_CHANNEL = """import os, socket, struct
def foreign(fd):
    try: return struct.unpack("3i", socket.socket(fileno=os.dup(fd)).getsockopt(1, 17, 12))[0] != os.getpid()
    except OSError: return False

channel = next(fd for fd in range(3, 64) if foreign(fd) and not os.path.sameopenfile(fd, 0))
def say(data):
    while data: data = data[os.write(channel, data):]

"""
"""Learner code that finds the worker's line to the engine: the socket that another process holds, but stdin."""


class Client:
    """One session. Runs get their numbers here."""

    def __init__(
        self,
        engine: Engine,
        session: str = "session",
        files: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        ready: bool = True,
        python: str = "",
    ) -> None:
        self.events: list[Event] = []
        self._texts: defaultdict[int, str] = defaultdict(str)
        self._seen = 0
        self._changed = Condition()
        self.number = 0
        self.on_event: Callable[[Event], None] = lambda event: None
        job = Job(python or default_python(), limits or Limits(), files or {})
        self.worker = engine.open(session, job, self._take)
        if ready:
            self.until("ready")

    def _take(self, *events: Event) -> None:
        for event in events:
            self.on_event(event)
            with self._changed:
                self.events.append(event)
                self._texts[getattr(event, "run", 0)] += event.text if isinstance(event, Output) else ""
                self._changed.notify_all()

    def until(self, kind: str, fits: Callable[[Event], bool] = lambda event: True, deadline: float = DEADLINE) -> Event:
        """The next event of this kind that fits; those before it count as seen."""
        end = time.monotonic() + deadline
        with self._changed:
            while True:
                while self._seen < len(self.events):
                    event = self.events[self._seen]
                    self._seen += 1
                    if event.kind == kind and fits(event):
                        return event
                left = end - time.monotonic()
                assert left > 0, f"no {kind} within {deadline} s; last: {str(self.events[-5:])[-500:]}"
                self._changed.wait(left)

    def start(self, source: str) -> int:
        """Hand over an entry; its number."""
        self.number += 1
        self.worker.send(Run(self.number, source))
        return self.number

    def run(self, source: str, deadline: float = DEADLINE) -> Finished:
        """Hand over an entry and wait for its end."""
        number = self.start(source)
        finished = self.until("finished", lambda event: event.run == number, deadline)
        assert isinstance(finished, Finished)
        return finished

    def answer(self, text: str | None) -> None:
        self.worker.send(Answer(self.number, text))

    def interrupt(self) -> None:
        self.worker.send(Interrupt(self.number))

    def wait_for_output(self, text: str) -> None:
        """Until the run in flight has printed this."""
        end = time.monotonic() + DEADLINE
        with self._changed:
            while text not in self.text():
                assert self._changed.wait(end - time.monotonic()), f"never printed: {text}"

    def until_end(self) -> Event:
        """The end of the run in flight, or of its worker."""
        end = time.monotonic() + DEADLINE
        with self._changed:
            while True:
                for event in self.events:
                    if event.kind == "exited" or (event.kind == "finished" and event.run == self.number):
                        return event
                assert self._changed.wait(end - time.monotonic()), "no end"

    def exited(self, deadline: float = DEADLINE) -> Exited:
        exited = self.until("exited", deadline=deadline)
        assert isinstance(exited, Exited)
        return exited

    def text(self, run: int | None = None) -> str:
        """All that a run printed, by default the newest."""
        return self._texts[self.number if run is None else run]

    def files(self) -> list[Files]:
        return [event for event in self.events if isinstance(event, Files)]

    def limited(self) -> list[Limited]:
        return [event for event in self.events if isinstance(event, Limited)]

    def said(self, source: str) -> str:
        """What an entry prints."""
        self.run(source)
        return self.text()
