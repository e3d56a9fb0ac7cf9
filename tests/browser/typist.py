"""A learner without a mouse: she gets everywhere by keys, and types what she was asked for, but for long files.

What stands in a line as anybody has typed it before in the same place comes in at once: a key costs 20 ms of processor.
"""

import keyword
import re
from functools import partial
from itertools import pairwise
from typing import Any

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from sandbox.lessons.lesson import Lesson, Step
from tests.browser.learner import Learner

CHROMIUMS_OWN = "Applying inline style violates"
"""Chromium styles what is typed in place of a selected keyword. The page's policy forbids that, and nothing is lost."""
LONG = 300
"""Characters from which on a file comes in a line at a time, as from a clipboard."""
REACH = 60
"""Presses of Tab after which something counts as out of reach."""
IS_FOCUSED = "element => element === document.activeElement"


Typed = set[tuple[str, str, str]]
"""Where somebody typed, and which two things beside each other."""


def parts_of(line: str) -> list[tuple[str, str]]:
    """The words, blanks and signs of a line, each with its kind.

    An editor may answer to what stands beside what, and whether in a text; words are one kind, but for Python's.
    """
    quote, parts = "", []
    for part in re.findall(r"\w+|\s+|.", line):
        kind = part if keyword.iskeyword(part) else re.sub(r"\w+", "x", part)
        parts.append((part, quote + kind))
        if part in ("'", '"') and quote in ("", part):
            quote = "" if quote else part
    return parts


class Typist(Learner):
    """Somebody at the keyboard, in a lesson."""

    def __init__(self, page: Page, typed: Typed) -> None:
        super().__init__(page)
        self._typed = typed

    def _listen(self, said: ConsoleMessage) -> None:
        if not said.text.startswith(CHROMIUMS_OWN):
            super()._listen(said)

    @property
    def pane(self) -> Locator:
        return self.page.locator("#lesson")

    def take(self, lesson: str, step: str = "") -> None:
        """Follow a link to a lesson, and wait until its step is set up."""
        self.page.goto(f"/lessons/{lesson}" + (f"#{step}" if step else ""))
        self.is_set_up()

    def is_set_up(self) -> None:
        self.wait()
        expect(self.pane.locator(".checks")).to_be_attached()
        expect(self.pane.locator(".busy, .away")).to_have_count(0)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def reach(self, place: Locator, key: str = "Tab") -> None:
        """Press Tab until the place has the focus."""
        for _ in range(REACH):
            if place.count() and place.evaluate(IS_FOCUSED):
                return
            self.press(key)
        raise AssertionError(f"{key} does not lead to {place}")

    def guess(self, choice: int) -> None:
        """Predict: choose with the arrows, record with Enter."""
        self.press("Alt+0")
        self.reach(self.pane.locator(".predict input").first)
        self.press("Space", *["ArrowDown"] * choice, "Enter")
        expect(self.pane.get_by_text("Now run it and see.")).to_be_visible()

    def bring(self, place: str, line: str) -> None:
        """Key by key from where the line is like none in this place before it; what is before that, at once."""
        parts = parts_of(line)
        pairs = [(place, *pair) for pair in pairwise(["start", *(kind for _, kind in parts), "end"])]
        new = next((number for number, pair in enumerate(pairs) if pair not in self._typed), len(pairs) + 1)
        self._typed.update(pairs)
        if known := "".join(part for part, _ in parts[: max(0, new - 1)]):
            self.page.keyboard.insert_text(known)
        self.page.keyboard.type(line.removeprefix(known))

    def type_entry(self, source: str) -> None:
        self.press("Alt+2")
        for line in source.split("\n"):
            self.bring("prompt", line.removeprefix(self.prompt.inner_text().rstrip("\n")))
            self.press("Enter")
            self.wait()

    def write(self, path: str, text: str) -> None:
        """Write the whole file by hand, over what it holds."""
        self.open_file(path)
        self.press("Alt+1", "Control+a")
        bring = partial(self.bring, "editor") if len(text) < LONG else self.page.keyboard.insert_text
        for number, line in enumerate(text.rstrip("\n").split("\n")):
            if number:
                self.press("Enter")
                self.press(*["Backspace"] * self._too_deep(line))
            bring(line.removeprefix(self._indent()))
        self.press("Control+s")
        expect(self.file_line).to_contain_text(re.compile("^Saved"))
        assert self.text() == text.rstrip("\n"), "what she typed is what she got"

    def _indent(self) -> str:
        """What stands in the line already where she is about to type."""
        lines: list[str] = self.editor.locator(".cm-activeLine").all_text_contents()
        return lines[-1]

    def _too_deep(self, line: str) -> int:
        """How many presses of Backspace bring the indent that the editor offers back to the line's own."""
        offered, own = len(self._indent()), len(line) - len(line.lstrip())
        return max(0, offered - own) // 4 if line else 0

    def open_file(self, path: str) -> None:
        if self.tab(path).count() == 0:
            return self._make_file(path)
        self._reach_tabs()
        chosen = self.page.locator("#tabs [role=tab][aria-selected=true]")
        for _ in range(self.page.get_by_role("tab").count()):
            if self.tab(path).get_attribute("aria-selected") == "true":
                return
            before = chosen.inner_text()
            self.press("ArrowRight")
            expect(chosen).not_to_have_text(before)
        raise AssertionError(f"no tab of {path}")

    def _reach_tabs(self) -> None:
        self.press("Alt+1", "Escape")
        self.reach(self.page.locator("#tabs [role=tab][aria-selected=true]"), "Shift+Tab")

    def _make_file(self, path: str) -> None:
        self.press("Alt+1", "Escape")
        self.reach(self.button("New file"), "Shift+Tab")
        self.press("Enter")
        expect(self.page.get_by_label("Name of the new file")).to_be_focused()
        self.press("Control+a")
        self.page.keyboard.type(path)
        self.press("Enter")
        expect(self.tab(path)).to_have_attribute("aria-selected", "true")

    def erase(self, path: str) -> None:
        self.open_file(path)
        self._reach_tabs()
        self.press("Delete")
        expect(self.tab(path)).to_have_count(0)

    def restart(self) -> None:
        self.press("Alt+0")
        self.reach(self.pane.get_by_role("button", name="Restart Python"))
        self.press("Enter")
        self.sees("memory is empty")
        self.wait()

    def do(self, action: dict[str, Any]) -> None:
        """What the instructions ask for."""
        match action["kind"]:
            case "type":
                for entry in action["entries"]:
                    self.type_entry(entry)
            case "file":
                self.write(action["path"], action["text"])
            case "delete":
                self.erase(action["path"])
            case "restart":
                self.restart()

    def play(self, step: Step, solution: list[dict[str, Any]]) -> None:
        """The step, from its question to its end."""
        expect(self.pane.locator(".title")).to_have_text(step.title)
        if step.prediction:
            self.guess(step.prediction.right)
        for action in solution:
            self.do(action)
        expect(self.pane.locator(".passed")).to_be_attached()
        if step.prediction:
            expect(self.pane.locator(".settled h3")).to_have_text("You were right.")

    def go_on(self, lesson: Lesson, step: Step) -> None:
        """To the next step, or to the end of the lesson."""
        self.press("Alt+0")
        self.reach(self.pane.locator("footer .next"))
        self.press("Enter")
        if step is lesson.steps[-1]:
            expect(self.pane.locator(".title")).to_have_text("Lesson finished")
        else:
            following = lesson.steps[lesson.steps.index(step) + 1]
            expect(self.page).to_have_url(re.compile(f"#{following.id}$"))
            self.is_set_up()
