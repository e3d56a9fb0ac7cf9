"""What engine tests share: an engine that is closed afterwards and has then left nothing behind."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sandbox.engine.clock import Patience
from sandbox.engine.interface import Engine
from sandbox.engine.local import LocalEngine

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


@pytest.fixture(params=["local"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Every engine there is keeps the same promises."""
    threads, open_before = set(threading.enumerate()), descriptors()
    engine = LocalEngine(capacity=8, folder=tmp_path, patience=PATIENCE)
    yield engine
    engine.close()
    assert set(threading.enumerate()) <= threads
    assert descriptors() <= open_before
    assert [child for child in psutil.Process().children(recursive=True) if _is_worker(child)] == []
    assert list(tmp_path.glob("reload-sandbox-*")) == []


def _is_worker(child: psutil.Process) -> bool:
    try:
        return child.status() == psutil.STATUS_ZOMBIE or "sandbox.worker" in " ".join(child.cmdline())
    except psutil.Error:
        return False
