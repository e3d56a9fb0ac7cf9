"""Modules as they stand in the interpreter: what is loaded under a name, and which names it has. Knows no load."""

import sys
from types import ModuleType
from typing import Any

from sandbox.worker.raw import lookup
from sandbox.worker.values import module_name, namespace_of

MAIN = "__main__"
IMPORT_SYSTEM = frozenset(
    {"__name__", "__doc__", "__package__", "__loader__", "__spec__", "__file__", "__cached__", "__path__"}
    | {"__builtins__", "__annotations__", "__annotate__", "__conditional_annotations__"}
)
"""Names that no load binds by itself, or not for the learner: the import system's, and the interpreter's own."""
MODULES = sys.modules
"""The import system's own, whatever `sys.modules` is set to."""
_NOTHING = object()


def loaded(name: str) -> ModuleType | None:
    """The module of that name, if what is loaded under it is one."""
    found = lookup(MODULES, name)
    return found if issubclass(type(found), ModuleType) else None


def names_of(module: ModuleType | None, wanted: set[str] | None = None) -> list[tuple[str, object]]:
    """A module's names with what they refer to, of those that are wanted."""
    names = namespace_of(module)
    if wanted is not None and len(wanted) < len(names):
        return [(name, value) for name in wanted if (value := lookup(names, name, _NOTHING)) is not _NOTHING]
    return [(name, value) for name, value in list(names.items()) if type(name) is str]


def public_names(module: str) -> set[str]:
    """What `from module import *` binds."""
    names = namespace_of(loaded(module))
    listed: Any = lookup(names, "__all__")
    if type(listed) in (list, tuple):
        return {name for name in listed if type(name) is str}
    return {name for name in list(names) if type(name) is str and not name.startswith("_")}


def is_submodule(module: str, name: str, value: object) -> bool:
    """Whether it is what the import system binds in a package: its submodule of that name."""
    return issubclass(type(value), ModuleType) and module_name(value) == f"{module}.{name}"


def absolute(module: ModuleType, level: int, source: str) -> str:
    """The module that a relative import means, as importlib resolves it."""
    if not level:
        return source
    package = lookup(namespace_of(module), "__package__")
    parts = package.split(".") if type(package) is str else []
    return ".".join([*parts[: len(parts) - level + 1], *([source] if source else [])])
