// Cards keep their place, and every arrow has two ends.

import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY, arrange, arrangeCards } from "../../../static/src/picture/arrange.js";
import { shownCode } from "../../../static/src/picture/scene.js";
import { STORIES, arrangements, keyOf, tell } from "./play.js";

const column = (arrangement, title) => arrangement.cards.find((card) => card.title === title)?.column;

for (const story of STORIES) {
  test(`${story}: every arrow has both ends and its row`, () => {
    for (const { now } of arrangements(story)) {
      const cards = new Map(now.cards.map((card) => [card.key, card]));
      assert.equal(cards.size, now.cards.length, "no card is drawn twice");
      for (const arrow of now.arrows) {
        assert.ok(cards.get(arrow.to), arrow.key);
        assert.ok(
          cards.get(arrow.from)?.rows.some(({ key }) => key === arrow.row),
          arrow.key,
        );
      }
    }
  });

  test(`${story}: a card keeps its column and its order until it becomes stale`, () => {
    for (const { before, now } of arrangements(story)) {
      const old = new Map(before.cards.map((card) => [card.key, card]));
      for (const card of now.cards) {
        const then = old.get(card.key);
        if (then && then.state !== "stale" && card.state !== "stale")
          assert.equal(card.column, then.column, card.title);
      }
      now.columns.forEach((keys, at) => {
        const both = keys.filter((key) => before.columns[at].includes(key));
        assert.deepEqual(
          both,
          before.columns[at].filter((key) => both.includes(key)),
        );
      });
    }
  });

  test(`${story}: the columns and the reading order hold the same cards`, () => {
    for (const { now } of arrangements(story)) {
      assert.deepEqual(now.columns.flat().sort(), now.cards.map(({ key }) => key).sort());
    }
  });
}

test("a package stands above its submodules", () => {
  for (const { now } of arrangements("submodule")) {
    const titles = now.columns[1].map((key) => now.cards.find((card) => card.key === key)?.title);
    assert.deepEqual(
      titles.filter((title) => title?.startsWith("pkg")),
      ["pkg", "pkg.sub"],
    );
  }
});

test("a reload moves no row of sys.modules, though it moves the module to its end", () => {
  const last = arrangements("submodule").at(-1);
  const cache = last.story.memory.snapshot.spaces.find(({ name }) => name === "sys.modules");
  assert.deepEqual(cache.names.map(({ name }) => name), ["pkg.sub", "pkg"]);
  const card = last.now.cards.find(({ title }) => title === "sys.modules");
  assert.deepEqual(card.rows.map(({ name }) => name), ["'pkg'", "'pkg.sub'"]);
});

test("the modules of a package stand together, by name, as the rows of sys.modules do", () => {
  const module = (title) => ({ key: title, title, kind: "module", column: 1, rows: [], state: "same", owner: "" });
  const drawn = (...titles) => new Map(titles.map((title) => [title, module(title)]));
  const order = (previous, ...titles) => arrangeCards(previous, drawn(...titles)).columns[1];
  assert.deepEqual(order(EMPTY, "shop.prices", "shop.cart", "shop", "other"), ["shop", "shop.cart", "shop.prices", "other"]);
  const before = arrangeCards(EMPTY, drawn("shop", "shop.prices", "other"));
  assert.deepEqual(order(before, "shop.cart", "shop", "other", "shop.prices"), ["shop", "shop.cart", "shop.prices", "other"]);
});

test("what the mock shows: sys.modules above __main__, the stale function below its module, the new one in its place", () => {
  const steps = arrangements("from_import");
  const then = steps[0].now;
  const { now, story } = steps[4];
  const columns = (wanted) => wanted.map((column) => column.map((words) => keyOf(story.memory, words)));
  assert.deepEqual(now.columns, columns([["sys.modules", "__main__"], ["changer", "printer(), load 1"], ["printer(), load 2"]]));
  assert.deepEqual(then.columns, columns([["sys.modules", "__main__"], ["changer"], ["printer(), load 1"]]));
  assert.deepEqual(
    now.cards.map(({ title }) => title),
    ["sys.modules", "__main__", "changer", "printer()", "printer()"],
  );
});

test("short immutables stand in their row, a function has a card and an arrow", () => {
  const { now, story } = arrangements("from_import")[4];
  const rows = now.cards.find(({ title }) => title === "changer").rows;
  assert.deepEqual(
    rows.map(({ name, text, to, state, was }) => [name, text, to, state, was]),
    [
      ["message", "'After editing'", "", "rebound", "'First version'"],
      ["greeting", "'Hi'", "", "leftover", ""],
      ["printer", "", keyOf(story.memory, "printer(), load 2"), "rebound", "load 1"],
    ],
  );
});

test("__globals__ is a row with a line back to the module", () => {
  const { now, story } = arrangements("from_import")[4];
  const back = now.arrows.filter(({ back }) => back);
  assert.deepEqual(
    back.map(({ from, to, state }) => [from, to, state]),
    [
      [keyOf(story.memory, "printer(), load 1"), keyOf(story.memory, "changer"), "same"],
      [keyOf(story.memory, "printer(), load 2"), keyOf(story.memory, "changer"), "same"],
    ],
  );
});

test("what the console made stands below its names, what a module made beside it", () => {
  const { now } = arrangements("callbacks").at(-1);
  assert.equal(column(now, "list of 3"), 0);
  assert.equal(column(now, "partial(hello)"), 0);
  assert.equal(column(now, "Button.press"), 1);
  assert.equal(column(arrangements("truncated").at(-1).now, "list of 1,000,000"), 2);
});

test("a class whose source is shown folds its methods, and opens", () => {
  const { memory, before } = tell("old_instance", 3);
  const folded = arrange(EMPTY, memory, before);
  const circle = folded.cards.find(({ title }) => title === "Circle");
  assert.equal(circle.folded, 2);
  assert.equal(
    folded.cards.some(({ title }) => title === "area()"),
    false,
  );
  const opened = arrange(folded, memory, before, new Set([circle.key]));
  assert.equal(
    opened.cards.some(({ title }) => title === "area()"),
    true,
  );
});

test("the card of an enum shows its members, not what enum keeps there", () => {
  const { memory, before } = tell("decorated");
  const color = arrange(EMPTY, memory, before).cards.find(({ key }) => key === keyOf(memory, "Color, load 2"));
  assert.ok(color.rows.some(({ name }) => name === "RED"));
  assert.ok(color.rows.every(({ name }) => !/^_[a-z]/.test(name)));
});

test("what refers to its own card says so, without an arrow", () => {
  const { memory, before } = tell("truncated");
  const [list] = memory.snapshot.objects.filter(({ kind }) => kind === "list");
  const parts = [{ key: "0", value: { text: "list of 1", ref: list.token } }];
  const objects = memory.snapshot.objects.map((one) => (one === list ? { ...list, parts } : one));
  const Memory = /** @type {any} */ (memory.constructor);
  const now = arrange(EMPTY, new Memory({ ...memory.snapshot, objects }), before);
  const card = now.cards.find(({ key }) => key === `o${list.token}`);
  assert.deepEqual(card.rows.map(({ name, text, hint, to }) => [name, text, hint, to]), [["[0]", "", "itself", ""]]);
  assert.ok(now.arrows.every(({ from, to }) => from !== to));
});

test("a long list shows eight items and says how many more", () => {
  const { memory, before } = tell("truncated");
  const list = arrange(EMPTY, memory, before).cards.find(({ kind }) => kind === "list");
  assert.deepEqual([list.rows.length, list.folded, list.hidden], [8, 42, "999,950 more"]);
  const open = arrange(EMPTY, memory, before, new Set([list.key])).cards.find(({ kind }) => kind === "list");
  assert.deepEqual([open.rows.length, open.folded, open.hidden], [50, 0, "999,950 more"]);
});

test("a namespace with many names stays a card", () => {
  const { memory, before } = tell("truncated");
  const main = arrange(EMPTY, memory, before).cards.find(({ title }) => title === "__main__");
  assert.deepEqual([main.rows.length, main.folded, main.hidden], [24, 97, "7 dunder names"]);
});

test("of many names those that a step made are on the card", () => {
  const { memory, before } = tell("truncated");
  const fresh = new Set(["name_7", "name_90", "name_99"]);
  const spaces = memory.snapshot.spaces.map((space) => ({
    ...space,
    names: space.names.map((name) => (fresh.has(name.name) ? { ...name, mark: "new" } : { ...name, mark: "" })),
  }));
  const Memory = /** @type {any} */ (memory.constructor);
  const cards = arrange(EMPTY, new Memory({ ...memory.snapshot, spaces }), before).cards;
  const { rows } = cards.find(({ title }) => title === "__main__");
  assert.equal(rows.length, 24);
  assert.deepEqual(rows.filter(({ state }) => state === "new").map(({ name }) => name), [...fresh]);
});

test("two modules of one name are two cards, the second below the first", () => {
  const { story, now } = arrangements("two_copies").at(-1);
  assert.deepEqual(now.columns[1], ["m, load 1", "f(), load 1", "m, load 2"].map((words) => keyOf(story.memory, words)));
  assert.deepEqual(
    now.cards.filter(({ kind }) => kind === "module").map(({ word, state }) => [word, state]),
    [
      ["module, not in sys.modules", "same"],
      ["module", "new"],
    ],
  );
});

test("the picture is the same when time is travelled back and forth", () => {
  const [, , , , last] = arrangements("from_import");
  const back = tell("from_import", 3);
  const then = arrange(last.now, back.memory, back.before);
  const again = arrange(then, last.story.memory, last.story.before);
  assert.deepEqual(again.columns, last.now.columns);
});

test("an object that only a running call holds is drawn", () => {
  const { memory } = tell("from_import");
  const snapshot = { ...memory.snapshot, spaces: memory.snapshot.spaces.filter(({ name }) => name !== "__main__") };
  const Memory = /** @type {any} */ (memory.constructor);
  assert.ok(arrange(EMPTY, new Memory(snapshot), null).cards.some(({ key }) => key === keyOf(new Memory(snapshot), "printer(), load 1")));
});

test("the def line is left out when the title says the same", () => {
  const thing = (code, label = "f()") => /** @type {any} */ ({ kind: "function", code, label });
  assert.equal(shownCode(thing("def f():\n    return 1\n")), "return 1");
  assert.equal(shownCode(thing("def f(): return {1: 2}")), "return {1: 2}");
  assert.equal(shownCode(thing("def f(x):\n    return x\n")), "def f(x):\n    return x");
  assert.equal(shownCode(thing("@cache\ndef f():\n    return 1\n")), "@cache\ndef f():\n    return 1");
  assert.equal(shownCode(thing("def g():\n    return 1\n")), "def g():\n    return 1");
});
