"""What an operator is told of the sessions, and can have erased and copied, by the command."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sandbox.cli import main
from sandbox.protocol import Run
from sandbox.store.care import measure, purge
from sandbox.store.interface import Row, Standing
from sandbox.store.opening import FILE
from sandbox.store.store import SqlStore

DAY = 24 * 3600
NOW = 1_790_000_000.0


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Two sessions, one of which was used 100 days ago, while a server has them open."""
    now = [NOW - 100 * DAY]
    store = SqlStore(tmp_path, clock=lambda: now[0])
    for name in ("old", "new"):
        journal = store.begin(name, name.encode() * 8, now[0])
        journal.write(Row(1, "input", 1, now[0], Run(1, "x" * 10_000, "i1")))
        journal.keep_standing(Standing("intro", "first", True, "{}", ""))
        journal.flush()
        now[0] = NOW
    yield tmp_path
    store.close()


def data(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["data", *arguments])


def test_figures_are_numbers_alone(folder: Path) -> None:
    stats = measure(folder, NOW)
    assert (stats.sessions, stats.active, stats.inputs, stats.passed) == (2, 1, 2, 2)
    said = data("stats", "--data-dir", str(folder))
    assert said.exit_code == 0
    assert "2 sessions" in said.output
    assert "xxx" not in said.output


def test_old_sessions_are_purged_and_their_room_given_back(folder: Path) -> None:
    assert purge(folder, 90, NOW) == 1
    assert measure(folder, NOW).sessions == 1
    assert data("purge", "--days", "0", "--data-dir", str(folder)).output == "1 session erased\n"
    assert measure(folder).inputs == 0


def test_one_session_is_purged_by_its_name(folder: Path) -> None:
    assert data("purge", "--session", "new", "--data-dir", str(folder)).output == "1 session erased\n"
    assert data("purge", "--session", "new", "--data-dir", str(folder)).output == "0 sessions erased\n"
    assert measure(folder).sessions == 1


def test_a_purge_needs_to_know_what(folder: Path) -> None:
    assert "--days NUMBER or --session NAME" in data("purge", "--data-dir", str(folder)).output


def test_a_copy_is_a_whole_database_and_overwrites_nothing(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy" / FILE
    target.parent.mkdir()
    assert data("backup", str(target), "--data-dir", str(folder)).exit_code == 0
    assert measure(target.parent).sessions == 2
    assert "there already" in data("backup", str(target), "--data-dir", str(folder)).output


@pytest.mark.parametrize("command", [("stats",), ("purge", "--days", "1"), ("backup", "x.sqlite3")])
def test_where_nothing_is_kept_that_is_said_and_nothing_made(tmp_path: Path, command: tuple[str, ...]) -> None:
    said = data(*command, "--data-dir", str(tmp_path / "nothing"))
    assert said.exit_code == 1
    assert "There are no sessions in" in said.output
    assert not (tmp_path / "nothing").exists()
