"""The ground under learners, from the host's side: workspaces, neighbours, and that nobody survives."""

import errno
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace

import psutil
import pytest

from sandbox.engine.jail import Jail
from sandbox.engine.syscalls import acting_as
from sandbox.engine.trial import Group, run

from .redteam.range import PYTHON, UID, bubblewrap, full_policy, needs, partial_policy, temporary_folder, why_not_full
from .redteam.zygotes import DEADLINE, Zygote, ended, kill, zygote

WAIT = "import time; time.sleep(3600)"
ANSWER = """
import os, time
end = time.monotonic() + 10
while not os.path.exists("question") and time.monotonic() < end: time.sleep(.005)
open("answer.tmp", "w").write(open("question").read() + "!"); os.rename("answer.tmp", "answer")
time.sleep(3600)
"""


@pytest.fixture(params=["bare", "bubblewrap"])
def jailed(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    if why := why_not_full():
        pytest.skip(why)
    if request.param == "bubblewrap" and not bubblewrap():
        pytest.skip("BUBBLEWRAP IS NOT TESTED HERE: not installed")
    with zygote(
        Jail(needs(), bubblewrap() if request.param == "bubblewrap" else "", UID), full_policy(), PYTHON
    ) as one:
        yield one


@pytest.fixture
def bare() -> Iterator[Zygote]:
    if why := why_not_full():
        pytest.skip(why)
    with zygote(Jail(needs(), "", UID), full_policy(), PYTHON) as one:
        yield one


def as_learner() -> AbstractContextManager[None]:
    return acting_as(UID or os.geteuid(), UID or os.getegid())


def write(workspace: int, name: str, text: str) -> None:
    with as_learner(), open(os.open(name, os.O_WRONLY | os.O_CREAT, 0o644, dir_fd=workspace), "w") as file:
        file.write(text)


def read(workspace: int, name: str) -> str:
    with as_learner(), open(os.open(name, os.O_RDONLY, dir_fd=workspace)) as file:
        return file.read()


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end
        os.sched_yield()
        time.sleep(0.002)


def exists(workspace: int, name: str) -> bool:
    return os.access(name, os.F_OK, dir_fd=workspace)


def test_the_host_writes_and_reads_in_the_workspace_of_a_running_learner(jailed: Zygote) -> None:
    _, _, workspace = jailed.start("a", ANSWER)
    write(workspace, "question.tmp", "who")
    with as_learner():
        os.rename("question.tmp", "question", src_dir_fd=workspace, dst_dir_fd=workspace)
    wait_for(lambda: exists(workspace, "answer"))
    assert read(workspace, "answer") == "who!"


def test_a_workspace_outlives_its_learner_and_is_the_next_ones_with_its_times(jailed: Zygote) -> None:
    pid, pidfd, workspace = jailed.start("a", "open('kept.py', 'w').write('x = 1')")
    assert ended(pidfd)
    assert jailed.ask("wait", pid) == 0
    before = os.stat("kept.py", dir_fd=workspace)
    pid, pidfd, again = jailed.start("a", "open('seen', 'w').write(open('kept.py').read())")
    assert ended(pidfd)
    assert jailed.ask("wait", pid) == 0
    assert read(again, "seen") == "x = 1"
    assert os.stat("kept.py", dir_fd=again).st_mtime_ns == before.st_mtime_ns


def test_a_forgotten_workspace_is_unmounted_and_its_name_can_be_used_anew(bare: Zygote) -> None:
    pid, pidfd, _ = bare.start("a", "open('old', 'w').close()")
    assert ended(pidfd)
    assert bare.ask("wait", pid) == 0
    assert bare.ask("forget", "a") == 0
    _, _, workspace = bare.start("a", WAIT)
    assert os.listdir(workspace) == []


def test_root_itself_cannot_write_into_a_workspace_but_as_the_learner(bare: Zygote) -> None:
    if not UID:
        pytest.skip("NOT TESTED HERE: needs root")
    _, _, workspace = bare.start("a", WAIT)
    with pytest.raises(OSError) as caught:
        os.close(os.open("file", os.O_WRONLY | os.O_CREAT, dir_fd=workspace))
    assert caught.value.errno == errno.EOVERFLOW
    write(workspace, "file", "text")
    assert os.stat("file", dir_fd=workspace).st_uid == UID


def test_killing_a_learner_ends_its_threads_and_leaves_its_neighbour_alone(jailed: Zygote) -> None:
    threads = "import threading, time\nfor _ in range(8): threading.Thread(target=time.sleep, args=(3600,)).start()"
    pid, pidfd, _ = jailed.start("a", threads + "\ntime.sleep(3600)")
    _, neighbour, _ = jailed.start("b", WAIT)
    kill(pidfd)
    assert ended(pidfd)
    assert jailed.ask("wait", pid) == -signal.SIGKILL
    assert not ended(neighbour, 0)


def test_nobody_survives_the_server(jailed: Zygote) -> None:
    learners = [jailed.start(f"a{number}", WAIT)[1] for number in range(3)]
    jailed.hang_up()
    assert all(ended(learner) for learner in learners)
    jailed.process.wait(DEADLINE)


def test_nobody_survives_the_process_that_the_server_started(jailed: Zygote) -> None:
    """Without bubblewrap: the one that waits for process 1; with it: bubblewrap."""
    learners = [jailed.start(f"a{number}", WAIT)[1] for number in range(3)]
    jailed.process.kill()
    assert all(ended(learner) for learner in learners)


def test_nobody_survives_the_zygote(jailed: Zygote) -> None:
    learners = [jailed.start(f"a{number}", WAIT)[1] for number in range(3)]
    family = psutil.Process(jailed.process.pid).children(recursive=True)
    first = next(one for one in [psutil.Process(jailed.process.pid), *family] if len(one.children()) >= 3)
    first.kill()
    assert all(ended(learner) for learner in learners)
    jailed.process.wait(DEADLINE)
    assert not [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def test_nothing_is_mounted_where_the_host_can_see_it(bare: Zygote) -> None:
    with open("/proc/self/mounts") as file:
        before = file.read()
    bare.start("a", WAIT)
    with open("/proc/self/mounts") as file:
        assert file.read() == before


def test_at_level_partial_learners_die_with_the_zygote() -> None:
    with temporary_folder() as rooms:
        os.chmod(rooms, 0o777)
        with zygote(Jail(needs(), "", UID), replace(partial_policy(), rooms=rooms), PYTHON) as one:
            _, learner, _ = one.start("a", WAIT)
            one.process.kill()
            assert ended(learner)


def test_a_learner_at_its_limits_leaves_its_neighbours_theirs() -> None:
    if why := why_not_full():
        pytest.skip(why)
    threads = """
import threading, time
end, count = threading.Event(), 0
try:
    for count in range(100): threading.Thread(target=end.wait, args=(20,), daemon=True).start()
except RuntimeError: pass
kept = bytearray(16 << 20)
time.sleep(.3)
print(count)
end.set()
"""
    (outcomes,) = run(Jail(needs(), "", UID), full_policy(), [Group((threads,) * 5)], python=PYTHON)
    assert [outcome.output.strip() for outcome in outcomes] == ["47"] * 5


def test_a_limit_is_the_policys() -> None:
    if why := why_not_full():
        pytest.skip(why)
    source = "from resource import *; print(getrlimit(RLIMIT_NOFILE)[1], getrlimit(RLIMIT_DATA)[1])"
    policy = replace(full_policy(), descriptors=32, memory=100 << 20)
    ((outcome,),) = run(Jail(needs(), "", UID), policy, [Group((source,))], python=PYTHON)
    assert outcome.output.split() == ["32", str(100 << 20)]
