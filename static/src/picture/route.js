// The arrows: from boxes to SVG paths. Pure.
//
// What can be decided once for a picture (sides, lanes, arrival points) is decided in `plan`; a frame of a transition
// only shifts the two ends.

/**
 * @typedef {import("./arrange.js").Arrangement} Arrangement
 * @typedef {import("./arrange.js").Arrow} Arrow
 * @typedef {import("./place.js").Box} Box
 * @typedef {import("./place.js").Size} Size
 * @typedef {import("./place.js").Frame} Frame
 */
/** @typedef {"ahead" | "back" | "loop" | "across" | "rail"} Way */
/**
 * @typedef {{arrow: Arrow, way: Way, side: "left" | "right", lane: number, port: number, dock: number, channel: number}} Route
 */
/** @typedef {{dx: number, dy: number}} Shift */

const STILL = { dx: 0, dy: 0 };
const LANES = 5;

/**
 * @param {Arrangement} arrangement
 * @param {ReadonlyMap<string, Size>} sizes
 * @param {ReadonlyMap<string, Box>} boxes
 * @param {Frame} frame
 * @returns {Route[]}
 */
export function plan(arrangement, sizes, boxes, frame) {
  const column = new Map(arrangement.cards.map((card) => [card.key, card.column]));
  const gaps = frame.narrow ? [] : gapsOf(arrangement.columns[1], boxes);
  /** @type {Map<string, number>} */
  const arrived = new Map();
  const routes = arrangement.arrows.map((arrow) => {
    const from = column.get(arrow.from) ?? 0;
    const to = column.get(arrow.to) ?? 0;
    const way = frame.narrow ? "rail" : wayOf(from, to);
    const source = /** @type {Box} */ (boxes.get(arrow.from));
    const target = /** @type {Box} */ (boxes.get(arrow.to));
    const port = sizes.get(arrow.from)?.rows.get(arrow.row) ?? 20;
    const head = sizes.get(arrow.to)?.head ?? 20;
    const side = sideOf(from, to, frame.narrow);
    const nth = next(arrived, `${arrow.to} ${way} ${side}`);
    const below = way === "loop" && source.y > target.y;
    const dock = below ? target.height - 14 - spread(nth, target.height - 28) : head - 4 + spread(nth, head + 4);
    const channel = way === "across" ? nearest(gaps, source.y + port, target.y + head) : 0;
    return /** @type {Route} */ ({ arrow, way, side, lane: 0, port, dock, channel });
  });
  shareLanes(routes, boxes);
  return routes;
}

/** @param {number} from @param {number} to @returns {Way} */
function wayOf(from, to) {
  if (from === to) return "loop";
  if (Math.abs(from - to) === 2) return "across";
  return to > from ? "ahead" : "back";
}

/** The side of the card on which an arrow leaves. @param {number} from @param {number} to @param {boolean} narrow */
export function sideOf(from, to, narrow) {
  if (narrow) return "right";
  if (from === to) return from === 2 ? "left" : "right";
  return to > from ? "right" : "left";
}

/** @param {Map<string, number>} counts @param {string} key */
function next(counts, key) {
  const nth = counts.get(key) ?? 0;
  counts.set(key, nth + 1);
  return nth;
}

/** Arrivals stand 8 apart and stay on the card. @param {number} nth @param {number} room */
function spread(nth, room) {
  const most = Math.max(1, Math.floor(room / 8));
  return (nth % most) * 8;
}

/**
 * The heights at which a line passes the middle column without crossing a card.
 *
 * @param {string[]} keys
 * @param {ReadonlyMap<string, Box>} boxes
 */
function gapsOf(keys, boxes) {
  const middle = keys.flatMap((key) => boxes.get(key) ?? []);
  const top = middle.length ? middle[0].y - 10 : 20;
  return [
    top,
    ...middle.map(({ y, height }, at) => (middle[at + 1] ? (y + height + middle[at + 1].y) / 2 : y + height + 14)),
  ];
}

/** @param {number[]} gaps @param {number} from @param {number} to */
function nearest(gaps, from, to) {
  const cost = (/** @type {number} */ y) => Math.abs(y - from) + Math.abs(y - to);
  return gaps.reduce((best, y) => (cost(y) < cost(best) ? y : best), gaps[0] ?? 0);
}

/**
 * Lines that run side by side get lanes of their own: rails, loops, and those through the same gap.
 *
 * @param {Route[]} routes
 * @param {ReadonlyMap<string, Box>} boxes
 */
function shareLanes(routes, boxes) {
  const span = (/** @type {Route} */ { arrow, port, dock }) => {
    const ends = [(boxes.get(arrow.from)?.y ?? 0) + port, (boxes.get(arrow.to)?.y ?? 0) + dock];
    return { low: Math.min(...ends), high: Math.max(...ends) };
  };
  /** @type {Map<string, {low: number, high: number, to: string}[][]>} */
  const groups = new Map();
  for (const route of routes) {
    if (route.way === "ahead" || route.way === "back") continue;
    const group = `${route.way} ${route.side} ${route.channel}`;
    const lanes = groups.get(group) ?? [];
    groups.set(group, lanes);
    const { low, high } = route.way === "across" ? { low: 0, high: Infinity } : span(route);
    const free = Array.from({ length: LANES }, (_, at) => at).find(
      (at) => !lanes[at]?.some((one) => one.low < high && low < one.high),
    );
    route.lane = free ?? lanes.reduce((best, lane, at) => (lane.length < lanes[best].length ? at : best), 0);
    (lanes[route.lane] ??= []).push({ low, high, to: route.arrow.to });
  }
}

/**
 * The path of one arrow while its cards are shifted.
 *
 * @param {Route} route
 * @param {ReadonlyMap<string, Box>} boxes
 * @param {Frame} frame
 * @param {number} width  of the picture
 * @param {ReadonlyMap<string, Shift>} shifts
 */
export function pathOf(route, boxes, frame, width, shifts) {
  const ends = endsOf(route, boxes, shifts);
  return PATHS[route.way](ends, route, frame, width);
}

/**
 * @typedef {{x: number, y: number, tx: number, ty: number, right: number}} Ends  `right`: the right edge of the target
 */

/**
 * @param {Route} route
 * @param {ReadonlyMap<string, Box>} boxes
 * @param {ReadonlyMap<string, Shift>} shifts
 * @returns {Ends}
 */
function endsOf({ arrow, way, side, port, dock }, boxes, shifts) {
  const from = /** @type {Box} */ (boxes.get(arrow.from));
  const to = /** @type {Box} */ (boxes.get(arrow.to));
  const a = shifts.get(arrow.from) ?? STILL;
  const b = shifts.get(arrow.to) ?? STILL;
  const arrivesRight = way === "loop" || way === "rail" ? side === "right" : side === "left";
  return {
    x: from.x + (side === "right" ? from.width : 0) + a.dx,
    y: from.y + port + a.dy,
    tx: to.x + (arrivesRight ? to.width + 3 : -3) + b.dx,
    ty: to.y + dock + b.dy,
    right: to.x + to.width + b.dx,
  };
}

/** @type {Record<Way, (ends: Ends, route: Route, frame: Frame, width: number) => string>} */
const PATHS = {
  ahead({ x, y, tx, ty }) {
    const bend = Math.max(22, (tx - x) * 0.55);
    return `M${r(x)} ${r(y)}C${r(x + bend)} ${r(y)} ${r(tx - bend)} ${r(ty)} ${r(tx)} ${r(ty)}`;
  },
  back({ x, y, tx, ty }) {
    const middle = (x + tx) / 2;
    return `M${r(x)} ${r(y)}C${r(middle)} ${r(y)} ${r(middle)} ${r(ty)} ${r(tx)} ${r(ty)}`;
  },
  loop({ x, y, tx, ty }, { side, lane }) {
    const out = side === "right" ? Math.max(x, tx) + 18 + lane * 7 : Math.min(x, tx) - 18 - lane * 7;
    return bracket(x, y, out, tx, ty);
  },
  rail({ x, y, tx, ty }, { lane }, _frame, width) {
    return bracket(x, y, width - 8 - lane * 9, tx, ty);
  },
  across({ x, y, tx, ty }, { channel, lane }, frame) {
    const forward = tx > x;
    const level = channel + (lane - 2) * 3;
    const [middle] = [frame.columns[1]];
    const near = forward ? middle.x - 6 : middle.x + middle.width + 6;
    const far = forward ? middle.x + middle.width + 6 : middle.x - 6;
    const [m1, m2] = [(x + near) / 2, (far + tx) / 2];
    return (
      `M${r(x)} ${r(y)}C${r(m1)} ${r(y)} ${r(m1)} ${r(level)} ${r(near)} ${r(level)}` +
      `H${r(far)}C${r(m2)} ${r(level)} ${r(m2)} ${r(ty)} ${r(tx)} ${r(ty)}`
    );
  },
};

/**
 * Out to a lane, along it, and back in, with rounded corners.
 *
 * @param {number} x
 * @param {number} y
 * @param {number} out
 * @param {number} tx
 * @param {number} ty
 */
function bracket(x, y, out, tx, ty) {
  const turn = Math.min(8, Math.abs(ty - y) / 2);
  const down = ty > y ? turn : -turn;
  const start = out > x ? turn : -turn;
  const end = out > tx ? turn : -turn;
  return (
    `M${r(x)} ${r(y)}H${r(out - start)}Q${r(out)} ${r(y)} ${r(out)} ${r(y + down)}` +
    `V${r(ty - down)}Q${r(out)} ${r(ty)} ${r(out - end)} ${r(ty)}H${r(tx)}`
  );
}

/** @param {number} length */
function r(length) {
  return Math.round(length * 10) / 10;
}
