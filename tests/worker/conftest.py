"""Every interpreter of this machine, one after the other."""

import pytest

from tests.interpreters import interpreters, report


def pytest_report_header() -> str:
    return report()


@pytest.fixture(params=sorted(interpreters()))
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def python(version: str) -> str:
    return interpreters()[version]
