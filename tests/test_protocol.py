"""What the protocol promises apart from its encoding."""

from dataclasses import FrozenInstanceError

import pytest

from sandbox import protocol


@pytest.mark.parametrize(
    "path", ["changer.py", "pkg/__init__.py", "naïve.py", "data.txt", ".hidden", "a b.py", "x" * 200]
)
def test_a_plain_relative_path_names_a_file(path: str) -> None:
    assert protocol.path_problem(path) == ""


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("", "needs a name"),
        ("../x", "'..'"),
        ("a/../../x", "'..'"),
        ("./x", "'.'"),
        ("a//b", "empty part"),
        ("a/", "empty part"),
        ("/etc/passwd", "does not start with a slash"),
        ("a\0b", "control characters"),
        ("a\nb", "control characters"),
        ("a\\b", "backslash"),
        ("a\u202egpj.py", "invisible"),
        ("a\u00a0b.py", "invisible"),
        (" a.py", "a space"),
        ("pkg /a.py", "a space"),
        ("x" * 300, "at most 200 characters"),
        ("ü" * 130, "at most 255 bytes"),
    ],
)
def test_a_path_that_climbs_or_cannot_be_is_refused_in_a_sentence(path: str, says: str) -> None:
    problem = protocol.path_problem(path)
    assert says in problem
    assert problem.endswith(".")


def test_messages_are_frozen() -> None:
    message = protocol.Run(1, "x")
    with pytest.raises(FrozenInstanceError):
        message.run = 2  # type: ignore[misc]


def test_kinds_are_unique() -> None:
    messages = [one for one in vars(protocol).values() if isinstance(one, type) and hasattr(one, "kind")]
    assert len(messages) > 25
    assert len({message.kind for message in messages}) == len(messages)
