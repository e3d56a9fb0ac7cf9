"""Where a server may be bound, by its level, and what the doctor says."""

from pathlib import Path

import pytest

from sandbox.doctor import binding_problem, in_container, report
from sandbox.engine.interpreter import default_python, describe
from sandbox.engine.isolation import Finding, Isolation, unconfined
from tests.test_cli import command


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
@pytest.mark.parametrize("level", ["full", "partial", "none"])
def test_loopback_may_always_be_served(host: str, level: str) -> None:
    assert binding_problem(host, level, False, False, contained=False) == ""


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "sandbox.example"])
@pytest.mark.parametrize(
    ("level", "accept_partial", "trust_everyone", "contained", "may"),
    [
        ("full", False, False, False, True),
        ("partial", False, False, False, False),
        ("partial", True, False, False, True),
        ("partial", False, False, True, True),
        ("none", False, False, False, False),
        ("none", True, False, True, False),
        ("none", False, True, False, True),
    ],
)
def test_other_addresses_may_be_served_as_the_level_allows(
    host: str, level: str, accept_partial: bool, trust_everyone: bool, contained: bool, may: bool
) -> None:
    problem = binding_problem(host, level, accept_partial, trust_everyone, contained)
    assert (problem == "") is may
    assert may or problem.startswith(f"Refusing to serve on {host}: ")


def test_a_container_is_known_by_its_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("container", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)
    mark = tmp_path / "mark"
    assert not in_container((str(mark),))
    mark.touch()
    assert in_container((str(mark),))
    monkeypatch.setenv("container", "podman")
    assert in_container(())


def test_what_is_missing_comes_with_the_command_that_adds_it() -> None:
    nothing = unconfined()
    findings = (Finding("files", True, "stands"), Finding("users", False, "unshare: denied", "sysctl -w x=1"))
    lines = list(report(Isolation("partial", nothing.jail, nothing.policy, findings), describe(default_python()), 40))
    assert lines[2].startswith("room: 40 learners")
    assert lines[3].startswith("isolation: partial: ")
    assert lines[-3:] == [
        "ok       files: stands",
        "MISSING  users: unshare: denied",
        "         to add it: sysctl -w x=1",
    ]


def test_the_command_prints_what_it_found() -> None:
    done = command("doctor")
    level = done.stdout.split("isolation: ")[1].split(":")[0]
    assert done.returncode == (level != "full"), done.stderr
    assert (level == "full") == ("MISSING  users" not in done.stdout)
    assert command("doctor", "--python", "/nowhere").stderr == "Error: There is no interpreter at /nowhere.\n"
