"""What each check asks of one moment, and what a step makes of the moments one after the other."""

import dataclasses
from collections.abc import Mapping

import pytest

from sandbox.lessons.check import Condition
from sandbox.lessons.evidence import OUTPUT_KEPT, Entry, Evidence, clip
from sandbox.lessons.judge import Progress, begin, judge, passed, results, wanted
from sandbox.lessons.lesson import Step
from sandbox.lessons.located import load
from sandbox.lessons.parse import parse_lesson
from sandbox.lessons.vocabulary import CONDITIONS, read_check
from sandbox.protocol import Holder, Holding, Loaded, Name, Probed, Snapshot, Space, Value
from tests.lessons.drafts import LESSON


def conditions(yaml: str) -> tuple[Condition, ...]:
    return read_check(load(f"says: x\n{yaml}", 1)).conditions


def verdict(yaml: str, evidence: Evidence) -> bool | None:
    step = Step("s", "S", (), (read_check(load(f"says: x\n{yaml}", 1)),), (), 1)
    progress = judge(step, evidence, begin(step))
    return None if progress.unknown else progress.counts == (1,)


def ran(
    source: str = "x", output: str = "", status: str = "ok", error: str = "", loaded: tuple[Loaded, ...] = ()
) -> Evidence:
    return Evidence("ran", Entry(source, output, status, error, loaded))


def loading(cause: str, ok: bool = True) -> tuple[Loaded, ...]:
    return (Loaded(1, "changer", "changer.py", 2, cause, ok, "x = 1", False),)


def picture(names: Mapping[str, Mapping[str, tuple[int, str]]]) -> Snapshot:
    """A picture of spaces, each a mapping from names to token and mark."""
    spaces = (Space(space, 1, 1, "", tuple(map(named, held.items())), 0) for space, held in names.items())
    return Snapshot(1, 1, False, tuple(spaces), ())


def named(item: tuple[str, tuple[int, str]]) -> Name:
    name, (ref, mark) = item
    return Name(name, Value("", ref), mark, None, "")


PICTURE = picture(
    {
        "__main__": {"printer": (5, "stale"), "p": (9, ""), "changer": (3, "new"), "n": (0, "")},
        "changer": {"printer": (9, "rebound"), "old": (7, "leftover"), "__name__": (0, "")},
        "pkg.sub": {"x": (4, "added")},
        "sys.modules": {"changer": (3, ""), "pkg.sub": (8, "")},
    }
)
SEEN = Evidence("ran", Entry("x", "", "ok", ""), snapshot=PICTURE)
FILE = Evidence("changed", files={"changer.py": "import a.b\nmessage: str = 'hi'\ndef printer(): ...\n(x, y) = 1, 2\n"})

HOLD = {
    "ran": ("ran: import changer", ran("import changer")),
    "ran, one of two": ("ran: [a(), b()]", ran("b()")),
    "output": ("output: b", ran(output="a\nb\n")),
    "no output": ('output: ""', ran(output="")),
    "a string, shown": ("""output: "'red'\"""", ran("paint.colour", "'red'\n")),
    "a string, printed": ("""output: "'red'\"""", ran("print(paint.colour)", "red\n")),
    "a string with a gap, printed": ("""output: "'Hello ...'\"""", ran("print('>', f())", "Hello Ada\n")),
    "error": ("error: TypeError", ran(status="error", error="TypeError")),
    "any error": ("error: any", ran(status="interrupted", error="KeyboardInterrupt")),
    "reload": ("loaded: {changer: reload}", ran(loaded=loading("reload"))),
    "failed": (
        "error: E\nloaded: {changer: failed}",
        ran(status="error", error="E", loaded=loading("reload", ok=False)),
    ),
    "none": ("loaded: {changer: none}", ran()),
    "loads": ("loads: {changer: 2}", Evidence("ran", loads={"changer": 3})),
    "restarted": ("restarted: true", Evidence("restarted")),
    "file": ("file: changer.py", FILE),
    "defines": ("file: changer.py\ndefines: [message, printer, x, a]\nlacks: [b, z]", FILE),
    "contains": ("file: changer.py\ncontains: 'def printer(): ...'", FILE),
    "no file": ("no_file: other.py", FILE),
    "disk": ("disk: {changer.py: edited}", Evidence("ran", disk={"changer.py": "edited"})),
    "stale": ("mark: {printer: stale, changer.old: leftover, p: unchanged, pkg.sub.x: added}", SEEN),
    "same": ("same: [p, changer.printer]", SEEN),
    "same module": ("same: [changer, sys.modules.changer]", SEEN),
    "different": ("different: [printer, changer.printer]", SEEN),
    "value": (
        "value: {a.b: 'x', c: 1, d: true}",
        Evidence(
            "ran", probes={"a.b": Probed("", True, "'x'"), "c": Probed("", True, "1"), "d": Probed("", True, "True")}
        ),
    ),
    "holders": (
        "holders: {printer: '__main__...'}",
        Evidence("ran", holders={"printer": Holding("", (Holder("__main__.printer", "name", 0),), False)}),
    ),
}
FAIL = {
    "ran, in a text": ("ran: import changer", ran("'import changer'")),
    "ran, but failed": ("ran: import changer", ran("import changer", status="error", error="E")),
    "ran, too long": ("ran: x", ran("x" + " " * 1_000)),
    "output, part of a line": ("output: First", ran(output="First version\n")),
    "some output": ('output: ""', ran(output="\n")),
    "a string without its quotes": ("""output: "'red'\"""", ran("help(paint.colour)", "red\n")),
    "another string, printed": ("""output: "'red'\"""", ran("print(paint.colour)", "reddish\n")),
    "a number in the place of a string": ("""output: "'4'\"""", ran("paint.tins", "4\n")),
    "other error": ("error: TypeError", ran(status="error", error="ValueError")),
    "no error": ("error: any", ran()),
    "other cause": ("loaded: {changer: import}", ran(loaded=loading("reload"))),
    "failed is not reload": ("loaded: {changer: reload}", ran(loaded=loading("reload", ok=False))),
    "some load": ("loaded: {changer: none}", ran(loaded=loading("import"))),
    "too few loads": ("loads: {changer: 2}", Evidence("ran", loads={"changer": 1})),
    "not restarted": ("restarted: true", ran()),
    "no such file": ("file: other.py", FILE),
    "not defined": ("file: changer.py\ndefines: [str]", FILE),
    "defined though": ("file: changer.py\nlacks: [y]", FILE),
    "no Python": ("file: a.py\nlacks: [y]", Evidence("changed", files={"a.py": "def ("})),
    "says not": ("file: changer.py\ncontains: print(...)", FILE),
    "file there": ("no_file: changer.py", FILE),
    "disk": ("disk: {changer.py: edited}", Evidence("ran", disk={"changer.py": "same"})),
    "other mark": ("mark: {printer: leftover}", SEEN),
    "no such name": ("mark: {nothing: stale}", SEEN),
    "not the same": ("same: [printer, changer.printer]", SEEN),
    "not different": ("different: [p, changer.printer]", SEEN),
    "drawn inline": ("same: [n, changer.__name__]", SEEN),
    "other value": ("value: {a: 1}", Evidence("ran", probes={"a": Probed("", True, "True")})),
    "raised": ("value: {a: NameError}", Evidence("ran", probes={"a": Probed("", False, "NameError")})),
    "not held": ("holders: {p: x}", Evidence("ran", holders={"p": Holding("", (), True)})),
    "nothing entered": ("ran: x", Evidence("changed")),
}


@pytest.mark.parametrize("yaml, evidence", HOLD.values(), ids=HOLD)
def test_holds(yaml: str, evidence: Evidence) -> None:
    assert verdict(yaml, evidence) is True


@pytest.mark.parametrize("yaml, evidence", FAIL.values(), ids=FAIL)
def test_does_not_hold(yaml: str, evidence: Evidence) -> None:
    assert verdict(yaml, evidence) is False


def test_every_word_of_the_table_is_tried_both_ways() -> None:
    for cases in (HOLD, FAIL):
        tried = {line.partition(":")[0] for yaml, _ in cases.values() for line in yaml.splitlines()}
        assert set(CONDITIONS) <= tried


@pytest.mark.parametrize("yaml", ["mark: {printer: stale}", "same: [a, b]", "different: [a, b]"])
def test_without_a_picture_a_check_on_it_is_unknown_and_blocks_nothing(yaml: str) -> None:
    assert verdict(yaml, ran()) is None
    step = Step("s", "S", (), (read_check(load(f"says: x\n{yaml}", 1)),), (), 1)
    progress = judge(step, Evidence("opened"), begin(step))
    assert not passed(step, progress), "nothing has been done yet"
    progress = judge(step, ran(), progress)
    assert passed(step, progress) and results(step, progress)[0].unknown
    assert not passed(step, judge(step, dataclasses.replace(ran(), snapshot=picture({})), progress)), "now it is known"


def sample() -> Step:
    return parse_lesson(LESSON, "sample.md").steps[0]


def play(step: Step, *moments: Evidence) -> Progress:
    progress = begin(step)
    for moment in moments:
        progress = judge(step, moment, progress)
    return progress


LOOK = ran("sample.word", "'hello'\n")
IMPORT = ran("import sample")


def test_a_check_stays_passed() -> None:
    step = sample()
    assert [result.passed for result in results(step, play(step, IMPORT, ran("1"), ran("2")))] == [True, False]
    assert passed(step, play(step, IMPORT, ran("1"), LOOK))


def test_then_counts_only_after_the_checks_above() -> None:
    step = sample()
    assert not passed(step, play(step, LOOK, IMPORT))
    assert passed(step, play(step, LOOK, IMPORT, LOOK))


def test_one_moment_may_pass_a_check_and_the_next() -> None:
    assert passed(sample(), play(sample(), ran("import sample; sample.word", "'hello'\n")))


def test_an_unknown_check_does_not_block_those_that_come_then() -> None:
    checks = ("says: x\nmark: {a: stale}", "says: x\nran: f()\nthen: true")
    step = Step("s", "S", (), tuple(read_check(load(yaml, 1)) for yaml in checks), (), 1)
    assert passed(step, play(step, Evidence("opened"), ran("f()")))


def test_times_counts_moments() -> None:
    step = Step("s", "S", (), (read_check(load("says: x\nran: f()\ntimes: 2", 1)),), (), 1)
    assert not passed(step, play(step, ran("f()")))
    assert passed(step, play(step, ran("f()"), ran("1"), ran("f()")))


def test_a_hint_comes_after_two_tries_of_its_check() -> None:
    step = sample()
    assert results(step, play(step, IMPORT, ran("1")))[1].hint == ""
    assert results(step, play(step, IMPORT, ran("1"), ran("2")))[1].hint == "Look again."
    assert results(step, play(step, ran("1"), ran("2"), ran("3"), IMPORT))[1].hint == "", "those were for the other"
    assert results(step, play(step, IMPORT, ran("1"), ran("2"), LOOK))[1].hint == ""


def test_an_expected_mistake_gets_its_reply_once() -> None:
    step = sample()
    mistake = ran("import sample.py", status="error", error="ModuleNotFoundError")
    assert play(step, mistake).reply == "Leave out the `.py`."
    assert play(step, mistake, ran("1")).reply == ""


def test_a_mistake_in_a_file_is_told_at_the_save_alone() -> None:
    wrong = "save: {a.py: x}\nfile: a.py\nlacks: [word]\nreply: No word."
    step = parse_lesson(LESSON.replace(LESSON[LESSON.index("try: import") : -4], wrong + "\n"), "s.md").steps[0]
    saved = Evidence("changed", files={"a.py": "x = 1"})
    assert play(step, saved).reply == "No word."
    assert play(step, saved, dataclasses.replace(ran(), files=saved.files)).reply == ""


def test_a_prediction_is_settled_once_by_what_really_ran() -> None:
    step = sample()
    assert play(step, ran("1")).happened is None
    assert play(step, LOOK).happened == (0,)
    assert play(step, ran("sample.word", status="error", error="NameError")).happened == (1,)
    assert play(step, ran("sample.word", "'other'\n")).happened == (), "neither: something else was run"
    assert play(step, LOOK, ran("sample.word", status="error", error="NameError")).happened == (0,)
    assert play(step, ran("sample.word", "'other'\n"), ran("1"), LOOK).happened == (0,), "what was asked ran in the end"


def test_only_what_can_still_decide_is_asked_of_the_worker() -> None:
    yaml = "says: x\nran: f()\nvalue: {f.count: 1}\nholders: {f: x}"
    step = Step("s", "S", (), (read_check(load(yaml, 1)),), (), 1)
    assert wanted(step, ran("g()"), begin(step)).probes == ()
    asked = wanted(step, ran("f()"), begin(step))
    assert (asked.probes, asked.holders) == (("f.count",), ("f",))
    assert wanted(step, ran("f()"), Progress(counts=(1,), tries=(0,))).probes == ()


def test_judging_leaves_its_evidence_and_its_progress_alone() -> None:
    step, evidence = sample(), dataclasses.replace(IMPORT, files={"a.py": "x"}, loads={"a": 1})
    progress = begin(step)
    first = judge(step, evidence, progress)
    assert progress == begin(step)
    assert judge(step, evidence, progress) == first
    assert evidence.files == {"a.py": "x"}


def test_the_kept_output_has_its_beginning_and_its_end() -> None:
    assert clip("short\n") == "short\n"
    kept = clip("first\n" + "x" * 10**6 + "\nlast\n")
    assert len(kept) <= OUTPUT_KEPT + 1
    assert kept.startswith("first\n") and kept.endswith("\nlast\n")
