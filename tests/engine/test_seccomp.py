"""The stored seccomp programs are what libseccomp makes of the policy."""

import struct

import pytest

from sandbox.engine.seccomp import OWN_PID, from_text, load, to_text
from sandbox.engine.seccomp_policy import (
    ALLOWED,
    ARCHITECTURES,
    BY_PATH,
    COMPILER,
    DENIED,
    UNSUPPORTED,
    compile_program,
    library,
    version,
)
from sandbox.engine.syscalls import NUMBERS

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


@pytest.mark.parametrize("machine", MACHINES)
def test_each_system_call_has_the_number_that_libseccomp_knows(machine: str) -> None:
    resolve = library().seccomp_syscall_resolve_name_arch
    known = {name: resolve(ARCHITECTURES[machine], name.encode()) for name in NUMBERS[machine]}
    newer = {name for name, number in known.items() if number < 0}  # than this libseccomp
    assert newer <= {name for name in known if name.startswith("landlock_")}
    assert {name: number for name, number in NUMBERS[machine].items() if name not in newer} == {
        name: number for name, number in known.items() if name not in newer
    }
