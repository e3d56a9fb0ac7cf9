"""The columns of a picture become its rows, and what is no picture is refused."""

from dataclasses import asdict
from typing import Any

import pytest

from sandbox.codec import ROWS_LIMIT, ProtocolError, encode
from sandbox.engine.unfold import unfold
from sandbox.picture import Picture
from sandbox.protocol import Name, Object, Part, Snapshot, Space, Value
from tests.worker.picture.unfolding import unfolded

from .pictures import objects, picture, space


def test_each_column_gives_every_row_its_item() -> None:
    names = (
        Name("a", Value("1", 0), "rebound", Value("0", 0), ""),
        Name("b", Value("f()", 7), "stale", None, "m.f"),
    )
    held = (Part("__globals__", Value("m", 3)),)
    function = Object(7, "function", "function", "f()", "m.f", 1, True, "def f(): 1\n", held)
    items = Part("0", Value("1", 0)), Part("1", Value("f()", 7)), Part("", Value("+ 8 more", 0))
    numbers = Object(8, "list", "list", "list", "", 0, False, "", items)
    told = Snapshot(0, 5, False, (Space("m", 2, 3, "m.py", names, 1),), (function, numbers))
    assert unfold(picture(5, space(), objects=objects())) == told


def test_an_empty_picture_is_an_empty_snapshot() -> None:
    assert unfold(picture(1)) == Snapshot(0, 1, False, (), ())


BROKEN: dict[str, tuple[Picture, str]] = {
    **{
        f"names without {column}": (picture(1, space(**{column: ()})), "lengths")
        for column in ("names", "texts", "refs", "marks", "origins")
    },
    "rebound from nothing": (picture(1, space(was_texts=(), was_refs=())), "rebound"),
    "half of what was": (picture(1, space(was_refs=())), "lengths"),
    "more than was": (picture(1, space(marks=("", ""))), "rebound"),
    **{
        f"objects without {column}": (picture(1, objects=objects(**{column: ()})), "lengths")
        for column in ("tokens", "kinds", "types", "labels", "homes", "loads", "stale", "codes", "more", "keys", "refs")
    },
    "more parts than there are": (picture(1, objects=objects(sizes=(1, 3))), "sizes"),
    "a size below zero": (picture(1, objects=objects(sizes=(4, -1))), "sizes"),
    "sizes beyond all numbers": (picture(1, objects=objects(sizes=(2**62, 2**62))), "sizes"),
    "too many spaces": (picture(1, *[space()] * (ROWS_LIMIT // 3 + 1)), str(ROWS_LIMIT)),
}


@pytest.mark.parametrize(("broken", "why"), BROKEN.values(), ids=BROKEN.keys())
def test_columns_that_do_not_fit_each_other_are_refused(broken: Picture, why: str) -> None:
    with pytest.raises(ProtocolError, match=why):
        unfold(broken)


def test_the_tests_of_the_worker_read_pictures_as_the_engine_does() -> None:
    whole = picture(5, space(), space(marks=("", ""), was_texts=(), was_refs=()), objects=objects())
    assert _listed(asdict(unfold(whole))) == {"seq": 0, "run": 5, **unfolded(encode(whole))}


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _listed(item) for key, item in value.items()}
    return [_listed(item) for item in value] if isinstance(value, tuple) else value
