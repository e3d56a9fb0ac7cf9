// Where the cards stand: from an arrangement and the measured sizes to boxes. Pure; lengths in CSS pixels.

/**
 * @typedef {import("./arrange.js").Arrangement} Arrangement
 * @typedef {import("./arrange.js").Card} Card
 */
/**
 * @typedef {{height: number, head: number, rows: Map<string, number>}} Size  `head` and `rows`: middles, from the card's top
 */
/** @typedef {{x: number, y: number, width: number, height: number}} Box */
/** @typedef {{x: number, width: number}} Column */
/** @typedef {{narrow: boolean, columns: Column[], gap: number}} Frame */
/** @typedef {{boxes: Map<string, Box>, height: number}} Placement */

export const NARROW = 560;
const RAILS = 50;
const SPACE = { names: 22, cards: 34, tight: 24, stack: 14 };
/** An object stands this much below the head of its module, so that its arrow and the one back are both seen. */
const BESIDE = 34;
/** So much further up than its objects a module may stand. */
const SLACK = 120;
const SHARES = [
  { least: 138, part: 0.82 },
  { least: 200, part: 1.12 },
  { least: 178, part: 1 },
];

/** The columns that fit into `width`. @param {number} width @returns {Frame} */
export function frameOf(width) {
  if (width < NARROW)
    return { narrow: true, gap: RAILS, columns: [{ x: 12, width: Math.max(160, width - 24 - RAILS) }] };
  const tight = width < 640;
  const gap = tight ? 38 : 52;
  const edge = tight ? 14 : 16;
  const least = SHARES.map((share) => (tight ? share.least - 16 : share.least));
  const widths = share(Math.min(width, 1240) - 2 * edge - 2 * gap, least);
  const columns = widths.map((one, at) => ({
    x: edge + widths.slice(0, at).reduce((sum, w) => sum + w + gap, 0),
    width: one,
  }));
  return { narrow: false, gap, columns };
}

/** As `minmax(least, part)` shares a row out. @param {number} room @param {number[]} least */
function share(room, least) {
  const total = SHARES.reduce((sum, { part }) => sum + part, 0);
  const widths = SHARES.map(({ part }, at) => Math.max(least[at], Math.floor((room * part) / total)));
  let over = widths.reduce((sum, width) => sum + width, 0) - room;
  for (const at of [1, 0]) {
    const less = Math.max(0, Math.min(over, widths[at] - least[at]));
    widths[at] -= less;
    over -= less;
  }
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

/**
 * Each column from top to bottom. What a module made stands beside it: where that needs more room than the module, the
 * next module comes further down.
 *
 * @param {Arrangement} arrangement
 * @param {ReadonlyMap<string, Size>} sizes
 * @param {Frame} frame
 */
function columns(arrangement, sizes, frame) {
  const tight = frame.gap < 52;
  const [top, between] = tight ? [16, SPACE.tight] : [20, SPACE.cards];
  const cards = new Map(arrangement.cards.map((card) => [card.key, card]));
  const [left, middle, right] = frame.columns.map(
    (column, at) => new Pile(column, top, at ? between : SPACE.names, sizes),
  );
  const waiting = [...arrangement.columns[2]];
  for (const key of arrangement.columns[0]) left.add(key);
  for (const key of arrangement.columns[1]) {
    const last = waiting.findLastIndex((one) => cards.get(one)?.owner === key);
    const beside = (sizes.get(key)?.head ?? 0) + BESIDE;
    middle.add(key, last < 0 ? 0 : right.y - beside - SLACK);
    for (const one of waiting.splice(0, last + 1)) right.add(one, middle.top + beside);
  }
  for (const key of waiting) right.add(key);
  return new Map([...left.boxes, ...middle.boxes, ...right.boxes]);
}

/** Cards one below the other. */
class Pile {
  /** @param {Column} column @param {number} top @param {number} space @param {ReadonlyMap<string, Size>} sizes */
  constructor(column, top, space, sizes) {
    this.column = column;
    this.space = space;
    this.sizes = sizes;
    /** Where the last card stands. */
    this.top = top;
    /** Where the next one can. */
    this.y = top;
    /** @type {Map<string, Box>} */
    this.boxes = new Map();
  }

  /** @param {string} key @param {number} [from]  not above this */
  add(key, from = 0) {
    const height = this.sizes.get(key)?.height ?? 0;
    this.top = Math.max(this.y, from);
    this.boxes.set(key, { ...this.column, y: this.top, height });
    this.y = this.top + height + this.space;
  }
}
