"""Who listens to a session: one driver, who may also command it, and room for watchers.

Knows no socket: a `Subscriber` is all it sees of one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from sandbox.protocol import Message, Refused


class Subscriber(Protocol):
    """Where messages go: one socket's outbox. Safe from any thread; never blocks; calls nothing back."""

    @property
    def full(self) -> bool:
        """Its reader is behind: the worker's prints should wait."""

    def push(self, message: Message) -> None:
        """Hand over the next message. After a fatal `refused` it takes no more."""

    def hold(self, held: bool) -> None:
        """More is about to be pushed, which may be sent in one go; at the end it no longer is."""


TAKEN_OVER = Refused("taken-over", "This session goes on in another tab.", fatal=True)


class Audience:
    """The subscribers of a session. Called under the session's lock, but for `tell`."""

    def __init__(self) -> None:
        self._subscribers: list[Subscriber] = []
        self.driver: Subscriber | None = None

    def __len__(self) -> int:
        return len(self._subscribers)

    @property
    def full(self) -> bool:
        """Somebody's reader is behind."""
        return any(subscriber.full for subscriber in self._subscribers)

    def seat_driver(self, subscriber: Subscriber) -> None:
        """A new driver; the one before is told and leaves."""
        if self.driver is not None and self.driver is not subscriber:
            self.driver.push(TAKEN_OVER)
            self.leave(self.driver)
        self._subscribers.append(subscriber)
        self.driver = subscriber

    def leave(self, subscriber: Subscriber) -> None:
        if subscriber in self._subscribers:
            self._subscribers.remove(subscriber)
        if self.driver is subscriber:
            self.driver = None

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is pushed meanwhile goes out at once, at the end: each reader wakes for all of it."""
        held = [*self._subscribers]
        for subscriber in held:
            subscriber.hold(True)
        try:
            yield
        finally:
            for subscriber in held:
                subscriber.hold(False)

    def push(self, message: Message) -> None:
        """To everybody."""
        for subscriber in self._subscribers:
            subscriber.push(message)

    def tell(self, message: Message) -> None:
        """To the driver alone; from any thread."""
        if (driver := self.driver) is not None:
            driver.push(message)
