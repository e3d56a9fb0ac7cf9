"""What a pattern finds in an entry: what it says, not how it is spelled."""

import pytest

from sandbox.lessons.pattern import LONGEST, Pattern

FOUND = [
    ("import changer", "import changer"),
    ("import changer", "import sys, changer"),
    ("import changer", "if True:\n    import changer"),
    ("from changer import printer", "from changer import message, printer"),
    ("import changer as any_name", "import changer as c"),
    ("from changer import printer as any_name", "from changer import printer as p"),
    ("importlib.reload(changer)", "importlib.reload( changer )"),
    ("importlib.reload(changer)", "_ = importlib.reload(changer)"),
    ("importlib.reload(changer)", "print(importlib.reload(changer).message)"),
    ("importlib.reload(...)", "importlib.reload(sys.modules['changer'])"),
    ("f(...)", "f()"),
    ("f(...)", "f(1, 2, key=3)"),
    ("f(..., 2)", "f(0, 1, 2)"),
    ("f(key=1)", "f(key=1)"),
    ("... is changer", "other is changer"),
    ('sys.modules["changer"]', "sys.modules['changer'].message"),
    ("x = ...", "x = 1 + 1"),
    ("changer.x = ...", "changer.x = [1]"),
    ("any_name = changer", "other = changer"),
    ("del changer", "del changer"),
    ("try: ...\nexcept NameError: ...", "try:\n    count\nexcept NameError:\n    count = 0"),
    ("def printer(): ...", "x = 1\ndef printer():\n    print(1)\n    print(2)"),
    ("x = 1\ny = 2", "x = 1; y = 2; z = 3"),
    ("x = 1\n...\nz = 3", "x = 1; y = 2; z = 3"),
    ("(a, b)", "a, b"),
]
NOT_FOUND = [
    ("import changer", "import changer.sub"),
    ("import changer", "import changers"),
    ("import changer", "'import changer'"),
    ("import changer", "# import changer"),
    ("import changer", "import changer as c"),
    ("from changer import printer", "from changer import *"),
    ("importlib.reload(changer)", "importlib.reload('changer')"),
    ("importlib.reload(changer)", "importlib.reload(changer, 1)"),
    ("importlib.reload(changer)", "reload(changer)"),
    ("f(key=1)", "f(key=2)"),
    ("f(..., key=1)", "f(key=2)"),
    ("changer.word", "changer.word = 1"),
    ("changer.word", "del changer.word"),
    ("message", "message = 1"),
    ("x = 1\ny = 2", "x = 1; z = 0; y = 2"),
    ("import changer", "import changer ("),
    ("import changer", "\0"),
    ("import changer", "(" * 3_000),
    ("1", "True"),
    ("'1'", "b'1'"),
]


@pytest.mark.parametrize("pattern, source", FOUND)
def test_is_found(pattern: str, source: str) -> None:
    assert Pattern(pattern).found_in(source)


@pytest.mark.parametrize("pattern, source", NOT_FOUND)
def test_is_not_found(pattern: str, source: str) -> None:
    assert not Pattern(pattern).found_in(source)


@pytest.mark.parametrize("pattern", ["...", "...\n...", "", "x +", "import", "f(..., key=1, ...)"])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(SyntaxError):
        Pattern(pattern)


def test_nothing_is_parsed_beyond_the_limit() -> None:
    assert Pattern("x").found_in("x" + " " * (LONGEST - 1))
    assert not Pattern("x").found_in("x" + " " * LONGEST)


@pytest.mark.parametrize(
    "source", ["1;" * (LONGEST // 2), "a." * (LONGEST // 2 - 1) + "a", "-" * (LONGEST - 1) + "1", "[" * 90 + "]" * 90]
)
def test_a_hostile_entry_is_judged_before_this_test_is_over(source: str) -> None:
    for pattern in ("f(..., 1, ..., 2, ...)", "x = 1\n...\ny = 2\n...\nz = 3", "try: ...\nexcept E: ..."):
        assert not Pattern(pattern).found_in(source)


def test_an_entry_is_never_run() -> None:
    assert Pattern("print(...)").found_in("print(exit(), __import__('os').abort())")


def test_a_warning_in_an_entry_stays_out_of_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    Pattern("x").found_in(r"x = '\d'; 1 is 1")
    assert capfd.readouterr() == ("", "")
