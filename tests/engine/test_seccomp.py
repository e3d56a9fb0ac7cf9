"""The stored seccomp programs are what libseccomp makes of the policy."""

import struct

import pytest

from sandbox.engine.seccomp import OWN_PID, from_text, load, to_text
from sandbox.engine.seccomp_policy import ALLOWED, BY_PATH, COMPILER, DENIED, UNSUPPORTED, compile_program, version

MACHINES = ("x86_64", "aarch64")


@pytest.fixture(scope="module", autouse=True)
def compiler() -> None:
    try:
        found = version()
    except OSError:
        pytest.skip("THE STORED SECCOMP PROGRAMS ARE NOT COMPARED HERE: libseccomp is not installed")
    if found != COMPILER:
        pytest.skip(
            f"THE STORED SECCOMP PROGRAMS ARE NOT COMPARED HERE: they are libseccomp {COMPILER}'s, this is {found}"
        )


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("shared", [False, True])
def test_the_stored_program_is_the_policy_compiled(machine: str, shared: bool) -> None:
    assert compile_program(machine, shared) == load(shared, machine)


@pytest.mark.parametrize("machine", MACHINES)
def test_text_and_program_are_the_same(machine: str) -> None:
    program = load(False, machine)
    assert from_text(to_text(program)) == program
    assert program.count(struct.pack("=I", OWN_PID)) >= 1


def test_no_call_is_both_allowed_and_denied() -> None:
    names = [*ALLOWED, *DENIED, *UNSUPPORTED, *BY_PATH]
    assert len(names) == len(set(names))
