"""The learner's place in the lessons: opening a step, setting it up, and passing on what happens to be judged.

Setting up is done with the learner's own means, and each of them is journalled as what it is: files are saved, Python
is restarted, entries are typed. `open` itself only marks the place. Called under the session's lock.
"""

import json
from collections import deque
from collections.abc import Callable
from itertools import pairwise

from sandbox.lessons.kept import read_progress
from sandbox.lessons.lesson import Action, Erase, Example, Lesson, Snippet, Step, Write
from sandbox.lessons.shelf import Shelf
from sandbox.protocol import (
    Checked,
    Command,
    Delete,
    Event,
    Finished,
    Holding,
    Loaded,
    Open,
    Output,
    Predict,
    Probed,
    Restart,
    Run,
    Save,
)
from sandbox.session.console import Console
from sandbox.session.judgement import Judgement
from sandbox.session.record import Record
from sandbox.session.witness import Witness
from sandbox.session.workspace import Workspace
from sandbox.session.writer import Writer
from sandbox.store.interface import Past

FREE_PLAY = Checked("", "", False, (), "", None)
SETTING_UP = "The step is being set up. Please wait a moment."


class Course:
    """One learner's way through the lessons of a shelf, which is asked for anew each time: it may be written on."""

    def __init__(
        self, shelf: Callable[[], Shelf], console: Console, record: Record, writer: Writer, workspace: Workspace
    ) -> None:
        self._shelf, self._console, self._record = shelf, console, record
        self._writer, self._workspace = writer, workspace
        self._witness = Witness(workspace, console.pictures)
        self._open: Judgement | None = None
        self._way: deque[Action | Example] | None = None
        """What is left to do before the step begins; None once it has begun."""
        self._files: dict[str, str] | None = None
        """What the workspace will hold once the interpreter has gone."""
        self._broken_off: tuple[Action, ...] | None = None
        """What was left to do when the last server ended."""
        self._aside: dict[str, str] = {}
        """The files of free play, while a lesson is open."""

    @property
    def lesson(self) -> str:
        return self._open.lesson if self._open else ""

    @property
    def step(self) -> str:
        return self._open.step.id if self._open else ""

    @property
    def size(self) -> int:
        """Bytes of memory it takes, about."""
        return sum(map(len, self._aside.values()))

    # --- commands ---

    def problem(self, command: Command) -> str:
        """Why a command cannot be taken now, "" when it can."""
        return SETTING_UP if self._way is not None and isinstance(command, Run | Save | Delete) else ""

    def enter(self, lesson: str, step: str) -> None:
        """Go where a socket's hello says, unless it is there already; tell how the step stands."""
        found = self._shelf().step(lesson, step)
        if lesson and not (self._open and (lesson, found) == (self.lesson, self._open.step)):
            self.open(Open(lesson, step))
        elif self._open and self._way is None:
            self._record.audience.tell(self._open.view())

    def open(self, command: Open) -> None:
        """Go to a step, and to its beginning: everything before it is set up. Lesson "" leaves the lessons."""
        lesson = self._shelf().lesson(command.lesson)
        step = lesson.step(command.step) if lesson else None
        if lesson and step:
            self._record.note(self._record.take(command), command)
            self._go(lesson, step)
        elif command.lesson or command.step:
            missing = f"The lesson {command.lesson!r} has no step {command.step!r}." if lesson else ""
            self._record.refuse("name", missing or f"There is no lesson {command.lesson!r}.", command.id)
        else:
            self._record.note(self._record.take(command), command)
            self._leave()

    def _go(self, lesson: Lesson, step: Step) -> None:
        goes_on = self._is_next(lesson, step)
        if self._open is None:
            self._aside = self._workspace.texts()
        else:
            self._open.drop_inquiry()
        self._open = Judgement(lesson.id, step, self._witness, self._console, self._record)
        if goes_on:
            self._keep_place()
            for write in step.starters:
                self._writer.put(Save(write.path, write.text))
            self._open.judge("opened")
        else:
            self._set_up(lesson.way_to(step), {})

    def _is_next(self, lesson: Lesson, step: Step) -> bool:
        """Whether the step follows the open one, which has passed, so that Python may go on."""
        if self._open is None or self._way is not None or self._open.lesson != lesson.id or not self._open.passed:
            return False
        ids = [one.id for one in lesson.steps]
        return (self._open.step.id, step.id) in pairwise(ids)

    def _leave(self) -> None:
        """Free play again, with the files it had."""
        if self._open is None:
            self._record.audience.push(FREE_PLAY)
            return
        self._open.drop_inquiry()
        self._open = None
        aside, self._aside = self._aside, {}
        self._set_up((), aside)

    def predict(self, command: Predict) -> None:
        """Record what the learner expects of the open step."""
        if self._open is None or (command.lesson, command.step) != (self.lesson, self.step):
            reason = f"The step {command.step!r} of the lesson {command.lesson!r} is not open."
            self._record.refuse("name", reason, command.id)
        else:
            self._open.predict(command)

    def on_changed(self) -> None:
        """The learner has saved or deleted a file."""
        if self._open and self._way is None:
            self._open.judge("changed")

    def give_up(self) -> None:
        """Set nothing more up: the learner has interrupted or restarted Python."""
        if self._way is not None:
            self._way.clear()

    # --- setting up ---

    def _set_up(self, way: tuple[Action, ...], files: dict[str, str]) -> None:
        """From a fresh interpreter with these files, carry out the way."""
        self._way, self._files = deque(way), None
        self._keep_place()
        if self._console.is_fresh and self._workspace.texts() == files:
            self._walk()
        elif self._console.has_worker:
            self._files = files
            self._restart()
        else:
            self._writer.replace_all(files)
            if self._record.history.worth:
                self._restart()
            else:
                self._console.wake()
            self.on_settled()

    def _restart(self) -> None:
        restart = Restart()
        self._record.audience.push(restart)
        self._console.restart(restart)

    def _walk(self) -> None:
        """Do what comes next, as long as nothing has to be waited for."""
        while self._way and self._console.is_free:
            self._do(self._way.popleft())
        if not self._way and self._console.is_free:
            self._arrive()

    def _do(self, action: Action | Example) -> None:
        if isinstance(action, Example):
            self._console.type(action.source)
        elif isinstance(action, Snippet):
            assert self._way is not None
            self._way.extendleft(reversed(action.examples))
        elif isinstance(action, Write):
            self._writer.put(Save(action.path, action.text))
        elif isinstance(action, Erase):
            self._writer.put(Delete(action.path))
        else:
            self._restart()

    def _arrive(self) -> None:
        self._way = None
        self._keep_place()
        if self._open:
            self._open.judge("opened")
        else:
            self._record.audience.push(FREE_PLAY)

    # --- coming back ---

    def _keep_place(self) -> None:
        place = {"lesson": self.lesson, "step": self.step, "begun": self._way is None, "aside": self._aside}
        self._record.keep_whereabouts(json.dumps(place, ensure_ascii=False))

    def restore(self, past: Past) -> None:
        """Be where the learner was; a step that was being set up is set up anew by `resume`."""
        place = json.loads(past.whereabouts) if past.whereabouts else {}
        lesson = self._shelf().lesson(place.get("lesson", ""))
        step = lesson.step(place["step"]) if lesson else None
        if not lesson or not step:
            return
        self._aside = place["aside"]
        kept = next((one for one in past.standings if (one.lesson, one.step) == (lesson.id, step.id)), None)
        progress = read_progress(step, kept.progress) if kept and place["begun"] else None
        choice = kept.choice if kept and place["begun"] else ""
        self._open = Judgement(
            lesson.id, step, self._witness, self._console, self._record, progress=progress, choice=choice
        )
        self._broken_off = None if place["begun"] else lesson.way_to(step)

    def resume(self) -> bool:
        """Set up what was being set up; False when nothing was. For a session without a worker."""
        way, self._broken_off = self._broken_off, None
        if way is not None:
            self._set_up(way, {})
        return way is not None

    # --- events ---

    def see_again(self, source: str, finished: Finished) -> None:
        """An entry has ended that was judged before."""
        if self._open and finished.status != "incomplete":
            self._witness.end_entry(source, finished)

    def note(self, event: Event) -> None:
        """See what the interpreter does."""
        if self._open and isinstance(event, Output | Loaded):
            self._witness.note(event)

    def on_ready(self) -> None:
        """A fresh interpreter waits."""
        self._witness.begin()
        if self._way is not None:
            self._walk()
        elif self._open:
            self._open.judge("restarted")

    def on_finished(self, source: str, finished: Finished) -> None:
        """An entry has ended; an incomplete one goes on."""
        if self._open is None and self._way is None:
            return
        if finished.status != "incomplete":
            entry = self._witness.end_entry(source, finished)
            if self._way is not None:
                self._walk()
            elif self._open:
                self._open.judge("ran", entry)

    def on_answered(self, answer: Probed | Holding) -> bool:
        """An answer of the interpreter; False for one that no check has asked for."""
        return self._open is not None and self._open.on_answered(answer)

    def on_exited(self) -> None:
        """The interpreter has gone, and another may follow: the moment to change all files."""
        self._witness.begin()
        if self._open:
            self._open.drop_inquiry()
        if self._files is not None:
            files, self._files = self._files, None
            self._writer.replace_all(files)

    def on_settled(self) -> None:
        """Where no interpreter is to come there is nothing to wait for."""
        if self._way is not None and self._console.is_asleep:
            self._arrive()
