"""What learner code does to its workspace comes back as `files`, bounded, and hurts nobody else."""

from pathlib import Path

import pytest

from sandbox.engine.interface import Engine, Limits, Rejected
from sandbox.protocol import Delete, File, Files, Save

from .client import Client


def _changes(client: Client, source: str) -> Files | None:
    before = len(client.files())
    client.run(source)
    new = client.files()[before:]
    changed = tuple(file for one in new for file in one.changed)
    return Files(changed, new[0].deleted, new[0].left_out) if new else None


def test_changed_new_and_deleted_files_come_back_before_the_run_ends(engine: Engine) -> None:
    client = Client(engine, files={"a.py": "x = 1\n", "b.py": ""})
    source = "import os; os.remove('b.py'); os.makedirs('new/deep')\nfor name in ('a.py', 'new/deep/c.txt'):\n"
    changes = _changes(client, source + "    with open(name, 'w') as file: _ = file.write('ü')\n")
    assert changes == Files((File("a.py", "ü"), File("new/deep/c.txt", "ü")), ("b.py",), ())
    assert [event.kind for event in client.events[-2:]] == ["files", "finished"]
    assert _changes(client, "1") is None


def test_our_own_saves_are_no_changes(engine: Engine) -> None:
    client = Client(engine, files={"a.py": "x = 1\n"})
    client.start("input()")
    client.until("asked")
    client.worker.send(Save("a.py", "x = 2\n"))
    client.worker.send(Save("new/b.py", ""))
    client.answer("")
    client.until("finished")
    assert client.files() == []


def test_a_change_of_the_same_size_right_after_a_save_is_seen(engine: Engine) -> None:
    client = Client(engine)
    for number in range(50):
        client.worker.send(Save("a.py", f"saved {number:04}"))
        changes = _changes(client, f"with open('a.py', 'r+') as file: _ = file.write('wrote {number:04}')\n")
        assert changes == Files((File("a.py", f"wrote {number:04}"),), (), ())


def test_changes_tell_after_how_many_saves_and_deletes_they_were_seen(engine: Engine) -> None:
    client = Client(engine, files={"a.py": "x = 1\n"})
    client.run("open('a.py', 'w').write('x = 2')")
    client.worker.send(Save("b.py", ""))
    client.worker.send(Delete("b.py"))
    client.run("open('a.py', 'w').write('x = 3')")
    with pytest.raises(Rejected):
        client.worker.send(Save("../b.py", ""))
    client.run("for n in range(300): open(str(n), 'w').close()\n")
    assert {files.seq for files in client.files()[:1]} == {0}
    assert {files.seq for files in client.files()[1:]} == {2}


def test_what_is_no_text_is_left_out_once_and_says_why(engine: Engine) -> None:
    client = Client(engine, limits=Limits(file_bytes=100_000))
    changes = _changes(
        client,
        """import os, socket
open('binary', 'wb').write(b'a\\0b') and None
open('latin', 'wb').write(b'\\xff\\xfe') and None
os.symlink('/etc/passwd', 'link'); os.symlink('/', 'root')
try: os.mkfifo('fifo')
except PermissionError: open('fifo', 'wb').write(b'a pipe is denied \\0') and None

with open('sparse', 'wb') as file: file.truncate(90_000)

open(b'\\xff.py', 'w').close(); open('new\\nline.py', 'w').close()
os.mkdir('__pycache__'); open('__pycache__/a.pyc', 'w').close()
""",
    )
    assert changes
    assert (changes.changed, changes.deleted) == ((), ())
    whys = {left.path: left.why for left in changes.left_out}
    assert whys.keys() == {"binary", "latin", "link", "root", "fifo", "sparse", "\\xff.py", "new\nline.py"}
    assert "symbolic link" in whys["link"]
    assert "a pipe" in whys["fifo"] or "not text" in whys["fifo"]
    assert "not text" in whys["sparse"]
    assert "UTF-8" in whys["\\xff.py"]
    assert _changes(client, "1") is None
    assert client.said("os.path.exists('fifo')") == "True\n"


def test_too_large_too_many_and_too_deep_are_left_out(engine: Engine) -> None:
    client = Client(engine, limits=Limits(workspace_files=5, workspace_bytes=200_000))
    changes = _changes(client, "for i in range(9):\n    with open(f'{i}.txt', 'w') as file: _ = file.write('x')\n")
    assert changes
    assert [file.path for file in changes.changed] == [f"{i}.txt" for i in range(5)]
    assert [(left.path, "at most 5" in left.why) for left in changes.left_out] == [
        (f"{i}.txt", True) for i in (5, 6, 7, 8)
    ]
    changes = _changes(client, "with open('0.txt', 'w') as file: _ = file.truncate(300_000)\n")
    assert changes
    assert (changes.changed, [left.path for left in changes.left_out]) == ((), ["0.txt"])
    changes = _changes(
        client, "import os; os.makedirs('/'.join('d' * 30)); open('/'.join('d' * 30) + '/x', 'w').close()"
    )
    assert changes
    assert ["folder" in left.why for left in changes.left_out] == [True]


def test_a_thousand_folders_deep_and_thousands_of_names_cost_one_line(engine: Engine) -> None:
    client = Client(engine, files={"keep.py": "x = 1\n"})
    client.run("import os")
    changes = _changes(client, "for i in range(1000): os.mkdir('d'); os.chdir('d')\n")
    assert changes
    assert len(changes.left_out) == 1
    client.run("os.chdir(os.environ['HOME'] + '/../work')")
    changes = _changes(client, "for i in range(3000): open(f'n{i}', 'wb').close()\n")
    assert changes
    assert len(changes.left_out) <= 21
    assert changes.deleted == ()
    client.run("for name in set(os.listdir()) - {'keep.py', 'd'}: os.remove(name)\n")  # where the disk is full now
    client.worker.send(Save("keep.py", "x = 2\n"))
    assert client.said("import keep; keep.x") == "2\n"


def test_saves_during_a_race_of_links_land_in_the_workspace_or_fail(engine: Engine, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    client = Client(engine)
    client.run("import os, time; os.mkdir('pkg'); end = time.time() + 1")
    client.start(
        f"while time.time() < end:\n    os.rename('pkg', 'real'); os.symlink({str(outside)!r}, 'pkg')\n"
        "    os.unlink('pkg'); os.rename('real', 'pkg')\n"
    )
    outcomes = {"saved": 0, "refused": 0}
    while not any(event.kind == "finished" and event.run == client.number for event in client.events):
        try:
            client.worker.send(Save("pkg/a.py", "x = 1\n"))
            outcomes["saved"] += 1
        except (Rejected, OSError):
            outcomes["refused"] += 1
    assert list(outside.iterdir()) == []
    assert outcomes["saved"] > 0


def test_a_text_too_large_to_be_shown_is_there_for_the_next_worker(engine: Engine) -> None:
    client = Client(engine, files={"log.txt": "short\n"})
    changes = _changes(client, "with open('log.txt', 'w') as file: _ = file.write('x\\n' * (4 << 20))\n")
    assert changes
    assert (changes.changed, changes.deleted, [one.path for one in changes.left_out]) == ((), ("log.txt",), ["log.txt"])
    client.worker.kill("stopped")
    client.exited()
    assert Client(engine).said("import os; os.path.getsize('log.txt')") == f"{8 << 20}\n"


def test_what_learner_code_puts_in_the_way_is_gone_for_the_next_worker(engine: Engine) -> None:
    client = Client(engine, files={"a.py": "x = 1\n", "pack/b.py": ""})
    client.run("import os, shutil; os.remove('a.py'); os.mkdir('a.py'); shutil.rmtree('pack'); os.symlink('/', 'pack')")
    client.worker.kill("stopped")
    client.exited()
    again = Client(engine, files={"a.py": "x = 1\n", "pack/b.py": ""})
    assert again.said("import a, pack.b; a.x") == "1\n"


def test_an_old_bytecode_cache_is_not_there_for_the_next_worker(engine: Engine) -> None:
    client = Client(engine, files={"a.py": "x = 1\n", "pack/b.py": ""})
    client.run("import sys; sys.dont_write_bytecode = False; import a, pack.b")
    assert client.said("import os; os.path.exists('__pycache__')") == "True\n"
    client.worker.kill("stopped")
    client.exited()
    again = Client(engine, files={"a.py": "x = 1\n", "pack/b.py": ""})
    assert again.said("import os; sorted(os.listdir()), os.listdir('pack')") == "(['a.py', 'pack'], ['b.py'])\n"
