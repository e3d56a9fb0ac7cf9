"""The outer wall is a pure function to an argv."""

import json
import sys

from sandbox.engine.footprint import Footprint
from sandbox.engine.jail import PACKAGE, Jail, command

NEEDS = Footprint(("/opt/python",), (("/lib", "usr/lib"),))


def test_without_bubblewrap_and_as_an_ordinary_user_the_program_runs_as_it_is() -> None:
    assert command(Jail(NEEDS), ["/opt/python/bin/python", "-i"]) == ["/opt/python/bin/python", "-i"]


def test_bubblewrap_shows_what_is_needed_read_only_and_nothing_else() -> None:
    words = command(Jail(NEEDS, "/usr/bin/bwrap", environment={"LANG": "C.UTF-8"}), ["/opt/python", "-i"])
    assert words[0] == "/usr/bin/bwrap"
    assert words[-3:] == ["--", "/opt/python", "-i"]
    shown = [words[index + 1] for index, word in enumerate(words) if word == "--ro-bind"]
    assert shown == ["/opt/python", PACKAGE]
    assert "--bind" not in words
    assert "--clearenv" in words
    assert words[words.index("--setenv") :][:3] == ["--setenv", "LANG", "C.UTF-8"]


def test_bubblewrap_leaves_every_namespace() -> None:
    words = command(Jail(NEEDS, "bwrap"), ["x"])
    assert {f"--unshare-{name}" for name in ("user", "ipc", "pid", "net", "uts")} <= set(words)
    assert "--share-net" not in words


def test_root_is_left_before_bubblewrap_starts() -> None:
    words = command(Jail(NEEDS, "/usr/bin/bwrap", uid=64533), ["x"])
    assert words[0] == sys.executable
    assert words.index("/usr/bin/bwrap") > words.index("-c")
    uid, paths, links = json.loads(words[words.index("/usr/bin/bwrap") - 1])
    assert (uid, paths, links) == (64533, ["/opt/python", PACKAGE], [["/lib", "usr/lib"]])


def test_the_argv_says_nothing_of_the_environment_of_the_server() -> None:
    assert not any("SECRET" in word for word in command(Jail(NEEDS, "bwrap"), ["x"]))
