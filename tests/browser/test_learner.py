"""Who plays a learner waits for what was promised to have come, not for signs of before."""

from tests.browser.learner import Learner

SLOW = """() => {
  const { requestAnimationFrame } = window;
  window.requestAnimationFrame = callback => setTimeout(() => requestAnimationFrame(callback), 300);
}"""


def test_an_entry_that_was_run_has_ended_also_where_the_page_draws_late(learner: Learner) -> None:
    learner.page.evaluate(SLOW)
    learner.run("1 + 1", "2 + 2")
    assert learner.transcript() == [">>> 1 + 1", "2", ">>> 2 + 2", "4"]
