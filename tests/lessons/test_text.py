"""How what is expected, with gaps, is compared with what was printed."""

import pytest

from sandbox.lessons.text import contains_lines, line_matches, text_matches


@pytest.mark.parametrize(
    "wanted, found",
    [
        ("abc", "abc"),
        ("a...c", "abc"),
        ("a...c", "ac"),
        ("...", ""),
        ("...b...", "abc"),
        ("<module 'm' from '...m.py'>", "<module 'm' from '/a/m/m.py'>"),
        ("a...a", "aa"),
    ],
)
def test_a_line_fits(wanted: str, found: str) -> None:
    assert line_matches(wanted, found)


@pytest.mark.parametrize("wanted, found", [("abc", "abcd"), ("a...a", "a"), ("a...b", "ab c"), ("ab...bc", "abc")])
def test_a_line_does_not_fit(wanted: str, found: str) -> None:
    assert not line_matches(wanted, found)


@pytest.mark.parametrize(
    "wanted, found",
    [
        ("", ""),
        ("a", "a\n"),
        ("Traceback:\n  ...\nError: x", "Traceback:\n  File\n    code\nError: x\n"),
        ("  ...\nb", "a\nb"),
        ("  ...\nb", "b"),
        ("a\n  ...", "a"),
        ("a\n...\nb\n...\nc", "a\nx\nb\nc"),
        ("a\n...\nb\nc", "a\nb\nx\nb\nc"),
    ],
)
def test_a_text_fits(wanted: str, found: str) -> None:
    assert text_matches(wanted, found)


@pytest.mark.parametrize(
    "wanted, found", [("", "a"), ("a", ""), ("a", "a\nb"), ("a\n...\nb", "a"), ("a\n...\na", "a"), ("x\n...", "y\nx")]
)
def test_a_text_does_not_fit(wanted: str, found: str) -> None:
    assert not text_matches(wanted, found)


def test_lines_are_found_whole_and_together() -> None:
    assert contains_lines("x\na\nb\n", "a\nb")
    assert contains_lines("x\nab\n", "a...")
    assert not contains_lines("reloaded: First version\n", "First version")
    assert not contains_lines("a\nx\nb\n", "a\nb")


def test_hostile_output_is_judged_before_this_test_is_over() -> None:
    assert not contains_lines("a" * 4_000, "a...a...a...a...b")
    assert not contains_lines("a\n" * 2_000, "a...\na...\nb...")
