"""Looking runs nothing, keeps nothing and makes nothing, whatever stands before the camera."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.codec import WORKER_LIMIT, encode
from tests.worker.host import BOOT, Host
from tests.worker.picture.hostile import OBJECTS, SCREAM
from tests.worker.picture.learner import Learner


class BlindHost(Host):
    """A worker that takes no pictures."""

    boot = BOOT.replace(
        "start;",
        "start; sys.path.insert(0, {root!r}); from tests.worker.picture.blind import blind; blind(); "
        "del blind, sys.path[0];",
    )


@pytest.fixture
def hosts(python: str, tmp_path: Path) -> Iterator[tuple[Host, Host]]:
    """One that looks and one that does not, in folders of the same length."""
    for name in ("a", "b"):
        (tmp_path / name / "work").mkdir(parents=True)
    with Host(python, tmp_path / "a" / "work") as seeing, BlindHost(python, tmp_path / "b" / "work") as blind:
        yield seeing, blind


def both(hosts: tuple[Host, Host], *entries: str) -> None:
    """The entries print the same in both, wherever they run."""
    outputs = []
    for host in hosts:
        outputs.append([host.run(entry).output.replace(str(host.workspace), "HERE") for entry in entries])
    assert outputs[0] == outputs[1]


def paste(text: str) -> list[str]:
    """A program as entries: one for each piece between blank lines."""
    return [piece.strip("\n") + "\n" for piece in text.strip("\n").split("\n\n")]


def test_nothing_of_a_hostile_learners_runs(unwatched: Learner) -> None:
    unwatched.type(*[f"exec({SCREAM!r})", f"exec({OBJECTS!r})"])
    assert "TOUCHED" not in unwatched.output
    for entry in ("1", "x = 1", "x = 2", "Meta.armed"):
        unwatched.type(entry)
        assert "TOUCHED" not in unwatched.output
    assert unwatched.picture is not None
    names = unwatched.names("__main__")
    assert {"h", "s", "d", "l", "t", "n", "f", "Named", "inst", "inst2", "me", "ring", "desc"} <= names.keys()
    assert unwatched.card("f").object.label == "f()" and unwatched.card("desc").object.label == "Described object"
    for name in ("h", "s", "f", "me"):
        unwatched.holders(names[name].value.ref)
    unwatched.type("Meta.armed = False")
    assert "TOUCHED" not in unwatched.output


def test_a_learners_audit_hook_is_told_nothing(unwatched: Learner) -> None:
    unwatched.save("m.py", "def f(x=1): pass\nclass C:\n    def m(self): yield\n")
    unwatched.type("import m, sys; c = m.C(); g = c.m(); _ = next(g)", "heard = []")
    unwatched.type(
        "done = []; sys.addaudithook(lambda event, arguments: done or heard.append(event))",
        "c.x = 1",
        "y = m.f",
        "done.append(1)",
    )
    unwatched.type("print({one for one in heard if one in ('builtins.id', 'object.__getattr__', 'gc.get_referrers')})")
    assert "builtins.id" not in unwatched.output and "gc.get" not in unwatched.output


def test_counts_of_references_are_the_same(hosts: tuple[Host, Host]) -> None:
    for host in hosts:
        (host.workspace / "m.py").write_text("def f(): pass\nclass C: pass\nitems = [1]\n")
    both(
        hosts,
        "import m, sys; c = m.C(); c.x = object(); big = 10**30; text = 'ab' * big.bit_length()",
        "sys.getrefcount(m), sys.getrefcount(m.f), sys.getrefcount(m.C), sys.getrefcount(m.items)",
        "sys.getrefcount(c), sys.getrefcount(c.x), sys.getrefcount(big), sys.getrefcount(m.f.__code__)",
        "sys.getrefcount(m.__dict__), sys.getrefcount(c.__dict__), sys.getrefcount(globals())",
        "sys.getrefcount(m.C.__mro__), sys.getrefcount(text)",
    )


def test_objects_die_when_they_did(hosts: tuple[Host, Host]) -> None:
    both(
        hosts,
        "import weakref, gc\nclass D:\n    def __init__(self, name): self.name = name\n"
        "    def __del__(self): print('end of', self.name)\n",
        "gc.collect() >= 0",
        "a = D('a'); r = weakref.ref(a, lambda _: print('gone'))",
        "a = None",
        "b = D('b'); b.me = b; del b",
        "gc.collect() > 0",
        "l = [D('c')]; l.append(l); del l",
        "for i in range(3): d = D(i)\n",
        "c = D('last'); d = {'c': c}; del c",
        "d.clear()",
        "gc.collect(); gc.garbage",
        "print(type('Temporary', (), {'__del__': lambda self: print('t')})().x)",
        "import sys; sys.last_value = sys.last_traceback = sys.last_exc = None",
    )


def test_an_object_whose_holders_were_asked_for_dies_when_it_did(unwatched: Learner) -> None:
    unwatched.save("m.py", "def f(): pass\n")
    unwatched.type("import m, gc, weakref; gc.disable()", "r = weakref.ref(m.f)", "f = m.f; del m.f")
    assert unwatched.holders(unwatched.names("__main__")["f"].value.ref).holders
    unwatched.type("del f", "r() is None")
    assert unwatched.output == "True\n"


def test_what_is_looked_at_has_one_weak_reference(unwatched: Learner) -> None:
    unwatched.save("m.py", "def f(): pass\nclass C: pass\n")
    unwatched.type("import m, weakref, collections; c, d, s, g = m.C(), collections.deque(), {1}, len", "1", "2", "3")
    unwatched.type("found = [m, weakref, m.f, m.C, c, d, s, g]", "count = weakref.getweakrefcount")
    unwatched.type("print({*map(count, found)}, {*map(count, [m.__spec__, m.__loader__])}, count(m.f.__code__))")
    assert unwatched.output == "{1} {0} 1\n"
    unwatched.type("refs = [*map(weakref.ref, found)]; print({*map(count, found)})")
    assert unwatched.output == "{1}\n"


def test_what_looking_leaves_does_not_grow(hosts: tuple[Host, Host]) -> None:
    growths = []
    for host in hosts:
        host.run("import gc\nclass C: pass\n")
        host.run("def f(): pass\n")
        for number in range(20):
            host.run(f"x = C(); x.number = {number}; y = [x, f]")
        host.run("gc.collect(); n = len(gc.get_objects())")
        host.run("gc.collect(); n = len(gc.get_objects())")
        for number in range(1000):
            host.run(f"x = C(); x.number = {number}; y = [x, f]")
        host.run("gc.collect(); print(len(gc.get_objects()) - n)")
        growths.append(int(host.run("gc.collect(); print(len(gc.get_objects()) - n)").output.split()[-1]))
        host.stray.clear()
    assert abs(growths[0] - growths[1]) <= 2, growths


def test_looking_makes_no_dictionary_and_no_frame(hosts: tuple[Host, Host]) -> None:
    both(
        hosts,
        "import gc\nclass C:\n    def __init__(self): self.held = [1]\n",
        "def g():\n    yield 1\n",
        "def f(): pass\n",
        "c, gen = C(), g(); next(gen)",
        "1",
        "sorted(type(one).__name__ for one in gc.get_referents(c))",
        "sorted(type(one).__name__ for one in gc.get_referents(f))",
        "[type(one).__name__ for one in gc.get_referrers(c.held)]",
        "sorted(type(one).__name__ for one in gc.get_referrers(c))",
        "sorted(type(one).__name__ for one in gc.get_referents(gen))",
    )


def test_modules_tracebacks_and_warnings_are_the_same(hosts: tuple[Host, Host]) -> None:
    for host in hosts:
        (host.workspace / "m.py").write_text("def f():\n    return 1 / 0\n")
    both(
        hosts,
        "import m, sys, warnings, threading",
        "m.f()",
        "def deep(n): return deep(n + 1)\n",
        "deep(0)",
        "sys.last_value.__traceback__.tb_frame.f_back is None, threading.active_count()",
        "list(sys.modules)",
        "warnings.warn('once')",
        "warnings.warn('once')",
        "sys.getrecursionlimit(), sys.gettrace(), sys.getprofile(), sys.getswitchinterval()",
        "dir(), dir(m)",
        "import gc; gc.isenabled(), gc.get_threshold(), gc.get_freeze_count(), gc.callbacks",
        "sys.getallocatedblocks() > 0",
    )


def test_a_small_recursion_limit_does_not_end_the_interpreter(unwatched: Learner) -> None:
    unwatched.save("m.py", "def f(): pass\n")
    unwatched.type("import sys, m")
    for limit in (100, 30, 20):
        unwatched.attempt(f"sys.setrecursionlimit({limit}); x = {limit}")
        unwatched.attempt("y = [[[[1]]]]; import importlib; importlib.reload(m)")
    unwatched.type("sys.setrecursionlimit(1000)", "z = 1")
    assert unwatched.mark("z") == "new"


ENORMOUS = {
    "a number of 10**8 bits": "n = 1 << 10**8",
    "a text": "s = 'x' * 10**8",
    "bytes": "b = b'x' * 10**8",
    "a list": "l = [0] * 10**6",
    "a list of lists": "l = [[] for _ in range(10**6)]",
    "a dict": "d = dict.fromkeys(range(10**6))",
    "a set": "s = set(range(10**6))",
    "a tuple": "t = tuple(range(10**6))",
    "names": "globals().update((f'name_{n}', n) for n in range(10**5))",
    "attributes": "class C: pass\n\nc = C(); c.__dict__.update((f'name_{n}', n) for n in range(10**5))",
    "a class": "C = type('C', (), {f'name_{n}': n for n in range(10**5)})",
    "depth": "l = []\nfor _ in range(10**5): l = [l]\n",
    "a long name": "globals()['n' * 10**6] = 1; globals()['€' * 150] = '\\x01' * 10**5",
    "texts that grow in JSON": "l = [[chr(1) * 70 for _ in range(49)] for _ in range(300)]",
    "functions": "fs = [lambda: n for n in range(10**4)]",
    "modules": "import os, sys, types\nfor n in range(9000):\n"
    "    m = sys.modules[f'm{n}'] = types.ModuleType(f'm{n}'); m.__file__ = f'{os.getcwd()}/m{n}.py'\n",
}


@pytest.mark.parametrize("entry", ENORMOUS.values(), ids=ENORMOUS.keys())
def test_nothing_enormous_breaks_the_bounds_of_a_picture(entry: str, unwatched: Learner) -> None:
    unwatched.attempt(entry)
    for number in range(3):
        unwatched.type(f"x = {number}")
        assert unwatched.picture is not None and len(encode(unwatched.picture).encode()) <= WORKER_LIMIT
    assert unwatched.picture is not None
    assert unwatched.picture.truncated or unwatched.mark("x") == "rebound"


def test_a_thread_that_changes_everything_meanwhile_breaks_nothing(unwatched: Learner) -> None:
    unwatched.type(
        "import threading\ngo = True\ndata = {}; items = []; things = set()\nclass C: pass\n",
        "c = C()",
        "def churn():\n    n = 0\n    while go:\n        n += 1\n        data[n % 97] = [n]; items.append(n)\n"
        "        things.add(n % 89); setattr(c, f'a{n % 83}', n); globals()[f'g{n % 79}'] = n\n"
        "        if n % 50 == 0: data.clear(); items.clear(); things.clear(); c.__dict__.clear()\n",
        "t = threading.Thread(target=churn); t.start()",
    )
    for number in range(30):
        unwatched.type(f"x = {number}")
    unwatched.type("go = False; t.join()", "x = 'end'")
    assert unwatched.mark("x") == "rebound"
