"""Every execution of a workspace module's code is told: which, why, from what source, and whether it ended well."""

import os
from pathlib import Path

import pytest

from tests.worker.host import Host, Outcome


@pytest.fixture
def host(python, tmp_path):
    with Host(python, tmp_path) as host:
        host.run("import importlib, sys")
        yield host


def save(host: Host, path: str, text: str) -> None:
    target = host.workspace / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)


def told(outcome: Outcome) -> list[tuple[str, str, int, str, bool]]:
    return [(one.module, one.path, one.load, one.cause, one.ok) for one in outcome.loads]


def test_an_import_and_reloads_count_up_with_their_sources(host):
    save(host, "changer.py", "x = 1\n")
    first = host.run("import changer")
    assert told(first) == [("changer", "changer.py", 1, "import", True)]
    assert (first.loads[0].source, first.loads[0].stale_bytecode, first.loads[0].run) == ("x = 1\n", False, 2)
    save(host, "changer.py", "x = 'é'\n")
    second = host.run("importlib.reload(changer)")
    assert told(second) == [("changer", "changer.py", 2, "reload", True)]
    assert second.loads[0].source == "x = 'é'\n"
    assert host.run("import changer").loads == []


def test_packages_and_submodules_are_told_each(host):
    save(host, "pkg/__init__.py", "from . import sub\n")
    save(host, "pkg/sub.py", "y = 1\n")
    save(host, "pkg/other/deep.py", "z = 1\n")
    outcome = host.run("import pkg, pkg.other.deep")
    assert sorted(told(outcome)) == [
        ("pkg", "pkg/__init__.py", 1, "import", True),
        ("pkg.other.deep", "pkg/other/deep.py", 1, "import", True),
        ("pkg.sub", "pkg/sub.py", 1, "import", True),
    ]


def test_a_failed_execution_is_a_load_that_is_not_ok(host):
    save(host, "broken.py", "x = 1\n1 / 0\n")
    assert told(host.run("import broken")) == [("broken", "broken.py", 1, "import", False)]
    save(host, "broken.py", "x = 1\n")
    assert told(host.run("import broken")) == [("broken", "broken.py", 2, "import", True)]
    save(host, "broken.py", "raise SystemError\n")
    assert told(host.run("importlib.reload(broken)")) == [("broken", "broken.py", 3, "reload", False)]


@pytest.mark.parametrize(
    "source",
    [
        "try: import broken\nexcept ZeroDivisionError: pass\n",
        "try: import broken\nexcept ZeroDivisionError as error: kept = error\n",
        "import contextlib\nwith contextlib.suppress(Exception): import broken\n",
        "def f():\n    try: import broken\n    except Exception: return sys.exc_info()\n\nkept = f()",
    ],
)
def test_a_failure_that_is_caught_is_seen(host, source):
    save(host, "broken.py", "def f(): pass\n1 / 0\n")
    outcome = host.run(source)
    assert outcome.status == "ok"
    assert told(outcome) == [("broken", "broken.py", 1, "import", False)]


def test_a_failure_caught_by_another_module_does_not_make_that_one_fail(host):
    save(host, "broken.py", "1 / 0\n")
    save(host, "outer.py", "try: import broken\nexcept ZeroDivisionError as error: kept = error\n")
    assert sorted(told(host.run("import outer"))) == [
        ("broken", "broken.py", 1, "import", False),
        ("outer", "outer.py", 1, "import", True),
    ]


def test_a_module_that_keeps_its_frame_or_an_exception_has_ended_well(host):
    save(
        host, "keeper.py", "import sys\nframe = sys._getframe()\ntry: 1 / 0\nexcept ZeroDivisionError as e: error = e\n"
    )
    assert told(host.run("import keeper")) == [("keeper", "keeper.py", 1, "import", True)]


def test_a_syntax_error_executes_nothing_and_is_no_load(host):
    save(host, "wrong.py", "x = = 1\n")
    assert host.run("import wrong").loads == []
    save(host, "wrong.py", "x = 1\n")
    assert told(host.run("import wrong")) == [("wrong", "wrong.py", 1, "import", True)]


def test_circular_imports_and_a_module_that_reloads_itself(host):
    save(host, "a.py", "import b\nx = 1\n")
    save(host, "b.py", "import a\ny = 1\n")
    assert sorted(told(host.run("import a"))) == [("a", "a.py", 1, "import", True), ("b", "b.py", 1, "import", True)]
    itself = "import importlib, sys\nn = globals().get('n', 0) + 1\nif n < 3: importlib.reload(sys.modules[__name__])\n"
    save(host, "itself.py", itself)
    assert sorted(told(host.run("import itself"))) == [
        ("itself", "itself.py", 1, "import", True),
        ("itself", "itself.py", 2, "reload", True),
    ]  # within that one, reload() only gives the module back


def test_a_module_whose_reload_of_itself_fails_inside_has_still_ended_well(host):
    source = (
        "import importlib, sys\nn = globals().get('n', 0) + 1\nif n == 2: 1 / 0\n"
        "try: importlib.reload(sys.modules[__name__])\nexcept ZeroDivisionError: pass\n"
    )
    save(host, "itself.py", source)
    assert sorted(told(host.run("import itself"))) == [
        ("itself", "itself.py", 1, "import", True),
        ("itself", "itself.py", 2, "reload", False),
    ]


def test_a_module_deleted_and_imported_again_or_replaced_by_itself(host):
    save(host, "m.py", "x = 1\n")
    host.run("import m")
    assert told(host.run("del sys.modules['m']; import m")) == [("m", "m.py", 2, "import", True)]
    save(host, "proxy.py", "import sys, types\nsys.modules[__name__] = types.SimpleNamespace(x=1)\n")
    assert told(host.run("import proxy; proxy.x")) == [("proxy", "proxy.py", 1, "import", True)]


def test_an_import_in_a_thread(host):
    save(host, "m.py", "x = 1\n")
    outcome = host.run("import threading; t = threading.Thread(target=__import__, args=('m',)); t.start(); t.join()")
    assert told(outcome) == [("m", "m.py", 1, "import", True)]


def test_a_module_that_is_still_being_executed_at_the_end_of_an_entry_is_told_when_it_ends(host):
    save(host, "slow.py", "import __main__\n__main__.go.wait()\n")
    started = host.run(
        "import threading; go = threading.Event()\nt = threading.Thread(target=__import__, args=('slow',)); t.start()"
    )
    assert started.loads == []
    assert told(host.run("go.set(); t.join()")) == [("slow", "slow.py", 1, "import", True)]


def test_a_loader_called_by_hand_is_an_execution_of_its_own_cause(host):
    save(host, "m.py", "x = 1\n")
    host.run("import importlib.util; spec = importlib.util.spec_from_file_location('copy', 'm.py')")
    outcome = host.run("m = importlib.util.module_from_spec(spec); spec.loader.exec_module(m); m.x")
    assert told(outcome) == [("copy", "m.py", 1, "exec", True)]
    save(host, "m.py", "1 / 0\n")
    outcome = host.run("try: spec.loader.exec_module(m)\nexcept ZeroDivisionError: pass\n")
    assert told(outcome) == [("copy", "m.py", 2, "exec", False)]


def test_a_loader_of_ones_own_that_calls_the_usual_one_is_an_import(host):
    save(host, "m.py", "x = 1\n")
    save(
        host,
        "finder.py",
        "import importlib.machinery as machinery, sys\n"
        "class Loader(machinery.SourceFileLoader):\n"
        "    def exec_module(self, module): super().exec_module(module)\n"
        "class Finder:\n"
        "    @staticmethod\n"
        "    def find_spec(name, path=None, target=None):\n"
        "        if name == 'm': return machinery.ModuleSpec(name, Loader(name, 'm.py'), origin='m.py')\n"
        "sys.meta_path.insert(0, Finder)\n",
    )
    assert told(host.run("import finder; import m"))[1:] == [("m", "m.py", 1, "import", True)]


def test_runpy_and_exec_of_a_file(host):
    save(host, "script.py", "x = 1\n")
    outcome = host.run("import runpy; _ = runpy.run_path('script.py', run_name='__main__')")
    assert told(outcome) == [("__main__", "script.py", 1, "exec", True)]
    assert told(host.run("_ = runpy.run_module('script')")) == [("script", "script.py", 1, "exec", True)]
    outcome = host.run("exec(compile(open('script.py').read(), 'script.py', 'exec'))")
    assert told(outcome) == [("script", "script.py", 2, "exec", True)]
    assert outcome.loads[0].source == "x = 1\n"
    save(host, "script.py", "1 / 0\n")
    assert told(host.run("try: runpy.run_path('script.py')\nexcept ZeroDivisionError: pass\n"))[0][4] is False


def test_what_is_not_a_file_of_the_workspace_is_not_told(host, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "foreign.py"
    elsewhere.write_text("x = 1\n")
    host.run(f"sys.path.append({str(elsewhere.parent)!r})")
    outcome = host.run("import foreign, colorsys, this; exec('x = 1'); eval('x'); exec(compile('1', '<mine>', 'exec'))")
    assert (outcome.status, outcome.loads) == ("ok", [])


def test_bytecode_that_is_not_what_the_file_says_is_told(host):
    save(host, "m.py", "x = 1\n")
    os.utime(host.workspace / "m.py", (1_000_000_000, 1_000_000_000))
    host.run("sys.dont_write_bytecode = False; import m")
    save(host, "m.py", "x = 2\n")
    os.utime(host.workspace / "m.py", (1_000_000_000, 1_000_000_000))
    outcome = host.run("_ = importlib.reload(m); m.x")
    assert (outcome.output, outcome.loads[0].stale_bytecode, outcome.loads[0].source) == ("1\n", True, None)
    save(host, "m.py", "x = 1\n")
    os.utime(host.workspace / "m.py", (1_000_000_000, 1_000_000_000))
    outcome = host.run("_ = importlib.reload(m)")
    assert (outcome.loads[0].stale_bytecode, outcome.loads[0].source) == (False, None)


def test_looking_at_stale_bytecode_warns_of_nothing(host):
    save(host, "m.py", "x = 1\n")
    host.run("sys.dont_write_bytecode = False; import m")
    stamp = (host.workspace / "m.py").stat().st_mtime_ns
    save(host, "m.py", "'\\d' \n")
    os.utime(host.workspace / "m.py", ns=(stamp, stamp))
    before = host.run("import warnings; filters = list(warnings.filters)")
    outcome = host.run("_ = importlib.reload(m); warnings.filters == filters")
    assert (before.output, outcome.output, outcome.loads[0].stale_bytecode) == ("", "True\n", True)


def test_a_source_beyond_its_limit_is_left_out(host):
    save(host, "large.py", "x = '" + "y" * 300_000 + "'\n")
    save(host, "control.py", "x = '" + "\x01" * 250_000 + "'\n")
    outcome = host.run("import large, control")
    assert [(one.module, one.source, one.ok) for one in outcome.loads] == [
        ("large", None, True),
        ("control", None, True),
    ]


def test_a_running_loop_that_reloads_tells_each_load_at_once(host):
    save(host, "m.py", "x = 1\n")
    host.run("import m, time")
    host.begin("while m.x < 3: time.sleep(0.01); _ = importlib.reload(m)\n\n")
    for number in (2, 3):
        loaded = host.next_load()
        save(host, "m.py", f"x = {number}\n")
        while loaded.source != f"x = {number}\n":
            loaded = host.next_load()
    assert host.collect().status == "ok"


def test_a_thousand_edits_of_the_same_size_are_never_stale(host):
    save(host, "m.py", "x = 1000\n")
    host.run("import m")
    for number in range(1001, 1301):
        save(host, "m.py", f"x = {number}\n")
        assert host.run("_ = importlib.reload(m); m.x").output == f"{number}\n"


def test_a_rewrite_in_the_middle_of_many_reloads_never_gives_half_a_file(host):
    text = "x = {0}\ny = {0}\n"
    save(host, "m.py", text.format(0))
    host.run("import m")
    host.begin("for _ in range(300):\n    _ = importlib.reload(m)\n    assert m.x == m.y\n\n")
    for number in range(100):
        fresh = Path(host.workspace / "fresh")
        fresh.write_text(text.format(number))
        fresh.replace(host.workspace / "m.py")
    outcome = host.collect()
    assert (outcome.status, len(outcome.loads)) == ("ok", 300)


def test_the_code_of_a_load_dies_as_it_would_unwatched(host):
    save(host, "m.py", "def f(): pass\n")
    host.run("import m, gc, weakref; r = weakref.ref(m.f.__code__); n = len(gc.get_objects())")
    host.run("_ = importlib.reload(m)")
    assert host.run("r()").output == ""
    host.run("for _ in range(100): _ = importlib.reload(m)\n\n")
    assert host.run("gc.collect() >= 0, len(gc.get_objects()) - n < 500").output == "(True, True)\n"
