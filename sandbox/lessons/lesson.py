"""What a lesson is, once it has been read: frozen data with nothing to do but be looked at.

Knows neither Markdown nor YAML (`parse` does) and judges nothing (`judge` does).
"""

from dataclasses import dataclass
from itertools import takewhile

from sandbox.lessons.check import Check, Condition


class LessonError(Exception):
    """A lesson that cannot be used. `path` and `line` say where; the text says what was expected."""

    def __init__(self, path: str, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path = path
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class Prose:
    """Text to read, as clean HTML."""

    html: str


@dataclass(frozen=True, slots=True)
class Example:
    """One console entry and what CPython prints for it; in `expected`, `...` stands for anything."""

    source: str
    expected: str
    line: int


@dataclass(frozen=True, slots=True)
class Snippet:
    """Console entries. role: type (shown, to be typed) or solution (shown when asked for)."""

    examples: tuple[Example, ...]
    role: str
    line: int


@dataclass(frozen=True, slots=True)
class Write:
    """A whole file. role: start (saved when the step opens), type or solution."""

    path: str
    text: str
    role: str
    line: int


@dataclass(frozen=True, slots=True)
class Erase:
    """A file to delete. `text` says in words what to do; role: type or solution."""

    path: str
    text: str
    role: str
    line: int


@dataclass(frozen=True, slots=True)
class Renew:
    """Python to restart. `text` says in words what to do; role: type or solution."""

    text: str
    role: str
    line: int


Action = Snippet | Write | Erase | Renew


@dataclass(frozen=True, slots=True)
class Wrong:
    """A mistake that we expect: what a learner does, how it is recognised, and the reply it deserves.

    It is tried from the beginning of the step, in the order of `tries`.
    """

    tries: tuple[Action, ...]
    conditions: tuple[Condition, ...]
    reply: str
    line: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a prediction; `conditions` tell whether it is what really happened."""

    text: str
    conditions: tuple[Condition, ...]
    right: bool


@dataclass(frozen=True, slots=True)
class Prediction:
    """A question asked before anything runs; the first moment at which `when` holds settles it."""

    ask: str
    when: tuple[Condition, ...]
    choices: tuple[Choice, ...]
    because: str
    line: int

    @property
    def right(self) -> int:
        """The place of the right choice."""
        return next(place for place, choice in enumerate(self.choices) if choice.right)


Part = Prose | Action | Wrong | Prediction


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its parts in the order of the text, and the checks that end it."""

    id: str
    title: str
    parts: tuple[Part, ...]
    checks: tuple[Check, ...]
    hints: tuple[str, ...]
    line: int

    @property
    def all_hints(self) -> tuple[str, ...]:
        """What helps whoever asks for it: the step's own hints, then those of its checks."""
        return (*self.hints, *(check.hint for check in self.checks if check.hint))

    @property
    def starters(self) -> tuple[Write, ...]:
        """The files that are saved when the step opens."""
        return tuple(part for part in self.parts if isinstance(part, Write) and part.role == "start")

    @property
    def actions(self) -> tuple[Action, ...]:
        """What a learner does from the beginning of the step to its end."""
        return tuple(part for part in self.parts if isinstance(part, Action) and part.role != "start")

    @property
    def wrongs(self) -> tuple[Wrong, ...]:
        return tuple(part for part in self.parts if isinstance(part, Wrong))

    @property
    def prediction(self) -> Prediction | None:
        return next((part for part in self.parts if isinstance(part, Prediction)), None)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson. `path` is its file, for messages; level: basics or beyond."""

    id: str
    title: str
    summary: str
    minutes: int
    level: str
    intro: str
    steps: tuple[Step, ...]
    path: str

    def step(self, id: str) -> Step | None:
        """The step of that id; the first one for ""; None when there is none."""
        return self.steps[0] if id == "" else next((step for step in self.steps if step.id == id), None)

    def way_to(self, step: Step) -> tuple[Action, ...]:
        """What brings a fresh interpreter to the beginning of a step: every earlier step's files and actions, then
        the step's own starter files."""
        earlier = takewhile(lambda one: one is not step, self.steps)
        way = [action for one in earlier for action in (*one.starters, *one.actions)]
        return (*way, *step.starters)
