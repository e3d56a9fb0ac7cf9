"""No change is overlooked, however little changes: a picture is sent after it, and none where nothing has changed."""

import pytest

from sandbox.worker.budget import NAMES_COST
from tests.worker.picture.learner import Learner

MODULE = """
import functools, types
def plain(): pass
def other(): pass
def full(first=(1,), *, second=[1]): pass
def outer(inner):
    def closing(): return inner
    def renew(value):
        nonlocal inner
        inner = value
    return closing, renew
def steps():
    yield 1
    yield 2
    yield 3
class C:
    kind = "c"
    def __init__(self): self.x = 1000
    def method(self): pass
    @staticmethod
    def static(): pass
class Base:
    pass
class Other:
    pass
class D(Base):
    pass
class Slotted:
    __slots__ = ("slot",)
"""
SETUP = (
    "import m, functools, sys",
    "items, table, things, pair = [1000, [2000, [3000]]], {'k': [1]}, {1, 2}, (1000, 2000)",
    "c, late = m.C(), m.C(); late.__dict__['y'] = 1",
    "closing, renew = m.outer([1]); steps = m.steps(); callback = c.method",
    "number, text, real, big, numbered = 1000, 'text', -1.0, list(range(60)), {1: 'a', (1, 2): 'b'}",
    "_ = next(steps)",
)
UNCLEAR = "s, part = m.Slotted(), functools.partial(m.plain, 1); s.slot = 1"
"""Where there is one of these, all is looked at each time."""
CHANGES = (
    *("items.append(1)", "items[0] = 1001", "items.reverse()", "items[1][1].append(1)", "items[1] = list(items[1])"),
    *("table['k'] = 1", "table['other'] = table.pop('k')", "table['k'].clear()", "numbered[1] = 'c'", "big.append(1)"),
    *("things.add(3)", "pair = (1001, 2001); pair = (1002, 2002)", "number += 1", "text += '!'", "real = -2.0"),
    *("c.x = 2", "late.z = late.__dict__.pop('y')", "c.z = c.x; del c.x", "s.slot = 2", "c.__class__ = m.D"),
    *(
        "m.full.__defaults__ = ((2,),)",
        "m.full.__kwdefaults__['second'].append(2)",
        "m.full.__kwdefaults__['third'] = 3",
    ),
    *("m.plain.tag = 1", "m.plain.__name__ = 'renamed'", "m.plain.__defaults__ = (1,)", "renew([1])", "renew(1)"),
    *(
        "m.plain.__code__ = m.other.__code__",
        "m.C.kind = 'd'",
        "m.C.new = 1",
        "m.C.__name__ = 'E'",
        "m.C.__qualname__ = 'Outer.C'",
        "m.D.__bases__ = (m.Other,)",
    ),
    *("m.C.method = m.C.static", "m.C.method = m.plain", "m.C.static = staticmethod(m.other)", "_ = next(steps)"),
    *("m.plain, m.other = m.other, m.plain", "del m.other", "m.extra = m.plain", "kept = items; del items"),
    *(
        "sys.modules['alias'] = m",
        "del sys.modules['m']",
        "part = functools.partial(m.plain, 2)",
        "callback = m.D().__init__",
        "sys.__name__ = 'system'",
    ),
)


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_seen(change: str, unwatched: Learner) -> None:
    unwatched.save("m.py", MODULE)
    unwatched.type(*SETUP, UNCLEAR if change.startswith(("s.", "part")) else "pass", "pass", "pass", "pass")
    unwatched.picture = None
    unwatched.type("pass")
    assert unwatched.picture is None
    unwatched.type(change)
    assert unwatched.picture is not None


MANY = "for n in range(320): exec(f'def f{n}(): pass')\n"


OLD = ("import m, importlib", "def keep():\n    from m import f\n    return [f]\n", "kept = keep()", MANY)
"""With a function that will be old, to which no name refers."""
MODULE_OF_ONE = "def f(): pass\n"


def see_one(learner: Learner, change: str) -> None:
    """Of a change after pictures of which each was as the one before, there is a picture."""
    learner.type("pass", "pass", "pass")
    learner.picture = None
    learner.type("pass")
    assert learner.picture is None
    learner.type(change)
    assert learner.picture is not None


@pytest.mark.parametrize("change", ["f310.__name__ = 'g'", "C.__name__ = 'D'", "late.append(1)", "one.__class__ = E"])
def test_every_change_is_seen_of_what_has_no_card_for_want_of_room(change: str, unwatched: Learner) -> None:
    unwatched.type(MANY, "class C: pass\n", "class E: pass\n", "late, one = [], C()")
    see_one(unwatched, change)


@pytest.mark.parametrize(
    ("late", "change"),
    [
        ("late = lambda: 1", "late.__code__ = kept[0].__code__"),
        ("late = lambda: 1; late.__wrapped__ = 1", "late.__wrapped__ = kept[0]"),
        ("late = lambda: 1; late.x = 1; del late.x", "late.__wrapped__ = kept[0]"),
    ],
)
def test_what_has_no_card_becomes_old(late: str, change: str, unwatched: Learner) -> None:
    unwatched.save("m.py", MODULE_OF_ONE)
    unwatched.type(*OLD, late, "_ = importlib.reload(m)")
    see_one(unwatched, change)
    assert unwatched.mark("late") == "stale"


def test_what_is_in_a_set_and_has_no_card_is_called_what_it_is_called(unwatched: Learner) -> None:
    unwatched.type("held = set()", MANY, "held.add(f310); del f310")
    see_one(unwatched, "next(iter(held)).__name__ = 'renamed'")
    assert unwatched.card("held").parts["0"] == "renamed()"


def test_a_partial_without_a_card_is_called_as_its_function(unwatched: Learner) -> None:
    unwatched.type("import functools", MANY, "late = functools.partial(lambda: 1)")
    see_one(unwatched, "late.func.__name__ = 'renamed'")
    assert unwatched.names("__main__")["late"].value.text == "partial(renamed)"


def test_a_class_of_another_kind_is_seen(unwatched: Learner) -> None:
    unwatched.type("class M(type): pass\n", "class N(type): pass\n", "class C(metaclass=M): pass\n")
    see_one(unwatched, "C.__class__ = N")
    assert unwatched.card("C").object.type == "N"


def test_what_an_object_has_that_stands_for_a_module_is_seen(unwatched: Learner) -> None:
    unwatched.save("m.py", "def f(): pass\nx = [1]\n")
    unwatched.type("import m, sys", "class Stand: pass\n", "s = Stand(); s.f = m.f; s.x = m.x; sys.modules['m'] = s")
    unwatched.type("from m import x", "del s")
    unwatched.type("pass", "pass", "pass", "sys.modules['m'].x = 5")
    assert unwatched.mark("x") == "stale"


def test_what_becomes_of_a_module_that_never_stayed_in_the_cache_is_seen(learner: Learner) -> None:
    learner.save("m.py", "x = [1]\n")
    learner.type("import m, sys; from m import x; del sys.modules['m']", "pass", "pass", "pass", "m.x = 1")
    assert learner.mark("x") == "stale"


REPLACE = """
def replace():
    old, kept = id(m.plain.__code__), []
    m.plain.__code__ = m.other.__code__
    for _ in range(1000):
        kept.append(m.other.__code__.replace(co_name="renewed"))
        if id(kept[-1]) == old:
            m.plain.__code__ = kept[-1]
            return True
"""


def test_code_that_stands_where_other_code_stood_is_other_code(unwatched: Learner) -> None:
    unwatched.save("m.py", MODULE)
    unwatched.type("import m", REPLACE, "pass", "pass", "pass")
    assert unwatched.card("plain", "m").object.load == 1
    unwatched.type("print(replace())")
    if unwatched.output == "True\n":
        assert unwatched.card("plain", "m").object.load == 0


def test_default_arguments_that_are_a_kind_of_tuple_run_nothing(unwatched: Learner) -> None:
    unwatched.type("class T(tuple):\n    def __getitem__(self, key): print('TOUCHED')\n")
    unwatched.type("def f(x): pass\n", "f.__defaults__ = T((1,))")
    for _ in range(4):
        unwatched.type("pass")
        assert unwatched.output == ""


def test_nothing_is_asked_of_the_collector_where_the_learner_would_hear_it(unwatched: Learner) -> None:
    unwatched.type("import sys; x = [1]", "pass", "pass", "heard = []")
    unwatched.type("sys.addaudithook(lambda event, _: 'done' in globals() or heard.append(event))")
    unwatched.type("pass", "pass", "pass", "done = 1; print([one for one in heard if one.startswith('gc.')])")
    assert unwatched.output == "[]\n"


@pytest.mark.parametrize("made", ["types.SimpleNamespace()", "collections.UserDict()", "collections.OrderedDict()"])
def test_what_gets_something_of_the_learners_is_seen(made: str, unwatched: Learner) -> None:
    unwatched.save("m.py", MODULE)
    unwatched.type(f"import m, types, collections; held = {made}", "pass", "pass", "pass")
    assert unwatched.names("__main__")["held"].value.ref == 0
    unwatched.type("held.__dict__['x'] = m.plain")
    assert unwatched.card("held").parts["x"] == "plain()"


def test_a_number_that_changes_is_all_that_changes(unwatched: Learner) -> None:
    unwatched.save("m.py", MODULE)
    unwatched.type(*SETUP, "from m import plain as kept", "m.plain = m.other", "pass", "pass", "pass")
    assert unwatched.picture is not None
    before, names = unwatched.picture, unwatched.names("__main__")
    assert names["kept"].mark == "stale"
    for entry, mark in (("number = 5", "rebound"), ("added = 1", ""), ("del added", ""), ("pass", "")):
        unwatched.type(entry)
        after = unwatched.names("__main__")
        assert after["number"].mark == mark and after["kept"] == names["kept"]
        assert ("added" in after) == (entry == "added = 1")
        assert unwatched.picture.objects == before.objects
        assert [one for one in unwatched.picture.spaces if one.name != "__main__"] == [
            one for one in before.spaces if one.name != "__main__"
        ]


def test_names_that_take_the_room_of_parts_do_so(unwatched: Learner) -> None:
    unwatched.type("globals().update((f'n{n}', n) for n in range(1900)); items = [[0] * 50 for n in range(18)]")
    unwatched.type("pass", "pass", "pass", "x = 0")
    assert unwatched.picture is not None and not unwatched.picture.truncated
    unwatched.type("x = 1", "y = 2")
    assert unwatched.mark("y") == "new" and not unwatched.picture.truncated
    for number in range(10):
        unwatched.type(f"globals().update((f'more_{number}_{{n}}', n) for n in range(9))")
    assert unwatched.picture.truncated and len(unwatched.names("__main__")) > 1990
    assert 0 < sum(len(one.parts) < 50 for one in unwatched.picture.objects if one.kind == "list") < 20


def test_a_number_that_becomes_an_object_takes_the_room_of_one(unwatched: Learner) -> None:
    unwatched.type(f"globals().update((f'n{{n}}', n) for n in range({NAMES_COST - 300}))")
    unwatched.type("pass", "pass", "pass", "n0 = -1")
    assert unwatched.picture is not None and not unwatched.picture.truncated
    unwatched.type("globals().update((f'n{n}', (n,)) for n in range(200))")
    assert unwatched.picture.truncated


def test_a_modules_own_names_are_called_by_its_name_whatever_else_is_rebound(learner: Learner) -> None:
    learner.save("m.py", "def f(): pass\n")
    learner.type("import m", "mine, its = globals(), vars(m)")
    spaces = [learner.names("__main__")[name].value for name in ("mine", "its")]
    for number in range(5):
        learner.type(f"x = {number}")
        assert [learner.names("__main__")[name].value for name in ("mine", "its")] == spaces
    assert [value.text for value in spaces] == ["__main__", "m"]


def test_the_names_of_a_module_that_is_gone_stay_what_they_are(unwatched: Learner) -> None:
    unwatched.save("m.py", "def f(): pass\n")
    unwatched.type("import m, sys", "kept, items = vars(m), [1]", "del m, sys.modules['m']")
    assert unwatched.names("__main__")["kept"].value.text.startswith("dict of ")
    assert unwatched.mark("kept") == ""


def test_what_stands_where_something_of_another_kind_stood_is_another(unwatched: Learner) -> None:
    unwatched.type("it = iter([])", "pass", "at = id(it); del it; it = iter(()); print(id(it) == at)")
    if unwatched.output == "True\n":
        assert unwatched.mark("it") == "rebound"
