// What a new layout changes where it can be seen: that is changed at once, the rest may come after. Pure.

/**
 * @typedef {import("./place.js").Box} Box
 * @typedef {import("./place.js").Frame} Frame
 * @typedef {import("./place.js").Size} Size
 * @typedef {import("./route.js").Route} Route
 */
/** Where everything stands. @typedef {{frame: Frame, sizes: ReadonlyMap<string, Size>, boxes: ReadonlyMap<string, Box>, height: number, routes: Route[]}} Layout */
/** @typedef {{boxes: [string, Box][], routes: Route[]}} Part */
/** `moving` are the keys of cards that glide, `bent` the arrows that go with them. @typedef {{layout: Layout, moving: ReadonlySet<string>, bent: Route[], near: Part, far: Part}} Change */

/** More cards than this do not glide: painting them takes longer than a frame. */
const MOST_MOVING = 60;

/**
 * @param {Layout} layout
 * @param {(key: string) => Box | undefined} before  where a card is seen now
 * @param {(box: {y: number, height: number}) => boolean} isSeen
 * @returns {Change}
 */
export function changeOf(layout, before, isSeen) {
  const { boxes, routes } = layout;
  const moved = [...boxes].flatMap(([key, box]) => {
    const from = before(key);
    return from && isApart(from, box) && (isSeen(from) || isSeen(box)) ? [key] : [];
  });
  const moving = new Set(moved.length <= MOST_MOVING ? moved : []);
  const isBent = (/** @type {Route} */ { arrow }) => moving.has(arrow.from) || moving.has(arrow.to);
  const cards = divided([...boxes], ([key, box]) => moving.has(key) || isSeen(box));
  const arrows = divided(routes, (route) => isBent(route) || isSeen(spanOf(route, boxes)));
  const [near, far] = [0, 1].map((at) => ({ boxes: cards[at], routes: arrows[at] }));
  return { layout, moving, bent: near.routes.filter(isBent), near, far };
}

/** @param {Box} one @param {Box} other */
function isApart(one, other) {
  return Math.abs(one.x - other.x) + Math.abs(one.y - other.y) > 1;
}

/** @template T @param {readonly T[]} all @param {(one: T) => boolean} isFirst @returns {[T[], T[]]} */
function divided(all, isFirst) {
  /** @type {[T[], T[]]} */
  const parts = [[], []];
  for (const one of all) parts[isFirst(one) ? 0 : 1].push(one);
  return parts;
}

/** @param {Route} route @param {ReadonlyMap<string, Box>} boxes  around both of its cards */
function spanOf({ arrow }, boxes) {
  const [from, to] = [arrow.from, arrow.to].map((key) => /** @type {Box} */ (boxes.get(key)));
  const y = Math.min(from.y, to.y);
  return { y, height: Math.max(from.y + from.height, to.y + to.height) - y };
}
