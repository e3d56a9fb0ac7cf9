"""Trials: pieces of code run in confined processes, to see what they can do. What probes and tests the walls.

`run` is the host's side; `main` is the program of a small zygote that lays the ground, lets each piece of code in as a
learner of its own, and reports how each ended. Code of one group runs at the same time. Not a way to run learners: no
channel, no protocol, and what is reported of output is what the code wrote.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.engine.calls import ConfinementError
from sandbox.engine.ground import Ground, lay_ground
from sandbox.engine.jail import PACKAGE, Jail, command
from sandbox.engine.policy import Policy, from_plain, to_plain

OUTPUT_LIMIT: Final = 65536
_BOOT: Final = "import sys; sys.path.insert(0, sys.argv[1]); from sandbox.engine.trial import main; main()"


@dataclass(frozen=True, slots=True)
class Group:
    """Code to be run at the same time, under this policy if it is not to be the ground's own."""

    sources: tuple[str, ...]
    policy: Policy | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one piece of code ended: exit status as in `os.waitstatus_to_exitcode`, and what it wrote.

    `failed` names the wall that could not be built, with the reason in `output`; the code has then not been run.
    """

    status: int
    output: str
    failed: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class _Code:
    source: str
    output: int
    failure: int


@dataclass(slots=True)
class _Running:
    pid: int
    output: int
    failure: int
    data: bytes = b""
    reason: bytes = b""
    late: bool = field(default=False)


def run(
    jail: Jail, policy: Policy, groups: Sequence[Group], seconds: float = 10, python: str = ""
) -> list[list[Outcome]]:
    """Run every group on one ground; code not ended after `seconds` is killed. Raises ConfinementError."""
    request = json.dumps([to_plain(policy), [_plain(group) for group in groups], seconds])
    program = [python or sys.executable, "-I", "-c", _BOOT, os.path.dirname(PACKAGE)]
    done = subprocess.run(
        command(jail, program), input=request.encode(), capture_output=True, check=False, env=dict(jail.environment)
    )
    if done.returncode or not done.stdout:
        raise ConfinementError(
            "zygote", done.stderr.decode(errors="replace").strip() or f"ended with {done.returncode}"
        )
    answer = json.loads(done.stdout)
    if isinstance(answer, dict):
        raise ConfinementError(answer["wall"], answer["reason"])
    return [[Outcome(*outcome) for outcome in group] for group in answer]


def _plain(group: Group) -> Any:
    return [group.sources, group.policy and to_plain(group.policy)]


# --- in the zygote ---


def main() -> None:
    """Read a request from stdin, write the outcomes to stdout."""
    os.environ.pop("PWD", None)  # bubblewrap's
    policy, groups, seconds = json.load(sys.stdin)
    try:
        ground = lay_ground(from_plain(policy))
    except ConfinementError as error:
        print(json.dumps({"wall": error.wall, "reason": error.reason}))
        return
    outcomes = [_try(ground, number, group, seconds) for number, group in enumerate(groups)]
    print(json.dumps(outcomes), flush=True)


def _try(ground: Ground, number: int, group: Any, seconds: float) -> list[Any]:
    sources, plain = group
    policy = from_plain(plain) if plain else None
    running = [_start(ground, f"t{number}n{place}", source, policy) for place, source in enumerate(sources)]
    _collect(running, time.monotonic() + seconds)
    outcomes = [_end(ground, one) for one in running]
    for place in range(len(sources)):
        ground.forget_room(f"t{number}n{place}")
    return outcomes


def _start(ground: Ground, room: str, source: str, policy: Policy | None) -> _Running:
    os.close(ground.open_room(room))
    output, write_output = os.pipe()
    failure, write_failure = os.pipe()
    pid = ground.fork(room, (0, 1, 2, write_failure), policy)
    if not pid:
        _be_learner(ground, _Code(source, write_output, write_failure))
    os.close(write_output)
    os.close(write_failure)
    return _Running(pid, output, failure)


def _be_learner(ground: Ground, code: _Code) -> None:
    status = 70
    try:
        for standard, descriptor in enumerate((os.open(os.devnull, os.O_RDONLY), code.output, code.output)):
            os.dup2(descriptor, standard)
        ground.confine()
        os.close(code.failure)
        status = 1
        exec(compile(code.source, "<trial>", "exec"), {"__name__": "__main__"})  # noqa: S102 -- what this file is for
        status = 0
    except ConfinementError as error:
        os.write(code.failure, json.dumps([error.wall, error.reason]).encode())
    except BaseException as error:  # whatever the code raises is its outcome
        os.write(1, f"\n{type(error).__name__}: {error}".encode(errors="replace"))
    finally:
        sys.stdout.flush()
        os._exit(status)


def _collect(running: Sequence[_Running], deadline: float) -> None:
    with selectors.DefaultSelector() as selector:
        for one in running:
            selector.register(one.output, selectors.EVENT_READ, (one, "data"))
            selector.register(one.failure, selectors.EVENT_READ, (one, "reason"))
        while selector.get_map():
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            if not ready:
                _kill_late(selector)
                return
            for key, _ in ready:
                _read(selector, key)


def _read(selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
    one, name = key.data
    piece = os.read(key.fd, OUTPUT_LIMIT)
    if not piece:
        selector.unregister(key.fd)
    setattr(one, name, (getattr(one, name) + piece)[:OUTPUT_LIMIT])


def _kill_late(selector: selectors.BaseSelector) -> None:
    for key in selector.get_map().values():
        one, _ = key.data
        one.late = True
        os.kill(one.pid, signal.SIGKILL)


def _end(ground: Ground, one: _Running) -> list[Any]:
    _, status = os.waitpid(one.pid, 0)
    ground.reaped(one.pid)
    os.close(one.output)
    os.close(one.failure)
    wall, reason = json.loads(one.reason) if one.reason else ("", one.data.decode(errors="replace"))
    return [os.waitstatus_to_exitcode(status), reason, wall, one.late]
