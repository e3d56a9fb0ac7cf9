"""Learners who type, save, reload modules and pages and restart Python while their server is killed, and come back; and
what must be true of them then.

A typist sends one input after the other, each once the last one was accepted and has ended, and never forgets what was.
"""

import random
import sqlite3
import sys
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psutil
import websocket

from sandbox.engine.interface import Job
from sandbox.engine.local import LocalEngine
from sandbox.protocol import Output, Restart, Run, Save
from sandbox.session.session import Session
from sandbox.store.opening import FILE
from tests.session.puppet import Listener, PuppetJournal
from tests.web.learner import Learner
from tests.web.serving import Server

Input = Run | Save | Restart
BROKEN = (OSError, websocket.WebSocketException, AssertionError)
"""What a client sees of a server that is killed."""
PAGE_RELOADED, RESTARTED, SAVED = 0.03, 0.03, 0.4
SUM_UP = "print(sorted((name, value) for name, value in globals().items() if name[0] in 'vw' and name[1:].isdigit()))"
"""An entry that prints what the others have left in memory."""


class Typist:
    """One learner, through all the servers there will be."""

    def __init__(self, number: int, seed: int) -> None:
        self.name = number
        self.random = random.Random(seed * 1000 + number)
        self.token = ""
        self.sent: list[Input] = []
        self.accepted: set[str] = set()
        self.run_number = 0
        self.problem = ""

    def work(self, server: Server, enough: Callable[[], bool]) -> None:
        """Type until that is enough, or the server is gone."""
        try:
            learner = Learner(server, self.token, ready=False)
        except BROKEN:
            return
        try:
            self.token = learner.welcome["token"]
            self._come_back(learner)
            while not enough():
                if self.random.random() < PAGE_RELOADED:
                    learner = self._reload(server, learner)
                self._take(learner, self._next())
        except BROKEN:
            pass
        finally:
            with suppress(*BROKEN):
                learner.vanish()

    def _reload(self, server: Server, before: Learner) -> Learner:
        """As a page does that is loaded again."""
        learner = Learner(server, self.token, ready=False)
        before.vanish()
        self._come_back(learner)
        return learner

    def _come_back(self, learner: Learner) -> None:
        """Bring all to an end that was sent, in its order: an end that was told may be lost until the next input is
        accepted, and then its entry runs once more, before what followed it."""
        transcript = [noted["message"] for noted in learner.welcome["transcript"]]
        ended = {message["run"] for message in transcript if message["kind"] == "finished"}
        for input in self.sent:
            if input.id not in self.accepted:
                self._wait(learner, input)
            if isinstance(input, Run) and input.run not in ended:
                self._finish(learner, input.run)

    def _take(self, learner: Learner, input: Input) -> None:
        self.sent.append(input)
        self._wait(learner, input)
        if isinstance(input, Run):
            self._finish(learner, input.run)

    def _wait(self, learner: Learner, input: Input) -> None:
        learner.send(input)
        learner.until("accepted", fits=lambda event: event["id"] == input.id)
        self.accepted.add(input.id)

    def _finish(self, learner: Learner, run: int) -> None:
        if not any(event["kind"] == "finished" and event["run"] == run for event in learner.events):
            learner.until("finished", fits=lambda event: event["run"] == run)

    def _next(self) -> Input:
        id = f"{self.name}-{len(self.sent)}"
        module, value = self.random.choice("ab"), self.random.randrange(1000)
        chance = self.random.random()
        if chance < RESTARTED:
            return Restart(id)
        if chance < SAVED:
            return Save(f"{module}.py", f"value = {value}\nseen = globals().get('seen', 0) + 1\n", id)
        entries = [
            f"import {module}; v{value % 7} = {module}.value",
            f"import importlib, {module}; w{value % 7} = importlib.reload({module}).seen",
            f"v{value % 7} = {value}",
            f"from {module} import value as w{value % 7}",
            f"for v{value % 7} in range({value}): pass",
        ]
        self.run_number += 1
        return Run(self.run_number, self.random.choice(entries), id)

    def sum_up(self, server: Server) -> str:
        """What is in memory, as the learner's own Python says it."""
        learner = Learner(server, self.token, ready=False)
        self.token = learner.welcome["token"]
        self._come_back(learner)
        self.run_number += 1
        self._take(learner, Run(self.run_number, SUM_UP, f"{self.name}-{len(self.sent)}"))
        learner.close()
        return learner.printed(self.run_number)


def at_work(typists: list[Typist], server: Server, enough: Callable[[], bool]) -> list[threading.Thread]:
    """All of them, each in a thread."""
    threads = [threading.Thread(target=typist.work, args=(server, enough)) for typist in typists]
    for thread in threads:
        thread.start()
    return threads


def kill(server: Server) -> None:
    """SIGKILL for the server and all that it started, as a power cut does."""
    process = psutil.Process(server.process.pid)
    for one in [process, *process.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            one.kill()
    server.process.wait()


def check_journal(typists: list[Typist], data: Path) -> None:
    """What was accepted is in the file, in order and once, and of the rest at most the one that was on its way."""
    with closing(sqlite3.connect(data / FILE)) as file:
        rows = file.execute("SELECT session, id FROM journal WHERE role = 'input' ORDER BY session, place").fetchall()
    kept: dict[str, list[str]] = {}
    for session, id in rows:
        kept.setdefault(session, []).append(id)
    by_typist = {ids[0].split("-")[0]: ids for ids in kept.values() if ids[0]}
    for typist in typists:
        ids = by_typist.get(str(typist.name), [])
        sent = [input.id for input in typist.sent]
        assert ids == sent[: len(ids)], (typist.name, ids[-3:], sent[-3:])
        assert len(typist.accepted) <= len(ids) <= len(typist.accepted) + 1, (typist.name, len(ids))
        assert typist.accepted <= set(ids)


def replay(inputs: list[Input]) -> str:
    """What the last of the same inputs prints in a Python here."""
    engine, listener = LocalEngine(capacity=1), Listener()
    session = Session("replay", engine, Job(sys.executable), journal=PuppetJournal())
    session.attach(listener, "token")
    session.start()
    printed = ""
    for input in inputs:
        session.handle(listener, input)
        heard: list[Any] = listener.wait_until("finished" if isinstance(input, Run) else "accepted")
        printed = "".join(event.text for event in heard if isinstance(event, Output))
    session.close()
    engine.close()
    return printed
