import assert from "node:assert/strict";
import { test } from "node:test";
import { countDone, isDone, nextStep, sound, withDone } from "../../../static/src/lesson/progress.js";

const LESSON = { id: "one", title: "", summary: "", minutes: 5, level: "basics", steps: ["a", "b", "c"].map((id) => ({ id, title: id })) };

test("a step is done once", () => {
  const progress = withDone({}, { lesson: "one", step: "a" });
  assert.ok(isDone(progress, "one", "a"));
  assert.equal(withDone(progress, { lesson: "one", step: "a" }), progress);
  assert.ok(!isDone(progress, "two", "a"));
});

test("a lesson goes on at its first step that is not done, and begins again when all are", () => {
  assert.equal(nextStep({}, LESSON), "a");
  assert.equal(nextStep({ one: ["a", "c"] }, LESSON), "b");
  assert.equal(nextStep({ one: ["a", "b", "c"] }, LESSON), "a");
});

test("steps that a lesson no longer has do not count", () => {
  assert.equal(countDone({ one: ["a", "gone"] }, LESSON), 1);
});

test("what was kept by another hand is left out", () => {
  assert.deepEqual(sound({ one: ["a"], two: "all", three: [1] }), { one: ["a"] });
  for (const kept of [null, 3, "x"]) assert.deepEqual(sound(kept), {});
});
