import assert from "node:assert/strict";
import { test } from "node:test";
import { LINE_LIMIT, Painter } from "../../static/src/ansi.js";

/** What stands on the screen after these pieces, as text and as [text, style] pairs. */
function painted(...pieces) {
  const painter = new Painter();
  const lines = pieces.flatMap((piece) => painter.write(piece));
  return [...lines, painter.open].map((line) => line.map(({ text, style }) => (style ? [text, style] : text)));
}

test("plain text comes as lines, the last one open", () => {
  assert.deepEqual(painted("one\ntwo\nthr", "ee"), [["one"], ["two"], ["three"]]);
});

test("colours and weights become classes and end where they end", () => {
  assert.deepEqual(painted("\x1b[31mred\x1b[0m, \x1b[1;92mgreen\x1b[22m thin\x1b[m."), [
    [["red", "fg-1"], ", ", ["green", "fg-10 bold"], [" thin", "fg-10"], "."],
  ]);
});

test("a style goes on over lines and pieces, also when an escape is cut in two", () => {
  assert.deepEqual(painted("\x1b[4", "4mon blue\n", "still"), [[["on blue", "bg-4"]], [["still", "bg-4"]]]);
});

test("256 colours and true colours are brought to the 16", () => {
  assert.deepEqual(painted("\x1b[38;5;196ma\x1b[48;2;0;0;250mb\x1b[38;5;9mc"), [
    [["a", "fg-9"], ["bc", "fg-9 bg-12"]],
  ]);
});

test("a carriage return writes over the line, as progress bars do", () => {
  assert.deepEqual(painted("10 %\r", "20 %\rdone"), [["done"]]);
  assert.deepEqual(painted("abcdef\rXY"), [["XYcdef"]]);
  assert.deepEqual(painted("abcdef\r\x1b[KXY\r\nnext"), [["XY"], ["next"]]);
  assert.deepEqual(painted("ab\b\bX"), [["Xb"]]);
});

test("escapes that move the cursor or name the window are dropped, never shown", () => {
  assert.deepEqual(painted("a\x1b[2Jb\x1b]0;title\x07c\x1b(Bd\x1b[?25le\x07f"), [["abcdef"]]);
});

test("an escape that never ends does not hold the text back for ever", () => {
  assert.deepEqual(painted("\x1b[", "12", "x rest"), [[" rest"]]);
});

test("markup stays text", () => {
  assert.deepEqual(painted("<img src=x onerror=alert(1)>"), [["<img src=x onerror=alert(1)>"]]);
});

test("a line of a million characters is broken and whole", { timeout: 60_000 }, () => {
  const painter = new Painter();
  const lines = Array.from({ length: 1_000 }, () => painter.write("x".repeat(1_000))).flat();
  const lengths = [...lines, painter.open].map((line) => line.reduce((sum, { text }) => sum + text.length, 0));
  assert.equal(lengths.reduce((sum, length) => sum + length), 1_000_000);
  assert.equal(Math.max(...lengths), LINE_LIMIT);
});
