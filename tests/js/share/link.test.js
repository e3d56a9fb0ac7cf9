import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { LINK_LIMIT, readLink, UNPACKED_LIMIT, writeLink } from "../../../static/src/share/link.js";
import { LinkProblem } from "../../../static/src/share/problem.js";

const STARTER = { "changer.py": 'message = "First version"\n' };

/** @param {string | Uint8Array} text */
const linkOf = (text) => `w=1.${deflateRawSync(text, { level: 9 }).toString("base64url")}`;
const linkTo = (data) => linkOf(JSON.stringify(data));
const withFile = (path) => linkTo({ files: { [path]: "" } });

async function refusal(link) {
  const problem = await readLink(link).then(() => null, (error) => error);
  assert.ok(problem instanceof LinkProblem, `${problem?.stack ?? "it was opened"}`);
  return problem.message;
}

test("what was written is read again, to the letter", async () => {
  const files = new Map([["changer.py", 'x = "größe 👩‍👩‍👧"\r\n\t# \u202e\0'], ["pkg/__init__.py", ""], ["__proto__", "own"]]);
  const steps = [{ run: "import changer" }, { save: "changer.py", text: "y = 1\n", meanwhile: true }, { delete: "pkg/__init__.py" }, { run: "def f():\n    return 1\n" }];
  const link = await writeLink({ files, steps });
  assert.match(link, /^w=1\.[\w-]+$/);
  assert.deepEqual(await readLink(link), { files, steps });
});

test("files alone need no steps", async () => {
  assert.deepEqual(await readLink(linkTo({ files: STARTER })), { files: new Map(Object.entries(STARTER)), steps: [] });
  assert.deepEqual(await readLink(linkTo({ files: {} })), { files: new Map(), steps: [] });
});

test("versions of one file that differ by a line cost a line", async () => {
  const text = Array.from({ length: 80 }, (_, line) => `value_${line} = ${(line * 7919) % 1013}`).join("\n");
  const one = await writeLink({ files: new Map([["a.py", text]]), steps: [] });
  const steps = Array.from({ length: 20 }, (_, edit) => ({ save: "a.py", text: `${text}\nedit = ${edit}\n` }));
  const many = await writeLink({ files: new Map([["a.py", text]]), steps });
  assert.ok(many.length < 2.5 * one.length, `${many.length} against ${one.length}`);
});

const WHOLE = linkTo({ files: STARTER, steps: [{ run: "import changer" }] });

for (const [name, link, says] of [
  ["no form", "w=", /cut off or changed/],
  ["no number", "w=x.AAAA", /cut off or changed/],
  ["a newer form", WHOLE.replace("w=1.", "w=2."), /form 2/],
  ["nothing in it", "w=1.", /cut off or changed/],
  ["characters of no link", `${WHOLE}!`, /cut off or changed/],
  ["base64 that cannot be", `w=1.${"A".repeat(5)}`, /cut off or changed/],
  ["not deflated", `w=1.${Buffer.from("import this, and that").toString("base64url")}`, /cut off or changed/],
  ["truncated", WHOLE.slice(0, -8), /cut off or changed/],
  ["too long", `w=1.${"A".repeat(LINK_LIMIT)}`, /longer than 32 kB/],
  ["a bomb", linkOf(Buffer.alloc(20_000_000)), /unpacks to more than 1 MB/],
  ["a bomb of JSON", linkTo({ files: { "a.py": "x".repeat(UNPACKED_LIMIT) } }), /unpacks to more than 1 MB/],
  ["bytes that are no text", linkOf(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])), /no text/],
  ["a byte order mark", linkOf(`\ufeff${JSON.stringify({ files: {} })}`), /not JSON/],
  ["no JSON", linkOf("{'files': {}}"), /not JSON/],
  ["deep nesting", linkOf("[".repeat(900_000)), /not JSON/],
  ["a number", linkTo(1), /not an object/],
  ["null", linkTo(null), /not an object/],
  ["a list", linkTo([STARTER]), /not an object/],
  ["no files", linkTo({ steps: [] }), /has no “files”/],
  ["something unknown", linkTo({ files: {}, autorun: true }), /“autorun”, which this page does not know/],
  ["files in a list", linkTo({ files: ["a.py"] }), /files are not a table/],
  ["a file that is a number", linkTo({ files: { "a.py": 1 } }), /“a.py” is not text/],
  ["a lone surrogate", linkTo({ files: { "a.py": "\ud800" } }), /half a character/],
  ["a lone surrogate in a name", withFile("\udc00.py"), /named “U\+DC00.py”/],
  ["a file too long for a message", linkTo({ files: { "a.py": "\u0001".repeat(50_000) } }), /longer than 250 kB/],
  ["a million files", linkOf(`{"files":{${'"a":"",'.repeat(1_000_000)}"b":""}}`), /unpacks to more than 1 MB/],
  ["8,000 files", linkTo({ files: Object.fromEntries(Array.from({ length: 8_000 }, (_, i) => [i, ""])) }), /8,000 files; at most 200/],
  ["201 files", linkTo({ files: Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`f${i}.py`, ""])) }), /201 files; at most 200/],
  ["201 files, step by step", linkTo({ files: {}, steps: Array.from({ length: 201 }, (_, i) => ({ save: `f${i}.py`, text: "" })) }), /201 files; at most 200/],
  ["1,001 steps", linkTo({ files: {}, steps: Array(1001).fill({ run: "1" }) }), /1,001 steps; at most 1,000/],
  ["steps that are no list", linkTo({ files: {}, steps: {} }), /steps are not a list/],
  ["a step that is text", linkTo({ files: {}, steps: ["import this"] }), /Step 1 is not an object/],
  ["a step of two kinds", linkTo({ files: {}, steps: [{ run: "1", save: "a.py" }] }), /Step 1 has a part “save”/],
  ["a step that cannot be", linkTo({ files: {}, steps: [{ run: "1" }, { jump: 1 }] }), /Step 2 has no “delete”/],
  ["a save without a text", linkTo({ files: {}, steps: [{ save: "a.py" }] }), /Step 1 has no “text”/],
  ["an entry that is a number", linkTo({ files: {}, steps: [{ run: 1 }] }), /Step 1 is not text/],
  ["a meanwhile that is no truth", linkTo({ files: {}, steps: [{ delete: "a.py", meanwhile: "yes" }] }), /“meanwhile”/],
  ["no name", withFile(""), /needs a name/],
  ["a name that climbs", withFile("../../etc/passwd"), /“..\/..\/etc\/passwd”/],
  ["an absolute name", withFile("/etc/passwd"), /“\/etc\/passwd”/],
  ["NUL in a name", withFile("a\0.py"), /“aU\+0000.py”.*control characters/],
  ["a name that turns round", withFile("a\u202egpj.py"), /“aU\+202Egpj.py”/],
  ["a backslash", withFile("a\\b.py"), /backslash/],
  ["a name of 201 characters", withFile("x".repeat(201)), /at most 200 characters/],
  ["a name of too many bytes", withFile("ü".repeat(130)), /at most 255 bytes/],
  ["a file that is a folder", linkTo({ files: { "a": "", "a/b.py": "" } }), /A file is not a folder/],
  ["a folder that is saved as a file", linkTo({ files: { "a/b.py": "" }, steps: [{ save: "a", text: "" }] }), /folder named a/],
  ["a climbing name in a step", linkTo({ files: {}, steps: [{ delete: "../x" }] }), /“..\/x”/],
]) {
  test(`a link is refused in a sentence: ${name}`, async () => {
    const sentence = await refusal(link);
    assert.match(sentence, says);
    assert.match(sentence, /^[A-Z].*\.$/s);
    assert.ok(sentence.length < 250, sentence);
  });
}

test("script in names and texts is text like any other", async () => {
  const evil = '<img src=x onerror="alert(1)">';
  const { files } = await readLink(linkTo({ files: { [`${evil}.py`]: evil } }));
  assert.deepEqual([...files], [[`${evil}.py`, evil]]);
});

test("names as long as the server takes them can be opened", async () => {
  for (const path of ["x".repeat(200), `${"👩".repeat(60)}.py`, "naïve.py", "a b.py", ".hidden"]) await readLink(withFile(path));
});
