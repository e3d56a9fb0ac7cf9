"""Which level of isolation this machine gives, found out by doing: confined processes are built and attack their walls.

full: namespaces, Landlock, seccomp and limits all stand. partial: no namespaces. none: less than that. What stands is
never taken from a version number; what does not comes with the command that would add it.
"""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from sandbox.engine import syscalls
from sandbox.engine.attacks import ATTACKS, Attack, Target
from sandbox.engine.calls import ConfinementError
from sandbox.engine.descend import LEARNER_UID
from sandbox.engine.footprint import Footprint, closed_folders, footprint
from sandbox.engine.ground import may_become
from sandbox.engine.jail import Jail
from sandbox.engine.policy import FULL, NAMESPACES, PARTIAL, Policy
from sandbox.engine.remedies import INSTALL_BUBBLEWRAP, remedy
from sandbox.engine.trial import Group, Outcome, run

_ONLY_LIMITS: Final = frozenset({"capabilities", "limits"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What the probe found of one wall or promise, and what would mend it if it does not hold."""

    name: str
    holds: bool
    says: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Isolation:
    """What was found. `jail` and `policy` are those that were tried: learners must run under these and no others."""

    level: str
    jail: Jail
    policy: Policy
    findings: tuple[Finding, ...]


def unconfined() -> Isolation:
    """Level none without trying: for those who want no walls, as tests of what has nothing to do with them."""
    nothing = Footprint((), ())
    return Isolation("none", Jail(nothing), Policy(nothing.paths, walls=_ONLY_LIMITS), ())


def probe(python: str, bwrap: str | None = None, extra: Sequence[str] = ()) -> Isolation:
    """Try the strongest walls first. Takes about a second. `bwrap` "" leaves bubblewrap out, None looks for it.

    Raises EngineError when the interpreter does not run.
    """
    needs = footprint(python, extra)
    found = shutil.which("bwrap") or "" if bwrap is None else bwrap
    uid = LEARNER_UID if may_become(LEARNER_UID) else 0
    plain = Jail(needs, "", uid)
    policy = Policy(needs.paths, needs.links)
    findings = [] if found else [Finding("bubblewrap", False, "not installed", INSTALL_BUBBLEWRAP)]
    for jail in (replace(plain, bwrap=found), plain) if found else (plain,):
        held, news = _try(python, jail, policy, "bubblewrap" if jail.bwrap else "")
        findings += news
        if held:
            return Isolation("full", jail, policy, tuple(findings))
    return _without_namespaces(python, plain, policy, findings)


def _without_namespaces(python: str, jail: Jail, policy: Policy, findings: list[Finding]) -> Isolation:
    """As root the zygote stays root and each learner gets a uid of its own."""
    jail = replace(jail, uid=0)
    first_uid = LEARNER_UID if may_become(LEARNER_UID) else 0
    policy = replace(policy, walls=PARTIAL, first_uid=first_uid)
    closed = closed_folders(policy.paths) if first_uid else []
    if closed:
        says = f"other users may not pass {closed[0]}, where the interpreter is"
        findings.append(Finding("interpreter", False, says, f"chmod o+x {' '.join(closed)}"))
    else:
        held, news = _try(python, jail, policy, "")
        findings += news
        if held:
            return Isolation("partial", jail, policy, tuple(findings))
    return Isolation("none", jail, replace(policy, walls=_ONLY_LIMITS), tuple(findings))


def _try(python: str, jail: Jail, policy: Policy, outer: str) -> tuple[bool, list[Finding]]:
    """Whether every wall of the policy could be built and held; what there is to say of each."""
    if not syscalls.SUPPORTED:
        return False, [_missing("platform", f"{os.uname().sysname} on {syscalls.MACHINE} has no walls of ours")]
    attacks = [attack for attack in ATTACKS if policy.walls == FULL or not attack.full]
    with _target(policy) as (target, rooms):
        policy = replace(policy, rooms=rooms)
        try:
            outcomes = run(jail, policy, [Group((attack.aimed(target),)) for attack in attacks], python=python)
        except ConfinementError as error:
            return False, [_missing(outer or "users" if error.wall == "zygote" else error.wall, error.reason)]
    results = [_judge(attack, outcome) for attack, (outcome,) in zip(attacks, outcomes, strict=True)]
    built = [Finding(wall, True, "stands") for wall in (*([outer] if outer else []), *sorted(policy.walls))]
    held = all(result.holds for result in results)
    return held, [*(built if not any(outcome.failed for (outcome,) in outcomes) else []), *results]


def _judge(attack: Attack, outcome: Outcome) -> Finding:
    if outcome.failed:
        return _missing(outcome.failed, outcome.output)
    if outcome.status or outcome.output:
        return Finding(attack.promise, False, outcome.output.strip() or f"the attack ended with {outcome.status}")
    return Finding(attack.promise, True, "an attack failed")


def _missing(wall: str, says: str) -> Finding:
    return Finding(wall, False, says, remedy(wall, wall in NAMESPACES | {"users", "bubblewrap"}))


@contextmanager
def _target(policy: Policy) -> Iterator[tuple[Target, str]]:
    """Things to attack, and the folder for rooms."""
    with (
        tempfile.TemporaryDirectory(prefix="reload-sandbox-probe-") as folder,
        socket.create_server(("127.0.0.1", 0)) as server,
    ):
        os.chmod(folder, 0o755)  # noqa: S103 -- an attacker with another uid has to get here
        secret, open_folder, rooms = (os.path.join(folder, name) for name in ("secret", "open", "rooms"))
        with open(secret, "w", encoding="ascii") as file:
            file.write("secret")
        os.mkdir(open_folder)
        os.chmod(open_folder, 0o777)  # noqa: S103
        os.mkdir(rooms, 0o755)
        port = server.getsockname()[1]
        limits = (policy.memory, policy.workspace, policy.threads, policy.descriptors)
        yield Target(secret, open_folder, port, *limits), rooms
