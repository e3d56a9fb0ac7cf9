// From-imports are found as they are written.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fromImports, packageOf, statementFor } from "../../../static/src/picture/imports.js";

test("a statement is found with the names that it takes, wherever it stands", () => {
  const source =
    "import sys; from a import b\ntry:\n    from c.d import (e,  # one\n      f as g)\nexcept: pass\nfrom h import *; i = j\nfrom k import l, \\\n  m\n";
  const found = fromImports(source, "").map(({ module, taken }) => [module, taken.map(({ name }) => name).join()]);
  assert.deepEqual(found, [["a", "b"], ["c.d", "e,g"], ["h", ""], ["k", "l,m"]]);
});

test("a relative import starts from the package", () => {
  const modules = (source, space) => fromImports(source, packageOf(space)).map(({ module }) => module);
  const source = "from . import a\nfrom .b import c\nfrom ..d import e\n";
  assert.deepEqual(modules(source, { name: "p.q", path: "p/q/__init__.py" }), ["p.q", "p.q.b", "p.d"]);
  assert.deepEqual(modules(source, { name: "p.q.r", path: "p/q/r.py" }), ["p.q", "p.q.b", "p.d"]);
});

test("of several statements the last that binds the name is told, cut to it", () => {
  const told = (source, name, attribute = name) => statementFor(fromImports(source, ""), name, "m", attribute);
  assert.equal(told("from m import *\nfrom m import a, b as c", "a"), "from m import a");
  assert.equal(told("from m import a\nfrom m import *", "a"), "from m import *");
  assert.equal(told("from m import a, b as c", "c", "b"), "from m import b as c");
  assert.equal(told("from m import b\nfrom n import a; x = a", "a"), "");
  assert.equal(told("from m import *", "c", "b"), "");
});
