"""What starts learners' Pythons is killed: nobody loses a file, and the same server goes on."""

from contextlib import closing

import psutil
import pytest

from tests.web.learner import Learner
from tests.web.serving import Server, sandbox, until

LEARNERS = 5


def zygotes(server: Server) -> list[psutil.Process]:
    """The outermost process of each."""
    found = [one for one in psutil.Process(server.process.pid).children(recursive=True) if "zygote" in _command(one)]
    return [one for one in found if one.parent() not in found]


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def test_when_bubblewrap_or_the_zygote_is_killed_everybody_goes_on_with_her_files() -> None:
    with sandbox() as server:
        if "isolation full" not in server.log:
            pytest.skip(f"NOT TESTED HERE: {server.log}")
        learners = [Learner(server) for _ in range(LEARNERS)]
        for number, learner in enumerate(learners):
            learner.send({"kind": "save", "path": "a.py", "text": f"x = {number}\n"})
            learner.run(f"open('data.bin', 'wb').write(bytes([0, {number}]))")
        for victim in ("outermost", "zygote"):
            (outer,) = until(lambda: zygotes(server))
            family = [outer, *outer.children(recursive=True)]
            (outer if victim == "outermost" else max(family, key=lambda one: len(one.children()))).kill()
            for learner in learners:
                exited = learner.until("exited")
                assert (exited["cause"], "Your files are kept" in exited["message"]) == ("lost", True)
            assert psutil.wait_procs(family, timeout=20)[1] == []
            for number, learner in enumerate(learners):
                assert learner.run("import a; a.x, open('data.bin', 'rb').read()[1]").endswith(
                    f"({number}, {number})\n"
                )
        for learner in learners:
            learner.close()


def test_an_entry_that_ends_python_is_not_done_again_for_the_next_one() -> None:
    with sandbox() as server, closing(Learner(server)) as learner:
        learner.run("kept = 1")
        learner.start("import os; os.abort()")
        assert learner.until("exited")["cause"] == "crashed"
        assert learner.run("21 * 2").endswith("42\n")
