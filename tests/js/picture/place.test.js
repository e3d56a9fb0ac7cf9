// Cards never overlap, and arrows begin and end on the edges of their cards.

import assert from "node:assert/strict";
import { test } from "node:test";
import { frameOf, place } from "../../../static/src/picture/place.js";
import { pathOf, plan } from "../../../static/src/picture/route.js";
import { STORIES, arrangements } from "./play.js";

/** Sizes as a browser would measure them, from the content. */
function sizesOf(arrangement) {
  return new Map(
    arrangement.cards.map((card, at) => {
      const code = card.code ? 30 + 18 * card.code.split("\n").length : 0;
      const top = 52 + code;
      const rows = new Map(card.rows.map(({ key }, row) => [key, top + 16 + 32 * row]));
      return [card.key, { head: 26, height: top + 32 * card.rows.length + (at % 3) * 20, rows }];
    }),
  );
}

const overlaps = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

for (const width of [360, 390, 560, 620, 680, 1000, 1800]) {
  test(`no card overlaps another or leaves a pane of ${width}`, () => {
    for (const { now } of STORIES.flatMap(arrangements)) {
      const { boxes } = place(now, sizesOf(now), frameOf(width));
      const all = [...boxes.values()];
      assert.equal(all.length, now.cards.length);
      for (const box of all) assert.ok(box.x >= 0 && box.x + box.width <= width, `${box.x} ${box.width}`);
      all.forEach((box, at) => all.slice(at + 1).forEach((other) => assert.ok(!overlaps(box, other))));
    }
  });

  test(`arrows begin at their row and end at their card in a pane of ${width}, also when shifted`, () => {
    const frame = frameOf(width);
    for (const { now } of STORIES.flatMap(arrangements)) {
      const sizes = sizesOf(now);
      const { boxes } = place(now, sizes, frame);
      for (const route of plan(now, sizes, boxes, frame)) {
        for (const dx of [0, -37]) {
          const shifts = new Map([
            [route.arrow.from, { dx, dy: dx }],
            [route.arrow.to, { dx, dy: dx }],
          ]);
          const [start, end] = ends(pathOf(route, boxes, frame, width, shifts));
          assert.ok(onEdge(start, boxes.get(route.arrow.from), dx, 0), `${route.way} starts at ${start}`);
          assert.ok(onEdge(end, boxes.get(route.arrow.to), dx, 3), `${route.way} ends at ${end}`);
        }
      }
    }
  });
}

/** The first and the last point of a path. */
function ends(path) {
  const [, x, y] = /^M(\S+) (\S+?)[A-Z]/.exec(path);
  const cubic = /(\S+) (\S+)$/.exec(path);
  const level = /Q\S+ \S+ \S+ (\S+)H(\S+)$/.exec(path);
  return [[Number(x), Number(y)], level ? [Number(level[2]), Number(level[1])] : [Number(cubic[1]), Number(cubic[2])]];
}

function onEdge([x, y], box, shift, apart) {
  const sides = [box.x + shift - apart, box.x + box.width + shift + apart];
  return sides.some((side) => Math.abs(side - x) < 0.2) && y >= box.y + shift && y <= box.y + box.height + shift;
}

test("an arrow from the first column to the third passes between the cards of the second", () => {
  const frame = frameOf(680);
  const { now } = arrangements("from_import")[1];
  const sizes = sizesOf(now);
  const { boxes } = place(now, sizes, frame);
  const across = plan(now, sizes, boxes, frame).find(({ way }) => way === "across");
  assert.ok(across);
  for (const key of now.columns[1]) {
    const { y, height } = boxes.get(key);
    assert.ok(across.channel < y || across.channel > y + height);
  }
});

test("a hundred arrows to one card all arrive on it", () => {
  const { now } = arrangements("big").at(-1);
  const sizes = sizesOf(now);
  const frame = frameOf(680);
  const { boxes } = place(now, sizes, frame);
  for (const { arrow, dock } of plan(now, sizes, boxes, frame)) {
    assert.ok(dock >= 0 && dock <= sizes.get(arrow.to).height);
  }
});
