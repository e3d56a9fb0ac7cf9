"""A learner takes her session away as a zip, and brings zips in: her own, and those of others."""

import doctest
import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Download, Locator, expect

from tests.browser.learner import Learner
from tests.browser.test_looks import SIZES, fits, show_pane, violations
from tests.browser.test_tutorial import EDITED
from tests.browser.zips import HOSTILE, TEXT, zipped

HOLD_BACK = """() => {
  const read = Blob.prototype.arrayBuffer;
  window.held = [];
  window.holds = true;
  Blob.prototype.arrayBuffer = async function () {
    if (window.holds) await new Promise(go => window.held.push(go));
    return read.call(this);
  };
}"""
"""Files are read when the test says so."""
WRITE = """() => sockets.at(-1).send(JSON.stringify({
  kind: "run", run: 1, id: "theirs", source: "print('theirs = 1', file=open('changer.py', 'w'))",
}))"""
"""Code of the learner writes a file, behind the dialog."""
WIDTHS = pytest.mark.parametrize("size", [SIZES["desk"], SIZES["phone"]], ids=["desk", "phone"])


@pytest.fixture
def taker(learner: Learner) -> "Taker":
    return Taker(learner)


class Taker:
    """A learner at the menu and the dialog."""

    def __init__(self, learner: Learner) -> None:
        self.learner, self.page = learner, learner.page

    def resize(self, size: tuple[int, int]) -> None:
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

    def export(self) -> zipfile.ZipFile:
        with self.page.expect_download() as found:
            self.choose("Export as a zip")
        self.download: Download = found.value
        return zipfile.ZipFile(self.download.path())

    def choose(self, item: str) -> None:
        """With the keyboard alone."""
        self.page.locator("#acts").get_by_label("Export and import").press("Enter")
        self.learner.button(item).press("Enter")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog", name="Import a zip")

    def offer(self, path: Path | str) -> None:
        """Choose this zip, as the dialog asks."""
        if not self.dialog.is_visible():
            self.choose("Import a zip…")
        with self.page.expect_file_chooser() as found:
            self.dialog.get_by_role("button", name="zip…").press("Enter")
        found.value.set_files(path)

    def plan(self) -> dict[str, list[str]]:
        """What the dialog lists under each of its titles."""
        expect(self.dialog.locator("dl")).to_be_visible()
        return self.dialog.locator("dl").evaluate("""list => {
          const plan = {};
          for (const title of list.querySelectorAll("dt")) {
            plan[title.textContent] = [];
            for (let one = title.nextElementSibling; one?.tagName === "DD"; one = one.nextElementSibling)
              plan[title.textContent].push(...[...one.querySelectorAll("code")].map((name) => name.textContent));
          }
          return plan;
        }""")

    def agree(self) -> None:
        expect(self.dialog.get_by_role("button", name="Import")).to_be_focused()
        self.page.keyboard.press("Enter")
        expect(self.dialog).to_have_count(0)

    def files(self) -> list[str]:
        return self.page.get_by_role("tab").evaluate_all("tabs => tabs.map(tab => tab.dataset.path)")


@WIDTHS
def test_a_session_goes_out_and_its_files_come_back_to_another_one(taker: Taker, size: tuple[int, int]) -> None:
    learner = taker.learner
    learner.save(EDITED)
    learner.run("import changer", "changer.printer()", "1/0")
    learner.new_file("pkg/shapes.py")
    learner.save("sides = 4\n")
    taker.resize(size)
    with taker.export() as archive:
        root = archive.namelist()[0].split("/")[0]
        assert taker.download.suggested_filename == f"{root}.zip"
        assert archive.testzip() is None
        files = {name.removeprefix(f"{root}/"): archive.read(name).decode() for name in archive.namelist()}
    assert files["files/changer.py"] == EDITED and files["files/pkg/shapes.py"] == "sides = 4\n"
    read = doctest.DocTestParser().get_examples(files["transcript.pycon"])
    assert [one.source for one in read] == ["import changer\n", "changer.printer()\n", "1/0\n"]
    assert read[1].want == "reloaded: After editing\n"
    assert "```pycon\n>>> changer.printer()\nreloaded: After editing\n```" in files["transcript.md"]
    newest = json.loads(files["pictures.json"])["pictures"][-1]
    assert "changer" in [space["name"] for space in newest["spaces"]]
    stranger = Taker(Learner(taker.page.context.browser.new_page()))  # type: ignore[union-attr]
    stranger.page.goto(taker.page.url)
    stranger.learner.wait()
    stranger.resize(size)
    stranger.offer(taker.download.path())
    assert stranger.plan() == {"New": ["pkg/shapes.py"], "Replaced": ["changer.py"]}
    assert fits(stranger.page)
    stranger.agree()
    expect(stranger.learner.tab("changer.py")).to_have_attribute("aria-selected", "true")
    assert stranger.learner.text() == EDITED
    show_pane(stranger.learner, "Console")
    stranger.learner.run("import changer, pkg.shapes", "changer.printer(), pkg.shapes.sides")
    stranger.learner.sees("(None, 4)")
    stranger.learner.paste(files["transcript.pycon"])
    stranger.learner.sees("ZeroDivisionError: division by zero")
    stranger.page.close()


@pytest.mark.timeout(300)
def test_every_hostile_zip_is_refused_with_its_reason_and_nothing_changes(taker: Taker, tmp_path: Path) -> None:
    before = taker.files(), taker.learner.text()
    for number, (name, (make, reason)) in enumerate(HOSTILE.items()):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(make())
        taker.resize(SIZES["phone" if number % 2 else "desk"])
        taker.offer(path)
        said = f"{number}.zip is not imported. "
        expect(taker.dialog.locator(".wrong"), name).to_contain_text(said)
        expect(taker.dialog.locator(".wrong"), name).to_contain_text(reason)
        expect(taker.dialog.get_by_role("button", name="Import")).to_have_count(0)
        assert fits(taker.page)
        path.unlink()
    taker.page.keyboard.press("Escape")
    taker.resize(SIZES["desk"])
    assert (taker.files(), taker.learner.text()) == before


def test_a_zip_of_others_brings_its_text_files_and_says_what_it_leaves_out(taker: Taker, tmp_path: Path) -> None:
    path = tmp_path / "work.zip"
    path.write_bytes(
        zipped(
            ("work/", b""),
            ("work/Shapes.py", b"sides = 4\r\n"),
            ("work/shapes.py", b"sides = 3\n"),
            ("work/cafe\u0301.py", b""),
            ("work/changer.py", taker.learner.text().encode()),
            ("work/__pycache__/shapes.cpython-311.pyc", b"\0\0"),
            ("work/.git/config", b"[core]\n"),
            ("work/.hidden.py", b"x = 1\n"),
            ("work/logo.png", b"\x89PNG\0"),
            ("work/large.py", b"#" * 300_000),
            ("work/latin.py", "# é\n".encode("latin-1")),
        )
    )
    taker.offer(path)
    assert taker.plan() == {
        "New": ["Shapes.py", "shapes.py", "caf\u00e9.py", ".hidden.py"],
        "The same already": ["changer.py"],
        "Left out": [
            "__pycache__/shapes.cpython-311.pyc",
            ".git/config",
            "logo.png",
            "large.py",
            "latin.py",
        ],
    }
    expect(taker.dialog).to_contain_text("Its folder work/ is left away.")
    assert violations(taker.page) == []
    taker.agree()
    taker.learner.run("import Shapes, shapes; (Shapes.sides, shapes.sides)")
    taker.learner.sees("(4, 3)")


def test_edits_that_a_zip_replaces_come_back_by_undo_and_other_files_stay(taker: Taker, tmp_path: Path) -> None:
    path = tmp_path / "mine.zip"
    path.write_bytes(zipped(("changer.py", b"new = True\n")))
    taker.learner.new_file("other.py")
    taker.learner.tab("changer.py").click()
    taker.learner.edit("not_saved = True\n")
    taker.offer(path)
    assert taker.plan() == {"Replaced": ["changer.py"], "Not in it, so they stay": ["other.py"]}
    taker.agree()
    assert taker.learner.text() == "new = True\n"
    expect(taker.learner.file_line).to_contain_text("Saved")
    taker.learner.editor.focus()
    taker.page.keyboard.press("Control+z")
    assert taker.learner.text() == "not_saved = True\n"


def test_a_plan_is_of_the_zip_offered_last_and_of_the_files_as_they_are(taker: Taker, tmp_path: Path) -> None:
    zips = {name: tmp_path / f"{name}.zip" for name in ("first", "last")}
    for name, path in zips.items():
        path.write_bytes(zipped(("changer.py", f"text = '{name}'\n".encode())))
    taker.page.get_by_text("Import a zip…").evaluate("item => { item.click(); item.click(); }")
    expect(taker.dialog).to_have_count(1)
    taker.page.evaluate(HOLD_BACK)
    taker.offer(zips["first"])
    expect(taker.dialog).to_contain_text("Reading first.zip")
    taker.page.evaluate("window.holds = false")
    taker.offer(zips["last"])
    assert taker.plan() == {"Replaced": ["changer.py"]}
    taker.page.evaluate("window.held.forEach(read => read())")
    taker.page.evaluate(WRITE)
    expect(taker.learner.editor).to_contain_text("theirs = 1")
    taker.page.keyboard.press("Enter")
    expect(taker.dialog).to_contain_text("Your files have changed since. This is what it would do now:")
    expect(taker.dialog).to_contain_text("last.zip brings 1 file.")
    assert taker.learner.text() == "theirs = 1\n"
    taker.agree()
    assert taker.learner.text() == "text = 'last'\n"


def test_a_script_in_a_name_is_a_name(taker: Taker, tmp_path: Path) -> None:
    name = "<img src=x onerror=alert(1)>.py"
    path = tmp_path / "<b onclick=alert(2)>.zip"
    path.write_bytes(zipped((name, TEXT)))
    taker.offer(path)
    assert taker.plan()["New"] == [name]
    expect(taker.dialog.locator("b").first).to_have_text(path.name)
    taker.agree()
    expect(taker.learner.tab(name)).to_be_visible()
    assert taker.page.locator("img").count() == 0


def test_a_workspace_full_of_files_comes_in_at_once(taker: Taker, tmp_path: Path) -> None:
    path = tmp_path / "full.zip"
    path.write_bytes(zipped(*((f"m{number}.py", b"x = %d\n" % number) for number in range(199))))
    taker.offer(path)
    taker.agree()
    taker.learner.run("import os; len(os.listdir())", "import m198; m198.x")
    taker.learner.prints("198")
    taker.learner.sees("200")


def test_an_export_while_code_runs_says_so_and_holds_what_is_saved(taker: Taker) -> None:
    learner = taker.learner
    saved = learner.text()
    learner.enter("import time; print('begun'); time.sleep(30)")
    learner.sees("begun")
    learner.edit("not_saved = True\n")
    with taker.export() as archive:
        root = archive.namelist()[0].split("/")[0]
        assert archive.read(f"{root}/files/changer.py").decode() == saved
        assert "begun\n```\n\nIt was still running." in archive.read(f"{root}/transcript.md").decode()
    learner.sees("The zip has changer.py as last saved: not the edits since then.")
    learner.prompt.focus()
    taker.page.keyboard.press("Control+c")


def test_the_token_is_in_no_address(taker: Taker) -> None:
    asked: list[str] = []
    taker.page.on("request", lambda request: asked.append(request.url))
    for _ in range(2):
        taker.export().close()
    kept = taker.page.wait_for_function("() => JSON.parse(localStorage.getItem('reload-sandbox:/ws'))?.token")
    token = kept.json_value()
    assert token and any(url.endswith("/export") for url in asked)
    assert not [url for url in asked if token in url]


def test_menu_and_dialog_are_accessible(taker: Taker) -> None:
    taker.page.locator("#acts").get_by_label("Export and import").click()
    assert violations(taker.page) == []
    taker.page.keyboard.press("Escape")
    taker.choose("Import a zip…")
    expect(taker.dialog.get_by_role("button", name="Choose a zip…")).to_be_focused()
    assert violations(taker.page) == [] and fits(taker.page)
    taker.page.keyboard.press("Escape")
    expect(taker.dialog).to_have_count(0)
