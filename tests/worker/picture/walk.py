"""A learner who does anything at all, in an interpreter that is looked at: run with a seed and a number of steps.

After each step the picture, made with the one before in mind, is held against one that is made with nothing in mind:
they must be the same but for the numbers that tokens are, and for what only the picture before can tell. That is
judged here, without keeping any object alive. It is held against a second row of pictures, too, each of which looks at
everything. Standard library only: it runs in every interpreter.
"""

import copy
import functools
import gc
import importlib
import os
import random
import re
import sys
import weakref
from collections import deque
from contextlib import suppress
from itertools import count
from pathlib import Path
from types import CodeType
from typing import Any

from sandbox.worker import budget
from sandbox.worker.drawing import Drawing, Drawn
from sandbox.worker.identity import Tokens
from sandbox.worker.observe import Load, Observer
from sandbox.worker.snapshot import Pictures
from tests.worker.picture.deeds import ENTRIES, MODULE, MORE, NAMES, PARTS, PLACES, VALUES
from tests.worker.picture.unfolding import unfolded

IMMUTABLE_TYPE = 1 << 8
"""Py_TPFLAGS_IMMUTABLETYPE."""


class Walk:
    """One interpreter, its pictures, and what is known of the last."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.observer = Observer(os.getcwd())
        self.pictures, self.thorough = Pictures(self.observer, os.getcwd()), Pictures(self.observer, os.getcwd())
        self.observer.began, self.observer.report = self._begin, self._end
        self.main: dict[str, Any] = sys.modules["__main__"].__dict__
        self.main.update(
            {"gc": gc, "sys": sys, "importlib": importlib, "functools": functools, "re": re, "deque": deque}
        )
        self.shown: dict[tuple[int, str], Any] = {}
        self.owners: dict[int, weakref.ref[Any]] = {}
        self.steps = 0
        self.last, self.last_thorough = "", ""
        sys.addaudithook(self._hear)
        sys.path.insert(0, os.getcwd())
        sys.dont_write_bytecode = True
        gc.disable()  # it is collected when an entry says so, not while a picture is judged
        self._save()
        self.type("import m")

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "exec":
            self.observer.executed(arguments[0])
        elif event == "compile" and arguments[0] is not None:
            self.observer.compiled(*arguments[:2])

    def _begin(self, load: Load, code: CodeType) -> None:
        for one in (self.pictures, self.thorough):
            one.began(load, code)

    def _end(self, load: Load, _: bool) -> None:
        for one in (self.pictures, self.thorough):
            one.ended(load)

    def _save(self) -> None:
        number = self.random.randrange(100)
        Path("m.py").write_text(MODULE.replace("{n}", str(number)) + self.random.choice(MORE))
        Path("other.py").write_text(f"shared = [{number}]\n")
        importlib.invalidate_caches()

    def _turn(self) -> None:
        """From here on she does a few kinds of things only: with all at once, much is hidden behind something else."""
        self.values, self.entries = self.random.sample(VALUES, 4), self.random.sample(ENTRIES, 12)
        self.names = self.random.sample(NAMES, 3)
        self.type("; ".join(f"{name} = None" for name in NAMES))

    def step(self) -> str:
        """Anything; what was typed."""
        if not self.steps % 30:
            self._turn()
        self.steps += 1
        if self.random.random() < 0.1:
            self._save()
        pick = self.random.choice
        words = {"k": self.random.randrange(12), "n": pick(self.names), "o": pick(self.names)}
        words["value"] = pick(self.values).format(**words)
        entry = pick(self.entries).format(place=pick(PLACES), part=pick(PARTS).format(pick(self.names)), **words)
        self.type(entry)
        return entry

    def type(self, entry: str) -> None:
        code = compile(entry, "<stdin>", "exec")
        assert type(code) is CodeType
        for one in (self.pictures, self.thorough):
            one.entered(code)
        with suppress(Exception):  # what it did until then is to be seen
            exec(code, self.main)
        sys.last_value = None
        del code
        self.observer.settle()

    # --- judging ---

    def judge(self) -> list[str]:
        """What is wrong with the picture that is taken now."""
        with self.pictures.taken(1) as text:
            self.last = text or self.last
        picture, fresh = unfolded(self.last), self._draw_afresh()
        wrong = [] if text is not None else [f"{name} is still {mark}" for name, mark in _news(picture)]
        if _without_past(picture) != _without_past(fresh):
            wrong.append(_difference(_without_past(picture), _without_past(fresh)))
        return wrong + self._judge_news(picture) + self._judge_tokens(picture) + self._judge_haste(picture)

    def _judge_haste(self, picture: Any) -> list[str]:
        """Against a picture after just as many for which all was looked at."""
        self.thorough._still = self.thorough._retouching = None
        with self.thorough.taken(1) as text:
            self.last_thorough = text or self.last_thorough
        hasty, thorough = _renumbered(picture), _renumbered(unfolded(self.last_thorough))
        return [] if hasty == thorough else [f"in haste {_difference(hasty, thorough)}"]

    def _draw_afresh(self) -> Any:
        """With nothing in mind; what the pictures have in mind is left as it is."""
        pictures = self.pictures
        tokens: Tokens = copy.copy(pictures._tokens)
        tokens._known, tokens._placed, tokens._placing, tokens._round = dict(tokens._known), {}, {}, {}
        tokens._numbers = count(10**6)
        drawing = Drawing(pictures._look(pictures._spaces()), Drawn(), tokens, pictures._memory, pictures._ownership)
        text = drawing.draw()
        pictures._ownership.end()
        return unfolded("{" + text)

    def _judge_news(self, picture: Any) -> list[str]:
        """Whether a name is new or rebound; what cannot be told without keeping an object alive is left open."""
        wrong, shown = [], {}
        for space in picture["spaces"][1:]:
            module: Any = self.pictures._tokens.find(space["token"])
            for row in space["names"]:
                key = space["token"], row["name"]
                value = vars(module)[row["name"]]
                shown[key] = _print(value)
                expected = {"new"} if key not in self.shown else _expected(self.shown[key], value)
                if row["mark"] in ("", "new", "rebound") and row["mark"] not in expected:
                    wrong.append(f"{space['name']}.{row['name']} is {row['mark']!r}, not of {expected}")
                del value
        self.shown = shown
        return wrong

    def _judge_tokens(self, picture: Any) -> list[str]:
        wrong = [f"{one['label']} has no token" for one in picture["objects"] if not one["token"]]
        for one in picture["objects"]:
            value = self.pictures._tokens.find(one["token"])
            if value is not None and self.owners.setdefault(one["token"], weakref.ref(value))() is not value:
                wrong.append(f"{one['label']} has the token {one['token']} of another")
            del value
        return wrong


def _news(picture: Any) -> list[tuple[str, str]]:
    rows = [row for space in picture["spaces"] for row in space["names"]]
    return [(row["name"], row["mark"]) for row in rows if row["mark"] in ("new", "rebound")]


def _print(value: Any) -> Any:
    if type(value).__weakrefoffset__:
        return weakref.ref(value)
    return (type(value), id(value), repr(value) if type(value) in (int, float, str, bytes) else "")


def _expected(before: Any, value: Any) -> set[str]:
    """The marks that are right for what was there before and is now another, or not."""
    if isinstance(before, weakref.ref):
        return {"" if before() is value is not None else "rebound"}
    now = _print(value)
    if isinstance(now, weakref.ref) or now[1:] != before[1:]:
        return {"rebound"}
    if now[0] is not before[0]:
        return {"rebound"} if before[0].__flags__ & IMMUTABLE_TYPE else {"", "rebound"}
    return {""} if type(value) in (list, dict, set) else {"", "rebound"}


def _without_past(picture: Any) -> Any:
    """Tokens renumbered, and no mark that comes from the picture before."""
    found = _renumbered(picture)
    for row in [row for space in found["spaces"] for row in space["names"]]:
        row["was"] = None
        row["mark"] = "" if row["mark"] in ("new", "rebound") else row["mark"]
    return _renumbered(found)


def _renumbered(picture: Any) -> Any:
    """Tokens as numbers in the order in which they come."""
    numbers: dict[int, int] = {0: 0}

    def renew(one: Any) -> Any:
        if isinstance(one, list):
            return [renew(item) for item in one]
        if not isinstance(one, dict):
            return one
        found = {key: renew(item) for key, item in one.items()}
        for key in ("token", "ref"):
            if key in found:
                found[key] = numbers.setdefault(one[key], len(numbers))
        return found

    return renew(picture)


def _difference(one: Any, other: Any, path: str = "") -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        pairs = [(key, one.get(key), other.get(key)) for key in one]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = [(index, *pair) for index, pair in enumerate(zip(one, other, strict=True))]
    else:
        return f"{path}: {one} where from scratch {other}"
    return next((_difference(a, b, f"{path}.{key}") for key, a, b in pairs if a != b), "")


def walk(seed: int, steps: int, cost: int = budget.COST_LIMIT) -> None:
    """Says what was typed and what was wrong, and exits with 1, at the first wrong picture that may cost so much."""
    budget.NAMES_COST = budget.NAMES_COST * cost // budget.COST_LIMIT
    budget.COST_LIMIT = cost
    one = Walk(seed)
    typed: list[str] = []
    for _ in range(steps):
        for _ in range(one.random.choice((1, 1, 3))):  # after three it can be told at once whether anything has changed
            if wrong := one.judge():
                print("\n".join([*typed[-12:], *wrong]))
                sys.exit(1)
        typed.append(one.step())
