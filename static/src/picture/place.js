// Where the cards stand: from an arrangement and the measured sizes to boxes. Pure; lengths in CSS pixels.

/**
 * @typedef {import("./arrange.js").Arrangement} Arrangement
 * @typedef {import("./arrange.js").Card} Card
 */
/** @typedef {{height: number, head: number, rows: Map<string, number>}} Size  `head` and `rows`: middles, from the card's top */
/** @typedef {{x: number, y: number, width: number, height: number}} Box */
/** @typedef {{x: number, width: number}} Column */
/** @typedef {{narrow: boolean, columns: Column[], gap: number}} Frame */
/** @typedef {{boxes: Map<string, Box>, height: number}} Placement */

export const NARROW = 560;
const RAILS = 50;
const SPACE = { names: 22, cards: 34, stack: 14 };
const SHARES = [
  { least: 138, part: 0.78 },
  { least: 200, part: 1.12 },
  { least: 178, part: 1 },
];

/** The columns that fit into `width`. @param {number} width @returns {Frame} */
export function frameOf(width) {
  if (width < NARROW) return { narrow: true, gap: RAILS, columns: [{ x: 12, width: Math.max(160, width - 24 - RAILS) }] };
  const tight = width < 680;
  const gap = tight ? 38 : 52;
  const edge = tight ? 14 : 16;
  const least = SHARES.map((share) => (tight ? share.least - 16 : share.least));
  const widths = share(Math.min(width, 1240) - 2 * edge - 2 * gap, least);
  const columns = widths.map((one, at) => ({ x: edge + widths.slice(0, at).reduce((sum, w) => sum + w + gap, 0), width: one }));
  return { narrow: false, gap, columns };
}

/** As `minmax(least, part)` shares a row out. @param {number} room @param {number[]} least */
function share(room, least) {
  const total = SHARES.reduce((sum, { part }) => sum + part, 0);
  const widths = SHARES.map(({ part }, at) => Math.max(least[at], Math.floor((room * part) / total)));
  const over = widths.reduce((sum, width) => sum + width, 0) - room;
  if (over > 0) widths[1] = Math.max(least[1], widths[1] - over);
  return widths;
}

/**
 * @param {Arrangement} arrangement
 * @param {ReadonlyMap<string, Size>} sizes
 * @param {Frame} frame
 * @returns {Placement}
 */
export function place(arrangement, sizes, frame) {
  const boxes = frame.narrow ? stack(arrangement.cards, sizes, frame.columns[0]) : columns(arrangement, sizes, frame);
  const bottom = Math.max(0, ...[...boxes.values()].map(({ y, height }) => y + height));
  return { boxes, height: bottom + 24 };
}

/** @param {Card[]} cards @param {ReadonlyMap<string, Size>} sizes @param {Column} column */
function stack(cards, sizes, column) {
  /** @type {Map<string, Box>} */
  const boxes = new Map();
  let y = SPACE.stack;
  for (const { key } of cards) {
    const height = sizes.get(key)?.height ?? 0;
    boxes.set(key, { ...column, y, height });
    y += height + SPACE.stack;
  }
  return boxes;
}

/** @param {Arrangement} arrangement @param {ReadonlyMap<string, Size>} sizes @param {Frame} frame */
function columns(arrangement, sizes, frame) {
  /** @type {Map<string, Box>} */
  const boxes = new Map();
  const cards = new Map(arrangement.cards.map((card) => [card.key, card]));
  const top = frame.gap < 52 ? 16 : 20;
  arrangement.columns.forEach((keys, at) => {
    let y = top;
    for (const key of keys) {
      const height = sizes.get(key)?.height ?? 0;
      if (at === 2) y = Math.max(y, besideOwner(cards.get(key), boxes, sizes));
      boxes.set(key, { ...frame.columns[at], y, height });
      y += height + (at === 0 ? SPACE.names : SPACE.cards);
    }
  });
  return boxes;
}

/**
 * An object stands a little below the head of its module, so that its arrow and the one back are both seen.
 *
 * @param {Card | undefined} card
 * @param {Map<string, Box>} boxes
 * @param {ReadonlyMap<string, Size>} sizes
 */
function besideOwner(card, boxes, sizes) {
  const box = card && boxes.get(card.owner);
  return card && box ? box.y + (sizes.get(card.owner)?.head ?? 0) + 34 : 0;
}
