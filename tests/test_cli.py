"""What the command promises: one line when all is well, one sentence when it is not, and a prompt end."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile

import psutil
import pytest
import websocket

from tests.forked import launcher
from tests.server import ROOT, serving


def command(*arguments: str, folder: Path = ROOT, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end, in a process that has imported it already."""
    with TemporaryFile("w+") as output, TemporaryFile("w+") as errors:
        lines = output.fileno(), errors.fileno()
        status = launcher().fork(arguments, os.environ | environment, folder, lines).wait(60)
        output.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(arguments, status, output.read(), errors.read())


def from_nothing(*arguments: str, folder: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end as a shell does, with what is in this folder before all that is installed."""
    command = [sys.executable, "-m", "sandbox", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)


def begin(client: websocket.WebSocket) -> None:
    """Begin a session and wait for its Python."""
    client.send(json.dumps({"kind": "hello"}))
    while json.loads(client.recv())["kind"] != "ready":
        pass


def test_run_says_one_line_and_serves_the_page() -> None:
    with serving() as server:
        assert server.line.startswith(f"Reload Sandbox is at http://127.0.0.1:{server.port}/ (CPython 3.")
        page = server.get()
        assert page.status == 200 and "data-page" in page.text
        server.process.terminate()
        assert server.process.communicate(timeout=30)[0] == "", "nothing but the one line"


def test_run_serves_below_a_prefix() -> None:
    with serving("--prefix", "/learn") as server:
        assert server.address.endswith(f":{server.port}/learn/")
        assert '"/learn/ws"' in server.get("/learn/").text.replace("&#34;", '"')
        server.connect("/learn/ws").close()


def test_a_foreign_page_gets_no_socket() -> None:
    with serving() as server:
        for origin in ("http://evil.example", f"http://127.0.0.1:{server.port + 1}"):
            with pytest.raises(Exception, match="403"):
                server.connect(origin=origin)
        with pytest.raises(Exception, match="403"):
            server.connect(suppress_origin=True)
        server.connect().close()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--python", "/nowhere/python"], "Error: There is no interpreter at /nowhere/python."),
        (["--python", "README.md"], "Error: The interpreter {root}/README.md may not be executed by this user."),
        (["--python", "/bin/true"], "Error: /bin/true is not a usable Python interpreter"),
        (["--port", "http"], "Error: Flag --port: expected a whole number from 0 to 65535, not 'http'."),
        (["--config", "nowhere.toml"], "Error: There is no settings file nowhere.toml."),
    ],
)
def test_what_keeps_it_from_serving_is_one_sentence(arguments: list[str], sentence: str) -> None:
    done = command("run", *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith(sentence.format(root=ROOT))


def test_a_port_in_use_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = command("run", "--port", str(port))
    assert (
        done.stderr == f"Error: Port {port} of 127.0.0.1 is in use: stop what uses it, or choose another with --port.\n"
    )


def test_a_missing_front_end_is_one_sentence(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "sandbox", tmp_path / "sandbox", ignore=shutil.ignore_patterns("_web", "__pycache__"))
    done = from_nothing("run", folder=tmp_path)
    assert done.stderr.startswith(f"Error: The front end is missing: there is no main.js in {tmp_path}/static/dist.")
    assert done.stderr.count("\n") == 1


def test_a_setting_from_the_environment_is_named() -> None:
    done = command("run", SANDBOX_PROT="1")
    assert (
        done.stderr == "Error: Setting SANDBOX_PROT in the environment: there is no such setting. Do you mean port?\n"
    )


def test_the_version_is_told() -> None:
    assert from_nothing("version").stdout.startswith("reload-sandbox ")
    assert command("--version").stdout.startswith("reload-sandbox, version ")


def test_every_setting_but_secrets_is_a_flag() -> None:
    text = command("run", "--help").stdout
    assert "--cpu-seconds" in text and "--log-format" in text and "SANDBOX_CPU_SECONDS" in text
    assert "--invite-code" not in text and "--secret-key" not in text


def test_the_page_is_opened_in_the_browser_that_the_system_names(tmp_path: Path) -> None:
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    os.mkfifo(opened)
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)
    with serving("--open", BROWSER=str(browser)) as server:
        assert opened.read_text() == f"{server.address}\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_with_200_sockets_and_leaves_no_process(number: int) -> None:
    with serving() as server:
        sockets = [server.connect() for _ in range(200)]
        try:
            for one in sockets[:5]:
                begin(one)
                one.send(json.dumps({"kind": "run", "run": 1, "source": "while True: pass"}))
            server.get()  # leaves a kept-alive connection
            left = server.stop(number)
        finally:
            for one in sockets:
                one.shutdown()
    assert left == []
    assert server.process.returncode == 0


def test_a_server_that_is_killed_leaves_no_process() -> None:
    with serving() as server:
        client = server.connect()
        try:
            begin(client)
            processes = server.processes()
            assert len(processes) >= 3
            server.process.kill()
            _, alive = psutil.wait_procs(processes[1:], timeout=10)
            assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []  # init reaps them
        finally:
            client.shutdown()


def test_ctrl_c_in_a_terminal_reaches_every_process_and_ends_all() -> None:
    with serving() as server:
        client = server.connect()
        try:
            processes = server.processes()
            for process in processes:
                process.send_signal(signal.SIGINT)
            assert server.process.wait(3) == 0
        finally:
            client.shutdown()
        assert psutil.wait_procs(processes, 10)[1] == []  # orphans are reaped by the first process


def test_log_lines_are_json_where_that_is_chosen() -> None:
    command_line = [
        sys.executable,
        "-m",
        "sandbox",
        "run",
        "--port",
        "0",
        "--log-format",
        "json",
        "--log-level",
        "info",
    ]
    with subprocess.Popen(command_line, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline().split(":")[2].split("/")[0])
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET /healthz?print(1) HTTP/1.0\r\nHost: localhost\r\n\r\n")
            client.makefile("rb").read()
        process.terminate()
        lines = [json.loads(line) for line in process.communicate(timeout=30)[1].splitlines()]
    line = next(line for line in lines if line["message"] == "request")
    assert (line["method"], line["path"], line["status"], line["address"]) == ("GET", "/healthz", 200, "127.0.0.1")
    assert {"time", "level", "logger", "ms", "request"} <= line.keys()


# --- lessons ---


def test_a_new_lesson_is_whole_and_holds_what_it_says(tmp_path: Path) -> None:
    begun = command("lesson", "new", "my-lesson", "--title", "Mine: all", folder=tmp_path)
    assert (begun.returncode, begun.stderr) == (0, "")
    assert "lesson preview my-lesson.md" in begun.stdout
    checked = command("lesson", "check", "my-lesson.md", folder=tmp_path)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout == "ok: my-lesson, claims proved: 3, steps: 1\n"
    assert "File exists" in command("lesson", "new", "my-lesson", folder=tmp_path).stderr


@pytest.mark.parametrize("name", ["My-Lesson", "../out", "a b", "", "-a", "a--b"])
def test_a_lesson_s_name_is_a_plain_one(name: str, tmp_path: Path) -> None:
    refused = command("lesson", "new", "--", name, folder=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr.startswith("Error: A lesson's name is of small letters")
    assert list(tmp_path.iterdir()) == []


def test_a_lesson_that_does_not_hold_what_it_says_fails_with_file_and_line(tmp_path: Path) -> None:
    command("lesson", "new", "my-lesson", folder=tmp_path)
    text = (tmp_path / "my-lesson.md").read_text()
    (tmp_path / "my-lesson.md").write_text(text.replace(">>> sample.word\n'hello'", ">>> sample.word\n'goodbye'"))
    checked = command("lesson", "check", ".", folder=tmp_path)
    assert checked.returncode == 1
    assert checked.stdout.startswith("my-lesson.md:")
    assert "expected the output \"'goodbye'\"" in checked.stdout
    assert checked.stderr == "Error: 1 of 1 lessons do not hold what they say.\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Name lessons or folders, or say --all."),
        (["nowhere.md"], "Error: nowhere.md:1: the file cannot be read: No such file or directory"),
        (["."], "Error: There is no lesson"),
        (["bad.md"], "Error: bad.md:"),
    ],
)
def test_what_is_no_lesson_is_said_in_one_sentence(arguments: list[str], says: str, tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    if arguments == ["bad.md"]:
        (folder / "bad.md").write_text("---\nid: [\n---\n")
    checked = command("lesson", "check", *arguments, folder=folder)
    assert checked.returncode in (1, 2)
    assert says in checked.stderr
    assert "Traceback" not in checked.stderr


def test_a_server_with_a_broken_lesson_says_where_and_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_text("---\nid: [\n---\n")
    refused = command("run", "--port", "0", "--lessons", str(tmp_path))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Error: {tmp_path}/bad.md:")
    nowhere = command("run", "--port", "0", "--lessons", "ours,/nowhere")
    assert nowhere.stderr == "Error: Setting lessons: there is no folder /nowhere.\n"
