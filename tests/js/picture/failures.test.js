// An exception is a load's for certain only where the entry does nothing but load it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { errorOf } from "../../../static/src/picture/failures.js";
import { tell } from "./play.js";

const told = (source, module) => {
  const story = tell("submodule");
  return errorOf(Object.create(story, { entryNow: { value: () => ({ source, error: "KeyError" }) } }), module);
};

test("it is told of what a plain import or a reload names", () => {
  for (const source of ["import a", "import os, a as b", "import importlib; importlib.reload(a)", "from a import *", "m = reload(a)\n"])
    assert.equal(told(source, "a"), "KeyError", source);
  assert.equal(told("from a import b, c", "a.b"), "KeyError");
  assert.equal(told("import a.b.c", "a.b"), "KeyError");
  assert.equal(told("importlib.import_module('a.b')", "a.b"), "KeyError");
  assert.equal(told("importlib.reload(sub)", "pkg.sub"), "KeyError", "by its name in the console");
});

test("it is not told of what others load, nor where something else may have failed", () => {
  const long = `from a import ${"b".repeat(99)}!`; // is read at once
  for (const source of [long, "import b", "try:\n    import a\nexcept KeyError:\n    x", "import a; x", "print(a); reload(a)", "f(a)"])
    assert.equal(told(source, "a"), "", source);
});
