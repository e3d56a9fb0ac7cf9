"""The page's tests stand on what a real interpreter says."""

import json
import sys
from typing import Any

import pytest
from record import FOLDER, STORIES, play

VARYING = ("at", "ms", "hidden")
"""When and how fast it was; and how many names Python itself has, which depends on its version."""


def lasting(value: Any) -> Any:
    """Without what differs from one play to the next."""
    if isinstance(value, dict):
        return {name: lasting(one) for name, one in value.items() if name not in VARYING}
    return [lasting(one) for one in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("name", STORIES)
def test_a_fixture_is_what_the_interpreter_says(name: str) -> None:
    title, story = STORIES[name]
    kept = json.loads((FOLDER / f"{name}.json").read_text())
    assert kept["title"] == title
    assert lasting(play(story, sys.executable)) == lasting(kept["noted"]), "python tests/js/record.py writes it anew"


def test_every_fixture_is_recorded() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(STORIES)
