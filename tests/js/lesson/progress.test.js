import assert from "node:assert/strict";
import { test } from "node:test";
import { countDone, courseOf, isDone, nextStep, sound, stateOf, withAll, withDone } from "../../../static/src/lesson/progress.js";

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

test("what a session remembers is added to what the browser does", () => {
  const progress = { one: ["a"] };
  assert.deepEqual(withAll(progress, [{ lesson: "one", steps: ["a", "c"] }, { lesson: "two", steps: ["x"] }]), { one: ["a", "c"], two: ["x"] });
  assert.equal(withAll(progress, [{ lesson: "one", steps: ["a"] }]), progress);
});

test("a lesson that is begun says how far it is", () => {
  assert.deepEqual([{}, { one: ["b"] }, { one: ["a", "b", "c"] }].map((progress) => stateOf(progress, LESSON).text), ["", "1 of 3 steps done", "Done"]);
});

test("a course goes on in a lesson that is begun, or else in the first that is not done", () => {
  const lessons = ["one", "two", "three"].map((id) => ({ ...LESSON, id }));
  const all = ["a", "b", "c"];
  const onward = (/** @type {any} */ progress) => [courseOf(progress, lessons).finished, courseOf(progress, lessons).onward?.id];
  assert.deepEqual(onward({}), [0, "one"]);
  assert.deepEqual(onward({ one: all, three: ["a"] }), [1, "three"]);
  assert.deepEqual(onward({ one: all, three: all }), [2, "two"]);
  assert.deepEqual(onward({ one: all, two: all, three: all }), [3, undefined]);
});
