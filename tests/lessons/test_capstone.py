"""The last lesson asks for a module of one's own: different good ones pass, plausible bad ones get their reply."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from sandbox.engine.local import LocalEngine
from sandbox.lessons.judge import begin, judge, passed
from sandbox.lessons.lesson import Lesson, Snippet, Step, Write
from sandbox.lessons.player import Player, ask, check_lesson, perform
from tests.interpreters import WANTED, interpreters
from tests.lessons.ours import SHELF
from tests.lessons.stages import starter

LESSON = next(lesson for lesson in SHELF.lessons if lesson.id == "reload-safe-plugin")
WORDS = {
    "state": [("heard", "note")],
    "once": [("heard", "note"), ("got", "note")],
    "notes": [("got", "note"), ("got", "memo")],
    "three": [("took", "letter")],
}
"""What `listen` and `show` say in each file that a step asks for."""

KEEP = "try:\n    heard\nexcept NameError:\n    heard = 0\n"
LISTEN = 'def listen(text):\n    global heard\n    heard += 1\n    return "HEARD " + text\n'
NEWEST = """
desk.listeners[:] = [one for one in desk.listeners if one.__module__ != __name__]
desk.listeners.append(listen)
"""
NOTE = """
class Note:
    def __init__(self, text):
        self.text = text

    def show(self):
        return "NOTE: " + self.text
"""
BEGINNING = f"import desk\n\n{KEEP}\n{LISTEN}"

GOOD = {
    "a set of all notes, moved to the new class": f"""import weakref
{BEGINNING}{NEWEST}
notes = globals().get("notes", weakref.WeakSet())
{NOTE.replace("self.text = text", "self.text = text; notes.add(self)")}
def move():
    for note in notes:
        note.__class__ = Note

move()
""",
    "the first class for ever, and a late lambda": f"""import desk

first = "heard" not in globals()
if first:
    heard = 0
    desk.listeners.append(lambda text: listen(text))

{LISTEN}
kept = globals().get("Note")
{NOTE}
if not first:
    for name in ("__init__", "show"):
        setattr(kept, name, getattr(Note, name))
    Note = kept
""",
    "methods that ask the module": f"""{BEGINNING}
def answer(text):
    return listen(text)

if not any(one.__name__ == "answer" for one in desk.listeners):
    desk.listeners.append(answer)

def show(note):
    return "NOTE: " + note.text

class Note:
    def __init__(self, text):
        self.text = text

    def show(self):
        return show(self)
""",
    "the last one signs off the one before": f"""import desk, gc

if "listen" in globals():
    desk.listeners.remove(listen)
else:
    heard = 0

{LISTEN}
desk.listeners.append(listen)
old = globals().get("Note")
{NOTE}
for one in gc.get_objects():
    if old and type(one) is old:
        one.__class__ = Note
del one
""",
}

BAD = {
    "nothing is kept": ("state", "this load set it", f"import desk\nheard = 0\n{LISTEN}{NEWEST}{NOTE}"),
    "asked for too early": ("state", "no `heard` yet", f"import desk\nheard = heard or 0\n{LISTEN}{NEWEST}{NOTE}"),
    "signed up each time": ("once", "More than one", f"{BEGINNING}\ndesk.listeners.append(listen)\n{NOTE}"),
    "a guard that is never true": (
        "once",
        "is another object",
        f"{BEGINNING}\nif listen not in desk.listeners:\n    desk.listeners.append(listen)\n{NOTE}",
    ),
    "a guard that keeps the old one": (
        "once",
        "keeps the old code",
        f"{BEGINNING}\nif len(desk.listeners) < 2:\n    desk.listeners.append(listen)\n{NOTE}",
    ),
    "everybody is signed off": (
        "once",
        "`log` is gone",
        f"{BEGINNING}\ndesk.listeners.clear()\ndesk.listeners.append(listen)\n{NOTE}",
    ),
    "old notes are forgotten": ("notes", "Keep it as you keep `heard`", f"{BEGINNING}{NEWEST}{NOTE}"),
    "the set of notes is new each time": (
        "notes",
        "made anew by each load",
        f"import weakref\n{BEGINNING}{NEWEST}\nnotes = weakref.WeakSet()\n"
        f"{NOTE.replace('self.text = text', 'self.text = text; notes.add(self)')}\n"
        "for note in list(notes):\n    note.__class__ = Note\n",
    ),
}


EngineOf = Callable[[str], LocalEngine]


def with_solution(text: str) -> Lesson:
    """The lesson as somebody plays it who has written this, and who makes no expected mistake."""
    return replace(LESSON, steps=tuple(_solved(step, text) for step in LESSON.steps))


def _solved(step: Step, text: str) -> Step:
    texts = iter(text.replace("HEARD", heard).replace("NOTE:", f"{note}:") for heard, note in WORDS.get(step.id, ()))
    written = (
        replace(part, text=next(texts)) if isinstance(part, Write) and part.role == "solution" else part
        for part in step.parts
    )
    return replace(step, parts=tuple(part for part in written if part not in step.wrongs))


@pytest.mark.parametrize("version", WANTED)
@pytest.mark.parametrize("solution", GOOD)
def test_a_good_solution_passes_whatever_it_looks_like(solution: str, version: str, engine_of: EngineOf) -> None:
    python = interpreters().get(version)
    if python is None:
        pytest.skip(f"NOT TESTED: CPython {version} is missing")
    report = check_lesson(with_solution(GOOD[solution]), starter(engine_of(python), python))
    assert [str(problem) for problem in report.problems] == []


@pytest.mark.parametrize("solution", BAD)
def test_a_bad_solution_is_refused_with_a_reply_that_helps(solution: str, engine_of: EngineOf) -> None:
    step, reply, text = BAD[solution]
    python = interpreters()[WANTED[0]]
    with starter(engine_of(python), python)() as player:
        for one in with_solution(text).steps:
            done, replies = play(one, player)
            if not done:
                break
    assert one.id == step
    assert any(reply in said for said in replies), replies


def play(step: Step, player: Player) -> tuple[bool, list[str]]:
    """Whether the step is done after its actions, and what the learner was told on the way."""
    progress, replies = begin(step), []
    for write in step.starters:
        player.save(write.path, write.text)
    wrongs = next(one for one in LESSON.steps if one.id == step.id).wrongs
    step = replace(step, parts=(*step.parts, *wrongs))
    for action in step.actions:
        examples = action.examples if isinstance(action, Snippet) else (None,)
        for example in examples:
            entry = player.run(example.source) if example else None
            kind = "ran" if isinstance(action, Snippet) else perform(action, player)
            evidence = replace(player.look(), kind=kind, entry=entry)
            progress = judge(step, ask(player, step, evidence, progress), progress)
            replies.append(progress.reply)
    return passed(step, progress), replies
