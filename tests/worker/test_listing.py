"""Columns written in one go are the same JSON as written one by one."""

import json

from hypothesis import given, strategies as st

from sandbox.codec import INTEGER_LIMIT
from sandbox.worker.listing import constants, strings

TEXTS = st.text() | st.text('\x7f",[]\\ n\n\x00', max_size=4)


@given(st.lists(TEXTS))
def test_texts_come_back(column: list[str]) -> None:
    written = strings(column)
    assert json.loads(written) == column
    assert written == json.dumps(column, ensure_ascii=False, separators=(",", ":"))


@given(st.lists(st.integers(-INTEGER_LIMIT, INTEGER_LIMIT)) | st.lists(st.booleans()))
def test_constants_come_back(column: list[int]) -> None:
    assert constants(column) == json.dumps(column, separators=(",", ":"))
