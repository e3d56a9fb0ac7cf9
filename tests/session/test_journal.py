"""What a journal promises: order, numbers without gaps, each input taken once."""

import pytest

from sandbox.protocol import Run, Save
from sandbox.session.journal import IDS_LIMIT, Entry, Journal, MemoryJournal


@pytest.fixture
def journal() -> Journal:
    return MemoryJournal()


def test_inputs_are_numbered_in_order_and_read_back(journal: Journal) -> None:
    assert [journal.append(Run(number, "x"), 5.0) for number in (1, 2, 3)] == [1, 2, 3]
    assert list(journal.read()) == [Entry(number, 5.0, Run(number, "x")) for number in (1, 2, 3)]
    assert [entry.seq for entry in journal.read(after=1)] == [2, 3]


def test_an_id_is_taken_once(journal: Journal) -> None:
    assert journal.append(Run(1, "x", "a"), 1.0) == 1
    assert journal.append(Save("a.py", "", "b"), 1.0) == 2
    assert journal.append(Run(1, "x", "a"), 2.0) == 1
    assert journal.find("a") == 1
    assert journal.find("other") == journal.find("") == 0
    assert len(list(journal.read())) == 2


def test_inputs_without_an_id_are_always_new(journal: Journal) -> None:
    assert [journal.append(Run(1, "x"), 1.0) for _ in range(3)] == [1, 2, 3]


def test_it_tells_when_an_entry_is_safe(journal: Journal) -> None:
    told: list[str] = []
    journal.when_safe(journal.append(Run(1, "x", "a"), 1.0), lambda: told.append("a"))
    assert told == ["a"]


def test_in_memory_the_oldest_entries_and_ids_are_forgotten() -> None:
    journal = MemoryJournal(limit=10_000)
    for number in range(1, IDS_LIMIT + 3):
        journal.append(Save("a.py", "x" * 100, str(number)), 1.0)
    assert journal.size <= 10_000
    assert [entry.seq for entry in journal.read()][-1] == IDS_LIMIT + 2
    assert (journal.find("1"), journal.find("2"), journal.find("3")) == (0, 0, 3)
