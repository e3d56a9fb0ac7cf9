"""Weight, accessibility and sizes of the page, in both colour schemes."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.learner import Learner
from tests.conftest import absent

AXE = Path(__file__).parents[1] / "js" / "node_modules" / "axe-core" / "axe.min.js"
STYLES = Path(__file__).parents[2] / "static" / "src"
SIZES = {"desk": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}
BUDGET = 200_000
"""Bytes of everything that the first load brings, compressed."""

WEIGH = "() => performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # what passes is not listed: on this page that is most of the work
}
OF_COLOURS = RULES | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""All the rules that may hold in one colour scheme and not in the other."""

COLOURS = """() => {
  const probe = document.body.appendChild(document.createElement("i"));
  const names = ["--bg", "--ink", "--ansi-1", "--stale"];
  const found = names.map(name => (probe.style.color = `var(${name})`, getComputedStyle(probe).color));
  probe.remove();
  return [getComputedStyle(document.body).backgroundColor, ...found];
}"""
FIND = """async rules => {
  const { violations } = await axe.run(document, rules);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}"""


@pytest.fixture(params=SIZES)
def view(request: pytest.FixtureRequest, browser: Browser, base_url: str) -> Any:
    width, height = SIZES[request.param]
    context = browser.new_context(base_url=base_url, viewport={"width": width, "height": height})
    yield Learner(context.new_page()).open()
    context.close()


def violations(page: Page) -> list[str]:
    """In both colour schemes."""
    if not AXE.is_file():
        absent("axe-core (npm ci in tests/js)")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(FIND, RULES)
    page.emulate_media(color_scheme="dark")
    found += page.evaluate(FIND, OF_COLOURS)
    page.emulate_media(color_scheme="light")
    return found


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def show_pane(learner: Learner, name: str) -> None:
    tab = learner.page.locator("#panes").get_by_role("button", name=name)
    if tab.is_visible():
        tab.click()


@pytest.mark.parametrize("path", ["/", "/lessons/from-imports#only"], ids=["page", "step of a lesson"])
def test_the_first_load_is_light(page: Page, path: str) -> None:
    learner = Learner(page)
    page.goto(path)
    if "#" in path:
        expect(page.locator(".thing").first).to_be_visible()  # the step is set up, and its picture drawn
    learner.wait()
    loaded = page.evaluate(f"({WEIGH})().map(one => [one.name, one.encodedBodySize])")
    assert len(loaded) >= 3
    assert sum(size for _, size in loaded) < BUDGET, loaded


def test_every_state_is_accessible_and_fits(view: Learner) -> None:
    page = view.page
    assert violations(page) == []
    view.edit("x = 'a rather long line of text that does not fit on a phone at all, whatever it does' + 'more'\n")
    page.keyboard.press("Control+s")
    assert violations(page) == []
    show_pane(view, "Console")
    view.run(r"import changer", r"print(*(f'\x1b[{n}m{n}\x1b[0m' for n in (*range(30, 38), *range(90, 98))))", "1/0")
    view.run("print('w' * 500)")
    assert violations(page) == [] and fits(page)
    view.enter("input('? ')")
    expect(page.locator("#prompt.answer")).to_be_visible()
    assert violations(page) == [] and fits(page)
    view.enter("")
    view.wait()
    page.locator("#acts").get_by_label("Keyboard shortcuts and help").click()
    expect(page.locator("#help")).to_be_visible()
    assert violations(page) == [] and fits(page)
    page.keyboard.press("Escape")
    view.enter("exit()")
    view.sees("Start Python again")
    assert violations(page) == [] and fits(page)
    view.button("Start Python again").click()
    view.wait()
    Learner(page.context.new_page()).open()
    expect(view.button("Use it here")).to_be_visible()
    assert violations(page) == [] and fits(page)


def test_many_long_file_names_fit(view: Learner) -> None:
    for number in range(6):
        view.new_file(f"package{number}/a_module_with_a_long_name.py")
    assert fits(view.page)
    assert violations(view.page) == []


def test_the_colours_chosen_by_hand_stay_chosen(learner: Learner) -> None:
    learner.button("Switch to dark colours").click()
    assert learner.page.evaluate("document.documentElement.dataset.theme") == "dark"
    learner.page.reload()
    expect(learner.button("Switch to light colours")).to_be_visible()
    assert learner.page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_the_colours_are_the_systems_until_others_are_chosen_and_light_on_paper(learner: Learner) -> None:
    page = learner.page
    colours = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for theme in ("", "light", "dark"):
            page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
            colours[scheme, theme] = page.evaluate(COLOURS)
        page.emulate_media(media="print")
        colours[scheme, "paper"] = page.evaluate(COLOURS)[1:]
        page.emulate_media(media="screen")
    light, dark = colours["light", ""], colours["dark", ""]
    assert all(one != other for one, other in zip(light, dark, strict=True))
    assert colours["dark", "light"] == colours["light", "light"] == light
    assert colours["light", "dark"] == colours["dark", "dark"] == dark
    assert colours["dark", "paper"] == colours["light", "paper"] == light[1:]


def test_each_colour_of_the_page_is_written_in_one_place() -> None:
    rules = (rule for path in STYLES.rglob("*.css") for rule in re.findall(r":root[^{]*\{([^}]*)\}", path.read_text()))
    names = Counter(name for rule in rules for name in re.findall(r"(--[\w-]+):", rule))
    assert names and set(names.values()) == {1}
