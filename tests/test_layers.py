"""The floors of the house: who may import whom. Read from the sources, so that nothing needs to be imported for it."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "sandbox"
SCRIPTS = ROOT / "static" / "src"

FLOORS: dict[str, set[str]] = {
    "inner": set(),
    "cputime": set(),
    "picture": {"inner"},
    "protocol": {"inner", "picture"},
    "codec": {"inner"},
    "canonical": {"inner", "codec"},
    "worker": {"inner", "codec"},
    "engine": {"protocol", "picture", "codec", "canonical", "cputime"},
    "lessons": {"protocol", "codec"},
    "store": {"protocol", "codec"},
    "export": {"protocol"},
    "session": {"engine.interface", "store.interface", "export.contents", "lessons", "protocol", "codec", "canonical"},
    "web": {"session", "export", "engine.interface", "lessons", "protocol", "codec", "canonical"},
    "settings": set(),
    "_frontend": set(),
    "serve": set(),
    "doctor": {"engine"},
    "bench": {"cputime"},
    "authoring": {"engine.interface", "lessons"},
    "app": {"web", "session", "store", "engine", "lessons", "settings", "protocol"},
    "cli": {"app", "authoring", "bench", "doctor", "serve", "settings", "web", "store", "session", "engine", "lessons"},
    "__main__": {"cli"},
}
"""What each part of the package may import of it, besides itself."""

THIRD_PARTY: dict[str, set[str]] = {
    "canonical": {"msgspec"},
    "web": {"flask", "flask_sock", "wsproto", "werkzeug"},
    "store": {"sqlalchemy"},
    "lessons": {"markdown_it", "yaml", "nh3"},
    "bench": {"wsproto"},
    "_frontend": {"hatchling"},
    "serve": {"flask", "gunicorn"},
    "app": {"flask"},
    "cli": {"click"},
}
"""Which other packages each part may import; a part that is not named may import none."""

MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "_web" not in path.parts)


def part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(tree: ast.AST) -> Iterator[str]:
    """The modules that a source imports, with what is taken from a package of ours as if it were one of its modules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            module = node.module or ""
            if (ROOT / module.replace(".", "/")).is_dir():
                yield from (f"{module}.{alias.name}" for alias in node.names)
            else:
                yield module


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_imports_only_what_its_floor_stands_on(path: Path) -> None:
    own = part(path)
    for module in imports(ast.parse(path.read_text())):
        top, _, rest = module.partition(".")
        if top == "sandbox":
            allowed = {own, *FLOORS.get(own, set())}
            fits = own == "__init__" or any(rest == one or rest.startswith(f"{one}.") for one in allowed)
        else:
            fits = top in sys.stdlib_module_names or top in THIRD_PARTY.get(own, set())
        assert fits, f"{name(path)} imports {module}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_nothing_is_imported_inside_a_function(path: Path) -> None:
    for outer in ast.walk(ast.parse(path.read_text())):
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            inner = [node for node in ast.walk(outer) if isinstance(node, ast.Import | ast.ImportFrom)]
            assert not inner, f"{name(path)}:{inner[0].lineno} imports inside a function"


def test_the_package_itself_imports_nothing() -> None:
    assert list(imports(ast.parse((PACKAGE / "__init__.py").read_text()))) == []


@pytest.mark.parametrize("path", [path for path in MODULES if part(path) == "worker"], ids=name)
def test_the_worker_needs_a_bare_interpreter_alone(path: Path) -> None:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import {module}"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


# --- the page ---

FROM = re.compile(
    r"""(?:^|\n)\s*(?:import|export)\s(?:[^"';]*?\sfrom\s)?\s*["']([^"']+)["']|import\(["']([^"']+)["']\)"""
)


COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)


def script_imports(path: Path) -> list[str]:
    """What a script imports when it runs: its own files as paths below static/src, packages by name."""
    code = COMMENT.sub("", path.read_text())  # types are imported in comments
    named = [static or dynamic for static, dynamic in FROM.findall(code)]
    return [
        (path.parent / one).resolve().relative_to(SCRIPTS).as_posix() if one.startswith(".") else one for one in named
    ]


SOURCES = sorted(SCRIPTS.rglob("*.js"))


def shown(path: Path) -> str:
    return path.relative_to(SCRIPTS).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_no_view_imports_a_view_or_the_wire(path: Path) -> None:
    if path.parent.name == "views":
        wrong = [one for one in script_imports(path) if one.startswith("views/") or one in ("wire.js", "main.js")]
        assert not wrong, f"{shown(path)} imports {wrong}"


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_only_the_entry_imports_views(path: Path) -> None:
    if path.parent.name != "views" and shown(path) != "main.js":
        assert not [one for one in script_imports(path) if one.startswith("views/") or one == "main.js"]


@pytest.mark.parametrize("script", ["store.js", "dom.js", "arrange.js"])
def test_the_bottom_of_the_page_imports_nothing_of_ours(script: str) -> None:
    ours = {shown(path) for path in SOURCES}
    assert ours.isdisjoint(script_imports(SCRIPTS / script))
