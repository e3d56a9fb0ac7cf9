"""Finding names in a picture of memory, by the words a lesson uses. Reads snapshots; makes none."""

from sandbox.protocol import Name, Snapshot

HOME = "__main__"


def find(snapshot: Snapshot, path: str) -> Name | None:
    """The name that a lesson calls `path`: "printer" is in `__main__`, "changer.printer" in the module `changer`,
    "sys.modules.changer" in the row of sys.modules. The longest space name that fits counts."""
    fitting = [space for space in snapshot.spaces if path.startswith(f"{space.name}.")]
    for space in sorted(fitting, key=lambda space: len(space.name), reverse=True):
        rest = path[len(space.name) + 1 :]
        if found := next((name for name in space.names if name.name == rest), None):
            return found
    home = next((space for space in snapshot.spaces if space.name == HOME), None)
    return next((name for name in home.names if name.name == path), None) if home else None
