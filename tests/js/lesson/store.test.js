import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY, reduce } from "../../../static/src/store.js";

const WELCOME = {
  kind: "welcome", session: "s1", token: "t", role: "driver", state: "ready", run: 0, python: "3.12.1", isolation: "full",
  limits: {}, files: [], transcript: [], snapshot: null, disk: [], lesson: "the-example", step: "reload",
};
const OPEN = { kind: "open", lesson: "the-example", step: "again", id: "o1" };
const checked = (lesson, step, passed = false) => ({ kind: "checked", lesson, step, passed, results: [], reply: "", prediction: null });

/** @param {...any} messages */
const after = (...messages) => messages.reduce((state, message) => reduce(state, message), EMPTY);

test("the welcome tells which step is open, and nothing of how it stands", () => {
  const { lesson, step, opening, checked: stands } = after(WELCOME);
  assert.deepEqual({ lesson, step, opening, stands }, { lesson: "the-example", step: "reload", opening: null, stands: null });
});

test("a step is being set up until it is checked", () => {
  const asked = after(WELCOME, checked("the-example", "reload", true), OPEN);
  assert.deepEqual(asked.opening, { lesson: "the-example", step: "again" });
  assert.equal(asked.step, "reload");
  const open = reduce(asked, checked("the-example", "again"));
  assert.equal(open.opening, null);
  assert.equal(open.step, "again");
  assert.equal(open.checked?.passed, false);
});

test("a step that is refused leaves the open one open", () => {
  const before = after(WELCOME, checked("the-example", "reload", true));
  const refused = reduce(reduce(before, OPEN), { kind: "refused", code: "name", reason: "There is no such step.", id: "o1", fatal: false });
  assert.equal(refused.opening, null);
  assert.equal(refused.step, "reload");
  assert.equal(refused.checked, before.checked);
  assert.equal(refused.unaccepted.size, 0);
});

test("leaving a lesson leaves nothing of it", () => {
  const left = after(WELCOME, checked("the-example", "reload"), checked("", ""));
  assert.deepEqual([left.lesson, left.step, left.checked], ["", "", null]);
});
