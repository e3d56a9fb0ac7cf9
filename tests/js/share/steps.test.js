import assert from "node:assert/strict";
import { test } from "node:test";
import { labelOf } from "../../../static/src/share/labels.js";
import { workspaceOf } from "../../../static/src/share/retraced.js";
import { visible } from "../../../static/src/share/visible.js";
import { filesAfter } from "../../../static/src/share/workspace.js";
import { keyOf, linkIn } from "../../../static/src/shared.js";

const run = (number, source) => ({ kind: "run", run: number, source, id: "" });
const finished = (number, status = "ok") => ({ kind: "finished", run: number, status, error: "", ms: 1 });
const stepsOf = (steps) => workspaceOf({ files: [{ path: "a.py", text: "1" }], steps }).steps;
const save = (path, text) => ({ kind: "save", path, text, id: "" });

test("saves and entries become steps in their order", () => {
  const done = [run(1, "import a"), finished(1), save("a.py", "2"), run(2, "reload(a)"), finished(2, "error"), { kind: "delete", path: "a.py", id: "" }];
  assert.deepEqual(stepsOf(done), [{ run: "import a" }, { save: "a.py", text: "2" }, { run: "reload(a)" }, { delete: "a.py" }]);
});

test("what was saved before the first entry is there at the beginning", () => {
  const files = [{ path: "a.py", text: "1" }, { path: "b.py", text: "1" }];
  const steps = [save("a.py", "2"), { kind: "delete", path: "b.py", id: "" }, run(1, "import a"), finished(1), save("a.py", "3")];
  assert.deepEqual(workspaceOf({ files, steps }), { files: new Map([["a.py", "2"]]), steps: [{ run: "import a" }, { save: "a.py", text: "3" }] });
  assert.deepEqual(workspaceOf({ files, steps: steps.slice(0, 2) }), { files: new Map([["a.py", "2"]]), steps: [] });
});

test("an entry typed line by line is one step", () => {
  const lines = ["def f():", "def f():\n    return 1", "def f():\n    return 1\n"];
  const done = lines.flatMap((source, index) => [run(index + 1, source), finished(index + 1, index < 2 ? "incomplete" : "ok")]);
  assert.deepEqual(stepsOf([...done, run(4, "f()"), finished(4)]), [{ run: lines[2] }, { run: "f()" }]);
});

test("what was saved between its lines stays between them", () => {
  const done = [run(1, "if 1:"), finished(1, "incomplete"), save("a.py", ""), run(2, "if 1:\n  2\n"), finished(2)];
  assert.deepEqual(stepsOf(done), [{ run: "if 1:" }, { save: "a.py", text: "" }, { run: "if 1:\n  2\n" }]);
});

test("an unfinished entry that was dropped is a step, and what came next another", () => {
  const done = [run(1, "if 1:"), finished(1, "incomplete"), { kind: "interrupt", run: 1, id: "" }, finished(1, "interrupted"), run(2, "if 1:\n  2\n"), finished(2)];
  assert.deepEqual(stepsOf(done).map((step) => step.run), ["if 1:", "if 1:\n  2\n"]);
});

test("what was saved while an entry ran is marked, also where the entry goes on", () => {
  const during = [run(1, "loop()"), { kind: "answer", run: 1, text: "x", id: "" }, save("a.py", "stop"), finished(1), save("a.py", "go")];
  assert.deepEqual(stepsOf(during), [{ run: "loop()" }, { save: "a.py", text: "stop", meanwhile: true }, { save: "a.py", text: "go" }]);
  assert.deepEqual(stepsOf(during.slice(0, 3)).at(-1), { save: "a.py", text: "stop", meanwhile: true });
});

test("the files after all steps are what saves and deletes leave", () => {
  const files = new Map([["a.py", "1"], ["b.py", "1"]]);
  const after = filesAfter({ files, steps: [{ save: "a.py", text: "2" }, { run: "x" }, { delete: "b.py" }, { save: "c.py", text: "3" }] });
  assert.deepEqual([...after], [["a.py", "2"], ["c.py", "3"]]);
  assert.equal(files.get("a.py"), "1");
});

test("a step is called by what it does, in one line", () => {
  assert.equal(labelOf({ save: "changer.py", text: "" }), "save changer.py");
  assert.equal(labelOf({ run: "importlib.reload(changer)" }), "importlib.reload(changer)");
  assert.equal(labelOf({ run: "def f():\n    return 1\n" }), "def f(): …");
  assert.equal(labelOf({ run: "x".repeat(90) }).length, 61);
});

test("what cannot be seen is shown by its number", () => {
  const text = (source) => visible(source).map((piece) => (piece.hidden ? `[${piece.text}]` : piece.text)).join("");
  assert.equal(text("a\u202eb\0c"), "a[U+202E]b[U+0000]c");
  assert.equal(text("x = 1\n\ty\r\nz\u200b"), "x = 1\n\ty\r\nz[U+200B]");
  assert.equal(text("\u3164 = admin\ufe0f"), "[U+3164] = admin[U+FE0F]"); // both are names to Python
  assert.equal(text("print('\u2764\ufe0f')"), "print('\u2764\ufe0f')");
});

test("only addresses with w= are links, and each has a place of its own", () => {
  assert.equal(linkIn("#w=1.abc"), "w=1.abc");
  for (const hash of ["", "#", "#reload", "#x=w=1."]) assert.equal(linkIn(hash), "");
  assert.notEqual(keyOf("/ws", "w=1.abc"), keyOf("/ws", "w=1.abd"));
  assert.match(keyOf("/ws", "w=1.abc"), /^\/ws#[0-9a-z]+$/);
});
