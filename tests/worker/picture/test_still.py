"""No change is overlooked, however little changes: a picture is sent after it, and none where nothing has changed."""

import pytest

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


@pytest.mark.parametrize("change", ["f310.__name__ = 'g'", "C.__name__ = 'D'", "late.append(1)", "one.__class__ = E"])
def test_every_change_is_seen_of_what_has_no_card_for_want_of_room(change: str, unwatched: Learner) -> None:
    unwatched.type(MANY, "class C: pass\n", "class E: pass\n", "late, one = [], C()", "pass", "pass", "pass")
    unwatched.picture = None
    unwatched.type("pass")
    assert unwatched.picture is None
    unwatched.type(change)
    assert unwatched.picture is not None


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
    unwatched.type("globals().update((f'n{n}', n) for n in range(1900)); items = [[0] * 50 for n in range(9)]")
    unwatched.type("pass", "pass", "pass", "x = 0")
    assert unwatched.picture is not None and not unwatched.picture.truncated
    for number in range(10):
        unwatched.type(f"globals().update((f'more_{number}_{{n}}', n) for n in range(18))")
    assert unwatched.picture.truncated
    assert (
        sum(len(one.names) for one in unwatched.picture.spaces)
        + sum(len(one.parts) for one in unwatched.picture.objects)
        < 2500 + len(unwatched.picture.objects) + 20
    )


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
