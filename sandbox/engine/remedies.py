"""The command that would add a missing wall, for whoever runs the server. Reads the kernel's switches, changes none."""

from typing import Final

INSTALL_BUBBLEWRAP: Final = "apt install bubblewrap  # or the like: the outer one of two walls"
_SWITCHES: Final = (
    ("kernel/apparmor_restrict_unprivileged_userns", "1", "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"),
    ("kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
    ("user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=10000"),
)
_CONTAINER: Final = (
    "in a container: docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined"
    " --security-opt systempaths=unconfined"
)
_REMEDIES: Final = {
    "landlock": "boot a kernel from 5.13 on with `landlock` in its lsm= list",
    "seccomp": "use a kernel with CONFIG_SECCOMP_FILTER",
    "platform": "run the server on Linux, x86-64 or aarch64",
    "limits": "raise the hard limits of the server's service (ulimit -a)",
}


def remedy(wall: str, needs_namespaces: bool, switches: str = "/proc/sys") -> str:
    """What to do about this wall; "" when nothing is known to help. `switches` is where the kernel's are read."""
    if not needs_namespaces:
        return _REMEDIES.get(wall, "")
    for name, value, command in _SWITCHES:
        if _read(f"{switches}/{name}") == value:
            return command
    return _CONTAINER


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""
