// The lines that differ between what memory runs and what the file says.

import assert from "node:assert/strict";
import { test } from "node:test";
import { alignLines, lineMarks, linesOf, sourcesOf } from "../../../static/src/picture/lines.js";
import { play } from "./play.js";

const OLD = 'message = "First version"\ngreeting = "Hi"\n\n\ndef printer():\n    print(message)\n';
const NEW = 'message = "After editing"\n\n\ndef printer():\n    print("reloaded:", message)\n';

test("the mock's gutter: two changed lines and one that is gone", () => {
  assert.deepEqual(lineMarks(OLD, NEW), [
    { line: 1, kind: "changed" },
    { line: 2, kind: "removed" },
    { line: 5, kind: "changed" },
  ]);
});

test("equal texts have no marks, and a final newline is no line", () => {
  assert.deepEqual(lineMarks(OLD, OLD), []);
  assert.deepEqual(lineMarks("a\n", "a"), []);
  assert.deepEqual(lineMarks("a\r\nb\r\n", "a\nb\n"), []);
  assert.deepEqual(linesOf(""), []);
});

test("added, removed, at the beginning, at the end, everything", () => {
  assert.deepEqual(lineMarks("b\n", "a\nb\nc\n"), [
    { line: 1, kind: "added" },
    { line: 3, kind: "added" },
  ]);
  assert.deepEqual(lineMarks("a\nb\nc\n", "b\n"), [
    { line: 1, kind: "removed" },
    { line: 2, kind: "removed" },
  ]);
  assert.deepEqual(lineMarks("a\nb\n", ""), [{ line: 1, kind: "removed" }]);
  assert.deepEqual(lineMarks("", "a\n"), [{ line: 1, kind: "added" }]);
});

test("an alignment holds each line once, in order, and pairs only equal lines", () => {
  const random = (seed) => () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (let seed = 1; seed < 200; seed += 1) {
    const next = random(seed);
    const text = () => Array.from({ length: Math.floor(next() * 12) }, () => "abc"[Math.floor(next() * 3)]);
    const [a, b] = [text(), text()];
    const pairs = alignLines(a.join("\n"), b.join("\n"));
    const [left, right] = [linesOf(a.join("\n")), linesOf(b.join("\n"))];
    assert.deepEqual(
      pairs.map((pair) => pair.left).filter(Boolean),
      left.map((_, at) => at + 1),
    );
    assert.deepEqual(
      pairs.map((pair) => pair.right).filter(Boolean),
      right.map((_, at) => at + 1),
    );
    for (const pair of pairs) if (pair.left && pair.right) assert.equal(left[pair.left - 1], right[pair.right - 1]);
  }
});

test("ten thousand lines are aligned", { timeout: 60_000 }, () => {
  const long = (word) => Array.from({ length: 10_000 }, (_, at) => `${word} ${at}`).join("\n");
  assert.equal(alignLines(long("a"), long("b")).filter((pair) => pair.left && pair.right).length, 0);
  assert.equal(alignLines(long("a"), `${long("a")}\nmore`).filter((pair) => pair.left && pair.right).length, 10_000);
});

test("the sources of a file's loads, the newest first", () => {
  const loads = play("from_import").loads.map(({ loaded }) => loaded);
  assert.deepEqual(
    sourcesOf(loads, "changer.py").map(({ title, source }) => [title, source]),
    [
      ["changer.py as load 2 ran it (reload)", NEW],
      ["changer.py as load 1 ran it (import)", OLD],
    ],
  );
});
