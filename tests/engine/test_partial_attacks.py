"""What hostile learners try, typed as entries of a session at level partial."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from engine.redteam.cases import CASES, Case
from engine.redteam.range import PYTHON, UID, Range, laid_out, open_python, own_uid_policy, partial_policy
from sandbox.engine import landlock
from sandbox.engine.descend import LEARNER_UID
from sandbox.engine.footprint import footprint
from sandbox.engine.isolation import Isolation
from sandbox.engine.jail import Jail
from sandbox.engine.local import LocalEngine
from sandbox.engine.zygotes import ZygoteStarter

from .conftest import leaving_nothing
from .test_zygote_attacks import LIMITS, attack

AT_PARTIAL = frozenset(
    {"read_outside", "write_outside", "proc", "tcp_on_loopback", "abstract_socket", "signal_others", "limit_others"}
    | {"trace_others", "fork", "daemon", "program", "memory_bomb", "memory_in_shared_maps", "descriptor_bomb"}
    | {"sparse_file", "deep_folders", "raise_own_limits", "secrets", "leave_without_a_word", "null_pointer"}
    | {"close_everything", "invalid_output"}
)
"""One or two of each promise: every case that level partial withstands is tried without an engine elsewhere."""


@pytest.fixture(scope="module")
def field() -> Iterator[Range]:
    with laid_out() as field:
        yield field


@cache
def python_at_partial() -> str:
    """Learners have uids of their own where this is root."""
    return open_python() if UID else PYTHON


@pytest.fixture(scope="module")
def partial_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    if not landlock.version():
        pytest.skip("LEVEL PARTIAL IS NOT TESTED HERE: the kernel has no Landlock")
    python = python_at_partial()
    policy = replace(own_uid_policy(python), first_uid=LEARNER_UID) if UID else partial_policy()
    walls = Isolation("partial", Jail(footprint(python)), policy, ())
    folder = tmp_path_factory.mktemp("partial")
    with leaving_nothing(folder, lambda: ZygoteStarter(walls, python, LIMITS), capacity=40) as engine:
        yield engine


@pytest.mark.parametrize("case", [case for case in CASES if case.name in AT_PARTIAL], ids=lambda case: case.name)
def test_an_attack_from_a_session_at_level_partial_harms_nobody(
    case: Case, partial_engine: LocalEngine, field: Range
) -> None:
    attack(partial_engine, python_at_partial(), case, field)
