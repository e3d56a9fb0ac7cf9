// The picture's floors: what is pure knows no DOM, and views know no other view but through the stage and the pane.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const FOLDER = new URL("../../../static/src/picture/", import.meta.url);
const VIEWS = new Set([
  "badge.js",
  "cards.js",
  "glossary.js",
  "inspector.js",
  "lists.js",
  "mount.js",
  "stage.js",
  "timeline.js",
  "wires.js",
]);
const JOINING = new Set(["mount.js", "stage.js"]);
const source = (name) => readFileSync(new URL(name, FOLDER), "utf8");
const importsOf = (name) => [...source(name).matchAll(/^(?:import|export) .*from "([^"]+)"/gm)].map(([, from]) => from);
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith(".js"));

test("pure modules import pure modules only and touch no page", () => {
  for (const name of FILES.filter((one) => !VIEWS.has(one))) {
    for (const from of importsOf(name))
      assert.ok(from.startsWith("./") && !VIEWS.has(from.slice(2)), `${name}: ${from}`);
    assert.doesNotMatch(source(name).replace(/\/\*.*?\*\/|\/\/.*/gs, ""), /\b(document|window|HTMLElement)\b/, name);
  }
});

test("only the stage and the pane put views together", () => {
  for (const name of VIEWS) {
    const views = importsOf(name).filter((from) => VIEWS.has(from.slice(2)) && from !== "./badge.js");
    assert.ok(JOINING.has(name) || views.length === 0, `${name}: ${views}`);
  }
});

test("no style attribute: the page's content policy forbids it", () => {
  for (const name of VIEWS)
    assert.doesNotMatch(source(name), /\sstyle=|styleMap|setAttribute\("style"|innerHTML/, name);
});
