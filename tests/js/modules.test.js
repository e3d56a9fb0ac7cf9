import assert from "node:assert/strict";
import { test } from "node:test";
import { importLine, moduleOf, nameProblem, reloadLine } from "../../static/src/modules.js";

test("a file is the module that import takes for it", () => {
  assert.equal(moduleOf("changer.py"), "changer");
  assert.equal(moduleOf("pkg/mod.py"), "pkg.mod");
  assert.equal(moduleOf("pkg/__init__.py"), "pkg");
  assert.equal(moduleOf("größe.py"), "größe");
});

test("what import cannot name has no module", () => {
  for (const path of ["notes.txt", "my-mod.py", "1st.py", "class.py", "pkg/for/x.py", "__init__.py", "__main__.py", ".py", "a b.py"]) {
    assert.equal(moduleOf(path), "", path);
  }
});

test("the buttons type whole Python", () => {
  assert.equal(importLine("pkg.mod"), "import pkg.mod");
  assert.equal(reloadLine("pkg.mod"), "import importlib, pkg.mod; importlib.reload(pkg.mod)");
});

test("names that the server would refuse are refused at once, with the reason", () => {
  const taken = ["changer.py", "pkg/mod.py"];
  assert.equal(nameProblem("shapes.py", taken), "");
  assert.equal(nameProblem("pkg/other.py", taken), "");
  for (const path of ["", "  ", "changer.py", "../x.py", "/etc/x", "a//b", "a\\b", "a\0b", "x".repeat(201), "pkg", "changer.py/x.py", " a.py", "pkg /a.py", "a\u202eb.py"]) {
    assert.notEqual(nameProblem(path, taken), "", JSON.stringify(path));
  }
});
