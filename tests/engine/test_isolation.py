"""The level is found by doing, as whoever and wherever the server runs."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from sandbox.engine.footprint import closed_folders, footprint
from sandbox.engine.interface import EngineError
from sandbox.engine.isolation import Isolation, probe
from sandbox.engine.remedies import remedy

from .redteam.range import PYTHON, UID, bubblewrap, open_python, why_not_full

SOURCE = str(Path(__file__).parents[2])
ASK = """
import dataclasses, json, sys
sys.path.insert(0, sys.argv[1])
from sandbox.engine.isolation import probe
found = probe(sys.argv[2])
print(json.dumps([found.level, found.policy.first_uid, [dataclasses.astuple(finding) for finding in found.findings]]))
"""
STRANGER = 64100
DOCKER_LIKE = str(Path(__file__).with_name("docker_like.py"))


def ask(
    command: Sequence[str], python: str, user: int | None = None
) -> tuple[str, int, dict[str, tuple[bool, str, str]]]:
    done = subprocess.run(
        [*command, "-c", ASK, SOURCE, python],
        capture_output=True,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        env={"PATH": os.defpath, "PYTHONPATH": SOURCE},
        cwd="/",
        timeout=60,
        check=False,
    )
    assert not done.returncode, done.stderr.decode()
    level, first_uid, findings = json.loads(done.stdout)
    return level, first_uid, {name: (holds, says, mend) for name, holds, says, mend in findings}


def as_root() -> None:
    if not UID:
        pytest.skip("NOT TESTED HERE: needs root")


def failing(found: Isolation) -> list[str]:
    return [f"{finding.name}: {finding.says}" for finding in found.findings if not finding.holds]


def test_the_interpreter_of_the_server_gets_level_full_wherever_it_lies() -> None:
    if why := why_not_full():
        pytest.skip(why)
    found = probe(PYTHON, "")
    assert found.level == "full", failing(found)
    assert failing(found) == ["bubblewrap: not installed"]
    assert found.jail.uid == UID


def test_bubblewrap_is_the_outer_wall_where_it_is_installed() -> None:
    if why_not_full() or not bubblewrap():
        pytest.skip("NOT TESTED HERE: needs bubblewrap and namespaces")
    found = probe(PYTHON)
    assert (found.level, found.jail.bwrap) == ("full", bubblewrap()), failing(found)
    assert not failing(found)


def test_an_ordinary_user_gets_level_full() -> None:
    as_root()
    python = open_python()
    level, _, findings = ask([python], python, STRANGER)
    assert level == "full", findings


def test_an_ordinary_user_without_namespaces_gets_level_partial_and_the_command_that_would_add_them() -> None:
    as_root()
    python = open_python()
    level, _, findings = ask([python, DOCKER_LIKE, python], python, STRANGER)
    assert level == "partial"
    holds, says, mend = findings["users"]
    assert not holds
    assert "unshare" in says
    assert "seccomp=unconfined" in mend


def test_root_without_namespaces_gets_level_partial_with_a_uid_for_each_learner() -> None:
    as_root()
    python = open_python()
    level, first_uid, _ = ask([sys.executable, DOCKER_LIKE, python], python)
    assert level == "partial"
    assert first_uid


def test_an_interpreter_in_a_closed_home_is_said_to_be_unreachable_where_nothing_can_open_it() -> None:
    as_root()
    closed = closed_folders(footprint(PYTHON).paths)
    if not closed:
        pytest.skip("NOT TESTED HERE: the interpreter is where everybody may read it")
    level, _, findings = ask([sys.executable, DOCKER_LIKE, sys.executable], PYTHON)
    assert level == "none"
    assert findings["interpreter"][2] == f"chmod o+x {closed[0]}"


def test_an_interpreter_that_does_not_run_is_an_error() -> None:
    with pytest.raises(EngineError, match="does not run"):
        probe("/nowhere/python")


@pytest.mark.parametrize(
    ("switch", "value", "command"),
    [
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "kernel.apparmor_restrict_unprivileged_userns=0"),
        ("kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
        ("user/max_user_namespaces", "0", "user.max_user_namespaces=10000"),
    ],
)
def test_the_remedy_is_the_switch_that_is_off(tmp_path: Path, switch: str, value: str, command: str) -> None:
    (tmp_path / switch).parent.mkdir()
    (tmp_path / switch).write_text(value + "\n")
    assert remedy("users", True, str(tmp_path)) == f"sysctl -w {command}"
