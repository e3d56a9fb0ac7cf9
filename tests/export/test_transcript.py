"""The transcript that is taken away says what happened, and tools that know nothing of us read it."""

import doctest
import re

import pytest
from markdown_it import MarkdownIt
from pygments.lexers.python import PythonConsoleLexer
from pygments.token import Generic

from sandbox.export.contents import Contents
from sandbox.export.markdown import markdown
from sandbox.export.passages import read_passages
from sandbox.export.pycon import pycon
from sandbox.protocol import (
    Answer,
    Different,
    Exited,
    Finished,
    Loaded,
    Message,
    Noted,
    Open,
    Output,
    Ready,
    Rebuilt,
    Run,
    Saved,
)

AT = 1_795_359_792.0
"""2026-11-22 15:03:12 UTC"""


def noted(*messages: Message) -> tuple[Noted, ...]:
    return tuple(Noted(0, AT, message) for message in messages)


def entry(run: int, source: str, printed: str = "", status: str = "ok") -> list[Message]:
    output = [Output(run, printed)] if printed else []
    return [Run(run, source), *output, Finished(run, status, "", 1)]


def as_pycon(*messages: Message) -> str:
    return pycon(read_passages(noted(*messages)))


def as_markdown(*messages: Message, lesson: str = "") -> str:
    contents = Contents(AT, "3.11.7", lesson, "", (), noted(*messages), ())
    return markdown(contents, read_passages(contents.transcript))


def examples(text: str) -> list[tuple[str, str]]:
    """What doctest sees: each source and what it should print."""
    return [(one.source, one.want) for one in doctest.DocTestParser().get_examples(text)]


def test_entries_stand_with_their_prompts_and_what_they_printed() -> None:
    text = as_pycon(*entry(1, "import changer"), *entry(2, "changer.printer()", "First version\n"))
    assert text == ">>> import changer\n>>> changer.printer()\nFirst version\n"


def test_an_entry_of_several_lines_has_dots_and_one_that_went_on_is_one() -> None:
    unfinished = entry(1, "def f():", status="incomplete")
    assert as_pycon(*unfinished, *entry(2, "def f():\n    return 1\n")) == ">>> def f():\n...     return 1\n...\n"
    assert as_pycon(*entry(1, "for x in 'a':\n    x\n", "'a'\n")) == ">>> for x in 'a':\n...     x\n...\n'a'\n"


def test_an_incomplete_entry_that_was_dropped_is_not_gone_on_with() -> None:
    dropped = [*entry(1, "def f():", status="incomplete"), Finished(1, "interrupted", "", 1)]
    ended = [*entry(1, "def f():", status="incomplete"), Exited("stopped", "It ended.")]
    for before in (dropped, ended):
        assert ">>> def f():\n...     2\n" in as_pycon(*before, *entry(2, "def f():\n    2"))


def test_an_answer_stands_where_it_was_typed() -> None:
    text = as_pycon(Run(1, "input('? ')"), Output(1, "? "), Answer(1, "yes"), Output(1, "'yes'\n"))
    assert text == ">>> input('? ')\n? yes\n'yes'\n"


def test_what_happened_between_entries_is_a_comment() -> None:
    text = as_pycon(*entry(1, "1", "1\n"), Saved("changer.py"), Ready("3.11.7", "cpython"), *entry(2, "2", "2\n"))
    assert text == ">>> 1\n1\n\n# changer.py saved\n# Python 3.11.7 started, memory is empty\n\n>>> 2\n2\n"


def test_what_happened_before_an_entry_went_on_comes_after_it() -> None:
    unfinished = entry(1, "def f():", status="incomplete")
    text = as_pycon(Saved("a.py"), *unfinished, Saved("b.py"), *entry(2, "def f():\n    return 1\n"))
    assert text == "# a.py saved\n\n>>> def f():\n...     return 1\n...\n\n# b.py saved\n\n"


def test_doctest_reads_just_what_was_typed() -> None:
    text = as_pycon(
        *entry(1, "def f():\n    return 1\n"),
        Saved("changer.py"),
        *entry(2, "f()", "1\n"),
        *entry(3, "1/0", 'Traceback (most recent call last):\n  File "<stdin>"\nZeroDivisionError: division by zero\n'),
        *entry(4, "print('x', end='')", "x"),
        *entry(5, "f()", "1\n"),
    )
    assert [source for source, _ in examples(text)] == [
        "def f():\n    return 1\n",
        "f()\n",
        "1/0\n",
        "print('x', end='')\n",
        "f()\n",
    ]
    assert [want for _, want in examples(text)][3:] == ["x\n", "1\n"]


FORGED = ">>> import os\n>>>x\n  >>> y\n\t>>> z\n... more\n"


@pytest.mark.parametrize("printed", [FORGED, "... more\n... and more\n" + FORGED])
def test_what_was_printed_is_never_read_as_typed(printed: str) -> None:
    text = as_pycon(*entry(1, "evil()", printed), *entry(2, "2", "2\n"))
    assert [source for source, _ in examples(text)] == ["evil()\n", "2\n"]
    prompts = [value for kind, value in PythonConsoleLexer().get_tokens(text) if kind is Generic.Prompt]
    assert prompts == [">>> ", ">>> "]


def test_control_characters_are_shown_and_colours_left_out() -> None:
    text = as_pycon(*entry(1, "x", "\x1b[31mred\x1b[0m\r\n\x07bell \x1b]0;title\x9b1m\n"))
    assert text == ">>> x\nred\n\\x07bell \\x1b]0;title\\x9b1m\n"
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text)


def test_what_differed_in_an_interpreter_brought_back_is_told() -> None:
    text = as_pycon(Rebuilt("3.11.7", 2, (Different(2, "0.7\n"),), ""))
    assert "# Python is back as it was: its 2 entries were run again, out of sight\n" in text
    assert "# Entry 2 came out differently this time\n0.7\n" in text


# --- Markdown ---


def blocks(text: str) -> list[tuple[str, str]]:
    """The fenced blocks that a Markdown reader sees: language and text."""
    return [(one.info, one.content) for one in MarkdownIt("commonmark").parse(text) if one.type == "fence"]


def test_each_entry_has_a_heading_and_a_console_of_its_own() -> None:
    text = as_markdown(*entry(1, "1", "1\n"), *entry(2, "2", "2\n"))
    assert blocks(text) == [("pycon", ">>> 1\n1\n"), ("pycon", ">>> 2\n2\n")]
    assert "## Entry 2, 2026-11-22 15:03:12\n" in text


def test_the_text_that_a_load_ran_is_shown_when_it_is_news() -> None:
    def load(number: int, source: str | None) -> Loaded:
        return Loaded(1, "changer", "changer.py", number, "reload", True, source, False)

    text = as_markdown(Run(1, "x"), load(1, "a = 1\n"), load(2, "a = 1\n"), load(3, "a = 2\n"), load(4, None))
    assert blocks(text)[1:] == [("python", "a = 1\n"), ("python", "a = 2\n")]
    assert text.count("`changer`: load ") == 4


def test_an_entry_that_has_not_ended_is_said_to_run() -> None:
    assert "It was still running." in as_markdown(Run(1, "while True: pass"), Output(1, "so far\n"))


def test_a_cut_beginning_is_said_where_it_was() -> None:
    text = as_markdown(Output(0, "[1,234 earlier characters are no longer kept]\n"), *entry(9, "9", "9\n"))
    assert blocks(text)[0] == ("text", "[1,234 earlier characters are no longer kept]\n")


HOSTILE = "```\n<img src=x onerror=alert(1)>\n````python\n# a heading\n~~~\n`````\n"


def test_nothing_that_a_learner_wrote_is_read_as_markdown_or_html() -> None:
    name = "`<img src=x onerror=alert(1)>`.py"
    load = Loaded(1, "a`b\n# c", name, 1, "import", False, HOSTILE, False)
    text = as_markdown(
        Run(1, HOSTILE),
        load,
        Output(1, HOSTILE),
        Finished(1, "ok", "", 1),
        Saved(name),
        Output(0, HOSTILE),
        Open("a*b", "c"),
    )
    html = MarkdownIt("commonmark").render(text)
    assert "<img" not in html
    assert re.findall(r"<h\d>.*", html) == [
        "<h1>A session in Reload Sandbox</h1>",
        "<h2>Entry 1, 2026-11-22 15:03:12</h2>",
    ]
    assert len(blocks(text)) == 3
