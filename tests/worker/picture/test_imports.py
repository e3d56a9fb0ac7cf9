"""What is followed of from-imports, and what is not. Each is judged by the truth as well, at every step."""

import pytest

from tests.worker.picture.learner import Learner

MODULE = "class C: pass\nthings, thing, items, x = {1}, C(), [1], [1]\n"
TAKEN = ("things", "thing", "items")


@pytest.mark.parametrize("taking", ["from m import things, thing, items", "from m import *"])
def test_what_was_taken_is_old_after_a_reload_in_the_same_entry(taking: str, learner: Learner) -> None:
    learner.save("m.py", MODULE)
    learner.type("import m, importlib", f"{taking}; _ = importlib.reload(m)")
    for _ in range(3):
        assert [learner.mark(name) for name in TAKEN] == ["stale"] * 3
        learner.type("pass")


def test_a_name_bound_after_a_star_import_is_not_from_there(learner: Learner) -> None:
    learner.save("m.py", MODULE)
    learner.type("import m", "x = 5; from m import *; items = [7]")
    assert [learner.names("__main__")[name].origin for name in ("x", "items")] == ["m.x", ""]
    learner.type("m.x = m.items = 1")
    assert [learner.mark(name) for name in ("x", "items")] == ["stale", ""]


def test_a_from_import_that_is_not_reached_binds_nothing(learner: Learner) -> None:
    learner.save("m.py", MODULE)
    learner.type("import m", "globals()['x'] = [7]", "if not m: from m import x\n")
    assert learner.names("__main__")["x"].origin == ""


def test_a_function_that_would_bind_the_name_has_not_yet(learner: Learner) -> None:
    learner.save("m.py", MODULE)
    learner.type("import m", "from m import x", "def rebind():\n    global x\n    x = 1\n", "m.x = 2")
    assert learner.mark("x") == "stale"
    learner.type("rebind()")
    assert learner.mark("x") == "rebound"


def test_what_took_the_place_of_an_import_is_at_home_there(learner: Learner) -> None:
    learner.save("n.py", "def g(): pass\n")
    learner.save("other.py", "def make():\n    def inner(): pass\n    return inner\n")
    learner.save("m.py", "from n import *\n")
    learner.type("import m, other", "m.g = other.make()", "kept = m.g", "m.g = 1")
    assert learner.mark("kept") == "stale"


@pytest.mark.parametrize("taken", ["new", "old"])
@pytest.mark.parametrize(
    "code",
    [
        "if {new}: from new import run\nelse: from old import run\n",
        "if {new}:\n    from new import run\nelif True:\n    from old import run\nelse:\n    run = 1\n",
        "if not {new}: from old import *\nelse: from new import *\n",
        "try:\n    if not {new}: raise ImportError\n    from new import run\n"
        "except ImportError:\n    from old import run\n",
    ],
    ids=["if", "elif", "stars", "try"],
)
def test_of_branches_with_from_imports_the_one_that_ran_is_meant(code: str, taken: str, learner: Learner) -> None:
    for name in ("old", "new"):
        learner.save(f"{name}.py", "def run(): pass\n")
    learner.save("app.py", code.format(new=taken == "new"))
    learner.type("import old, new, app", "from app import run as kept")
    assert learner.names("app")["run"].origin == f"{taken}.run"
    assert learner.marks("app") == {}
    learner.reload("old" if taken == "new" else "new", "def run(): pass\n")
    assert learner.marks("app") == {}
    learner.reload(taken, "def run(): pass\n")
    assert learner.marks("app") == {"run": "stale"}


def test_a_from_import_with_a_value_to_fall_back_on_is_followed_where_it_ran(learner: Learner) -> None:
    learner.save("settings.py", "LIMIT = [1]\n")
    text = "try:\n    from {} import LIMIT\nexcept ImportError:\n    LIMIT = [2]\n"
    learner.save("app.py", text.format("settings"))
    learner.save("other.py", text.format("nowhere"))
    learner.type("import app, other, settings")
    learner.reload("settings", "LIMIT = [3]\n")
    assert [learner.marks(name) for name in ("app", "other")] == [{"LIMIT": "stale"}, {}]
