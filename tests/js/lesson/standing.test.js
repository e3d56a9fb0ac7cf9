import assert from "node:assert/strict";
import { test } from "node:test";
import { checksOf, heldFrom, holdsButtons, promptedLines, shareOf, stageOf, toldUntil, verdictOf } from "../../../static/src/lesson/standing.js";

const TYPE = { kind: "type", entries: ["import changer"] };
const ASK = { kind: "predict", ask: "What?", choices: ["this", "that"] };
const PROSE = { kind: "prose", html: "<p>Look.</p>" };

const step = (...parts) => ({ id: "a", title: "A", parts, checks: [{ says: "one" }, { says: "two" }, { says: "three" }], hints: [], solution: [] });
const result = (passed, unknown = false, hint = "") => ({ says: "", passed, unknown, hint });
const standing = (results, prediction = null) => ({ passed: false, results, reply: "", prediction });

test("checks are to do until the server has judged them, and the first of them is due", () => {
  assert.deepEqual(checksOf(step()).map(({ mark, now }) => [mark, now]), [["todo", true], ["todo", false], ["todo", false]]);
});

test("a check that cannot be judged is not known and not due", () => {
  const checks = checksOf(step(), standing([result(true), result(true, true), result(false, false, "try")]));
  assert.deepEqual(checks.map(({ mark }) => mark), ["done", "unknown", "todo"]);
  assert.ok(checks[2].now);
  assert.equal(checks[2].hint, "try");
});

test("the share of a step is that of its done checks, and whole when it has passed", () => {
  assert.equal(shareOf(step(), standing([result(true), result(false), result(false)])), 1 / 3);
  assert.equal(shareOf(step(), { ...standing([result(true), result(true), result(true, true)]), passed: true }), 1);
});

test("a prediction is open until it is made, skipped or settled", () => {
  const asked = step(PROSE, ASK, TYPE);
  const waiting = (choice) => standing([], { choice, settled: false, happened: [], right: -1, because: "" });
  assert.equal(stageOf(step(PROSE), undefined, false), "none");
  assert.equal(stageOf(asked, undefined, false), "open");
  assert.equal(stageOf(asked, waiting(""), true), "skipped");
  assert.equal(stageOf(asked, waiting("0"), true), "made");
  assert.equal(stageOf(asked, standing([], { choice: "", settled: true, happened: [0], right: 0, because: "" }), false), "settled");
});

test("only what stands after an open question is held back", () => {
  const asked = step(TYPE, ASK, TYPE);
  assert.equal(heldFrom(asked, "open"), 1);
  for (const stage of ["none", "made", "skipped", "settled"]) assert.equal(heldFrom(asked, stage), Infinity, stage);
});

test("what is said after the last thing to do is told once the question is answered or skipped", () => {
  assert.equal(toldUntil(step(PROSE, ASK, PROSE, TYPE, PROSE), 1), 4);
  assert.equal(toldUntil(step(PROSE, TYPE, ASK, PROSE), 2), 4, "there it is what to do");
  assert.equal(toldUntil(step(PROSE, ASK, TYPE, PROSE), Infinity), 4);
});

test("the page's own buttons wait only where nothing is to be run before the question", () => {
  assert.ok(holdsButtons(step(PROSE, ASK, TYPE), "open"));
  assert.ok(!holdsButtons(step(TYPE, ASK, TYPE), "open"));
  assert.ok(!holdsButtons(step(PROSE, ASK, TYPE), "skipped"));
});

test("a settled prediction is told from what happened, never from the choice alone", () => {
  const settled = (choice, happened) => verdictOf({ choice, settled: true, happened, right: 1, because: "" });
  assert.equal(settled("1", [1]), "You were right.");
  assert.equal(settled("0", [1]), "It went another way.");
  assert.equal(settled("", [1]), "This is what happened.");
  assert.equal(settled("1", []), "What you ran did none of these. Run just what the question says.");
  assert.equal(settled("0", [0]), "This time it went another way than in the lesson.");
});

test("an entry of several lines has the prompts of the console", () => {
  const lines = promptedLines("for n in range(2):\n    print(n)\n\n");
  assert.deepEqual(lines.map(({ prompt }) => prompt), [">>> ", "... "]);
});
