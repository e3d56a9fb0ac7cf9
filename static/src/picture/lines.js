// Lines of two texts side by side: what memory runs and what the file says. Pure; line numbers count from 1.

/**
 * @typedef {{line: number, kind: "changed" | "added" | "removed"}} LineMark  of the newer text; "removed": before `line`
 */
/** @typedef {{left: number, right: number}} Pair  a line of each text, 0 where one has none */
/** @typedef {import("./wire.js").Loaded} Loaded */

const MOST_CELLS = 4_000_000;

/**
 * The lines of a file that differ from what memory runs, for the gutter.
 *
 * @param {string} memory  the source that ran
 * @param {string} file
 * @returns {LineMark[]}
 */
export function lineMarks(memory, file) {
  if (memory === file) return [];
  /** @type {LineMark[]} */
  const marks = [];
  let line = 1;
  for (const { gone, came } of hunks(alignLines(memory, file))) {
    line = came.at;
    const changed = Math.min(gone, came.count);
    for (let at = 0; at < came.count; at += 1)
      marks.push({ line: line + at, kind: at < changed ? "changed" : "added" });
    if (gone > came.count) marks.push({ line: line + came.count, kind: "removed" });
  }
  return marks;
}

/** Runs of pairs that differ. @param {Pair[]} pairs */
function hunks(pairs) {
  /** @type {{gone: number, came: {at: number, count: number}}[]} */
  const found = [];
  let next = 1;
  let open = false;
  for (const { left, right } of pairs) {
    const same = left && right;
    if (!same && !open) found.push({ gone: 0, came: { at: next, count: 0 } });
    open = !same;
    const hunk = found[found.length - 1];
    if (open && left) hunk.gone += 1;
    if (open && right) hunk.came.count += 1;
    if (right) next = right + 1;
  }
  return found;
}

/**
 * Both texts line by line, equal lines beside each other; the common ends are taken off first.
 *
 * @param {string} left
 * @param {string} right
 * @returns {Pair[]}
 */
export function alignLines(left, right) {
  const [a, b] = [linesOf(left), linesOf(right)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail])
    tail += 1;
  const middle = alignMiddle(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  return [
    ...Array.from({ length: head }, (_, at) => ({ left: at + 1, right: at + 1 })),
    ...middle.map((pair) => ({ left: pair.left && pair.left + head, right: pair.right && pair.right + head })),
    ...Array.from({ length: tail }, (_, at) => ({ left: a.length - tail + at + 1, right: b.length - tail + at + 1 })),
  ];
}

/** A final newline ends a line, it begins none. @param {string} text */
export function linesOf(text) {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines[lines.length - 1] === "") lines.pop();
  return lines;
}

/**
 * By the longest common subsequence; texts too long for the table have nothing in common.
 *
 * @param {string[]} a
 * @param {string[]} b
 * @returns {Pair[]}
 */
function alignMiddle(a, b) {
  const width = b.length + 1;
  const common = new Uint16Array(a.length * b.length > MOST_CELLS ? 0 : (a.length + 1) * width);
  for (let x = a.length - 1; x >= 0 && common.length; x -= 1) {
    for (let y = b.length - 1; y >= 0; y -= 1) {
      const skipped = Math.max(common[(x + 1) * width + y], common[x * width + y + 1]);
      common[x * width + y] = a[x] === b[y] ? common[(x + 1) * width + y + 1] + 1 : skipped;
    }
  }
  return walk(a, b, common, width);
}

/** @param {string[]} a @param {string[]} b @param {Uint16Array} common @param {number} width @returns {Pair[]} */
function walk(a, b, common, width) {
  /** @type {Pair[]} */
  const pairs = [];
  let [x, y] = [0, 0];
  while (x < a.length || y < b.length) {
    const same = common.length && x < a.length && y < b.length && a[x] === b[y];
    const left =
      same || y >= b.length || (x < a.length && (common[(x + 1) * width + y] ?? 0) >= (common[x * width + y + 1] ?? 0));
    pairs.push({ left: left ? (x += 1) : 0, right: same || !left ? (y += 1) : 0 });
  }
  return pairs;
}

/**
 * What can be shown beside a file: each load's source as it ran, the newest first.
 *
 * @param {Loaded[]} loads
 * @param {string} path
 * @returns {{module: string, path: string, load: number, title: string, source: string, ok: boolean}[]}
 */
export function sourcesOf(loads, path) {
  return loads
    .filter((one) => one.path === path && one.source !== null)
    .map(sourceView)
    .reverse();
}

/** @param {Loaded} loaded */
function sourceView({ module, load, path, cause, source, ok }) {
  const how = ok ? cause : `${cause}, stopped with an error`;
  return { module, path, load, title: `${path} as load ${load} ran it (${how})`, source: source ?? "", ok };
}
