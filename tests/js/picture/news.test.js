// What the learner is told of at once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryAt, storyOf } from "../../../static/src/picture/memories.js";
import { freshlyOld } from "../../../static/src/picture/news.js";
import { stepsOf } from "../../../static/src/picture/travel.js";
import { play } from "./play.js";

const pictures = play("from_import");
const [imported, , called, saved, reloaded] = stepsOf(pictures);
const memory = (step) => memoryAt(pictures, step);
const told = (step, seen) => freshlyOld(storyOf(pictures, step), seen)?.name ?? null;

test("what a step has just made stale is told, whatever was seen before", () => {
  assert.equal(told(reloaded, memory(saved)), "printer");
  assert.equal(told(reloaded, memory(reloaded)), "printer");
  assert.equal(told(saved, memory(called)), null);
});

test("what became stale in steps that were not seen is told, and what was seen to be stale is not", () => {
  const later = { ...reloaded, seq: reloaded.seq + 1, run: 9, text: "1" };
  const longer = { ...pictures, steps: [...pictures.steps, later] };
  const tell = (seen) => freshlyOld(storyOf(longer, later), seen)?.name ?? null;
  assert.equal(tell(memory(imported)), "printer");
  assert.equal(tell(null), "printer", "the page was loaded again");
  assert.equal(tell(memory(reloaded)), null);
});
