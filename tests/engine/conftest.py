"""What engine tests share: an engine that is closed afterwards and has then left nothing behind."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from sandbox.engine.clock import Patience
from sandbox.engine.interface import Engine
from sandbox.engine.interpreter import default_python
from sandbox.engine.isolation import Isolation, probe
from sandbox.engine.local import LocalEngine
from sandbox.engine.process import Spawner, Starter
from sandbox.engine.zygotes import ZygoteStarter

PATIENCE = Patience(again=0.3, kill=1, start=30, idle=0.4, idle_cpu=0.02)
"""Short, so that what takes seconds for learners takes none for tests."""


def descriptors() -> set[str]:
    """The descriptors of this process and what they are; epoll, eventfd and pipes have a number each."""
    return {f"{name} {link}" for name in os.listdir("/proc/self/fd") if (link := _read(name))}


def _read(name: str) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{name}")
    except OSError:  # the listing's own
        return ""


@pytest.fixture(scope="session")
def found() -> Isolation:
    """What this machine gives."""
    found = probe(default_python())
    if found.level != "full":
        pytest.skip(f"LEVEL FULL IS NOT TESTED HERE, this is level {found.level}")
    return found


def zygotes(found: Isolation) -> ZygoteStarter:
    """With one learner kept ready, as each test is about few."""
    return ZygoteStarter(found, default_python(), ready=1)


@pytest.fixture(params=["spawn", "zygote"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Every engine there is keeps the same promises."""
    if request.param == "zygote":
        found = request.getfixturevalue("found")
        with leaving_nothing(tmp_path, lambda: zygotes(found)) as engine:
            yield engine
    else:
        with leaving_nothing(tmp_path, Spawner) as engine:
            yield engine


@pytest.fixture
def spawn_engine(tmp_path: Path) -> Iterator[Engine]:
    """The one that confines nobody: learner code starts processes, and has numbers that are its own everywhere."""
    with leaving_nothing(tmp_path, Spawner) as engine:
        yield engine


@pytest.fixture
def zygote_engine(tmp_path: Path, found: Isolation) -> Iterator[Engine]:
    """The one that confines, at the level that this machine gives."""
    with leaving_nothing(tmp_path, lambda: zygotes(found)) as engine:
        yield engine


@contextmanager
def leaving_nothing(folder: Path, make: Callable[[], Starter], capacity: int = 8) -> Iterator[LocalEngine]:
    threads, open_before = _threads(), descriptors()
    engine = LocalEngine(capacity=capacity, folder=folder, patience=PATIENCE, starter=make())
    try:
        yield engine
    finally:
        engine.close()
    assert _threads() <= threads
    assert descriptors() <= open_before
    assert [child for child in psutil.Process().children(recursive=True) if _is_worker(child)] == []
    assert list(folder.glob("reload-sandbox-*")) == []


def _threads() -> set[threading.Thread]:
    """But for the one that ends a test that hangs, which each test has of its own."""
    return {thread for thread in threading.enumerate() if not thread.name.startswith("pytest_timeout ")}


def _is_worker(child: psutil.Process) -> bool:
    try:
        return child.status() == psutil.STATUS_ZOMBIE or "sandbox.worker" in " ".join(child.cmdline())
    except psutil.Error:
        return False
