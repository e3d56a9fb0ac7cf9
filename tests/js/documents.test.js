// What stands in the editor, what the server holds, and what the page says of the two, when several write one file.

import assert from "node:assert/strict";
import { test } from "node:test";
import { history, undo } from "../../static/node_modules/@codemirror/commands/dist/index.js";
import { EditorState } from "../../static/node_modules/@codemirror/state/dist/index.js";
import { signal } from "../../static/node_modules/@preact/signals-core/dist/signals-core.mjs";
import { Documents } from "../../static/src/documents.js";
import { EMPTY, reduce } from "../../static/src/store.js";

const WELCOME = {
  kind: "welcome", session: "s1", token: "t", role: "driver", state: "ready", run: 1, python: "3.12.1", isolation: "full",
  limits: {}, files: [{ path: "a.py", text: "old" }], transcript: [], snapshot: null, disk: [], lesson: "", step: "", done: [],
};
const OPEN = { kind: "open", lesson: "the-example", step: "reload", id: "o" };

const save = (id, text) => ({ kind: "save", path: "a.py", text, id });
const accepted = (id, seq) => ({ kind: "accepted", id, seq });
const wrote = (text, seq) => ({ kind: "files", changed: [{ path: "a.py", text }], deleted: [], left_out: [], seq });
const checked = (lesson, step) => ({ kind: "checked", lesson, step, passed: false, results: [], reply: "", prediction: null });

/** A page with the file a.py, of which the server holds "old". */
function page() {
  const state = signal(EMPTY);
  const documents = new Documents(state, (doc) => EditorState.create({ doc, extensions: history() }));
  const hear = (...messages) => messages.forEach((message) => (state.value = reduce(state.value, message)));
  hear(WELCOME);
  const type = (text) => documents.edit("a.py", text);
  const shown = () => ({ text: documents.text("a.py"), saved: !documents.isUnsaved("a.py"), crossing: documents.crossing("a.py") });
  return { state, documents, hear, type, shown };
}

test("a save that comes after the program's write stands, whatever is heard of first", () => {
  const { state, hear, type, shown } = page();
  type("mine");
  hear(save("s", "mine"), wrote("theirs", 1));
  assert.deepEqual(shown(), { text: "mine", saved: true, crossing: "" });
  hear(accepted("s", 2));
  assert.deepEqual(shown(), { text: "mine", saved: true, crossing: "" });
  assert.equal(state.value.files.get("a.py"), "mine");
});

test("what is typed while a save crosses with the program's write is unsaved against what the server holds", () => {
  const { hear, type, shown } = page();
  type("mine");
  hear(save("s", "mine"));
  type("mine, more");
  hear(wrote("theirs", 1), accepted("s", 2));
  assert.deepEqual(shown(), { text: "mine, more", saved: false, crossing: "" });
  type("mine");
  assert.ok(shown().saved);
});

test("a program's write that comes after the save is shown; Undo brings back what was typed", () => {
  const { documents, hear, type, shown } = page();
  type("mine");
  hear(save("s", "mine"), wrote("theirs", 2), accepted("s", 2));
  assert.deepEqual(shown(), { text: "theirs", saved: true, crossing: "" });
  undo({ state: documents.editor("a.py"), dispatch: ({ state }) => documents.update("a.py", state) });
  assert.deepEqual(shown(), { text: "mine", saved: false, crossing: "" });
});

test("a program's write that comes after the save is told beside what was typed since", () => {
  const { hear, type, shown } = page();
  type("mine");
  hear(save("s", "mine"));
  type("mine, more");
  hear(wrote("theirs", 2), accepted("s", 2));
  assert.deepEqual(shown(), { text: "mine, more", saved: false, crossing: "program" });
  hear(save("t", "mine, more"), accepted("t", 3));
  assert.deepEqual(shown(), { text: "mine, more", saved: true, crossing: "" });
});

test("edits of the text that the program wrote do not cross with it", () => {
  const { hear, type, shown } = page();
  hear(wrote("theirs", 1));
  type("theirs, more");
  assert.deepEqual(shown(), { text: "theirs, more", saved: false, crossing: "" });
});

test("edits do not cross any more once the program's version was taken", () => {
  const { hear, type, shown } = page();
  type("mine");
  hear(wrote("theirs", 1));
  assert.equal(shown().crossing, "program");
  type("theirs");
  type("theirs, more");
  assert.deepEqual(shown(), { text: "theirs, more", saved: false, crossing: "" });
});

test("the program's write is told, too, where it is heard of after a break of the connection", () => {
  const { hear, type, shown } = page();
  type("mine");
  hear({ ...WELCOME, files: [{ path: "a.py", text: "theirs" }] });
  assert.deepEqual(shown(), { text: "mine", saved: false, crossing: "program" });
});

test("a text whose save is refused stays in the editor, not saved", () => {
  const { documents, hear, type, shown } = page();
  type("mine");
  hear(save("s", "mine"));
  documents.unsave("a.py");
  hear({ kind: "refused", code: "too-large", reason: "No room.", id: "s", fatal: false });
  assert.deepEqual(shown(), { text: "mine", saved: false, crossing: "" });
});

test("a file that a step brings is not one that the learner's program has changed", () => {
  const { hear, type, shown } = page();
  hear(OPEN);
  type("mine");
  hear(wrote("lesson", 2), checked("the-example", "reload"));
  assert.deepEqual(shown(), { text: "mine", saved: false, crossing: "" });
  hear(wrote("program", 3));
  assert.equal(shown().crossing, "program");
});

test("where a save is refused, the program's write that came meanwhile is named", () => {
  const { documents, hear, type, shown } = page();
  const refuse = (id) => {
    documents.unsave("a.py");
    hear({ kind: "refused", code: "unkept", reason: "The disk is full.", id, fatal: false });
  };
  type("mine");
  hear(save("s", "mine"), wrote("theirs", 1));
  refuse("s");
  assert.deepEqual(shown(), { text: "mine", saved: false, crossing: "program" });
  hear(save("t", "mine"));
  refuse("t");
  assert.deepEqual(shown(), { text: "mine", saved: false, crossing: "program" });
});

test("what another tab may have saved does not count as the program's", () => {
  const { hear, type, shown } = page();
  type("mine");
  const transcript = [{ seq: 7, at: 0, message: { kind: "saved", path: "a.py" } }];
  hear({ ...WELCOME, files: [{ path: "a.py", text: "theirs" }], transcript });
  assert.deepEqual(shown(), { text: "mine", saved: false, crossing: "elsewhere" });
  hear(wrote("the program's", 8));
  assert.equal(shown().crossing, "program");
});

test("a text of lines that end as on Windows is not one that the server has not accepted", () => {
  const { documents, hear, type } = page();
  hear(wrote("one\r\ntwo\r\n", 1));
  assert.deepEqual(documents.texts(), { "a.py": { text: "one\ntwo\n", unsaved: false } });
  type("one\ntwo\nthree\n");
  assert.equal(documents.texts()["a.py"].unsaved, true);
});

test("a text that is on its way to the server is not accepted yet", () => {
  const { documents, hear, type } = page();
  type("mine");
  hear(save("s", "mine"));
  assert.equal(documents.texts()["a.py"].unsaved, true);
  hear(accepted("s", 2));
  assert.equal(documents.texts()["a.py"].unsaved, false);
});
