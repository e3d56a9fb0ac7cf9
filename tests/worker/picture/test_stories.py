"""What the picture says in particular cases. Each is judged by the truth as well, at every step."""

from tests.worker.picture.learner import Learner

OLD = "def f():\n    return 'old'\n"
NEW = "def f():\n    return 'new'\n"


def test_an_alias_of_a_module_is_never_stale(learner: Learner) -> None:
    learner.save("m.py", OLD)
    learner.type("import m as c")
    learner.reload("m", NEW)
    assert learner.mark("c") == ""
    assert learner.names("__main__")["c"].value.ref == learner.names("sys.modules")["m"].value.ref


def test_the_second_name_of_a_function_keeps_it_current(learner: Learner) -> None:
    learner.save("m.py", OLD + "g = f\n")
    learner.type("import m", "kept = m.f", "m.g = len")
    assert learner.mark("kept") == ""
    learner.reload("m", NEW + "g = f\n")
    assert learner.mark("kept") == "stale"
    assert learner.card("kept").object.stale


def test_a_name_that_an_old_function_gets_later_does_not_make_it_current(learner: Learner) -> None:
    learner.save("m.py", OLD)
    learner.type("import m", "m.original = m.f; m.f = lambda: 'patched'")
    learner.type("1")
    assert learner.marks("m") == {"original": "stale"}
    assert learner.card("f", "m").object.load == 0
    learner.reload("m", NEW)
    assert learner.mark("original", "m") == "stale"


DECORATED = """
import functools
def traced(function):
    @functools.wraps(function)
    def wrapper():
        return {word!r} + function()
    return wrapper
@traced
def f():
    return 'f'
@functools.cache
def cached():
    return 'c'
"""


def test_what_decorators_wrap_is_as_old_as_what_they_made(learner: Learner) -> None:
    learner.save("m.py", DECORATED.format(word="old"))
    learner.type("import m", "from m import f, cached", "inner = f.__wrapped__")
    assert learner.card("inner").object.home == "m.f"
    assert learner.card("f").object.home == "m.traced.<locals>.wrapper"
    learner.reload("m", DECORATED.format(word="new"))
    assert learner.marks() == {"f": "stale", "cached": "stale", "inner": "stale"}
    assert all(learner.card(name).object.stale for name in ("f", "cached", "inner"))
    assert learner.card("cached").object.load == 1
    assert not learner.card("f", "m").object.stale


def test_a_decorator_from_another_module_does_not_hide_the_age_of_what_it_wraps(learner: Learner) -> None:
    learner.save("tools.py", "def deco(f):\n    def wrapper():\n        return f()\n    return wrapper\n")
    text = "from tools import deco\n@deco\ndef f():\n    return {!r}\n"
    learner.save("m.py", text.format("old"))
    learner.type("import m", "f = m.f")
    learner.reload("m", text.format("new"))
    assert learner.marks() == {"f": "stale"}
    card = learner.card("f")
    assert (card.object.home, card.object.load) == ("tools.deco.<locals>.wrapper", 1)
    inner = learner.at(card.ref("cell f")).object
    assert (inner.home, inner.load, inner.stale) == ("m.f", 1, True)


def test_a_context_manager_of_the_standard_library_is_as_old_as_its_function(learner: Learner) -> None:
    text = "import contextlib\n@contextlib.contextmanager\ndef f():\n    yield {}\n"
    learner.save("m.py", text.format(1))
    learner.type("import m", "f = m.f")
    learner.reload("m", text.format(2))
    assert learner.marks() == {"f": "stale"}


def test_a_closure_is_as_old_as_the_function_that_made_it(learner: Learner) -> None:
    text = "def make(n):\n    def add(x, by=[1]):\n        return x + n\n    return add\n"
    learner.save("m.py", text)
    learner.type("import m", "add = m.make(5000)")
    card = learner.card("add")
    assert card.object.home == "m.make.<locals>.add"
    assert card.parts["cell n"] == "5000" and card.parts["default 0"] == "list of 1"
    assert card.parts["__globals__"] == "m"
    learner.reload("m", text + "\n")
    assert learner.mark("add") == "stale"


def test_a_lambda_is_judged_by_the_name_it_has(learner: Learner) -> None:
    text = "double = lambda x: 2 * x\nhandlers = [lambda: 1]\n"
    learner.save("m.py", text)
    learner.type("import m", "double, handler = m.double, m.handlers[0]")
    learner.reload("m", text)
    assert learner.mark("double") == "stale"
    assert learner.mark("handler") == ""  # it never was m.x
    assert learner.card("handler").object.load == 1


CLASS = "class C:\n    def m(self):\n        return {!r}\n"


def test_a_method_taken_as_callback_is_as_old_as_its_function(learner: Learner) -> None:
    learner.save("m.py", CLASS.format("old"))
    learner.type("import m", "c = m.C(); callback = c.m")
    assert set(learner.card("callback").parts) == {"__self__", "__func__"}
    learner.reload("m", CLASS.format("new"))
    assert learner.marks() == {"c": "stale", "callback": "stale"}
    card = learner.card("callback")
    assert learner.at(card.ref("__self__")).object.stale and learner.at(card.ref("__func__")).object.stale


def test_a_partial_shows_the_old_function_in_it(learner: Learner) -> None:
    learner.save("m.py", OLD)
    learner.type("import m, functools", "p = functools.partial(m.f)")
    learner.reload("m", NEW)
    card = learner.card("p")
    assert card.object.kind == "other" and card.object.type == "partial"
    assert card.parts["func"] == "f()" and learner.at(card.ref("func")).object.stale


def test_dataclasses_enums_and_named_tuples_have_old_instances(learner: Learner) -> None:
    text = (
        "import dataclasses, enum, collections\n"
        "@dataclasses.dataclass\nclass D:\n    x: int = 1\n"
        "class E(enum.Enum):\n    RED = 1\n"
        "N = collections.namedtuple('N', 'a b')\n"
    )
    learner.save("m.py", text)
    learner.type("import m", "d, e, n = m.D(7), m.E.RED, m.N(1, 2)")
    assert learner.card("d").parts == {"__class__": "D", "x": "7"}
    assert learner.card("n").parts == {"__class__": "N", "a": "1", "b": "2"}
    learner.reload("m", text)
    assert learner.marks() == {"d": "stale", "e": "stale", "n": "stale"}
    assert [learner.card(name).object.load for name in "den"] == [1, 1, 1]


def test_a_subclass_in_another_module_has_a_stale_base_and_is_not_stale(learner: Learner) -> None:
    learner.save("base.py", "class Base:\n    pass\n")
    learner.save("sub.py", "import base\nclass Sub(base.Base):\n    pass\n")
    learner.type("import base, sub")
    learner.reload("base", "class Base:\n    pass\n")
    assert learner.marks("sub") == {}
    assert learner.at(learner.card("Sub", "sub").ref("__bases__")).object.stale


def test_slots_are_shown_and_grow_old(learner: Learner) -> None:
    text = "class S:\n    __slots__ = ('x', 'unset')\n    def __init__(self):\n        self.x = 9\n"
    learner.save("m.py", text)
    learner.type("import m", "s = m.S()")
    assert learner.card("s").parts == {"__class__": "S", "x": "9"}
    learner.type("class One: __slots__ = ('only',)\n\nclass Both: __slots__ = ('only', '__dict__')\n")
    learner.type("one, both = One(), Both(); one.only = both.only = 1; both.other = 2")
    assert learner.card("one").parts == {"__class__": "One", "only": "1"}
    assert learner.card("both").parts == {"__class__": "Both", "other": "2", "only": "1"}
    learner.reload("m", text)
    assert learner.mark("s") == "stale"


def test_an_attribute_that_is_none_is_shown_where_another_instance_has_more_of_them(learner: Learner) -> None:
    learner.save("m.py", "class C:\n    def __init__(self): self.x, self.y = None, 1\n")
    learner.type("import m", "a, b = m.C(), m.C(); b.z = 2")
    assert learner.card("a").parts == {"__class__": "C", "x": "None", "y": "1"}
    assert learner.card("b").parts == {"__class__": "C", "x": "None", "y": "1", "z": "2"}


def test_an_instance_whose_dictionary_was_deleted_has_no_attributes(learner: Learner) -> None:
    learner.type("class C:\n    def __init__(self): self.x, self.y, self.z = 1, 2, 3\n", "c, d = C(), C()")
    learner.type("del c.__dict__, d.__dict__; d.x = 4")
    assert learner.card("c").parts == {"__class__": "C"}
    assert learner.card("d").parts == {"__class__": "C", "x": "4"}


def test_properties_and_static_methods_show_their_functions(learner: Learner) -> None:
    learner.save(
        "m.py",
        "class C:\n    @property\n    def p(self):\n        raise SystemExit\n"
        "    @p.setter\n    def p(self, to): pass\n"
        "    @staticmethod\n    def s(): pass\n    @classmethod\n    def k(cls): pass\n",
    )
    learner.type("import m", "c = m.C()")
    card = learner.card("C", "m")
    assert card.parts == {"p": "p()", "p.setter": "p()", "s": "s()", "k": "k()"}
    assert learner.at(card.ref("s")).object.home == "m.C.s"


def test_nested_classes_grow_old_with_the_class_around_them(learner: Learner) -> None:
    text = "class Outer:\n    class Inner:\n        pass\n"
    learner.save("m.py", text)
    learner.type("import m", "Inner = m.Outer.Inner; i = Inner()")
    assert learner.card("Inner").object.load == 1
    learner.reload("m", text)
    assert learner.marks() == {"Inner": "stale", "i": "stale"}


def test_generators_and_coroutines_wait_in_old_code(learner: Learner) -> None:
    text = "def g():\n    yield 1\n    yield 2\nasync def c():\n    pass\n"
    learner.save("m.py", text)
    learner.type("import m", "g = m.g(); c = m.c(); _ = next(g)")
    assert learner.card("g").parts == {"at line": "2", "__globals__": "m"}
    learner.reload("m", text)
    assert learner.mark("g") == "stale" and learner.mark("c") == "stale"
    assert learner.card("g").object.kind == "generator" and learner.card("g").object.load == 1
    learner.type("c.close()")


def test_a_running_thread_holds_the_function_that_it_runs(learner: Learner) -> None:
    text = "import threading\ngo = threading.Event()\ndef loop():\n    go.wait()\n"
    learner.save("m.py", text)
    learner.type("import m, threading", "go, old = m.go, m.loop", "t = threading.Thread(target=old); t.start()")
    learner.reload("m", text)
    assert learner.mark("old") == "stale"
    texts = [holder.text for holder in learner.holders(learner.names("__main__")["old"].value.ref).holders]
    assert "loop(), running in a thread at line 4" in texts
    learner.type("go.set(); t.join()")


def test_one_file_under_two_names_is_two_modules(learner: Learner) -> None:
    learner.save("pkg/__init__.py", "")
    learner.save("pkg/mod.py", OLD)
    learner.type("import sys; sys.path.append('pkg')", "import pkg.mod, mod", "one, two = pkg.mod.f, mod.f")
    assert learner.card("one").object.home == "pkg.mod.f" and learner.card("two").object.home == "mod.f"
    learner.reload("pkg.mod", NEW)
    assert learner.marks() == {"one": "stale"}


def test_reloading_a_package_leaves_its_submodules(learner: Learner) -> None:
    learner.save("pkg/__init__.py", "from . import sub\nfrom .sub import f\nx = 1\n")
    learner.save("pkg/sub.py", OLD)
    learner.type("import pkg")
    learner.reload("pkg.sub", NEW)
    assert learner.marks("pkg") == {"f": "stale"}
    assert learner.names("pkg")["f"].origin == "pkg.sub.f"
    learner.type("importlib.reload(pkg)")
    assert learner.marks("pkg") == {"f": "rebound"}
    learner.type("1")
    assert learner.marks("pkg") == {}
    assert {space.name: space.load for space in learner.picture.spaces[2:]} == {"pkg": 2, "pkg.sub": 2}  # type: ignore[union-attr]


def test_a_star_import_is_a_from_import(learner: Learner) -> None:
    learner.save("m.py", "a = 1000\nb = 2000\n_c = 3000\n")
    learner.type("from m import *", "import m")
    assert learner.names("__main__")["a"].origin == "m.a"
    learner.reload("m", "a = 1001\n")
    assert learner.marks() == {"a": "stale"}
    assert learner.mark("b", "m") == "leftover"
    learner.type("from m import *")
    assert learner.marks() == {"a": "rebound"}


def test_a_plain_value_taken_with_as_is_followed(learner: Learner) -> None:
    learner.save("m.py", "config = {}\n")
    learner.type("from m import config as mine", "import m")
    learner.reload("m", "config = {}\n")
    assert learner.marks() == {"mine": "stale"}
    learner.type("from m import config as mine")
    assert learner.mark("mine") == "rebound"
    learner.type("mine = m.config")
    learner.reload("m", "config = {}\n")
    assert learner.mark("mine") == ""  # bound by an assignment now


def test_a_reload_that_fails_half_way_is_a_load(learner: Learner) -> None:
    learner.save("m.py", "a = 1000\ndef f(): pass\ndef g(): pass\n")
    learner.type("import m", "f, g = m.f, m.g")
    learner.save("m.py", "a = 1001\ndef f(): pass\n1 / 0\ndef g(): pass\n")
    assert learner.attempt("import importlib; importlib.reload(m)").error == "ZeroDivisionError"
    assert learner.marks("m") == {"a": "rebound", "f": "rebound"}
    assert learner.marks() == {"importlib": "new", "f": "stale"} or learner.mark("f") == "stale"
    assert learner.mark("g") == ""
    assert learner.picture is not None and learner.picture.spaces[2].load == 2


def test_a_syntax_error_changes_nothing(learner: Learner) -> None:
    learner.save("m.py", OLD)
    learner.type("import m, importlib", "1")
    learner.save("m.py", "def f(:\n")
    learner.attempt("importlib.reload(m)")
    assert learner.marks("m") == {} and learner.picture is not None and learner.picture.spaces[2].load == 1


def test_a_deleted_file_leaves_the_module_as_it_is(learner: Learner) -> None:
    learner.save("m.py", OLD)
    learner.type("import m, importlib", "f = m.f")
    (learner.folder / "m.py").unlink()
    learner.attempt("importlib.invalidate_caches(); importlib.reload(m)")
    assert learner.mark("f") == "new" or learner.mark("f") == ""
    assert not learner.card("f").object.stale


def test_the_first_of_two_copies_is_old_once_the_second_is_there(learner: Learner) -> None:
    learner.save("m.py", OLD)
    learner.type("import m, sys", "old, f = m, m.f", "del sys.modules['m']")
    assert learner.mark("f") == "" and not learner.card("f").object.stale
    learner.save("m.py", NEW)
    learner.type("import m")
    assert learner.mark("f") == "stale" and learner.mark("old") == ""
    assert learner.marks("m", copy=0) == {"f": "new"} and learner.marks("m", copy=1) == {"f": "stale"}
    assert learner.picture is not None
    assert [space.load for space in learner.picture.spaces if space.name == "m"] == [2, 1]


def test_names_of_an_older_copy_are_judged_by_its_own_load(learner: Learner) -> None:
    learner.save("m.py", "x = 1\nz = 1\n")
    learner.type("import m, sys", "old = m; del sys.modules['m']")
    learner.save("m.py", "x = 2\n")
    learner.type("import m", "m.z = 3")
    assert learner.mark("z", "m", copy=0) == "added" and learner.mark("z", "m", copy=1) == ""


def test_an_object_moved_to_the_new_class_is_new(learner: Learner) -> None:
    learner.save("m.py", CLASS.format("old"))
    learner.type("import m", "c = m.C()")
    learner.reload("m", CLASS.format("new"))
    assert learner.mark("c") == "stale"
    learner.type("c.__class__ = m.C")
    assert learner.mark("c") == "" and learner.card("c").object.load == 2


def test_what_is_set_on_a_module_from_outside_is_added(learner: Learner) -> None:
    learner.save("m.py", OLD)
    learner.type("import m", "m.extra = 1; m.f = len")
    assert learner.marks("m") == {"extra": "added", "f": "rebound"}
    learner.reload("m", NEW)
    assert learner.marks("m") == {"extra": "added", "f": "rebound"}


def test_a_name_that_a_function_binds_as_global_is_not_from_outside(learner: Learner) -> None:
    learner.save("m.py", "def start():\n    global cache\n    cache = {}\n")
    learner.type("import m", "m.start()", "1")
    assert learner.marks("m") == {}
    learner.reload("m", "def start():\n    pass\n")
    assert learner.mark("cache", "m") == "leftover"


def test_a_module_that_replaces_itself_is_judged_by_what_it_put_there(learner: Learner) -> None:
    learner.save("m.py", "x = 1000\n")
    learner.type("import m, importlib")
    learner.save("m.py", "import sys, types\nx = 1001\nsys.modules[__name__] = types.SimpleNamespace(x=1002)\n")
    learner.type("importlib.reload(m)", "from m import x")
    assert learner.names("__main__")["x"].value.text == "1002"
    assert learner.mark("x") in ("new", "")


def test_code_that_a_failed_first_import_left_behind_is_old_once_the_module_is_there(learner: Learner) -> None:
    learner.save("registry.py", "found = []\n")
    text = "import registry\ndef f(): pass\nregistry.found.append(f)\n"
    learner.save("m.py", text + "1 / 0\n")
    learner.attempt("import m")
    learner.save("m.py", text)
    learner.type("import m, registry", "old, new = registry.found")
    assert learner.marks() | {"new": "", "old": "stale"} == learner.marks() | {"old": "stale", "new": ""}
    assert learner.card("old").object.stale and not learner.card("new").object.stale


def test_numbers_that_come_to_the_same_address_are_seen_to_change(learner: Learner) -> None:
    learner.type("n = 10**6; x = 1.5; o = [1000]")
    learner.type("1")
    learner.type("n += 1000; n += 1000\nx += 1.0; x += 1.0\no[0] += 1000; o[0] += 1000")
    assert learner.marks() == {"n": "rebound", "x": "rebound"}
    assert learner.card("o").parts["0"] == "3000"


def test_a_list_stays_the_same_wherever_it_is_found(learner: Learner) -> None:
    learner.save("m.py", "items = [1]\n")
    learner.type("import m", "first = m.items", "del m.items", "1")
    assert learner.marks() == {}
    token = learner.names("__main__")["first"].value.ref
    learner.type("first.append(2)")
    assert learner.names("__main__")["first"].value.ref == token


def test_holders_are_named_as_a_learner_would_reach_them(unwatched: Learner) -> None:
    unwatched.save("m.py", OLD + "class Box:\n    pass\n")
    unwatched.type(
        "import m",
        "f = m.f; handlers = [f]; table = {'key': f}; box = m.Box(); box.attribute = f",
        "def g(x=f): pass\n\ng.tag = f",
        "def outer(inner):\n    def closing(): return inner\n    return closing\n",
        "c = outer(f); pair = (f, [])",
    )
    token = unwatched.names("__main__")["f"].value.ref
    holding = unwatched.holders(token)
    assert not holding.gone
    found = {holder.text: holder.kind for holder in holding.holders}
    assert found == {
        "__main__.f": "name",
        "m.f": "name",
        "handlers[0]": "item",
        "table['key']": "item",
        "box.attribute": "attribute",
        "default argument 0 of g": "default",
        "g.tag": "attribute",
        "closure inner of c": "cell",
        "pair[0]": "item",
    }


def test_bound_methods_and_the_frames_of_suspended_code_hold_too(unwatched: Learner) -> None:
    unwatched.type(
        "class C:\n    def method(self): pass\n",
        "c = C(); callback = c.method",
        "def steps(held):\n    yield 1\n\nasync def later(held): pass\n",
        "waiting = steps(c); _ = next(waiting); coroutine = later(c)",
    )
    holding = unwatched.holders(unwatched.names("__main__")["c"].value.ref)
    found = {holder.text: holder.kind for holder in holding.holders}
    assert found == {
        "__main__.c": "name",
        "callback.__self__": "method",
        "steps(), waiting": "frame",
        "later(), waiting": "frame",
    }
    unwatched.type("coroutine.close()")


def test_what_is_beyond_the_picture_holds_too(unwatched: Learner) -> None:
    unwatched.save("m.py", OLD)
    unwatched.type("import m, atexit, json", "json.hidden = m.f", "m.f")
    found = [holder.text for holder in unwatched.holders(unwatched.names("m")["f"].value.ref).holders]
    assert found == ["_", "m.f", "json.hidden"]


def test_who_holds_a_list_can_be_asked(unwatched: Learner) -> None:
    unwatched.type("inner = [1]; outer = {'k': inner}")
    holding = unwatched.holders(unwatched.names("__main__")["inner"].value.ref)
    assert ([holder.text for holder in holding.holders], holding.gone) == (["__main__.inner", "outer['k']"], False)
    assert unwatched.holders(10**6).gone


def test_a_name_bound_anew_to_the_same_value_is_no_longer_stale(learner: Learner) -> None:
    learner.save("m.py", "a = 1000\nb = 2000\n")
    learner.type("from m import a, b", "import m")
    learner.reload("m", "a = 1001\nb = 2001\n")
    assert learner.marks() == {"a": "stale", "b": "stale"}
    learner.type("pass", "pass", "a = a", "1")
    assert learner.marks() == {"b": "stale"}
    assert (learner.names("__main__")["a"].origin, learner.names("__main__")["b"].origin) == ("", "m.b")


def test_a_decorated_method_is_as_old_as_its_class(learner: Learner) -> None:
    wrapper = "    @functools.wraps(f)\n    def wrapper(*given): return f(*given)\n    return wrapper\n"
    learner.save("tools.py", f"import functools\ndef deco(f):\n{wrapper}")
    methods = "    @deco\n    def go(self): return {0}\n    @staticmethod\n    @deco\n    def st(): return {0}\n"
    text = f"from tools import deco\nclass K:\n{methods}"
    learner.save("m.py", text.format(1))
    learner.type("import m, tools", "o = m.K(); go, st, whole = o.go, m.K.st, m.K.go", "own = tools.deco(m.K.go)")
    assert learner.marks() == {"own": "new"}
    learner.reload("m", text.format(2))
    assert learner.marks() == dict.fromkeys(["o", "go", "st", "whole", "own"], "stale")
    learner.type("new = m.K().go")
    assert learner.mark("new") == "new"
