import assert from "node:assert/strict";
import { test } from "node:test";
import { offered, orphansOf } from "../../static/src/orphans.js";
import { STARTER } from "../../static/src/starter.js";
import { EMPTY } from "../../static/src/store.js";

const texts = (/** @type {Record<string, string>} */ files) => Object.fromEntries(Object.entries(files).map(([path, text]) => [path, { text, unsaved: false }]));
const kept = (/** @type {any} */ given) => ({ session: "s", token: "t", place: "#", texts: {}, free: {}, orphans: [], ...given });
const signal = (/** @type {any} */ value) => /** @type {any} */ ({ value });
const STEP = "the-example#edit";

test("what was written in a step and in free play belongs to either place", () => {
  const left = orphansOf(kept({ place: STEP, texts: texts({ "changer.py": "x = 2" }), free: texts({ "mine.py": "m = 1" }) }));
  assert.deepEqual(left, [{ place: STEP, path: "changer.py", text: "x = 2" }, { place: "#", path: "mine.py", text: "m = 1" }]);
});

test("the starter's file alone is not worth a word, and takes nothing else's place", () => {
  const old = [{ place: "#", path: "old.py", text: "" }];
  assert.deepEqual(orphansOf(kept({ texts: texts({ [STARTER.path]: STARTER.text }), orphans: old })), old);
});

test("files are offered where they belong, once a step is set up, and as far as they differ", () => {
  const orphans = signal([{ place: STEP, path: "a.py", text: "1" }, { place: STEP, path: "b.py", text: "2" }, { place: "#", path: "c.py", text: "3" }]);
  const offeredIn = (/** @type {any} */ state) => offered({ orphans, state: signal({ ...EMPTY, ...state }) }).map(({ path }) => path);
  const step = { lesson: "the-example", step: "edit", files: new Map([["a.py", "1"]]) };
  assert.deepEqual(offeredIn({}), ["c.py"]);
  assert.deepEqual(offeredIn(step), []);
  assert.deepEqual(offeredIn({ ...step, checked: {} }), ["b.py"]);
  assert.deepEqual(offeredIn({ ...step, checked: {}, opening: { lesson: "", step: "" } }), []);
});
