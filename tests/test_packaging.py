"""What is promised about the repository itself: its documents, its commands, its locked packages."""

import dataclasses
import json
import re
import tomllib
from pathlib import Path

import pytest

from sandbox import _frontend, protocol, settings
from sandbox.protocol import Message

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
RUN = "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/reload-sandbox run"
TEST = "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest"
KINDS = sorted(
    (
        cls
        for cls in vars(protocol).values()
        if isinstance(cls, type) and issubclass(cls, Message) and cls is not Message
    ),
    key=lambda cls: cls.kind,
)


def test_the_readme_has_the_two_commands() -> None:
    assert f"\n    {RUN}\n" in README and f"\n    {TEST}\n" in README


def test_ci_runs_the_readmes_test_command() -> None:
    script = re.sub(r"^ +", "", (ROOT / ".ci" / "run").read_text(), flags=re.MULTILINE)
    script = re.sub(r"^timeout .*? (\.venv/\S+).*$", r"\1", script, flags=re.MULTILINE)
    places = [script.index(f"\n{command.replace('install -e', 'install -q -e')}\n") for command in TEST.split(" && ")]
    assert places == sorted(places)


@pytest.mark.parametrize("name", settings.fields())
def test_the_readme_tells_every_setting_and_its_default(name: str) -> None:
    default = settings.fields()[name].default
    shown = f"`{default}`" if default != "" else ""
    assert re.search(rf"^\| `{name}` \| {re.escape(shown)} ?\| \S", README, re.MULTILINE)


def test_the_readme_tells_no_setting_that_there_is_not() -> None:
    table = README.split("| setting |")[1].split("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == set(settings.fields())


@pytest.mark.parametrize("cls", KINDS, ids=lambda cls: cls.kind)
def test_the_readme_tells_every_message_and_its_fields(cls: type[Message]) -> None:
    fields = ", ".join(field.name for field in dataclasses.fields(cls))  # type: ignore[arg-type]
    readme = README.replace('=""', "")  # where a field may be left out
    assert f"| `{cls.kind}` | {fields} | " in readme or f"`{cls.kind}` ({fields})" in readme


def test_locked_packages_name_no_host_to_fetch_them_from() -> None:
    for lock in (ROOT / "static" / "package-lock.json", ROOT / "tests" / "js" / "package-lock.json"):
        packages = json.loads(lock.read_text())["packages"].values()
        assert packages and not [package for package in packages if "resolved" in package], lock
        assert "omit-lockfile-registry-resolved=true" in (lock.parent / ".npmrc").read_text()


def test_a_build_asks_for_node_only_when_it_must(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    static = tmp_path / "static"
    for folder in ("src", "dist"):
        (static / folder).mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        (static / name).write_text("{}")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _frontend.wanted(static) == [_frontend.NODE_PACKAGE]
    (static / "dist" / "build.sha256").write_text(_frontend.digest(static))
    assert _frontend.wanted(static) == []
    (static / "src" / "main.js").write_text("changed")
    assert _frontend.wanted(static) == [_frontend.NODE_PACKAGE]


def test_a_build_without_node_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    with pytest.raises(SystemExit, match=r"neither Node\.js >= 18 with npm nor the Python package"):
        _frontend.install_packages(tmp_path)


def test_the_notices_of_what_is_bundled_are_written() -> None:
    notices = (ROOT / "static" / "dist" / "THIRD-PARTY-NOTICES.txt").read_text()
    for package in ("@codemirror/view", "lit-html", "@preact/signals-core"):
        assert re.search(rf"^{package} [\d.]+ \(", notices, re.MULTILINE)


def test_python_and_console_script_are_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11"
    assert project["scripts"] == {"reload-sandbox": "sandbox.cli:main"}
