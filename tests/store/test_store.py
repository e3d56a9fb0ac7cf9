"""What the store promises: what it says is safe is there, whole and in order, for the next server and no other."""

import os
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sandbox.protocol import Exited, Finished, Output, Run, Save
from sandbox.store.interface import Row, Standing, Stored, StoredFile, StoreError
from sandbox.store.opening import FILE, back_up
from sandbox.store.store import SqlJournal, SqlStore
from tests.conftest import absent

PATIENCE = 20.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore(tmp_path / "data")
    yield store
    store.close()


def key(number: int) -> bytes:
    return bytes([number]) * 32


def rows(*messages: object, first: int = 1) -> list[Row]:
    return [Row(place, "input", place, 5.5, message) for place, message in enumerate(messages, first)]


def write(journal: SqlJournal, *given: Row) -> None:
    for row in given:
        journal.write(row)
    journal.flush()


def test_what_was_written_is_read_back_in_order_by_the_next_server(tmp_path: Path) -> None:
    given = rows(Save("a.py", "text = 'ünïcödé 🐍'\n", "i1"), Run(1, "import a", "i2"))
    given[0] = Row(1, "input", 1, 1790000000.123456, given[0].message, 1790000000123456789)
    first = SqlStore(tmp_path)
    write(
        first.begin("one", key(1), 1.0), *given, Row(3, "begun", 2, 6.0), Row(4, "noted", 0, 6.5, Exited("idle", "x"))
    )
    first.close()
    second = SqlStore(tmp_path)
    found = second.find(key(1))
    second.close()
    assert found is not None
    assert found.name == "one"
    assert found.past.rows[:2] == tuple(given)
    assert [row.role for row in found.past.rows] == ["input", "input", "begun", "noted"]
    assert (found.past.inputs, found.past.newest, found.past.place) == ({"i1": 1, "i2": 2}, 2, 4)


def test_what_is_said_to_be_safe_is_in_the_file(tmp_path: Path, store: SqlStore) -> None:
    journal = store.begin("one", key(1), 1.0)
    safe = threading.Event()
    journal.write(rows(Run(1, "x", "i1"))[0])
    journal.when_safe(safe.set)
    assert safe.wait(PATIENCE)
    with closing(sqlite3.connect(tmp_path / "data" / FILE)) as other:
        assert other.execute("SELECT id FROM journal").fetchall() == [("i1",)]


def test_pieces_of_output_become_one_row(store: SqlStore) -> None:
    journal = store.begin("one", key(1), 1.0)
    pieces = [Row(place, "noted", 0, float(place), Output(1, "x")) for place in range(1, 50)]
    write(journal, *pieces, Row(50, "noted", 0, 50.0, Finished(1, "ok", "", 1)))
    found = store.find(key(1))
    assert found is not None
    printed = [row.message.text for row in found.past.rows if isinstance(row.message, Output)]
    assert "".join(printed) == "x" * 49
    assert len(printed) < 49


def test_only_the_hash_of_a_token_finds_a_session(store: SqlStore) -> None:
    store.begin("one", key(1), 1.0).flush()
    assert store.find(key(2)) is None
    assert store.find(key(1)) is not None


def test_a_server_from_which_a_session_was_taken_writes_no_more_to_it(tmp_path: Path) -> None:
    old, new = SqlStore(tmp_path), SqlStore(tmp_path)
    stale = old.begin("one", key(1), 1.0)
    other = old.begin("two", key(2), 1.0)
    write(stale, *rows(Run(1, "x", "i1")))
    found = new.find(key(1))
    assert found is not None
    told: list[str] = []
    stale.write(rows(Run(2, "stale"), first=2)[0])
    stale.when_safe(lambda: told.append("stale"))
    other.when_safe(lambda: told.append("other"))
    write(other, *rows(Run(1, "y")))
    assert stale.lost
    assert not other.lost
    write(found.journal, *rows(Run(2, "new"), first=2))
    assert told == ["other"]
    again = new.find(key(1))
    assert again is not None
    assert [row.message.source for row in again.past.rows] == ["x", "new"]
    old.close()
    new.close()


def test_place_progress_and_predictions_are_the_newest(store: SqlStore) -> None:
    journal = store.begin("one", key(1), 1.0)
    for passed in (False, True):
        journal.keep_standing(Standing("intro", "first", passed, f'{{"passed": {passed}}}', "1"))
        journal.keep_whereabouts(f'{{"begun": {passed}}}')
        journal.flush()
    found = store.find(key(1))
    assert found is not None
    assert found.past.standings == (Standing("intro", "first", True, '{"passed": True}', "1"),)
    assert found.past.whereabouts == '{"begun": True}'


def test_of_a_long_session_only_what_is_needed_is_read(store: SqlStore) -> None:
    journal = store.begin("one", key(1), 1.0)
    long = [Row(place, "noted", 0, 1.0, Output(1, "x" * 100_000)) for place in range(1, 60)]
    kept = Stored((StoredFile("a.py", "", "7"),))
    write(journal, *long, Row(60, "stored", 0, 1.0, kept), Row(61, "fresh", 0, 1.0), *rows(Run(1, "x"), first=62))
    found = store.find(key(1))
    assert found is not None
    assert 15 < len(found.past.rows) < 30
    assert found.past.rows[-3].message == kept


def test_erased_sessions_leave_nothing(tmp_path: Path, store: SqlStore) -> None:
    journal, other = store.begin("one", key(1), 1.0), store.begin("two", key(2), 1.0)
    for one in (journal, other):
        one.keep_standing(Standing("intro", "first", True, "{}", "1"))
        write(one, *rows(Run(1, "x")))
    journal.erase()
    journal.write(rows(Run(2, "late"), first=2)[0])
    journal.flush()
    assert store.find(key(1)) is None
    with closing(sqlite3.connect(tmp_path / "data" / FILE)) as file:
        for table in ("journal", "progress", "predictions"):
            assert file.execute(f"SELECT DISTINCT session FROM {table}").fetchall() == [("two",)]


def test_sessions_in_which_nothing_happens_are_erased_after_their_time(tmp_path: Path) -> None:
    now = [1000.0]
    store = SqlStore(tmp_path, clock=lambda: now[0])
    write(store.begin("old", key(1), 1000.0), *rows(Run(1, "x")))
    now[0] = 2000.0
    write(store.begin("new", key(2), 2000.0), *rows(Run(1, "x")))
    assert store.erase_old(1500.0) == 1
    assert store.find(key(1)) is None
    assert store.find(key(2)) is not None
    store.close()


def test_the_folder_is_its_owners_alone(tmp_path: Path) -> None:
    SqlStore(tmp_path / "a" / "data").close()
    assert (tmp_path / "a" / "data").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a" / "data" / FILE).stat().st_mode & 0o077 == 0


def test_full_durability_waits_for_the_disk_and_normal_is_a_choice(tmp_path: Path) -> None:
    for durability, level in (("full", 2), ("normal", 1)):
        store = SqlStore(tmp_path / durability, durability)
        with store._engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == level
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        store.close()


# --- what can go wrong ---


def problem(folder: Path) -> str:
    with pytest.raises(StoreError) as raised:
        SqlStore(folder)
    return str(raised.value)


def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    SqlStore(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / FILE)) as file:
        file.execute("UPDATE about SET value = '99' WHERE name = 'schema'")
        file.commit()
    said = problem(tmp_path)
    assert "version 99" in said
    assert "--data-dir" in said
    with closing(sqlite3.connect(tmp_path / FILE)) as file:
        assert file.execute("SELECT value FROM about").fetchall() == [("99",)]


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database at all, " * 100)
    said = problem(tmp_path)
    assert "is damaged" in said
    assert "data backup" in said
    assert (tmp_path / FILE).read_bytes().startswith(b"not a database")


def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    store = SqlStore(tmp_path)
    write(store.begin("one", key(1), 1.0), *rows(*[Run(number, "x" * 3000) for number in range(1, 60)]))
    store.close()
    with open(tmp_path / FILE, "r+b") as file:
        file.seek(4096 * 9)
        file.write(os.urandom(4096 * 20))
    assert "is damaged" in problem(tmp_path)


def test_a_folder_that_cannot_be_made_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "Not a directory" in problem(tmp_path / "file" / "data")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of half a megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True).returncode:
        absent("the right to mount a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_on_a_full_disk_nothing_is_said_to_be_safe_until_there_is_room(small_disk: Path) -> None:
    store = SqlStore(small_disk)
    journal = store.begin("one", key(1), 1.0)
    write(journal, *rows(Run(1, "x", "i1")))
    filler = small_disk / "filler"
    with open(filler, "wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        while True:
            file.write(bytes(4096))
    safe = threading.Event()
    journal.write(rows(Save("a.py", "x" * 200_000, "i2"), first=2)[0])
    journal.when_safe(safe.set)
    assert not safe.wait(0.5)
    assert "disk is full" in journal.problem
    with pytest.raises(StoreError, match="disk is full"):
        store.begin("two", key(2), 1.0)
    filler.unlink()
    assert safe.wait(PATIENCE)
    assert journal.problem == ""
    found = store.find(key(1))
    assert found is not None
    assert [row.seq for row in found.past.rows] == [1, 2]
    store.close()


def test_when_the_file_cannot_be_written_any_more_nothing_is_said_to_be_safe(store: SqlStore) -> None:
    journal = store.begin("one", key(1), 1.0)
    journal.flush()
    with store._engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE journal RENAME TO hidden")
    safe = threading.Event()
    journal.write(rows(Run(1, "x", "i1"))[0])
    journal.when_safe(safe.set)
    assert not safe.wait(0.5)
    assert "cannot write" in journal.problem
    journal.flush()  # does not wait for what cannot be
    with store._engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE hidden RENAME TO journal")
    assert safe.wait(PATIENCE)


def test_a_file_on_a_read_only_disk_is_refused(small_disk: Path) -> None:
    SqlStore(small_disk).close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert "cannot be written" in problem(small_disk) or "Read-only" in problem(small_disk)


def test_a_copy_of_a_database_in_use_is_whole(tmp_path: Path) -> None:
    store = SqlStore(tmp_path)
    write(store.begin("one", key(1), 1.0), *rows(Run(1, "x", "i1")))
    target = tmp_path / "copy" / FILE
    target.parent.mkdir()
    back_up(tmp_path, target)
    store.close()
    copy = SqlStore(target.parent)
    assert copy.find(key(1)) is not None
    copy.close()
    with pytest.raises(StoreError, match="there already"):
        back_up(tmp_path, target)
