"""A learner at the page: what she does with keys and mouse, and what she sees. Waits for what is promised."""

import re
from typing import Any

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

SOCKETS = """
window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...given) { super(...given); window.sockets.push(this); }
};
"""
"""Lets a test cut the connection."""

FRAME = "() => new Promise(drawn => requestAnimationFrame(() => drawn(true)))"

HOLD = """kind => {
  const socket = window.sockets.at(-1);
  const { send, onmessage } = socket;
  const held = [];
  const unless = (text, act) => JSON.parse(text).kind === kind ? held.push(act) : act();
  socket.send = text => unless(text, () => send.call(socket, text));
  socket.onmessage = message => unless(message.data, () => onmessage(message));
  window.letGo = () => {
    delete socket.send;
    socket.onmessage = onmessage;
    for (const act of held) act();
  };
}"""

PASTE = """(place, text) => {
  const clipboard = new DataTransfer();
  clipboard.setData("text/plain", text);
  place.dispatchEvent(new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true, cancelable: true }));
}"""


class Learner:
    """Somebody in front of the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)
        page.add_init_script(SOCKETS)

    def _listen(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.complaints.append(said.text)

    def open(self) -> "Learner":
        self.page.goto("/")
        return self.wait()

    def wait(self) -> "Learner":
        """Until Python waits for an entry, and has done what it was given before.

        The page draws once a frame: until the next one the lamp may be that of before the last key.
        """
        self.page.wait_for_function(FRAME)  # which begins again where another page comes meanwhile
        expect(self.page.locator("#status .lamp")).to_have_class("lamp ready")
        return self

    # --- the console ---

    @property
    def prompt(self) -> Locator:
        return self.page.locator("#prompt .cm-content")

    @property
    def log(self) -> Locator:
        return self.page.locator("#log .items")

    def enter(self, *lines: str) -> None:
        """Type lines at the prompt, each with Enter, as fast as they go."""
        self.prompt.focus()
        for line in lines:
            self.page.keyboard.insert_text(line)
            self.page.keyboard.press("Enter")

    def run(self, *entries: str) -> None:
        """Type entries, each after the one before has ended."""
        for entry in entries:
            self.enter(entry)
            self.wait()

    def paste(self, text: str) -> None:
        self.prompt.evaluate(PASTE, text)

    def sees(self, text: str) -> None:
        """The console shows the text, in one piece."""
        expect(self.log).to_contain_text(text)

    def prints(self, line: str) -> None:
        """The last line of output is this, to the letter: what was typed does not count."""
        last = re.compile(rf"(^|\n){re.escape(line)}\n?$")
        expect(self.log.locator(".output").last).to_have_text(last)

    def transcript(self) -> list[str]:
        """Every line of the console as it is read, without the lines that tell of saved files."""
        rows = self.log.locator(".row, .block, .output > .line:not([hidden]), .notice > span")
        return [line for text in rows.all_text_contents() for line in text.rstrip("\n").split("\n")]

    # --- the editor ---

    @property
    def editor(self) -> Locator:
        return self.page.locator("#editor .cm-content")

    @property
    def file_line(self) -> Locator:
        return self.page.locator("#file [role=status]")

    def edit(self, text: str) -> None:
        """Put other text in place of what the editor holds."""
        self.editor.focus()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def save(self, text: str) -> None:
        self.edit(text)
        self.page.keyboard.press("Control+s")
        expect(self.file_line).to_contain_text(re.compile("^Saved"))

    def text(self) -> str:
        lines: list[str] = self.editor.locator(".cm-line").all_text_contents()
        return "\n".join(lines)

    def undoes_deleting(self, path: str, text: str) -> None:
        """She is told that the file is deleted, and *Undo* brings it back with this text, saved."""
        expect(self.file_line).to_have_text(f"{path} deleted.")
        self.button("Undo").click()
        expect(self.file_line).to_have_text("Saved, not imported yet")
        assert self.text() == text

    def tab(self, name: str) -> Locator:
        return self.page.get_by_role("tab", name=name)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def new_file(self, name: str) -> None:
        self.button("New file").click()
        field = self.page.get_by_label("Name of the new file")
        field.fill(name)
        field.press("Enter")
        expect(self.tab(name)).to_have_attribute("aria-selected", "true")

    def rename(self, old: str, new: str) -> None:
        self.page.get_by_role("button", name=f"More for {old}").click()
        self.button("Rename").click()
        field = self.page.get_by_label(f"New name of {old}")
        field.fill(new)
        field.press("Enter")

    # --- the connection ---

    def cut(self) -> None:
        """Lose the connection."""
        self.page.evaluate("window.sockets.at(-1).close()")

    def hold(self, kind: str) -> None:
        """Have messages of this kind, sent as well as heard, wait at this end of the connection."""
        self.page.evaluate(HOLD, kind)

    def let_go(self) -> None:
        """What was held goes on its way, in its order; nothing is held any more."""
        self.page.evaluate("window.letGo()")

    def reconnects(self, before: int) -> None:
        self.page.wait_for_function("before => window.sockets.length > before", arg=before)

    def sockets(self) -> int:
        count: Any = self.page.evaluate("window.sockets.length")
        return int(count)
