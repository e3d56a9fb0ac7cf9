"""The YAML blocks of a step that are not checks: predictions, expected mistakes, and the text of hints."""

from sandbox.lessons.fence import Fence, read_examples
from sandbox.lessons.fields import fields_of, text, true, workspace_path
from sandbox.lessons.lesson import Action, Choice, Erase, Prediction, Renew, Snippet, Write, Wrong
from sandbox.lessons.located import Located, LocatedError, expect, load
from sandbox.lessons.vocabulary import CONDITIONS, FILE_DETAILS, read_bare_conditions, read_conditions

CONDITION_WORDS = {*CONDITIONS, *FILE_DETAILS}
TRIES = {"try", "save", "delete", "restart"}
CHOICE_LIMIT = 6


def read_hint(fence: Fence) -> str:
    if not fence.body.strip():
        raise LocatedError(fence.line, "text {hint}: expected a sentence")
    return fence.body.strip()


def read_prediction(fence: Fence) -> Prediction:
    located = load(fence.body, fence.line)
    fields = _required(located, "predict", {"ask", "when", "choices", "because"})
    when = fields["when"]
    choices = tuple(_choice(item) for item in expect(fields["choices"], list, "choices"))
    if not 2 <= len(choices) <= CHOICE_LIMIT:
        raise fields["choices"].error(f"choices: expected 2 to {CHOICE_LIMIT}, found {len(choices)}")
    if sum(choice.right for choice in choices) != 1:
        raise fields["choices"].error("choices: expected exactly one with 'right: true'")
    return Prediction(
        ask=text(fields["ask"], "ask"),
        when=read_bare_conditions(when, fields_of(when, "when", CONDITION_WORDS), "when"),
        choices=choices,
        because=text(fields["because"], "because"),
        line=fence.line,
    )


def _choice(located: Located) -> Choice:
    fields = fields_of(located, "choice", {"text", "right", *CONDITION_WORDS})
    if "text" not in fields:
        raise located.error("choice: expected 'text', the answer that the learner sees")
    right = expect(fields["right"], bool, "right") if "right" in fields else False
    return Choice(text(fields["text"], "text"), read_conditions(located, fields, "choice"), right)


def read_wrong(fence: Fence) -> Wrong:
    """A mistake: what is tried, `reply`, and the conditions by which it is recognised."""
    located = load(fence.body, fence.line)
    fields = fields_of(located, "wrong", {"reply", *TRIES, *CONDITION_WORDS})
    if "reply" not in fields:
        raise located.error("wrong: expected 'reply', what the learner is told")
    tries = _tries(fields)
    if not tries:
        raise located.error(f"wrong: expected at least one of {', '.join(sorted(TRIES))}: what the learner does")
    return Wrong(tries, read_conditions(located, fields, "wrong"), text(fields["reply"], "reply"), fence.line)


def _tries(fields: dict[str, Located]) -> tuple[Action, ...]:
    """Files first, then what is done to Python, then what is typed."""
    tries: list[Action] = []
    for path, body in expect(fields["save"], dict, "save").items() if "save" in fields else ():
        place = workspace_path(Located(path, body.line), "save")
        tries.append(Write(place, expect(body, str, "save"), "wrong", body.line))
    if "delete" in fields:
        tries.append(Erase(workspace_path(fields["delete"], "delete"), "", "wrong", fields["delete"].line))
    if "restart" in fields:
        true(fields["restart"], "restart")
        tries.append(Renew("", "wrong", fields["restart"].line))
    if "try" in fields:
        tries.append(_typed(fields["try"]))
    return tuple(tries)


def _typed(located: Located) -> Snippet:
    """Console text, or an entry on its own; what it prints is not compared."""
    source = text(located, "try")
    body = source if source.startswith(">>>") else f">>> {source}"
    return Snippet(read_examples(Fence("pycon", "wrong", "", body, located.line)), "wrong", located.line)


def _required(located: Located, where: str, words: set[str]) -> dict[str, Located]:
    fields = fields_of(located, where, words)
    if missing := sorted(words - set(fields)):
        raise located.error(f"{where}: expected {', '.join(missing)}")
    return fields
