"""What stands where another stood is another: objects are freed, and the next is made at their address."""

import pytest

from tests.worker.picture.learner import Learner

MANY = "for n in range(320): exec(f'def f{n}(): pass')\n"
"""More than there are cards for."""
REPLACED = {
    "a deque": ("from collections import deque", "deque([1])", "deque([2])"),
    "a module": ("from types import ModuleType", "ModuleType('a')", "ModuleType('b')"),
    "a set": ("", "{1}", "{2}"),
    "a frozenset": ("", "frozenset([1])", "frozenset([1])"),
    "an array": ("from array import array", "array('i', [1])", "array('i', [2])"),
    "an instance": ("class C: pass\n", "C()", "C()"),
    "a function": ("", "lambda: 1", "lambda: 1"),
    "a pair": ("", "([1], 1)", "([1], 2)"),
    "a named tuple": ("from collections import namedtuple; P = namedtuple('P', 'x')", "P(1)", "P(2)"),
    "a range": ("", "range(3)", "range(4)"),
    "an iterator": ("", "iter(())", "iter([])"),
    "something else": ("class C: pass\n", "iter([1])", "C()"),
}


@pytest.mark.parametrize("before", ["pass", MANY], ids=["among few", "beyond the cards"])
@pytest.mark.parametrize("made", REPLACED.values(), ids=REPLACED.keys())
def test_what_is_made_where_another_was_freed_is_rebound(
    made: tuple[str, str, str], before: str, unwatched: Learner
) -> None:
    imports, first, second = made
    unwatched.type(before, imports)
    for _ in range(3):  # most often the first time
        unwatched.type(f"x = {first}", "pass", "pass", "pass")
        unwatched.type(f"at = id(x); del x; x = {second}; print(id(x) == at)")
        assert unwatched.mark("x") == "rebound" or unwatched.output == "False\n"
        unwatched.type("pass")
        assert unwatched.mark("x") == ""


@pytest.mark.parametrize("change", ["x.append(1)", "x.__class__ = D", "x[:] = [5]"])
def test_what_changes_is_not_rebound(change: str, unwatched: Learner) -> None:
    made = "C()" if "class" in change else "[1]"
    unwatched.type(
        MANY, "class C: __slots__ = ()\n", "class D: __slots__ = ()\n", f"x = {made}", "pass", "pass", change
    )
    assert unwatched.mark("x") == ""
