"""What the walls around learners' code allow the operator: where the server may be bound, and what is missing and why.

Knows what was found, and neither probes nor serves.
"""

import ipaddress
import os
import platform
from collections.abc import Iterator
from pathlib import Path

from sandbox.engine.interpreter import Interpreter
from sandbox.engine.isolation import Isolation

MEANINGS = {
    "full": "namespaces, Landlock, seccomp and limits hold learners; the server may be bound to any address",
    "partial": "Landlock, seccomp and limits hold learners, not namespaces; the server may be bound beyond loopback "
    "in a container, or with --accept-partial-isolation",
    "none": "learners' code can do what the server's user can; the server may be bound to loopback alone, "
    "unless you give --i-trust-every-user",
}
REFUSALS = {
    "partial": "Refusing to serve on {host}: isolation is partial on this machine. `reload-sandbox doctor` says what "
    "is missing; in a container, or with --accept-partial-isolation, it may be served all the same.",
    "none": "Refusing to serve on {host}: learners' code is not confined, so whoever reaches this port could do "
    "anything here that you can. Serve on 127.0.0.1, or see `reload-sandbox doctor`.",
}
_MARKS = ("/.dockerenv", "/run/.containerenv")


def binding_problem(host: str, level: str, accept_partial: bool, trust_everyone: bool, contained: bool) -> str:
    """Why the server may not be bound to this address at this level; "" when it may."""
    allowed = {"full": True, "partial": accept_partial or trust_everyone or contained, "none": trust_everyone}
    return "" if is_loopback(host) or allowed[level] else REFUSALS[level].format(host=host)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the host's address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def in_container(marks: tuple[str, ...] = _MARKS) -> bool:
    """Whether this machine is somebody's container, by the marks that Docker, Podman, systemd and Kubernetes leave."""
    variables = ("container", "KUBERNETES_SERVICE_HOST")
    return any(Path(mark).exists() for mark in marks) or any(os.environ.get(name) for name in variables)


def report(found: Isolation, python: Interpreter, capacity: int) -> Iterator[str]:
    """Each wall and promise with what was found, and for what is missing the command that would add it."""
    yield f"{platform.system()} {platform.release()} on {platform.machine()}, {_who()}"
    yield f"learners' Python: {python.path} ({python.implementation} {python.version})"
    yield f"room: {capacity:,} learners at a time, by the setting capacity or else by the memory that is free"
    yield f"isolation: {found.level}: {MEANINGS[found.level]}"
    yield ""
    for finding in found.findings:
        yield f"{'ok     ' if finding.holds else 'MISSING'}  {finding.name}: {finding.says}"
        if finding.remedy:
            yield f"         to add it: {finding.remedy}"


def _who() -> str:
    who = "as root" if os.geteuid() == 0 else f"as user {os.geteuid()}"
    return f"{who}, in a container" if in_container() else who
