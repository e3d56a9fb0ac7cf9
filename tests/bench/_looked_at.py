"""The interpreter in which `tests.bench.picture` measures: it fills itself with things and has pictures taken of them.

Standard library only: it runs in whatever interpreter is asked for.
"""

import gc
import importlib
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sandbox.worker.observe import Observer
from sandbox.worker.snapshot import Pictures

MODULE = """
def function_{n}(first, second=None):
    return first, second

class Class_{n}:
    kind = "class"

    def __init__(self, number):
        self.number, self.name, self.items = number, str(number), [number]

    def method(self):
        return self.number
"""

MAKERS = """
class Class:
    def __init__(self, number):
        self.number, self.name, self.items = number, str(number), [number]

def closures(number):
    return lambda: number

def classes(number):
    class Class:
        kind = "class"
        def method(self):
            return number
    return Class

def instances(number):
    return Class(number)

def lists(number):
    return [number, "item"]

def dictionaries(number):
    return {str(key): [key] for key in range(10)}

def tuples(number):
    return number, str(number), None

def texts(number):
    return f"{number:080}"
"""
KINDS = "closures", "classes", "instances", "lists", "dictionaries", "tuples", "texts"


class Spent(NamedTuple):
    """Nanoseconds of processor time."""

    picture: int
    afterwards: int
    """Once it is sent: the dead are forgotten, and what tells at once that nothing has changed is made."""


class Stage:
    """A folder, an observer fed by audit events as in a worker, and pictures."""

    def __init__(self) -> None:
        self.observer = Observer(os.getcwd())
        self.pictures = Pictures(self.observer, os.getcwd())
        self.observer.began, self.observer.report = self.pictures.began, lambda load, ok: self.pictures.ended(load)
        self.main: dict[str, object] = sys.modules["__main__"].__dict__
        self.pictures.prepare()
        sys.addaudithook(self._hear)
        sys.path.insert(0, os.getcwd())
        sys.dont_write_bytecode = True

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "exec":
            self.observer.executed(arguments[0])  # type: ignore[arg-type]
        elif event == "compile" and arguments[0] is not None:
            self.observer.compiled(*arguments[:2])

    def take(self) -> str | None:
        begun = time.process_time_ns()
        self.observer.settle()
        with self.pictures.taken(1) as text:
            taken = time.process_time_ns()
        self.spent = Spent(taken - begun, time.process_time_ns() - taken)
        return text

    def cheapest(self, prepare: Callable[[], object] = lambda: None, times: int = 15) -> Spent:
        """The least of several pictures, each after something was prepared."""
        found = []
        for _ in range(times):
            prepare()
            self.take()
            found.append(self.spent)
        return Spent(*map(min, zip(*found, strict=True)))


COLUMNS = (
    ("unchanged", 10),
    ("one changed", 12),
    ("reload", 8),
    ("first", 8),
    ("second", 8),
    ("afterwards", 10),
    ("kB", 6),
)
Filling = Callable[[Stage, int], None]
ENORMOUS: dict[str, Callable[[], object]] = {
    "a number of 10**8 bits": lambda: 1 << 10**8,
    "a text of 10**8 characters": lambda: "x" * 10**8,
    "a list of 10**6 numbers": lambda: [0] * 10**6,
    "a list of 10**6 lists": lambda: [[] for _ in range(10**6)],
    "a dictionary of 10**6": lambda: dict.fromkeys(range(10**6)),
}


def fill_with_scalars(stage: Stage, names: int) -> None:
    for number in range(names):
        stage.main[f"name_{number}"] = [number * 1000, float(number), f"text {number}", None, True][number % 5]


def fill_with_all(stage: Stage, names: int) -> None:
    """Of ten names: five numbers, two texts, one list, one function, one instance."""
    count = max(1, names // 20)
    name = f"made_{names}"
    Path(f"{name}.py").write_text("".join(MODULE.format(n=n) for n in range(count)))
    module = importlib.import_module(name)
    for number in range(names):
        value: object = [number * 1000, float(number), f"text {number}", None, True][number % 5]
        if number % 10 == 7:
            value = [number, "item"]
        elif number % 10 == 8:
            value = getattr(module, f"function_{number // 20 % count}")
        elif number % 10 == 9:
            value = getattr(module, f"Class_{number // 20 % count}")(number)
        stage.main[f"name_{number}"] = value


def fill_modules(stage: Stage, names: int) -> None:
    """The same in ten modules and ten times fewer names of her own."""
    for number in range(10):
        Path(f"part_{number}.py").write_text("".join(MODULE.format(n=n) for n in range(names // 20)))
        importlib.import_module(f"part_{number}")
    fill_with_all(stage, names // 10)


def fill_with_kind(kind: str, stage: Stage, names: int) -> None:
    """With what one of the `MAKERS` makes."""
    Path("makers.py").write_text(MAKERS)
    make = getattr(importlib.import_module("makers"), kind)
    stage.main.update((f"name_{number}", make(number)) for number in range(names))


def report() -> None:
    print(f"CPU milliseconds on Python {sys.version.split()[0]}, best of 15")
    print(f"{'names':>8} {'heap objects':>13} " + " ".join(f"{name:>{width}}" for name, width in COLUMNS))
    for names in (10, 100, 1000, 10_000, 100_000):
        print(row(names, 0))
    for heap in (10_000, 100_000, 1_000_000):
        print(row(100, heap))
    print("\nscalars alone")
    for names in (100, 1000, 10_000):
        print(row(names, 0, fill_with_scalars))
    print("\nin ten modules")
    print(row(1000, 0, fill_modules))
    print("\nthe first picture of 3,000 names of one kind")
    for kind in KINDS:
        first = least(partial(take_nth, 1, 3000, partial(fill_with_kind, kind)))
        print(f"{kind:>32} {first.picture / 1e6:.3f}")
    print("\nbeside 100 names, something enormous: one changed")
    for what, make in ENORMOUS.items():
        print(f"{what:>32} {in_child(lambda make=make: beside(make))}")


def row(names: int, heap: int, fill: "Filling | None" = None) -> str:
    return in_child(lambda: measure(names, heap, fill or fill_with_all))


def in_child(action: Callable[[], str]) -> str:
    """In a process of its own, so that nothing sees another's leftovers."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, action().encode())
        os._exit(0)
    os.wait()
    text = os.read(reading, 4096).decode()
    os.close(reading)
    os.close(writing)
    return text


def beside(make: Callable[[], object]) -> str:
    stage = Stage()
    fill_with_all(stage, 100)
    stage.main["enormous"] = make()
    stage.take()

    def change() -> None:
        stage.main["name_0"] = time.process_time_ns()

    return f"{stage.cheapest(change).picture / 1e6:.3f}"


def measure(names: int, heap: int, fill: "Filling") -> str:
    kept = [[] for _ in range(heap)]  # type: ignore[var-annotated]
    first, second = (least(partial(take_nth, n, names, fill)) for n in (1, 2))
    stage = Stage()
    fill(stage, names)
    text = stage.take() or ""
    stage.take()

    def change() -> None:
        stage.main["name_0"] = time.process_time_ns()

    changed = stage.cheapest(change)
    stage.take()
    stage.take()
    unchanged = stage.cheapest()
    reload = after_reload(stage)
    heavy = reload, first, second
    shown = unchanged.picture, changed.picture, *(one.picture for one in heavy), max(one.afterwards for one in heavy)
    line = f"{names:>8,} {len(gc.get_objects()):>13,} "
    line += " ".join(f"{spent / 1e6:>{width}.3f}" for spent, (_, width) in zip(shown, COLUMNS, strict=False))
    line += f" {len(text) / 1000:>6.0f}"
    line += holders(stage) if heap == 1_000_000 else ""
    del kept
    return line


def least(take: Callable[[], str]) -> Spent:
    """Of several interpreters."""
    found = [map(int, in_child(take).split()) for _ in range(5)]
    return Spent(*map(min, zip(*found, strict=True)))


def take_nth(n: int, names: int, fill: "Filling") -> str:
    """In the first picture all is new, in the second nothing."""
    stage = Stage()
    fill(stage, names)
    for _ in range(n):
        stage.take()
    return f"{stage.spent.picture} {stage.spent.afterwards}"


def after_reload(stage: Stage) -> Spent:
    """The picture after a module with 100 functions was reloaded, all of which are old in one list."""
    Path("reloaded.py").write_text("".join(f"def function_{n}(): return {n}\n" for n in range(100)))
    module = importlib.import_module("reloaded")
    stage.main["old"] = [getattr(module, f"function_{n}") for n in range(50)]
    stage.take()
    return stage.cheapest(lambda: importlib.reload(module))


def holders(stage: Stage) -> str:
    token = stage.pictures._tokens.give(stage.main["name_8"])
    found = []
    for _ in range(5):
        begun = time.process_time_ns()
        stage.pictures.holders(token)
        found.append(time.process_time_ns() - begun)
    return f"\nholders at {len(gc.get_objects()):,} heap objects: {min(found) / 1e6:.1f}"
