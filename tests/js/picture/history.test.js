// The history of pictures: travelling, missing pictures, steps without a snapshot, a new interpreter.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_PICTURES, reduce } from "../../../static/src/picture/history.js";
import { longLabel, shortLabel } from "../../../static/src/picture/labels.js";
import { calm, memoryAt, storyOf, wanted } from "../../../static/src/picture/memories.js";
import { labelled } from "../../../static/src/picture/timeline.js";
import { stepNow, stepsOf } from "../../../static/src/picture/travel.js";
import { play } from "./play.js";

const after = (pictures, ...messages) => messages.reduce((one, message) => reduce(one, message), pictures);
const all = (...messages) => messages.reduce((pictures, [message, seq]) => reduce(pictures, message, seq), NO_PICTURES);
const snapshot = (seq, run, names = []) => ({
  kind: "snapshot",
  seq,
  run,
  truncated: false,
  objects: [],
  spaces: [
    {
      name: "__main__",
      load: 0,
      token: 1,
      path: "",
      hidden: 7,
      names: names.map(([name, mark]) => ({ name, value: { text: "1", ref: 0 }, mark, was: null, origin: "" })),
    },
  ],
});
const run = (number, source, id = "") => ({ kind: "run", run: number, source, id });
const done = (number) => ({ kind: "finished", run: number, status: "ok", error: "", ms: 1 });

test("a step for each entry and save, in the order of the journal", () => {
  const steps = stepsOf(play("from_import"));
  assert.deepEqual(steps.map(shortLabel), ["import", "from", "printer()", "save", "reload"]);
  assert.deepEqual(
    steps.map(({ seq }) => seq),
    [2, 3, 4, 5, 6],
  );
});

test("an own input gets its number when it is accepted or when its picture comes first", () => {
  const sent = all([run(1, "x = 1", "a")]);
  assert.deepEqual(stepsOf(sent), []);
  const pictured = [snapshot(4, 1), done(1), { kind: "accepted", id: "a", seq: 4 }].reduce(
    (p, m) => reduce(p, m),
    sent,
  );
  assert.deepEqual(
    stepsOf(pictured).map(({ seq }) => seq),
    [4],
  );
  const refused = reduce(sent, { kind: "refused", code: "busy", id: "a" });
  assert.deepEqual(refused.steps, []);
});

test("a resent input and a replayed one make one step", () => {
  const pictures = all([run(1, "x", "a")], [run(1, "x", "a")]);
  assert.equal(pictures.steps.length, 1);
  assert.equal(all([run(1, "x"), 3], [run(1, "x"), 3]).steps.length, 1);
});

test("an entry without a snapshot has changed nothing: it shows the picture before, with nothing new", () => {
  const pictures = all([run(1, "x = 1"), 1], [snapshot(1, 1, [["x", "new"]])], [done(1)], [run(2, "x"), 2], [done(2)]);
  const [first, second] = stepsOf(pictures).map((step) => memoryAt(pictures, step).snapshot);
  assert.equal(first.spaces[0].names[0].mark, "new");
  assert.equal(second.spaces[0].names[0].mark, "");
});

test("marks that last stay in a calm picture, what has just changed does not", () => {
  const quiet = calm(
    snapshot(1, 1, [
      ["a", "new"],
      ["b", "rebound"],
      ["c", "stale"],
      ["d", "leftover"],
      ["e", "added"],
    ]),
  );
  assert.deepEqual(
    quiet.spaces[0].names.map(({ mark }) => mark),
    ["", "", "stale", "leftover", "added"],
  );
  assert.equal(calm(quiet), quiet);
});

test("after a reconnect the older pictures are asked for once, when they are travelled to", () => {
  const transcript = [run(1, "x = 1"), run(2, "y = 2"), run(3, "z = 3")].flatMap((message, at) => [
    { seq: at + 1, at: 0, message },
    { seq: 0, at: 0, message: done(at + 1) },
  ]);
  let pictures = reduce(NO_PICTURES, {
    kind: "welcome",
    transcript,
    disk: [],
    snapshot: snapshot(3, 3, [["z", "new"]]),
  });
  assert.deepEqual(wanted(pictures), [2], "to tell what is new in the newest");
  pictures = reduce(pictures, { kind: "travel", seq: 1 });
  assert.deepEqual(wanted(pictures), [1]);
  assert.equal(storyOf(pictures), null);
  pictures = reduce(pictures, { kind: "look", seq: 1 });
  assert.deepEqual(wanted(pictures), []);
  pictures = reduce(pictures, snapshot(1, 1, [["x", "new"]]));
  assert.equal(stepNow(pictures).seq, 1);
  assert.equal(storyOf(pictures).memory.snapshot.seq, 1);
});

test("what the disk held after a step is known when it was seen, and else when the step is looked at", () => {
  const disk = (state) => ({ kind: "disk", files: [{ path: "m.py", module: "m", load: 1, state }] });
  const lived = all([run(1, "import m"), 1], [done(1)], [disk("same")], [{ kind: "saved", path: "m.py" }, 2], [disk("edited")]);
  const [imported, saved] = stepsOf(lived);
  assert.equal(storyOf(lived, imported).past.disk.get("m.py").state, "same");
  assert.equal(storyOf(lived, saved).past.disk.get("m.py").state, "edited");
  const transcript = [
    { seq: 1, at: 0, message: run(1, "import m") },
    { seq: 0, at: 0, message: done(1) },
    { seq: 2, at: 0, message: { kind: "saved", path: "m.py" } },
  ];
  const welcome = { kind: "welcome", session: lived.session, transcript, disk: disk("edited").files, snapshot: null };
  const disks = (pictures) => stepsOf(pictures).map((step) => step.disk?.get("m.py").state ?? null);
  assert.deepEqual(disks(reduce(lived, welcome)), ["same", "edited"], "after a reconnect");
  const anew = reduce({ ...lived, session: "another" }, welcome);
  assert.deepEqual(disks(anew), [null, "edited"], "after the page was loaded again");
  assert.deepEqual(disks(after(anew, { kind: "looked", seq: 1, disk: disk("same").files })), ["same", "edited"]);
  assert.deepEqual(disks(after(anew, { kind: "looked", seq: 1, disk: null })), [null, "edited"], "the server may not know");
});

test("travelling to the newest follows what comes; a new input ends the journey", () => {
  let pictures = reduce(play("from_import"), { kind: "travel", seq: 3 });
  assert.equal(stepNow(pictures).seq, 3);
  pictures = reduce(pictures, { kind: "travel", seq: 6 });
  assert.equal(pictures.at, 0);
  pictures = reduce(reduce(pictures, { kind: "travel", seq: 3 }), run(5, "1"));
  assert.equal(pictures.at, 0);
});

test("a new interpreter has tokens of its own: nothing is compared with the old one", () => {
  const first = [[run(1, "x = 1"), 1], [snapshot(1, 1, [["x", "new"]])], [done(1)]];
  const pictures = all(
    ...first,
    [{ kind: "restart", id: "" }, 2],
    [{ kind: "exited", cause: "stopped" }],
    [run(2, "y"), 3],
    [snapshot(3, 2)],
    [done(2)],
  );
  const story = storyOf(pictures);
  assert.deepEqual(
    story.past.entries.map(({ source }) => source),
    ["y"],
  );
  assert.equal(story.before.snapshot.spaces.length, 0);
});

test("the holders that came belong to the last question", () => {
  let pictures = reduce(play("from_import"), { kind: "holders", id: "h1", token: 4 });
  const holding = (id) => ({
    kind: "holding",
    id,
    holders: [{ text: "a frame", kind: "frame", token: 0 }],
    gone: false,
  });
  pictures = reduce(pictures, holding("other"));
  assert.equal(pictures.holders.holding, null);
  pictures = reduce(pictures, holding("h1"));
  assert.equal(pictures.holders.holding.holders[0].text, "a frame");
});

test("a session of a thousand entries keeps two hundred steps and only their pictures", () => {
  let pictures = NO_PICTURES;
  for (let at = 1; at <= 1000; at += 1)
    for (const [message, seq] of [[run(at, "x"), at], [snapshot(at, at)], [done(at)]])
      pictures = reduce(pictures, message, seq);
  assert.equal(pictures.steps.length, 200);
  assert.ok(pictures.snapshots.size <= 200);
});

test("labels say what an entry does", () => {
  const label = (text) => shortLabel(/** @type {any} */ ({ kind: "run", text }));
  assert.deepEqual(
    [
      "import a, b",
      "from a import b",
      "import importlib, m; importlib.reload(m)",
      "c = shapes.Circle(2)",
      "changer.printer()",
      "x == 1",
      "'a long expression here'",
      "def f():\n  pass",
    ].map(label),
    ["import", "from", "reload", "c =", "changer.printer()", "x == 1", "'a long expressio…", "def"],
  );
  assert.deepEqual(longLabel(/** @type {any} */ ({ kind: "save", text: "a.py" })), { text: "a.py saved", code: false });
});

test("labels of the timeline never touch, and the step looked at has one", () => {
  const labels = Array.from({ length: 200 }, (_, at) => (at % 3 ? "save" : "importlib()"));
  const shown = labelled(labels, 117, 400);
  assert.ok(shown.some(({ step }) => step === 117));
  assert.ok(shown.length >= 4 && shown.length <= 9);
  const ends = shown.map(({ step, from }) => from + 7 * labels[step].length);
  assert.ok(shown.slice(1).every(({ from }, at) => from >= ends[at] + 10));
  assert.deepEqual(labelled(["save"], 0, 400), [{ step: 0, from: -9 }]);
});

test("a reload has its label before a call has, and gives way to its neighbour a little", () => {
  const steps = (/** @type {string[]} */ labels, /** @type {number} */ width) =>
    labelled(labels, labels.length - 1, width).map(({ step }) => step);
  assert.deepEqual(steps(["import", "from", "printer()", "save", "reload", "printer()"], 395), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(steps(["x =", "printer()", "reload", "y ="], 150), [0, 2, 3]);
});

test("a picture that is kept no more leaves the oldest that is, and says so until the next step", () => {
  const entries = [1, 2, 3].flatMap((run) => [
    { seq: run, message: { kind: "run", run, source: `x = ${run}`, id: "" } },
    { seq: 0, message: { kind: "finished", run, status: "ok", error: "" } },
  ]);
  const back = all([{ kind: "welcome", session: "s", transcript: entries, disk: [], snapshot: null }]);
  const gone = after(back, { kind: "travel", seq: 1 }, { kind: "look", seq: 1, id: "q" });
  const next = reduce(gone, { kind: "refused", code: "malformed", reason: "", id: "q" });
  assert.deepEqual([stepsOf(next).map(({ seq }) => seq), stepNow(next).seq, next.lost], [[2, 3], 2, true]);
  const further = after(next, { kind: "look", seq: 2, id: "r" }, { kind: "refused", code: "malformed", reason: "", id: "r" });
  assert.deepEqual([stepNow(further).seq, further.at, further.lost], [3, 0, true]);
  assert.equal(reduce(further, { kind: "travel", seq: 3 }).lost, false);
  const compared = after(back, { kind: "travel", seq: 2 }, { kind: "look", seq: 1, id: "q" }, { kind: "refused", code: "malformed", reason: "", id: "q" });
  assert.deepEqual([stepNow(compared).seq, compared.lost], [2, false]);
});

test("a rebuilt interpreter goes on with the life of the one before, and its pictures are asked for anew", () => {
  const before = all([run(1, "x = 1"), 1], [snapshot(1, 1, [["x", "new"]])], [done(1)]);
  const gone = reduce(before, { kind: "exited", cause: "idle", message: "" });
  const woken = reduce(gone, run(2, "x", "b"), 2);
  const back = reduce(woken, { kind: "rebuilt", python: "3.12.1", entries: 1, different: [], problem: "" });
  assert.deepEqual(back.steps.map(({ life }) => life), [1, 1]);
  assert.equal(back.life, 1);
  assert.equal(back.snapshots.size, 0);
  assert.deepEqual(wanted(back), [1]);
});

const lived = [[run(1, "x = 1"), 1], [snapshot(1, 1, [["x", "new"]])], [done(1)]];
const names = (pictures) => storyOf(pictures).memory.snapshot.spaces.flatMap((space) => space.names.map(({ name }) => name));
const RESTARTED = { kind: "restart", id: "" };
const STOPPED = { kind: "exited", cause: "stopped", message: "" };
const READY = { kind: "ready", python: "3.12.1", implementation: "cpython" };

test("when the server restarts Python for a step, memory is empty until the new one has a picture", () => {
  let pictures = all(...lived);
  for (const message of [RESTARTED, STOPPED, READY]) {
    pictures = reduce(pictures, message);
    assert.deepEqual(names(pictures), [], message.kind);
    assert.equal(longLabel(stepNow(pictures)).text, "restart");
    assert.deepEqual(wanted(pictures), []);
  }
  pictures = [run(2, "y = 2"), snapshot(5, 2, [["y", "new"]]), done(2)].reduce((p, m) => reduce(p, m), pictures);
  assert.deepEqual(names(pictures), ["y"]);
  assert.deepEqual(stepsOf(pictures).map(({ seq }) => seq), [1, 5]);
});

test("memory is empty once Python has ended, and the pictures before can be travelled to and back", () => {
  const ended = all(...lived, [{ kind: "exited", cause: "quit", message: "" }]);
  assert.deepEqual(names(ended), []);
  assert.equal(stepsOf(ended).indexOf(stepNow(ended)), 1);
  assert.equal(longLabel(stepNow(ended)).text, "the end of Python");
  const back = reduce(ended, { kind: "travel", seq: 1 });
  assert.deepEqual(names(back), ["x"]);
  assert.equal(reduce(back, { kind: "travel", seq: stepsOf(back).at(-1).seq }).at, 0);
});

test("a restart that is refused leaves the picture", () => {
  const asked = all(...lived, [{ kind: "restart", id: "r" }]);
  assert.deepEqual(names(asked), []);
  assert.deepEqual(names(reduce(asked, { kind: "refused", code: "unkept", id: "r" })), ["x"]);
});
