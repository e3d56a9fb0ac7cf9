"""What the README gives to those who run the server: the unit for systemd, and the steps of the Dockerfile."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text()
FORBIDS_NAMESPACES = {"RestrictNamespaces", "PrivateUsers", "ProtectHostname"}
COVERS_PROC = {"ProtectKernelTunables", "ProtectKernelLogs", "ProtectControlGroups", "ProcSubset", "ProtectProc"}


def block(title: str) -> str:
    """The first indented block of a section."""
    section = README.split(f"\n### {title}\n")[1].split("\n### ")[0]
    lines = section.strip("\n").splitlines()
    end = next(number for number, line in enumerate(lines) if line and not line.startswith("    "))
    return "\n".join(line.removeprefix("    ") for line in lines[:end]) + "\n"


def analyze(tmp_path: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    if not shutil.which("systemd-analyze"):
        pytest.skip("THE UNIT IS NOT VERIFIED HERE: no systemd-analyze (Debian: apt-get install systemd)")
    unit = tmp_path / "reload-sandbox.service"
    unit.write_text(re.sub(r"ExecStart=\S+", f"ExecStart={sys.executable}", block("Under systemd")))
    return subprocess.run(["systemd-analyze", *arguments, str(unit)], capture_output=True, text=True, check=False)


def test_the_unit_is_one_that_systemd_takes_without_a_word(tmp_path: Path) -> None:
    done = analyze(tmp_path, "verify", "--man=no")
    complaints = [line for line in done.stderr.splitlines() if "reload-sandbox.service" in line]
    assert complaints == []


def test_the_units_walls_are_many(tmp_path: Path) -> None:
    done = analyze(tmp_path, "security", "--offline=yes", "--no-pager")
    exposure = re.search(r"Overall exposure level .*: ([0-9.]+)", done.stdout)
    assert exposure, done.stderr
    assert float(exposure[1]) < 5


def test_the_unit_leaves_what_learners_walls_are_built_of() -> None:
    names = {line.split("=")[0] for line in block("Under systemd").splitlines() if "=" in line}
    assert not names & (FORBIDS_NAMESPACES | COVERS_PROC)
    assert {"MemoryMax", "TasksMax", "CPUWeight", "OOMPolicy"} <= names


def test_the_container_runs_as_nobodys_root() -> None:
    steps = [line.split(maxsplit=1) for line in block("In a container").splitlines() if line[:1].isupper()]
    assert steps[0] == ["FROM", "python:3.12-slim"]
    assert ["USER", "sandbox"] in steps
    assert steps.index(["USER", "sandbox"]) < [name for name, _ in steps].index("CMD")
