"""What the websocket endpoint promises, on the product's own server with real interpreters."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields
from http.client import HTTPConnection
from typing import Any

import psutil
import pytest
import websocket
from hypothesis import HealthCheck, given, settings, strategies as st

from sandbox.protocol import BROWSER_COMMANDS, Answer, Delete, Interrupt, Open, Restart, Retrace, Run, Save
from tests.web.learner import Learner
from tests.web.serving import PATIENCE, Server, sandbox


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with sandbox(workspace_files="20", new_sessions_per_minute="0") as server:
        yield server
        assert "Traceback" not in server.log


@pytest.fixture
def learner(server: Server) -> Iterator[Learner]:
    with closing(Learner(server)) as learner:
        yield learner


def test_welcome_has_what_a_page_needs(server: Server) -> None:
    with closing(Learner(server, ready=False)) as learner:
        welcome = learner.welcome
        assert welcome["role"] == "driver"
        assert welcome["state"] in {"starting", "ready"}
        assert welcome["limits"]["message_bytes"] == 262144
        assert len(welcome["token"]) >= 32
        assert learner.until("ready")["implementation"] == "cpython"


@pytest.mark.parametrize(
    "first",
    [{"kind": "run", "run": 1, "source": "1"}, "not json", {"kind": "hello", "token": 5}, "", {"kind": "probe"}],
    ids=str,
)
def test_whoever_does_not_say_hello_first_is_told_and_sent_away(server: Server, first: Any) -> None:
    client = server.connect("/ws", origin=f"http://127.0.0.1:{server.port}")
    client.send(first if isinstance(first, str) else json.dumps(first))
    refused = json.loads(client.recv())
    assert (refused["kind"], refused["code"], refused["fatal"]) == ("refused", "malformed", True)
    assert client.recv_data()[0] == websocket.ABNF.OPCODE_CLOSE
    client.shutdown()


DEEP = '{"kind":"run","run":1,"source":' + "[" * 40 + "]" * 40 + "}"
BAD = {
    "malformed JSON": ("{", "malformed"),
    "no object": ("[]", "malformed"),
    "unknown kind": ('{"kind":"jump"}', "malformed"),
    "the worker's alone": ('{"kind":"probe","id":"1","source":"1"}', "malformed"),
    "wrong type": ('{"kind":"run","run":"1","source":"1"}', "malformed"),
    "a float": ('{"kind":"run","run":1.5,"source":"1"}', "malformed"),
    "true is no number": ('{"kind":"run","run":true,"source":"1"}', "malformed"),
    "missing field": ('{"kind":"run","run":1}', "malformed"),
    "extra field": ('{"kind":"restart","now":true}', "malformed"),
    "a second hello": ('{"kind":"hello"}', "malformed"),
    "deep nesting": (DEEP, "malformed"),
    "very deep nesting": ("[" * 100_000, "malformed"),
    "NaN": ('{"kind":"run","run":NaN,"source":"1"}', "malformed"),
    "a huge number": ('{"kind":"run","run":' + "9" * 5000 + ',"source":"1"}', "malformed"),
    "lone surrogate": ('{"kind":"run","run":1,"source":"\\ud800"}', "malformed"),
    "300 KiB": (json.dumps({"kind": "save", "path": "a.py", "text": "x" * 300 * 1024}), "too-large"),
    "10 MB": (json.dumps({"kind": "save", "path": "a.py", "text": "x" * 10_000_000}), "too-large"),
    "climbs": ('{"kind":"save","path":"../x","text":""}', "name"),
    "absolute": ('{"kind":"save","path":"/tmp/x","text":""}', "name"),
    "a null character": ('{"kind":"save","path":"a\\u0000b","text":""}', "name"),
    "no name": ('{"kind":"save","path":"","text":""}', "name"),
    "300 characters": (json.dumps({"kind": "save", "path": "x" * 300, "text": ""}), "name"),
    "a folder's name": ('{"kind":"save","path":"folder","text":""}', "name"),
    "deletes nothing": ('{"kind":"delete","path":"none.py"}', "name"),
    "a lesson": (json.dumps({"kind": "open", "lesson": "x"}), "name"),
    "answers nobody": ('{"kind":"answer","run":99,"text":"x"}', "malformed"),
}


@pytest.fixture(scope="module")
def patient(server: Server) -> Iterator[Learner]:
    """One session to which all of this happens."""
    with closing(Learner(server)) as learner:
        learner.send(Save("folder/x.py", ""))
        learner.until("disk")
        yield learner


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_with_its_reason_and_the_session_goes_on(patient: Learner, name: str) -> None:
    message, code = BAD[name]
    patient.send(message)
    refused = patient.next()
    assert (refused["kind"], refused["code"], refused["fatal"]) == ("refused", code, False)
    assert refused["reason"]
    assert patient.run("6 * 7") == "42\n"


@pytest.mark.parametrize(
    ("message", "id"),
    [
        ('{"kind":"run","run":"1","source":"1","id":"mine"}', "mine"),
        ('{"kind":"jump","id":"mine"}', "mine"),
        ('{"kind":"restart","id":7}', ""),
        ('{"kind":"restart","id":"\\ud800"}', ""),
    ],
)
def test_a_command_that_cannot_be_read_is_refused_by_its_id(patient: Learner, message: str, id: str) -> None:
    patient.send(message)
    assert patient.until("refused")["id"] == id


def test_binary_is_refused_and_the_session_goes_on(patient: Learner) -> None:
    patient.socket.send_binary(b'{"kind":"restart"}')
    assert patient.next()["code"] == "malformed"
    assert patient.is_alive()


def test_one_file_too_many_is_refused(learner: Learner) -> None:
    for number in range(21):
        learner.send(Save(f"file{number}.py", "", f"s{number}"))
    refused = learner.until("refused")
    assert (refused["code"], refused["id"]) == ("too-many", "s20")
    learner.send(Delete("file0.py"))
    learner.send(Save("file20.py", "", "again"))
    assert learner.until("accepted", "refused", fits=lambda event: event["id"] == "again")["kind"] == "accepted"


def test_a_foreign_or_missing_origin_gets_403(server: Server) -> None:
    for options in ({"origin": "http://evil.example"}, {"suppress_origin": True}):
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            server.connect("/ws", **options)
        assert refused.value.status_code == 403


def test_a_handshake_without_a_key_is_a_bad_request(server: Server) -> None:
    headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    answer = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    with closing(answer):
        answer.request("GET", "/ws", headers=headers | {"Origin": f"http://127.0.0.1:{server.port}"})
        assert answer.getresponse().status == 400


def test_files_and_prints_go_round(learner: Learner) -> None:
    learner.send(Save("changer.py", "text = 'First version'\n", "s"))
    assert learner.until("accepted")["id"] == "s"
    assert learner.run("import changer; print(changer.text)") == "First version\n"
    learner.send(Save("changer.py", "text = 'After editing'\n"))
    assert [file["state"] for file in learner.until("disk")["files"]] == ["edited"]
    assert "After editing" in learner.run("import importlib; print(importlib.reload(changer).text)")
    assert [file["state"] for file in learner.events[-1]["files"]] == ["same"]


def test_input_is_answered_and_interrupted(learner: Learner) -> None:
    number = learner.start("name = input('Who? ')")
    assert learner.until("asked")["prompt"] == "Who? "
    learner.send(Answer(number, "Ada"))
    assert learner.until("finished")["status"] == "ok"
    assert learner.run("name") == "'Ada'\n"
    number = learner.start("import time; time.sleep(60)")
    learner.send(Run(number + 1, "'never'"))
    learner.send(Interrupt(number))
    dropped, ended = learner.until("finished"), learner.until("finished")
    assert (dropped["run"], ended["run"], ended["status"]) == (number + 1, number, "interrupted")


def test_what_was_done_is_told_in_its_order_since_python_was_fresh(learner: Learner) -> None:
    learner.run("before = 1")
    learner.send(Save("a.py", "x = 1\n"))
    learner.send(Restart())
    learner.until("ready")
    learner.run("import a")
    learner.send(Save("a.py", "x = 2\n"))
    learner.send(Retrace("q"))
    told = learner.until("retraced")
    assert told["files"] == [{"path": "a.py", "text": "x = 1\n"}]
    steps = [(step["kind"], step.get("source", step.get("text", step.get("status")))) for step in told["steps"]]
    assert steps == [("run", "import a"), ("finished", "ok"), ("save", "x = 2\n")]


def test_restart_gives_a_fresh_interpreter_with_the_files(learner: Learner) -> None:
    learner.send(Save("kept.py", "x = 1\n"))
    learner.run("y = 1")
    learner.send(Restart())
    assert learner.until("exited")["cause"] == "stopped"
    learner.until("ready")
    assert "NameError" in learner.run("y")
    assert learner.run("import kept; kept.x") == "1\n"


def test_after_quit_the_next_entry_wakes_an_interpreter(learner: Learner) -> None:
    learner.start("exit()")
    assert learner.until("exited")["cause"] == "quit"
    assert learner.run("'awake'") == "'awake'\n"


def test_reconnect_in_the_middle_of_a_run_misses_nothing_and_doubles_nothing(server: Server) -> None:
    first = Learner(server)
    number = first.start("import time\nfor i in range(300): print(i); time.sleep(0.005)\n")
    heard = ""
    learner = first
    for _ in range(5):
        learner.until("output", fits=lambda event: event["run"] == number)
        learner.vanish()
        learner = Learner(server, first.welcome["token"])
        entries = [noted["message"] for noted in learner.welcome["transcript"]]
        heard = "".join(entry["text"] for entry in entries if entry["kind"] == "output" and entry["run"] == number)
        assert learner.welcome["state"] in {"running", "ready"}
    if learner.welcome["state"] == "running":
        learner.until("finished")
    assert heard + learner.printed(number) == "".join(f"{i}\n" for i in range(300))
    learner.close()


def test_a_second_tab_takes_over_and_the_first_says_so(server: Server) -> None:
    first = Learner(server)
    second = Learner(server, first.welcome["token"])
    refused = first.until("refused")
    assert (refused["code"], refused["fatal"]) == ("taken-over", True)
    with pytest.raises(websocket.WebSocketConnectionClosedException):
        first.next()
    assert second.run("1 + 1") == "2\n"
    first.vanish()
    second.close()


def test_an_unknown_token_gets_a_session_of_its_own(server: Server) -> None:
    with closing(Learner(server, "x" * 32)) as learner:
        assert learner.welcome["kind"] == "welcome"
        assert learner.welcome["token"] != "x" * 32


def test_what_was_accepted_is_not_taken_again_after_a_reconnect(server: Server) -> None:
    first = Learner(server)
    first.send(Run(1, "count = globals().get('count', 0) + 1", "only-once"))
    seq = first.until("accepted")["seq"]
    first.vanish()
    with closing(Learner(server, first.welcome["token"])) as again:
        again.send(Run(1, "count = globals().get('count', 0) + 1", "only-once"))
        assert again.until("accepted") == {"kind": "accepted", "id": "only-once", "seq": seq}
        again.run_number = 1
        assert again.run("count") == "1\n"


def test_an_endless_print_that_is_not_read_waits_and_harms_nobody(server: Server) -> None:
    deaf = Learner(server)
    memory = memory_of(server)
    number = deaf.start("while True: print('x' * 1000)\n")
    with closing(Learner(server)) as other:
        for _ in range(20):
            assert other.run("'echo'") == "'echo'\n"
    assert memory_of(server) - memory < 20_000_000
    with closing(Learner(server, deaf.welcome["token"])) as again:
        assert again.welcome["state"] == "running"
        again.send(Interrupt(number))
        assert again.until("finished")["run"] == number
    deaf.vanish()


def memory_of(server: Server) -> int:
    """Bytes of the server's own processes: not of the interpreters."""
    return sum(process.memory_info().rss for process in server.own_processes())


def test_a_slow_reader_gets_all_that_was_printed_in_order(learner: Learner) -> None:
    number = learner.start("for i in range(50_000): print(i, 'x' * 50)\n")
    for _ in range(10):
        learner.until("output", fits=lambda event: event["run"] == number)
        threading.Event().wait(0.1)  # this is the slowness, not a wait for something
    learner.until("finished")
    assert learner.printed(number) == "".join(f"{i} {'x' * 50}\n" for i in range(50_000))


FORGE = """
import os, struct
def forge(text):
    body = text.encode()
    os.write(3, struct.pack(">I", len(body)) + body)
"""


@pytest.mark.parametrize(
    "forged",
    [
        '{"kind":"finished","run":2,"status":"ok","error":"","ms":0}',
        '{"kind":"exited","cause":"memory","message":"forged"}',
        '{"kind":"welcome"}',
        '{"kind":"ready","python":"9.9","implementation":"forged"}',
        "not json",
    ],
)
def test_forged_frames_touch_nobody_else(server: Server, learner: Learner, forged: str) -> None:
    with closing(Learner(server)) as other:
        assert other.run("'before'") == "'before'\n"
        learner.run(FORGE)
        learner.start(f"forge({forged!r}); print('after')")
        learner.until("finished", "exited")
        assert not [event for event in learner.events if "forged" in json.dumps(event) and event["kind"] != "output"]
        assert other.run("'after'") == "'after'\n"
        assert [event["kind"] for event in other.events if event["kind"] in ("exited", "refused")] == []
    assert learner.run("'goes on'") in {"'goes on'\n", ""}


ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.just([]), st.just({}), st.just([[]])
)
FIELDS = ("kind", "run", "source", "text", "path", "id", "cursor", "seq", "token", "lesson", "step", "choice", "extra")
PLAUSIBLE: dict[str, st.SearchStrategy[Any]] = {
    "run": st.integers(-3, 2**54),
    "cursor": st.integers(-5, 50),
    "seq": st.integers(-1, 50),
    "path": st.sampled_from(["a.py", "b/c.py", "../x", "/x", "a.py/b", "", "changer.py", "ü.py"]) | st.text(),
    "source": st.sampled_from(["1", "x = 1", "def f():", "exit()", "1/0", "input()", "import a"])
    | st.text(max_size=50),
    "id": st.sampled_from(["", "a", "b", "c" * 300]),
}


def commands(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Commands of a kind with every field, most of them such as a client might send."""
    names = [field.name for field in fields(BROWSER_COMMANDS[kind])]
    return st.fixed_dictionaries(
        {"kind": st.just(kind)} | {name: PLAUSIBLE.get(name, st.text(max_size=20)) for name in names}
    )


COMMANDS = st.one_of(*(commands(kind) for kind in BROWSER_COMMANDS if kind != "erase"))
"""Without the one that ends the session, as it should."""
MUTATED = st.builds(lambda command, name, value: command | {name: value}, COMMANDS, st.sampled_from(FIELDS), ODD)
WIRE = st.one_of(
    (COMMANDS | MUTATED | ODD).map(json.dumps),
    st.builds(lambda text, cut: text[:cut], (COMMANDS | MUTATED).map(json.dumps), st.integers(0, 60)),
    st.text(),
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(WIRE, max_size=12))
def test_whatever_is_sent_the_session_goes_on(server: Server, patient: Learner, messages: list[str]) -> None:
    for message in messages:
        patient.send(message)
    assert patient.is_alive()
    assert "Traceback" not in server.log


def test_when_it_stops_every_socket_is_closed_and_no_process_is_left() -> None:
    with sandbox(new_sessions_per_minute="0") as server:
        learners = [Learner(server) for _ in range(4)]
        learners[0].start("while True: pass\n")
        silent = [server.connect("/ws", origin=f"http://127.0.0.1:{server.port}") for _ in range(196)]
        family = psutil.Process(server.process.pid).children(recursive=True)
        assert len(family) >= 4
        server.stop()
        assert psutil.wait_procs(family, 10)[1] == []
        opcode, reason = silent[0].recv_data()
        assert (opcode, reason[2:]) == (websocket.ABNF.OPCODE_CLOSE, b"the server stops")
        for client in [*silent, *(learner.socket for learner in learners)]:
            client.shutdown()
        assert "Traceback" not in server.log


def test_a_full_server_says_so() -> None:
    with sandbox(capacity="1", waiting="0") as small, closing(Learner(small)) as first:
        with closing(Learner(small)) as late:
            assert (late.welcome["kind"], late.welcome["code"], late.welcome["fatal"]) == ("refused", "full", True)
        assert first.is_alive()


def test_newcomers_of_a_full_server_stand_in_line_see_it_move_and_are_let_in() -> None:
    with sandbox(capacity="1", waiting="2") as small:
        first = Learner(small)
        second = Waiting(small)
        assert second.position() == 1
        gone = Waiting(small)
        assert gone.position() == 2
        with closing(Waiting(small)) as beyond:
            assert beyond.event()["code"] == "full"
        second.send({"kind": "run", "run": 1, "source": "1"})
        assert (second.event()["code"], second.socket.connected) == ("busy", True)
        gone.close()
        third = Waiting(small)
        while (place := third.event())["kind"] == "refused":  # until the server has seen the other leave
            third = Waiting(small)
        assert (place["kind"], place["position"]) == ("queued", 2)
        first.start("exit()")
        first.until("exited")
        first.close()
        assert second.event()["kind"] == "welcome"
        assert second.event()["kind"] == "ready"
        assert third.position() == 1
        second.send({"kind": "run", "run": 1, "source": "print(6 * 7)"})
        assert second.output("finished") == "42\n"
        for one in (second, third):
            one.close()


def test_who_loses_her_connection_in_line_comes_back_to_her_place() -> None:
    with sandbox(capacity="1", waiting="3") as small:
        first = Learner(small)
        second = Waiting(small)
        lost = second.event()
        third = Waiting(small)
        assert (lost["position"], third.position()) == (1, 2)
        second.close()
        again = Waiting(small, lost["ticket"])
        assert again.position() == 1
        for one in (first, again, third):
            one.close()


class Waiting:
    """A client that has said hello and takes what comes."""

    def __init__(self, server: Server, token: str = "") -> None:
        self.socket = server.connect("/ws", origin=f"http://127.0.0.1:{server.port}")
        self.send({"kind": "hello", "token": token})

    def send(self, message: dict[str, Any]) -> None:
        self.socket.send(json.dumps(message))

    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(self.socket.recv())
        return event

    def output(self, until: str) -> str:
        """What is printed until such an event comes."""
        text = ""
        while (event := self.event())["kind"] != until:
            text += event["text"] if event["kind"] == "output" else ""
        return text

    def position(self) -> int:
        event = self.event()
        assert event["kind"] == "queued", event
        return int(event["position"])

    def close(self) -> None:
        self.socket.close()


def test_lessons_are_refused_until_there_are_some(learner: Learner) -> None:
    learner.send(Open("reload-basics", "", "o"))
    assert learner.until("refused")["id"] == "o"
    assert learner.is_alive()
