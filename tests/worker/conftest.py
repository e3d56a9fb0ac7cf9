"""Every interpreter of this machine, one after the other."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from tests.interpreters import interpreters, report
from tests.worker.forks import Origin
from tests.worker.host import Host, Stuck

PUT_BACK = (
    "import signal; (signal.signal(2, signal.default_int_handler), signal.signal(14, signal.SIG_DFL),"
    " [globals().pop(name) for name in list(globals()) if name[:2] != '__']) and 'put back'"
)

OriginOf = Callable[[str, str], Origin]


def pytest_report_header() -> str:
    return report()


@pytest.fixture(params=sorted(interpreters()))
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def python(version: str) -> str:
    return interpreters()[version]


@pytest.fixture(scope="package")
def origin_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OriginOf]:
    """The worker to fork others from, by its interpreter and what is run before it starts."""
    with ExitStack() as running:
        yield cache(
            lambda python, before: running.enter_context(Origin(python, tmp_path_factory.mktemp("origin"), before))
        )


@pytest.fixture(scope="module")
def workers() -> Iterator[dict[str, Host]]:
    """The worker of each version that the tests of a module share."""
    started: dict[str, Host] = {}
    yield started
    for host in started.values():
        host.close()


@pytest.fixture
def shared(version: str, workers: dict[str, Host], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A worker that other tests have used before and will use again: another one where a test has ended it."""
    if version not in workers:
        workers[version] = Host(interpreters()[version], tmp_path_factory.mktemp("shared")).__enter__()
    yield workers[version]
    if not _is_well(workers[version]):
        workers.pop(version).close()


def _is_well(host: Host) -> bool:
    """Whether it takes another entry, and says nothing of one before; what a test may have left behind is put back."""
    try:
        host.run("")
        return host.process.poll() is None and host.run(PUT_BACK).output == "'put back'\n"
    except (Stuck, OSError):
        return False
