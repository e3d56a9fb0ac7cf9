"""Writes fixtures/snapshots/*.json: sessions as the page gets them, played with a real interpreter.

Run it after a change of the picture: `python tests/js/record.py`.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from sandbox.engine.interface import Job, Limits
from sandbox.engine.local import LocalEngine
from sandbox.protocol import Message, Run, Save, Saved, Snapshot
from sandbox.session.session import Session
from tests.session.puppet import Listener, PuppetJournal

FOLDER = Path(__file__).parent / "fixtures" / "snapshots"
TOLD = ("loaded", "snapshot", "disk", "finished")
"""Kinds of events that the picture is made of."""

Story = list[tuple[str, str] | str]
"""Saves as path and text, and entries."""

CALLBACKS = """GREETING = '{0}'


def hello(who):
    return GREETING + ' ' + who


def make(punct):
    def greet():
        return GREETING + punct
    return greet


class Button:
    def press(self):
        return '{0}!'
"""
POLITE = """{0}def greet(who):
    return '{1} ' + who


def make(sign):
    def hail(who, word='{1}'):
        return word + ' ' + who + sign
    return hail
"""
CIRCLE = """class Circle:
    def __init__(self, radius):
        self.radius = radius

    def area(self):
        return {} * self.radius ** 2
"""
LOGGED = """import functools


def logged(function):
    @functools.wraps(function)
    def call(*args):
        return function(*args)
    return call
"""
DECORATED = """import enum
from tools import logged


@logged
def inc(n):
    return n + {0}


class Color(enum.Enum):
    RED = {0}
"""
JAR = """class Jar:
    colour = '{0}'

    def take(self, count={1}):
        return count
"""
MODULES = range(20)
FUNCTIONS = range(8)


def many(load: int) -> Story:
    """The files of many modules, as they are for a load."""
    text = "".join(f"def f{number}():\n    return {load}\n\n\n" for number in FUNCTIONS)
    return [(f"mod{number}.py", text) for number in MODULES]


STORIES: dict[str, tuple[str, Story]] = {
    "from_import": (
        "from changer import printer, then reload",
        [
            ("changer.py", 'message = "First version"\ngreeting = "Hi"\n\n\ndef printer():\n    print(message)\n'),
            "import changer, importlib",
            "from changer import printer",
            "printer()",
            ("changer.py", 'message = "After editing"\n\n\ndef printer():\n    print("reloaded:", message)\n'),
            "importlib.reload(changer)",
        ],
    ),
    "old_instance": (
        "an old instance of a reloaded class",
        [
            ("shapes.py", CIRCLE.format("3")),
            "import shapes, importlib",
            "c = shapes.Circle(2)",
            ("shapes.py", CIRCLE.format("3.14159")),
            "importlib.reload(shapes)",
        ],
    ),
    "old_class": (
        "a class that keeps its attributes and its methods' defaults",
        [
            ("jar.py", JAR.format("red", 1)),
            "import jar, importlib",
            "Jar = jar.Jar; mine = Jar()",
            ("jar.py", JAR.format("blue", 2)),
            "importlib.reload(jar)",
        ],
    ),
    "failed_reload": (
        "a reload that fails half-way",
        [
            (
                "changer.py",
                "limit = 1\n\n\ndef rate():\n    return limit\n\n\nscale = 10\n\n\n"
                "def report():\n    return rate() * limit\n",
            ),
            "import changer, importlib",
            (
                "changer.py",
                "limit = 2\n\n\ndef rate():\n    return limit / 100\n\n\nscale = 1 / 0\n\n\n"
                "def report():\n    return rate() * scale\n",
            ),
            "importlib.reload(changer)",
        ],
    ),
    "leftover": (
        "a name that the file no longer binds",
        [
            ("changer.py", 'def old_api():\n    return "I was deleted"\n\n\nx = 1\n'),
            "import changer, importlib",
            ("changer.py", 'def new_api():\n    return "I was renamed"\n\n\nx = 2\n'),
            "importlib.reload(changer)",
        ],
    ),
    "added": (
        "names put into a module from outside",
        [
            ("changer.py", "limit = 10\n"),
            "import changer, importlib",
            "changer.limit = 99; changer.extra = 'mine'",
            "importlib.reload(changer)",
        ],
    ),
    "two_copies": (
        "two copies of one module",
        [
            ("m.py", "x = 'v1'\n\n\ndef f():\n    return x\n"),
            "import m, sys",
            "old, f = m, m.f",
            ("m.py", "x = 'v2'\n\n\ndef f():\n    return x\n"),
            "del sys.modules['m']",
            "import m",
        ],
    ),
    "new_object": (
        "an import after the module was taken out of sys.modules",
        [
            ("greeting.py", "word = 'Hello'\n"),
            "import greeting, sys, importlib",
            "del sys.modules['greeting']",
            "import greeting",
            "importlib.reload(greeting)",
        ],
    ),
    "kept_by_itself": (
        "a module that keeps its old function, and a function that keeps its default and its closure",
        [
            ("polite.py", POLITE.format("", "Hello")),
            "import polite, importlib",
            "hail = polite.make('!')",
            ("polite.py", POLITE.format("original = greet\n\n\n", "Hi")),
            "importlib.reload(polite)",
        ],
    ),
    "two_names": (
        "one file under two names",
        [
            ("tools/box.py", "items = []\n"),
            "import sys; sys.path.append('tools')",
            "import tools.box, box",
        ],
    ),
    "submodule": (
        "a package and its submodule",
        [
            ("pkg/__init__.py", "x = 1\n"),
            ("pkg/sub.py", "x = 1\n\n\ndef g():\n    return x\n"),
            "import pkg.sub, importlib",
            "from pkg import sub",
            ("pkg/__init__.py", "x = 2\n"),
            ("pkg/sub.py", "x = 2\n\n\ndef g():\n    return x + 1\n"),
            "importlib.reload(pkg)",
        ],
    ),
    "decorated": (
        "functions that decorators made, and an enum",
        [
            ("tools.py", LOGGED),
            ("m.py", DECORATED.format(1) + LOGGED + "\n\n@logged\ndef dec(n):\n    return n - 1\n"),
            "import m, importlib",
            "from m import inc, dec",
            "red = m.Color.RED",
            ("m.py", DECORATED.format(2) + "\n\ndef dec(n):\n    return n - 2\n"),
            "importlib.reload(m)",
        ],
    ),
    "callbacks": (
        "callbacks: a bound method, a partial, a closure",
        [
            ("m.py", CALLBACKS.format("hello")),
            "import m, importlib, functools",
            "handlers = [m.Button().press, functools.partial(m.hello, 'Ada'), m.make('!')]",
            ("m.py", CALLBACKS.format("hola")),
            "importlib.reload(m)",
        ],
    ),
    "values": (
        "a plain value and an alias",
        [
            ("config.py", "limit = 10\n\n\ndef check():\n    return limit\n"),
            "import config, importlib",
            "from config import limit",
            "test = config.check",
            ("config.py", "limit = 20\n\n\ndef check():\n    return limit > 0\n"),
            "importlib.reload(config)",
            "from config import limit",
        ],
    ),
    "subclass": (
        "a subclass in another module",
        [
            ("shapes.py", "class Shape:\n    sides = 0\n"),
            ("app.py", "import shapes\n\n\nclass Square(shapes.Shape):\n    pass\n"),
            "import app, shapes, importlib",
            ("shapes.py", "class Shape:\n    sides = 4\n"),
            "importlib.reload(shapes)",
        ],
    ),
    "taken_out": (
        "a module taken out of sys.modules after a reload",
        [
            ("changer.py", "def printer():\n    print(1)\n"),
            "import changer, importlib, sys; from changer import printer",
            ("changer.py", "def printer():\n    print(22)\n"),
            "importlib.reload(changer)",
            "del sys.modules['changer']",
        ],
    ),
    "passed_on": (
        "a function that another module passes on",
        [
            ("core.py", "def work():\n    return 'old'\n\n\nclass Once:\n    pass\n"),
            ("api.py", "import core\nfrom core import work\n\nonce = core.Once()\n"),
            "import core, api, importlib",
            "from api import work, once",
            ("core.py", "def work():\n    return 'new!'\n\n\nclass Once:\n    size = 1\n"),
            "importlib.reload(core)",
            "importlib.reload(api)",
        ],
    ),
    "cached": (
        "a function that a cache wraps",
        [
            (
                "m.py",
                "import functools\n\n\n@functools.cache\ndef c(n):\n    return n\n",
            ),
            "import m, importlib",
            "from m import c; d = c",
            (
                "m.py",
                "import functools\n\n\n@functools.cache\ndef c(n):\n    return n + 1\n",
            ),
            "importlib.reload(m)",
        ],
    ),
    "two_errors": (
        "an entry in which two loads fail, and one that fails after its load",
        [
            ("bad.py", "x = {}['no']\n"),
            ("outerm.py", "try:\n    import bad\nexcept KeyError:\n    raise RuntimeError('no')\n"),
            ("ok.py", "x = 1\n"),
            "import importlib, ok",
            "import outerm",
            ("ok.py", "raise ValueError\n"),
            "try:\n    importlib.reload(ok)\nexcept ValueError:\n    undefined_name\n",
            "importlib.reload(ok)",
        ],
    ),
    "class_method": (
        "a class method taken from a class",
        [
            ("m.py", "class K:\n    @classmethod\n    def cm(cls):\n        return 1\n"),
            "import m, importlib",
            "cm = m.K.cm",
            ("m.py", "class K:\n    @classmethod\n    def cm(cls):\n        return 22\n"),
            "importlib.reload(m)",
        ],
    ),
    "stale_leftover": (
        "a leftover that is stale, too",
        [
            ("n.py", "def a():\n    return 1\n"),
            ("m.py", "from n import *\n"),
            "import m, n, importlib",
            ("m.py", "x = 1\n"),
            "importlib.reload(m)",
            ("n.py", "def a():\n    return 22\n"),
            "importlib.reload(n)",
        ],
    ),
    "by_hand": (
        "a module put into sys.modules by hand",
        [
            ("m.py", "def f():\n    return 1\n"),
            "import m, sys, types",
            "from m import f; old = m",
            "sys.modules['m'] = types.SimpleNamespace(f=1)",
            "sys.modules['m'] = types.ModuleType('m')",
        ],
    ),
    "imports": (
        "from-imports, written in several ways",
        [
            ("pkg/__init__.py", "from .a import h as hail\n\none = 1\n"),
            ("pkg/a.py", "def h():\n    return 1\n"),
            "import importlib; from pkg.a import h as hh",
            "from pkg import *",
            "from pkg import one; two = a",
            "exec('from pkg.a ' + 'import h')",
            ("pkg/a.py", "def h():\n    return 22\n"),
            "importlib.reload(a)",
        ],
    ),
    "inner_class": (
        "a class that a call made",
        [
            (
                "m.py",
                "def factory():\n    class WithM:\n        def go(self):\n            return 1\n\n    return WithM\n",
            ),
            "import m, importlib",
            "Made = m.factory(); wm = Made()",
            (
                "m.py",
                "def factory():\n    class WithM:\n        def go(self):\n            return 22\n\n    return WithM\n",
            ),
            "importlib.reload(m)",
        ],
    ),
    "big": (
        "200 cards, 300 arrows",
        [
            *many(1),
            "import importlib, " + ", ".join(f"mod{number}" for number in MODULES),
            "; ".join(f"old{number} = mod{number}.f0" for number in MODULES),
            *many(2),
            "; ".join(f"_ = importlib.reload(mod{number})" for number in MODULES),
        ],
    ),
    "truncated": (
        "more than a picture holds",
        [
            ("data.py", "rows = [n * n for n in range(1_000_000)]\n"),
            "import data; globals().update((f'name_{n}', n) for n in range(120))",
        ],
    ),
}


def play(story: Story, python: str) -> list[dict[str, Any]]:
    """What the page gets of a session, as a transcript."""
    engine, listener = LocalEngine(capacity=1), Listener()
    session = Session("fixture", engine, Job(python, Limits(), {}), journal=PuppetJournal())
    session.attach(listener, "token")
    session.start()
    listener.wait_for("ready")
    try:
        return [noted for number, step in enumerate(story, 1) for noted in _play(step, number, session, listener)]
    finally:
        session.close()
        listener.wait_for("exited")
        engine.close()


def _play(step: tuple[str, str] | str, number: int, session: Session, listener: Listener) -> list[dict[str, Any]]:
    if isinstance(step, tuple):
        session.handle(listener, Save(*step))
        return [_noted(number, Saved(step[0])), _noted(0, listener.wait_for("disk"))]
    run = Run(number, step)
    session.handle(listener, run)
    heard = listener.wait_until("disk")
    return [_noted(number, run), *(_noted(0, one) for one in heard if one.kind in TOLD)]


def _noted(seq: int, message: Message) -> dict[str, Any]:
    plain = {"kind": message.kind, **asdict(message)}  # type: ignore[call-overload]
    if isinstance(message, Snapshot):
        assert message.seq
    return {"seq": seq, "at": 1_795_000_000, "message": plain | ({"ms": 2} if "ms" in plain else {})}


def main() -> None:
    for name, (title, story) in STORIES.items():
        lines = ",\n".join(json.dumps(noted, ensure_ascii=False) for noted in play(story, sys.executable))
        (FOLDER / f"{name}.json").write_text(f'{{"title": {json.dumps(title)}, "noted": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
