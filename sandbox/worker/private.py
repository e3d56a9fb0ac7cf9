"""Modules of our own: a learner may set `builtins.len` to None, and must find it so, but we go on counting.

While it is in place every module is imported anew and looks its builtins up in a private copy. Knows no worker.
"""

import builtins
import sys
from _frozen_importlib_external import PathFinder, SourceFileLoader

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing itself is to be imported privately, too
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

BUILTINS = dict(vars(builtins))


class _Loader(SourceFileLoader):
    """Functions keep the builtins that their module had when they were made."""

    def exec_module(self, module: "ModuleType") -> None:
        module.__dict__["__builtins__"] = BUILTINS
        super().exec_module(module)


class PrivateImports:
    """A finder that is in place within its `with` block."""

    def find_spec(
        self, name: str, path: "Sequence[str] | None", target: "ModuleType | None" = None
    ) -> "ModuleSpec | None":
        """What `PathFinder` finds, with our loader."""
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec

    def __enter__(self) -> None:
        """What a bare interpreter has loaded from source files is hidden: we get copies of our own."""
        sys.meta_path.insert(0, self)
        self._before, self._paths = dict(sys.modules), set(sys.path_importer_cache)
        for name in self._before:
            if _is_from_source(name):
                del sys.modules[name]

    def __exit__(self, *_: object) -> None:
        """What was there is there again, in its order; our copies stay for their users alone."""
        sys.meta_path.remove(self)
        new = {name: module for name, module in sys.modules.items() if name not in self._before}
        sys.modules.clear()
        sys.modules.update(self._before | new)
        for path in set(sys.path_importer_cache) - self._paths:
            del sys.path_importer_cache[path]


def _is_from_source(name: str) -> bool:
    loader = getattr(sys.modules[name], "__loader__", None)
    return type(loader) is SourceFileLoader and name.partition(".")[0] not in ("__main__", "encodings", "sandbox")
