import assert from "node:assert/strict";
import { test } from "node:test";
import { entriesOf, nextIndent } from "../../static/src/transcripts.js";

test("prompts and outputs are stripped", () => {
  const text = [">>> import changer", ">>> changer.printer()", "First version", "", ">>> 1 + 1", "2"].join("\n");
  assert.deepEqual(entriesOf(text), ["import changer", "changer.printer()", "1 + 1"]);
});

test("a compound entry ends with the empty line that ends it, copied or not", () => {
  const entry = "def f():\n    return 1\n";
  assert.deepEqual(entriesOf(">>> def f():\n...     return 1\n...\n>>> f()\n1"), [entry, "f()"]);
  assert.deepEqual(entriesOf(">>> def f():\n...     return 1\n>>> f()\n1"), [entry, "f()"]);
  assert.deepEqual(entriesOf(">>> def f():\r\n...     return 1\r\n... \r\n"), [entry]);
});

test("the dots of a traceback are output", () => {
  assert.deepEqual(entriesOf(">>> f()\nTraceback (most recent call last):\n...\nValueError\n>>> 2"), ["f()", "2"]);
});

test("comments between entries are dropped, those in entries stay", () => {
  const text = ">>> import changer          # Still uses the old code\n\n# Now, reload the module\n>>> import importlib";
  assert.deepEqual(entriesOf(text), ["import changer          # Still uses the old code", "import importlib"]);
});

test("an indented transcript, as in a docstring, is taken", () => {
  assert.deepEqual(entriesOf("    >>> if x:\n    ...     y = 1\n    ...\n    >>> y\n    1\n"), ["if x:\n    y = 1\n", "y"]);
});

test("prompts without entries are nothing", () => {
  assert.deepEqual(entriesOf(">>>\n>>> \n"), []);
});

test("what is no transcript is left alone", () => {
  assert.equal(entriesOf("x = 1\nprint(x)\n"), null);
  assert.equal(entriesOf("a >>> b"), null);
  assert.equal(entriesOf(">>>x"), null);
});

test("the next line of a block is indented as Python wants it", () => {
  assert.equal(nextIndent("def f():"), "    ");
  assert.equal(nextIndent("def f():  # why"), "    ");
  assert.equal(nextIndent("def f():\n    x = 1"), "    ");
  assert.equal(nextIndent("def f():\n    if x:"), "        ");
  assert.equal(nextIndent("def f():\n    return 1"), "");
  assert.equal(nextIndent("print("), "");
});
