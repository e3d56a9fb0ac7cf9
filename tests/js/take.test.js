import assert from "node:assert/strict";
import { test } from "node:test";
import { planImport } from "../../static/src/take/plan.js";
import { Refusal } from "../../static/src/take/refusal.js";
import { readZip } from "../../static/src/take/unzip.js";

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

test("what a Mac packs beside the files is left out, and hides no folder around them", async () => {
  const files = { "w/a.py": "", "__MACOSX/w/._a.py": "\0", "__MACOSX/._w": "\0" };
  const { folder, adds, leftOut } = await planImport(packed(files), here({}));
  assert.deepEqual([folder, adds.map(({ path }) => path)], ["w/", ["a.py"]]);
  assert.deepEqual(leftOut, [{ path: "__MACOSX/", why: "A Mac's notes on the files." }]);
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

// --- zips ---

/** Three files that Python's zipfile has packed. */
const ZIP = Buffer.from("UEsDBBQAAAAIADR/dl0iJ6eNDAAAACwBAAAGAAAAcC9hLnB5q1CwVTDkqhgliSABUEsDBBQAAAAAADR/dl0AAAAAAAAAAAAAAAAGAAAAcC9iLnB5UEsDBBQAAAAAADR/dl0L+UNWBgAAAAYAAAAHAAAAcC9jLnR4dHN0b3JlZFBLAQIUAxQAAAAIADR/dl0iJ6eNDAAAACwBAAAGAAAAAAAAAAAAAACAAQAAAABwL2EucHlQSwECFAMUAAAAAAA0f3ZdAAAAAAAAAAAAAAAABgAAAAAAAAAAAAAAgAEwAAAAcC9iLnB5UEsBAhQDFAAAAAAANH92XQv5Q1YGAAAABgAAAAcAAAAAAAAAAAAAAIABVAAAAHAvYy50eHRQSwUGAAAAAAMAAwCdAAAAfwAAAAAA", "base64");

/** @param {Uint8Array} bytes */
async function contents(bytes) {
  const files = await readZip(new Blob([bytes]));
  return Promise.all(files.map(async ({ path, size, unpack }) => ({ path, size, bytes: await unpack() })));
}

test("a zip is read as it was packed", async () => {
  const read = (await contents(ZIP)).map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]);
  assert.deepEqual(read, [["p/a.py", "x = 1\n".repeat(50)], ["p/b.py", ""], ["p/c.txt", "stored"]]);
});

/** Always the same numbers below `below`: mulberry32. @param {number} seed */
function numbers(seed) {
  return (/** @type {number} */ below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** @param {ReturnType<typeof numbers>} next */
function mutated(next) {
  const bytes = Buffer.from(ZIP);
  for (let count = 1 + next(4); count; count -= 1) bytes[next(bytes.length)] = [0, 1, 0x7f, 0x80, 0xff, next(256)][next(6)];
  const cut = next(bytes.length);
  return [bytes, bytes.subarray(0, cut), Buffer.concat([bytes.subarray(cut), bytes]), Buffer.concat([bytes.subarray(0, cut), bytes])][Math.max(0, next(10) - 6)];
}

test("whatever is wrong with a zip, it is refused in words or read within its bounds", async () => {
  const next = numbers(20261122);
  let refused = 0;
  for (let round = 0; round < 3000; round += 1) {
    try {
      for (const { size, bytes } of await contents(mutated(next))) assert.equal(bytes.length, size);
    } catch (error) {
      assert.ok(error instanceof Refusal, String(error));
      assert.match(error.message, /^[^]+\.$/);
      refused += 1;
    }
  }
  assert.ok(refused > 1000 && refused < 3000, String(refused));
});
