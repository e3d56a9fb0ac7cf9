"""What the transcript keeps, and how it says what it does not."""

from sandbox.protocol import Finished, Loaded, Output, Run
from sandbox.session.transcript import MERGE_LIMIT, SOURCES_LIMIT, Transcript


def outputs(transcript: Transcript) -> list[str]:
    return [noted.message.text for noted in transcript.read() if isinstance(noted.message, Output)]


def test_adjacent_outputs_of_a_run_are_one_entry_and_those_of_another_are_not() -> None:
    transcript = Transcript()
    for run, text in [(1, "a"), (1, "b"), (2, "c"), (0, "d"), (0, "e")]:
        transcript.note(0, 1.0, Output(run, text))
    assert outputs(transcript) == ["ab", "c", "de"]
    assert [noted.at for noted in transcript.read()] == [1.0, 1.0, 1.0]


def test_order_is_kept_between_outputs_and_everything_else() -> None:
    transcript = Transcript()
    transcript.note(1, 1.0, Run(1, "x"))
    transcript.note(0, 2.0, Output(1, "a"))
    transcript.note(0, 3.0, Finished(1, "ok", "", 1))
    transcript.note(0, 4.0, Output(0, "b"))
    assert [noted.message.kind for noted in transcript.read()] == ["run", "output", "finished", "output"]


def test_many_tiny_outputs_are_merged_and_none_is_lost() -> None:
    transcript = Transcript()
    for number in range(40_000):
        transcript.note(0, 1.0, Output(1, f"{number}\n"))
    assert "".join(outputs(transcript)) == "".join(f"{number}\n" for number in range(40_000))
    assert all(len(text) <= MERGE_LIMIT + 6 for text in outputs(transcript))


def test_the_oldest_output_goes_first_and_a_line_says_how_much() -> None:
    transcript = Transcript(limit=10_000)
    transcript.note(1, 1.0, Run(1, "the entry"))
    for letter in "abcdefgh":
        transcript.note(0, 1.0, Output(1, letter * 2000))
        transcript.note(0, 1.0, Finished(1, "ok", "", 1))
    kept = transcript.read()
    assert transcript.size <= 10_000
    assert kept[0].message == Run(1, "the entry")
    marker, *rest = outputs(transcript)
    dropped = 16_000 - sum(map(len, rest))
    assert marker == f"[{dropped:,} earlier characters are no longer kept]\n"
    assert rest == [letter * 2000 for letter in "abcdefgh"[-len(rest) :]]
    assert sum(isinstance(noted.message, Finished) for noted in kept) == 8


def test_without_output_to_drop_the_oldest_entries_go() -> None:
    transcript = Transcript(limit=10_000)
    for number in range(1, 100):
        transcript.note(number, 1.0, Run(number, "x" * 1000))
    kept = transcript.read()
    assert transcript.size <= 10_000
    assert len(outputs(transcript)) == 1
    assert kept[-1].message == Run(99, "x" * 1000)


def test_an_endless_print_costs_little_and_stays_within_the_limit() -> None:
    transcript = Transcript(limit=1_000_000)
    for _ in range(2_000):
        transcript.note(0, 1.0, Output(1, "y" * 20_000))
    assert transcript.size <= 1_100_000


def test_of_the_sources_that_were_loaded_the_newest_are_kept() -> None:
    transcript = Transcript()
    for load in range(1, 8):
        transcript.note(0, 1.0, Loaded(1, "m", "m.py", load, "reload", True, str(load) * (SOURCES_LIMIT // 4), False))
    kept = [noted.message.source for noted in transcript.read() if isinstance(noted.message, Loaded)]
    assert [source and source[0] for source in kept] == [None, None, None, "4", "5", "6", "7"]
    assert transcript.size <= SOURCES_LIMIT + 7 * 200
