"""The codec: every message survives it, and nothing that is not a message does."""

import json
import re
import struct
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, strategies as st

from sandbox import canonical, codec, protocol
from sandbox.codec import ProtocolError, Unframer, decode, encode, frame
from sandbox.picture import ObjectColumns, SpaceColumns
from sandbox.protocol import BROWSER_COMMANDS, WORKER_COMMANDS, WORKER_EVENTS, Message

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NUMBER = st.integers(-codec.INTEGER_LIMIT, codec.INTEGER_LIMIT)
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: NUMBER,
    bool: st.booleans(),
    str | None: st.none() | TEXT,
    tuple[str, ...]: st.lists(TEXT).map(tuple),
    tuple[int, ...]: st.lists(NUMBER).map(tuple),
    tuple[bool, ...]: st.lists(st.booleans()).map(tuple),
}
DECODED = {**BROWSER_COMMANDS, **WORKER_COMMANDS, **WORKER_EVENTS, "snapshot": protocol.Snapshot}


VALUE = st.builds(protocol.Value, TEXT, NUMBER)
NAME = st.builds(protocol.Name, TEXT, VALUE, TEXT, st.none() | VALUE, TEXT)
SPACE = st.builds(protocol.Space, TEXT, NUMBER, NUMBER, TEXT, st.lists(NAME, max_size=3).map(tuple), NUMBER)
PARTS = st.lists(st.builds(protocol.Part, TEXT, VALUE), max_size=3).map(tuple)
OBJECT = st.builds(protocol.Object, NUMBER, TEXT, TEXT, TEXT, TEXT, NUMBER, st.booleans(), TEXT, PARTS)
VALUES[tuple[protocol.Space, ...]] = st.lists(SPACE, max_size=3).map(tuple)
VALUES[tuple[protocol.Object, ...]] = st.lists(OBJECT, max_size=3).map(tuple)
VALUES[tuple[protocol.Holder, ...]] = st.lists(st.builds(protocol.Holder, TEXT, TEXT, NUMBER), max_size=3).map(tuple)
for _columns in (SpaceColumns, ObjectColumns):
    VALUES[_columns] = st.builds(_columns, **{field.name: VALUES[field.type] for field in fields(_columns)})
VALUES[tuple[SpaceColumns, ...]] = st.lists(VALUES[SpaceColumns], max_size=2).map(tuple)


def messages() -> st.SearchStrategy[Message]:
    """Any message that may come in on any wire."""
    return st.one_of(
        *(
            st.builds(message, **{field.name: VALUES[field.type] for field in fields(message)})
            for message in DECODED.values()
        )
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(messages())
def test_every_message_comes_back_as_it_was(message: Message) -> None:
    assert decode(encode(message), DECODED, limit=10**9) == message


@given(messages())
def test_in_its_canonical_form_every_message_is_read_and_written_the_same(message: Message) -> None:
    text = encode(message)
    assert canonical.encode(message) == text
    assert canonical.decode(text, DECODED, limit=10**9) == message
    assert canonical._read(text, DECODED) == message or re.search(r"\d{16}", text)


@given(messages())
def test_a_message_is_built_of_plain_data(message: Message) -> None:
    plain = json.loads(encode(message))
    del plain["kind"]
    assert canonical.build(plain, type(message)) == message


def test_what_is_no_message_is_not_built() -> None:
    with pytest.raises(ProtocolError, match="run"):
        canonical.build({"run": "1", "prompt": ""}, protocol.Asked)


@pytest.mark.parametrize("step", [protocol.Run(1, "x"), protocol.Erased()])
def test_messages_within_a_message_keep_their_kinds(step: Message) -> None:
    for message in (protocol.Noted(1, 1e300, step), protocol.Retraced("q", (), (step,))):
        assert canonical.encode(message) == encode(message)
        assert f'"kind":"{step.kind}"' in encode(message)


@given(st.data(), messages())
def test_in_any_other_form_it_is_as_strict(data: st.DataObject, message: Message) -> None:
    """Fields taken out, put in, turned round, changed and named twice, and other white space."""
    fields_in = [*json.loads(encode(message)).items()]
    fields_in = data.draw(st.permutations(fields_in)) if data.draw(st.booleans()) else fields_in
    at = data.draw(st.integers(0, len(fields_in) - 1))
    key = data.draw(st.sampled_from([fields_in[at][0], "other", "kind"]))
    fields_in[at:at] = [(key, data.draw(JSON | st.just(fields_in[at][1])))] if data.draw(st.booleans()) else []
    del fields_in[at + 1 : at + 1 + data.draw(st.integers(0, 1))]
    ascii, space = data.draw(st.booleans()), data.draw(st.sampled_from(["", " "]))
    text = ("," + space).join(f"{json.dumps(key)}:{json.dumps(one, ensure_ascii=ascii)}" for key, one in fields_in)
    limit = data.draw(st.sampled_from([60, 10**6]))
    assert outcome(canonical.decode, f"{{{text}}}", limit) == outcome(decode, f"{{{text}}}", limit)


def outcome(decode: Any, text: str, limit: int) -> Message | str:
    try:
        message: Message = decode(text, DECODED, limit)
    except ProtocolError as error:
        return f"{error}, {error.id}"
    return message


@pytest.mark.parametrize("number", [2**53, 2**53 + 1, -(2**53) - 1, 10**30])
def test_a_number_that_javascript_lacks_is_refused_in_any_form(number: int) -> None:
    text = encode(protocol.Run(1, "")).replace("1", str(number))
    assert outcome(canonical.decode, text, 10**6) == outcome(decode, text, 10**6)


@given(st.lists(messages(), max_size=4), st.integers(1, 50))
def test_frames_survive_being_cut_anywhere(sent: list[Message], size: int) -> None:
    stream = b"".join(frame(message) for message in sent)
    unframer = Unframer(limit=10**9)
    pieces = [stream[i : i + size] for i in range(0, len(stream), size)]
    texts = [text for piece in pieces for text in unframer.feed(piece)]
    assert [decode(text, DECODED, limit=10**9) for text in texts] == sent


@given(st.text() | JSON.map(lambda value: json.dumps(value)))
def test_anything_else_is_a_protocol_error_and_no_other(text: str) -> None:
    try:
        message = decode(text, BROWSER_COMMANDS)
    except ProtocolError as error:
        assert str(error)
    else:
        assert decode(encode(message), BROWSER_COMMANDS) == message


@given(
    st.sampled_from(sorted(BROWSER_COMMANDS)), st.dictionaries(st.sampled_from(["run", "source", "path", "id"]), JSON)
)
def test_a_right_kind_with_wild_fields_is_a_protocol_error_and_no_other(kind: str, data: dict[str, Any]) -> None:
    try:
        decode(json.dumps({"kind": kind, **data}), BROWSER_COMMANDS)
    except ProtocolError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not JSON"),
        ("[]", "a message is a JSON object"),
        ('"run"', "a message is a JSON object"),
        ("{}", "unknown kind None"),
        ('{"kind":["run"]}', "unknown kind ['run']"),
        ('{"kind":"dance"}', "unknown kind 'dance'"),
        ('{"kind":"probe","id":"1","source":"x"}', "unknown kind 'probe'"),
        ('{"kind":"run","run":1}', "run: missing field 'source'"),
        ('{"kind":"run","run":1,"source":"x","extra":1}', "run: unknown field 'extra'"),
        ('{"kind":"run","run":true,"source":"x"}', "run.run: expected an integer, not True"),
        ('{"kind":"run","run":1.0,"source":"x"}', "run.run: expected an integer, not 1.0"),
        ('{"kind":"run","run":"1","source":"x"}', "run.run: expected an integer, not '1'"),
        ('{"kind":"run","run":9007199254740993,"source":"x"}', "run.run: integer out of range"),
        ('{"kind":"run","run":NaN,"source":"x"}', "NaN is not JSON"),
        ('{"kind":"run","run":-Infinity,"source":"x"}', "-Infinity is not JSON"),
        ('{"kind":"run","run":1,"source":"\\ud800"}', "run.source: lone surrogate"),
        ('{"kind":"run","run":1,"source":null}', "run.source: expected a string, not None"),
        ("[" * 100_000, "nested deeper than 32"),
        ('{"kind":' * 20_000, "nested deeper than 32"),
        ('{"kind":"run","run":1,"source":"' + "x" * codec.BROWSER_LIMIT + '"}', "longer than 262144 bytes"),
        ('{"kind":"run","run":1,"source":"' + "ü" * 140_000 + '"}', "longer than 262144 bytes"),
        ("1" * 100_000, "not JSON"),
    ],
)
def test_each_wrong_message_is_told_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        decode(text, BROWSER_COMMANDS)
    assert says in str(caught.value)


def test_brackets_inside_strings_are_not_nesting() -> None:
    source = "[{" * 1000 + '\\"' * 10
    assert decode(encode(protocol.Run(1, source)), BROWSER_COMMANDS) == protocol.Run(1, source)


def test_a_socket_cannot_send_what_only_the_worker_takes_and_a_worker_no_command() -> None:
    with pytest.raises(ProtocolError):
        decode(encode(protocol.Probe("1", "x")), BROWSER_COMMANDS)
    with pytest.raises(ProtocolError):
        decode(encode(protocol.Hello()), WORKER_EVENTS)
    with pytest.raises(ProtocolError):
        decode(encode(protocol.Exited("quit", "")), WORKER_EVENTS)


@pytest.mark.parametrize("data", [struct.pack(">I", 10**9), struct.pack(">I", 2) + b"\xff\xfe"])
def test_a_frame_too_long_or_not_utf8_is_a_protocol_error(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        Unframer().feed(data)


def test_a_welcome_carries_its_transcript_with_kinds() -> None:
    welcome = protocol.Welcome(
        session="s",
        token="t",
        role="driver",
        state="ready",
        run=1,
        python="3.12.1",
        isolation="none",
        limits={"cpu_seconds": 10},
        files=(protocol.File("changer.py", "x = 1"),),
        transcript=(protocol.Noted(1, 2.5, protocol.Run(1, "x")),),
        snapshot=None,
        disk=(),
        lesson="",
        step="",
    )
    plain = json.loads(encode(welcome))
    assert plain["transcript"] == [{"seq": 1, "at": 2.5, "message": {"kind": "run", "run": 1, "source": "x", "id": ""}}]
    assert plain["files"] == [{"path": "changer.py", "text": "x = 1"}]
