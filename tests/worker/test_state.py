"""The interpreter's state is that of a bare `python -i`."""

import subprocess
import sys
from pathlib import Path

from tests.transcripts.player import Stage
from tests.worker.host import ROOT, Host
from tests.worker.stage import ReferenceStage, WorkerStage

STATE = [
    "import sys",
    "list(sys.modules)",
    "sys.flags",
    "sys.argv, sys.path, sys.meta_path, sys.path_hooks",
    "sorted(sys.path_importer_cache)",
    "dir()",
    "{k: v for k, v in vars().items() if k != '__builtins__'}",
    "type(__loader__), __loader__, __spec__, __builtins__",
    "sorted(set(dir(__builtins__)))",
    "sys._getframe().f_back, len(__import__('inspect').stack())",
    "import threading, signal, warnings, gc, os, linecache",
    "threading.active_count(), threading.current_thread().name, len(sys._current_frames())",
    "[(s.name, signal.getsignal(s)) for s in sorted(signal.valid_signals()) if isinstance(s, signal.Signals)]",
    "signal.pthread_sigmask(signal.SIG_BLOCK, [])",
    "warnings.filters",
    "gc.isenabled(), gc.get_threshold(), gc.callbacks, gc.get_freeze_count()",
    "sorted(key for key in os.environ), os.getcwd() == os.path.realpath('.')",
    "sorted(key for key in linecache.cache if key.startswith('<'))",
    "sys.getrecursionlimit(), sys.getswitchinterval(), sys.gettrace(), sys.getprofile(), sys.warnoptions",
    "sys.stdin, sys.stdout, sys.stderr, sys.excepthook, sys.displayhook, sys.unraisablehook, threading.excepthook",
    "sys.stdout.line_buffering, sys.stdout.write_through, sys.stdin.line_buffering, sys.stdin.fileno()",
    "os.get_inheritable(0), os.getpgrp() == os.getpid(), os.umask(0o022)",
    "import locale; locale.getlocale(), sys.getfilesystemencoding(), sys.getdefaultencoding()",
    "import changer",
    "type(changer.__loader__), vars(changer.__loader__), vars(changer.__spec__), changer.__spec__",
    "sorted(vars(changer)), changer.__file__, changer.__cached__, changer.__builtins__ is __builtins__.__dict__",
    "import inspect; inspect.getsource(changer.f), inspect.getfile(changer), inspect.getmodule(changer.f)",
    "changer.f.__code__.co_filename, changer.f.__code__.co_firstlineno",
    "import importlib; importlib.reload(changer), list(importlib._bootstrap._module_locks)",
    "sys.getrefcount(changer), sys.getrefcount(changer.f), sys.getrefcount(changer.f.__code__)",
    "list(sys.modules)",
]


def say(stage: Stage, line: str) -> tuple[str, str]:
    output, kind = stage.console.line(line)
    return stage.normalise(output), kind


def test_state_is_that_of_a_bare_interpreter(python, tmp_path):
    with ReferenceStage(python, tmp_path / "bare") as bare, WorkerStage(python, tmp_path / "ours") as ours:
        for stage in (bare, ours):
            stage.write("changer.py", "def f():\n    return 1\n", same_time=False)
        for line in STATE:
            said = [
                (stage.normalise(output), kind) for stage in (ours, bare) for output, kind in [stage.console.line(line)]
            ]
            assert said[0] == said[1], line


def test_known_differences_are_these(python, tmp_path):
    with WorkerStage(python, tmp_path) as stage:
        stage.console.line("import sys")
        assert stage.console.line("print(sys.ps1)")[0] == "\n"
        assert (
            stage.console.line("sys.ps1, sys.ps2, type(sys.ps1), len(sys.ps1)")[0]
            == "('>>> ', '... ', <class 'str'>, 4)\n"
        )
        assert stage.console.line("sys.orig_argv[1:]")[0] == "['-u', '-i']\n"
        stage.console.line("import weakref\ndef f(): pass\n")
        assert stage.console.line("weakref.getweakrefcount(f)")[0] == "1\n"  # so that the picture knows it again


def test_the_first_file_a_learner_opens_is_number_three(python, tmp_path):
    with Host(python, tmp_path) as host:
        assert host.run("open('f', 'w').fileno()").output == "3\n"


def test_bytecode_is_not_written(python, tmp_path):
    (tmp_path / "m.py").write_text("x = 1\n")
    with Host(python, tmp_path) as host:
        assert host.run("import m, sys; sys.dont_write_bytecode").output == "True\n"
    assert not (tmp_path / "__pycache__").exists()


def test_the_same_file_shadows_what_it_shadows_in_a_bare_interpreter(python, tmp_path):
    with ReferenceStage(python, tmp_path / "bare") as bare, WorkerStage(python, tmp_path / "ours") as ours:
        for stage in (bare, ours):
            for name in ("json", "types", "inspect"):
                stage.write(f"{name}.py", "raise ImportError('mine')\n", same_time=False)
        for line in ("1 + 1", "import json", "import types; types.FunctionType", "import inspect", "1 / 0"):
            assert say(ours, line) == say(bare, line), line


SHADOWED = [
    "abc", "ast", "builtins", "codecs", "codeop", "collections", "contextlib", "ctypes", "dataclasses", "enum", "fcntl",
    "functools", "gc", "inspect", "io", "json", "keyword", "opcode", "os", "posixpath", "re", "sandbox",
    "select", "signal", "socket", "struct", "sys", "textwrap", "threading", "time", "tokenize", "traceback", "types",
    "typing", "warnings", "weakref", "_thread", "_json", "_ctypes",
]  # fmt: skip


def test_a_file_named_like_anything_we_use_breaks_nothing_of_ours(python, tmp_path):
    for name in SHADOWED:
        (tmp_path / f"{name}.py").write_text("raise ImportError('the learner\\'s own ' + __name__)\n")
    (tmp_path / "m.py").write_text("x = 1\n")
    with Host(python, tmp_path) as host:
        assert host.run("import m\nm.x").output == "1\n"
        assert "the learner's own sandbox" in host.run("import sandbox").output
        assert "the learner's own json" in host.run("import json").output
        assert host.complete("m.").items == ("x",)
        assert host.probe("m.x").value == "1"
        host.run("x = input()")
        host.answer("line")
        assert host.collect().status == "ok"
        assert host.run("def f():").status == "incomplete"
        host.ask_to_interrupt()
        assert host.collect().status == "interrupted"
        host.begin("while True: pass\n")
        host.interrupt()
        assert host.collect().status == "interrupted"
        assert [one.ok for one in host.run("import m, sys; del sys.modules['m']; import m").loads] == [True]


def test_the_worker_needs_the_standard_library_alone():
    modules = sorted(path.stem for path in (Path(ROOT) / "sandbox" / "worker").glob("*.py") if path.stem != "__init__")
    source = f"import sys; sys.path.append({ROOT!r})\n" + "".join(f"import sandbox.worker.{name}\n" for name in modules)
    subprocess.run([sys.executable, "-I", "-S", "-c", source], check=True)
