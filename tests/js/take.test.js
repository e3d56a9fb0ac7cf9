import assert from "node:assert/strict";
import { test } from "node:test";
import { planImport } from "../../static/src/take/plan.js";

const LIMITS = { workspace_files: 4, workspace_bytes: 1000, file_bytes: 500, message_bytes: 400 };

/** @param {Record<string, string | Uint8Array>} files */
function packed(files) {
  return Object.entries(files).map(([path, content]) => {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    return { path, size: bytes.length, unpack: async () => bytes };
  });
}

/** @param {Record<string, string>} saved @param {Record<string, string>} [texts] */
function here(saved, texts = saved) {
  return { saved: new Map(Object.entries(saved)), texts: new Map(Object.entries(texts)), limits: LIMITS };
}

const FACTS = JSON.stringify({ program: "Reload Sandbox", format: 1 });

test("files are new, replaced, the same or not in it", async () => {
  const plan = await planImport(packed({ "a.py": "1", "b.py": "2", "c.py": "3" }), here({ "b.py": "old", "c.py": "3", "d.py": "4" }));
  assert.deepEqual(plan, {
    folder: "", leftOut: [], same: ["c.py"], stays: ["d.py"],
    adds: [{ path: "a.py", text: "1" }], replaces: [{ path: "b.py", text: "2" }],
  });
});

test("edits that are not saved are something to replace, other line ends are none", async () => {
  const edited = await planImport(packed({ "a.py": "1\n" }), here({ "a.py": "1\n" }, { "a.py": "2\n" }));
  assert.deepEqual(edited.replaces.map(({ path }) => path), ["a.py"]);
  const ends = await planImport(packed({ "a.py": "1\r\n" }), here({ "a.py": "1\r\n" }, { "a.py": "1\n" }));
  assert.deepEqual(ends.same, ["a.py"]);
});

test("of an export the files alone are wanted, whatever they are called", async () => {
  const files = { "r/files/transcript.md": "mine", "r/transcript.md": "#", "r/session.json": FACTS };
  const plan = await planImport(packed(files), here({}));
  assert.deepEqual(plan.adds, [{ path: "transcript.md", text: "mine" }]);
  assert.equal(plan.folder, "");
});

test("somebody else's session.json is a file", async () => {
  for (const text of ["{}", "null", "no json"]) {
    const plan = await planImport(packed({ "session.json": text, "files/a.py": "" }), here({}));
    assert.deepEqual(plan.adds.map(({ path }) => path), ["session.json", "files/a.py"]);
  }
});

test("an export of a newer format is refused", async () => {
  const facts = JSON.stringify({ program: "Reload Sandbox", format: 2 });
  await assert.rejects(planImport(packed({ "r/session.json": facts, "r/files/a.py": "" }), here({})), /newer Reload Sandbox/);
});

test("a folder around everything is left away, a package is not", async () => {
  const wrapped = await planImport(packed({ "w/a.py": "", "w/b/c.py": "" }), here({}));
  assert.deepEqual([wrapped.folder, wrapped.adds.map(({ path }) => path)], ["w/", ["a.py", "b/c.py"]]);
  const own = await planImport(packed({ "p/__init__.py": "", "p/a.py": "" }), here({}));
  assert.deepEqual([own.folder, own.adds.map(({ path }) => path)], ["", ["p/__init__.py", "p/a.py"]]);
});

test("what cannot be saved is left out, with the reason", async () => {
  const files = {
    "a.py": "", "big.py": "x".repeat(501), "long.py": '"'.repeat(300), "no.bin": new Uint8Array([0]), "l.py": new Uint8Array([0xe9]),
    " a.py": "", [`${"d/".repeat(17)}a.py`]: "", [`${"n".repeat(256)}`]: "",
  };
  const { adds, leftOut } = await planImport(packed(files), here({}));
  assert.deepEqual(adds.map(({ path }) => path), ["a.py"]);
  assert.equal(leftOut.length, 7);
  assert.ok(leftOut.every(({ why }) => /^[A-Z].*\.$/.test(why)), leftOut.map(({ why }) => why).join(" "));
});

test("room is counted with what stays", async () => {
  const full = here({ "1": "", "2": "", "3": "", "4": "" });
  await assert.rejects(planImport(packed({ "5": "" }), full), /there would be 5 files; there is room for 4/);
  assert.equal((await planImport(packed({ "4": "new" }), full)).replaces.length, 1);
  const large = here({ "1": "x".repeat(900) });
  await assert.rejects(planImport(packed({ "2": "x".repeat(101) }), large), /there is room for/);
});

test("a file cannot be a folder too", async () => {
  await assert.rejects(planImport(packed({ "a/b.py": "", "c.py": "" }), here({ a: "" })), /a cannot be a file and the folder of a\/b.py/);
  await assert.rejects(planImport(packed({ "x/a": "", "x/a/b/c.py": "", "y": "" }), here({})), /x\/a cannot be/);
});
