"""A server that is killed at any moment, while learners work, has lost nothing that it had accepted."""

import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from sandbox.protocol import Run, Save
from sandbox.store.opening import FILE
from tests.web.serving import Server, sandbox, until
from tests.web.typists import Typist, at_work, check_journal, kill, replay

ROUNDS = 3
TYPISTS = 20


COMPARED = 2
"""Typists whose memory is compared with a replay after each death; at the end it is everybody's."""


def play(data: Path, rounds: int, seed: int) -> list[Typist]:
    """Kill so many servers, and look each time what has become of the typists."""
    chance = random.Random(seed)
    typists = [Typist(number, seed) for number in range(TYPISTS)]
    settings = {"data_dir": str(data), "ready_pythons": "8"}
    for _ in range(rounds):
        with sandbox(**settings) as server:
            compare(chance.sample(typists, COMPARED), server)
            before = {typist: len(typist.accepted) for typist in typists}
            threads = at_work(chance.sample(typists, TYPISTS), server, lambda: False)
            wanted = chance.randint(1, TYPISTS)  # some are still being brought back then, or at times nobody is
            until(
                lambda before=before, wanted=wanted: sum(len(one.accepted) > before[one] for one in typists) >= wanted
            )
            time.sleep(chance.uniform(0, 1.5))  # the moment of death, which nothing waits for
            kill(server)
            for thread in threads:
                thread.join()
        check_journal(typists, data)
    with sandbox(**settings) as server:
        compare(typists, server)
    return typists


def compare(typists: list[Typist], server: Server) -> None:
    """What was brought back into their memory is what their inputs make of a fresh one."""
    for typist in typists:
        ours = typist.sum_up(server)
        assert ours == replay(typist.sent), f"typist {typist.name}"


@pytest.mark.timeout(600)
def test_a_server_killed_again_and_again_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    typists = play(tmp_path, ROUNDS, seed)
    print(f"{sum(len(typist.sent) for typist in typists)} inputs")


def forget_ends(data: Path) -> None:
    """Leave what a server leaves that is killed before the end of the newest entry is durable."""
    with closing(sqlite3.connect(data / FILE)) as file, file:
        file.execute("DELETE FROM journal WHERE place > (SELECT max(place) FROM journal WHERE role = 'begun')")


def test_an_entry_whose_end_was_told_but_lost_runs_once_more_before_what_followed_it(tmp_path: Path) -> None:
    settings, typist = {"data_dir": str(tmp_path)}, Typist(0, 0)
    typist.run_number = 1
    typist.sent = [Run(1, "import a; v1 = a.value", "0-0")]
    with sandbox(**settings) as server:
        typist.work(server, lambda: True)
        kill(server)
    forget_ends(tmp_path)
    typist.sent.append(Save("a.py", "value = 1\n", "0-1"))
    with sandbox(**settings) as server:
        assert typist.sum_up(server) == "[]\n" == replay(typist.sent)
