// A snapshot to cards and rows: what is drawn, found by walking from the names. Pure.

import { CACHE, MAIN, Memory, isDunder, isMore, keyOf, unquoted } from "./memory.js";
import { stateOf } from "./states.js";

/**
 * @typedef {import("./memory.js").Space} Space
 * @typedef {import("./memory.js").Thing} Thing
 * @typedef {import("./memory.js").Name} Name
 * @typedef {import("./memory.js").Part} Part
 * @typedef {import("./memory.js").Value} Value
 * @typedef {import("./states.js").State} State
 */
/**
 * @typedef {object} Row  a name of a space or a part of an object
 * @property {string} key  unique in the picture
 * @property {string} name
 * @property {string} text  the value written in the row, "" when an arrow shows it
 * @property {string} hint  where the arrow leads, in words
 * @property {State} state
 * @property {string} was
 * @property {string} to  the card the arrow leads to, or ""
 * @property {boolean} back  a thin dotted line: `__globals__`
 */
/**
 * @typedef {object} Card
 * @property {string} key
 * @property {number} token
 * @property {string} kind
 * @property {string} word  its kind in words
 * @property {string} title
 * @property {number} load
 * @property {State} state
 * @property {string} code
 * @property {number} cut  lines of code that a click shows
 * @property {Row[]} rows
 * @property {number} folded  rows that a click shows
 * @property {string} hidden  what the snapshot itself leaves out, in words, or ""
 * @property {boolean} open
 * @property {0 | 1 | 2} column
 * @property {string} owner  the card of the module it was made in, or ""
 */

/** What a row says that refers to its own card. */
const ITSELF = "itself";
/** "_member_map_" */
const SUNDER = /^_[^_].*[^_]_$/;
const ROWS = 8;
const LINES = 9;
const NAMES = 24;

/** A reload moves its module to the end of `sys.modules`: its row stays. @param {Name} one @param {Name} other */
function byName({ name: one }, { name: other }) {
  return one < other ? -1 : Number(one > other);
}

/** The cards of one snapshot. */
export class Scene {
  /** @param {Memory} memory @param {Memory | null} before @param {ReadonlySet<string>} opened */
  constructor(memory, before, opened) {
    this.memory = memory;
    this.before = before;
    this.opened = opened;
    /** @type {Map<string, Card>} */
    this.cards = new Map();
    /** @type {Thing[]} */
    this.waiting = [];
  }

  draw() {
    for (const space of this.memory.snapshot.spaces) this.#drawSpace(space);
    this.#drawWaiting();
    for (const thing of this.memory.snapshot.objects) {
      if (this.#isHeldByNothing(thing)) this.waiting.push(thing);
      this.#drawWaiting();
    }
    for (const card of this.cards.values()) for (const row of card.rows) if (!this.cards.has(row.to)) row.to = "";
    return this.cards;
  }

  /** An object that no row refers to lives on in something that has no card: a frame, a thread. @param {Thing} thing */
  #isHeldByNothing(thing) {
    return thing.kind !== "module" && !this.memory.names.has(thing.token) && !this.memory.parts.has(thing.token);
  }

  #drawWaiting() {
    for (let thing = this.waiting.shift(); thing; thing = this.waiting.shift()) this.#drawThing(thing);
  }

  /** @param {Space} space */
  #drawSpace(space) {
    const key = keyOf(space);
    const open = this.opened.has(key);
    const cache = space.name === CACHE;
    const all = cache ? space.names.toSorted(byName) : space.names;
    const names = all.filter((name) => this.#isTheirs(name));
    const shown = open ? all : firstNames(names);
    this.cards.set(key, {
      ...spaceWords(space, this.memory),
      key,
      token: space.token,
      load: cache || space === this.memory.main ? 0 : space.load,
      state: this.#stateOfSpace(space),
      code: "",
      cut: 0,
      rows: shown.map((name) => this.#nameRow(key, name, cache)),
      folded: space.names.length - shown.length,
      hidden: hiddenWords(space),
      open: open && space.names.length > firstNames(names).length,
      owner: "",
    });
  }

  /** Dunders and the standard library's modules are not the learner's own. @param {Name} name */
  #isTheirs({ name, value, mark }) {
    if (isDunder(name) && mark !== "stale" && mark !== "added") return false;
    const thing = this.memory.things.get(value.ref);
    const foreign = thing ? thing.kind === "module" : !value.ref && /^(<module |module )/.test(value.text);
    return !foreign || this.memory.spaces.has(value.ref);
  }

  /** @param {Space} space @returns {State} */
  #stateOfSpace(space) {
    const module = space !== this.memory.main && space !== this.memory.cache;
    return module && this.before && !this.before.spaces.has(space.token) ? "new" : "same";
  }

  /** @param {string} key @param {Name} name @param {boolean} quoted @returns {Row} */
  #nameRow(key, { name, value, mark, was }, quoted) {
    const to = this.#follow(value);
    const isOwn = to === key;
    return {
      key: `${key}.${name}`,
      name: quoted ? `'${unquoted(name)}'` : name,
      text: to ? "" : value.text,
      hint: isOwn ? ITSELF : "",
      state: stateOf(mark),
      was: mark === "rebound" && was ? this.#wasText(was, value) : "",
      to: isOwn ? "" : to,
      back: false,
    };
  }

  /** What a name held before: by its load where that tells the two apart. @param {Value} was @param {Value} now */
  #wasText(was, now) {
    const old = this.memory.things.get(was.ref) ?? this.before?.things.get(was.ref);
    const load = old?.load ?? this.before?.spaces.get(was.ref)?.load ?? 0;
    return load && was.text === now.text ? `load ${load}` : was.text;
  }

  /** The key of the card that a value leads to, "" when it is written in the row. @param {Value} value */
  #follow({ ref }) {
    if (this.memory.spaces.has(ref)) return `o${ref}`;
    const thing = this.memory.things.get(ref);
    if (!thing || thing.kind === "module") return "";
    this.waiting.push(thing);
    return `o${ref}`;
  }

  /** @param {Thing} thing */
  #drawThing(thing) {
    const key = `o${thing.token}`;
    if (this.cards.has(key)) return;
    const open = this.opened.has(key);
    const parts = thing.parts.filter((part) => !isMore(part));
    const short = this.#firstParts(thing, parts);
    const shown = open ? parts : short;
    const owner = this.memory.homeOf(thing) ?? this.memory.main;
    /** @type {Card} */
    const card = {
      key,
      token: thing.token,
      kind: thing.kind,
      word: thingWord(thing),
      title: thing.label,
      load: thing.load,
      state: thing.stale ? "stale" : this.before && !this.before.has(thing.token) ? "new" : "same",
      ...cutCode(shownCode(thing), open),
      rows: [],
      folded: parts.length - shown.length,
      hidden: more(thing.parts.filter(isMore).reduce((sum, part) => sum + moreCount(part), 0), "more"),
      open: open && (parts.length > short.length || cutCode(shownCode(thing), false).cut > 0),
      column: !owner || owner === this.memory.main ? 0 : thing.stale ? 1 : 2,
      owner: owner ? keyOf(owner) : "",
    };
    this.cards.set(key, card);
    card.rows = distinct(shown.map((part) => this.#partRow(thing, part)));
  }

  /**
   * The parts shown without a click: the first eight, and all that are stale; of a class not what enum puts there, and
   * where its source is shown, not its methods.
   *
   * @param {Thing} thing
   * @param {Part[]} parts
   */
  #firstParts(thing, parts) {
    let room = ROWS;
    return parts.filter((part) => {
      if (thing.kind === "class" && (SUNDER.test(part.key) || (thing.code && this.#isOwnMethod(thing, part)))) return false;
      const held = this.memory.things.get(part.value.ref);
      return room-- > 0 || Boolean(held?.stale);
    });
  }

  /** @param {Thing} thing @param {Part} part */
  #isOwnMethod(thing, part) {
    const held = this.memory.things.get(part.value.ref);
    if (!held) return !part.value.ref && isDunder(part.key);
    return held.kind === "function" && held.home.startsWith(`${thing.home}.`);
  }

  /** @param {Thing} thing @param {Part} part @returns {Row} */
  #partRow(thing, { key, value }) {
    const to = this.#follow(value);
    const isOwn = to === `o${thing.token}`;
    const back = key === "__globals__";
    const held = this.memory.things.get(value.ref);
    return {
      key: `o${thing.token}.${key}`,
      name: partName(thing.kind, key),
      text: to ? "" : value.text,
      hint: isOwn ? ITSELF : back ? (this.memory.spaces.get(value.ref)?.name ?? value.text) : partHint(key),
      state: held?.stale ? "stale" : "same",
      was: "",
      to: isOwn ? "" : to,
      back,
    };
  }
}

/** No module has as many names of Python's own. */
const MOST_DUNDERS = 16;

/** @param {Space} space */
function hiddenWords({ name, hidden }) {
  return more(hidden, name === CACHE ? "others" : hidden > MOST_DUNDERS ? "more" : "dunder names");
}

/** @param {number} count @param {string} what */
function more(count, what) {
  return count ? `${String(count).replace(/\B(?=(\d{3})+$)/g, ",")} ${what}` : "";
}

/**
 * The names that tell something, and of the others so many that the card stays a card, those that are new before the rest.
 *
 * @param {Name[]} names
 */
function firstNames(names) {
  if (names.length <= NAMES) return names;
  const tells = (/** @type {Name} */ { mark }) => mark !== "" && mark !== "new";
  let telling = 2 * NAMES;
  const room = Math.max(NAMES - names.filter(tells).length, 6);
  let fresh = Math.min(room, names.filter(({ mark }) => mark === "new").length);
  let others = room - fresh;
  return names.filter((name) => (tells(name) ? telling-- > 0 : name.mark === "new" ? fresh-- > 0 : others-- > 0));
}

/** @param {Space} space @param {Memory} memory @returns {Pick<Card, "kind" | "word" | "title" | "column">} */
function spaceWords(space, memory) {
  if (space.name === CACHE) return { kind: "namespace", word: "import cache", title: CACHE, column: 0 };
  if (space.name === MAIN) return { kind: "namespace", word: "your names", title: MAIN, column: 0 };
  const word = space.path.endsWith("__init__.py") ? "package" : "module";
  return {
    kind: "module",
    word: memory.isCurrent(space) ? word : `${word}, not in sys.modules`,
    title: space.name,
    column: 1,
  };
}

/** @param {Thing} thing */
function thingWord({ kind, type }) {
  if (kind === "method") return "bound method";
  return kind === "other" || kind === "frame" ? type : kind;
}

/** Cells and default arguments come as "cell x" and "default x". */
const PLACE = /^(cell|default) (.+)$/;

/** @param {string} kind @param {string} key */
function partName(kind, key) {
  if (kind === "list" || kind === "tuple") return /^\d+$/.test(key) ? `[${key}]` : key;
  return PLACE.exec(key)?.[2] ?? key;
}

/** @param {string} key */
function partHint(key) {
  const place = PLACE.exec(key)?.[1];
  return place === "cell" ? "closure" : (place ?? "");
}

/** Two keys of a dict may be written alike. @param {Row[]} rows */
function distinct(rows) {
  const seen = new Set();
  return rows.map((row, at) => {
    const key = seen.has(row.key) ? `${row.key}#${at}` : row.key;
    seen.add(key);
    return { ...row, key };
  });
}

/** @param {Part} part */
function moreCount({ key, value }) {
  return Number((/\d[\d,]*/.exec(key || value.text)?.[0] ?? "0").replaceAll(",", ""));
}

/** Without the `def` line when that says no more than the title does. @param {Thing} thing */
export function shownCode({ kind, code, label }) {
  const lines = code.replace(/\s+$/, "").split("\n");
  const header = /^def (\w+)\(\):\s*(.*)$/.exec(lines[0] ?? "");
  if (kind !== "function" || !header || label !== `${header[1]}()`) return lines.join("\n");
  return header[2] ? lines[0].slice(lines[0].indexOf(":") + 1).trim() : dedent(lines.slice(1)).join("\n");
}

/** @param {string} code @param {boolean} open @returns {Pick<Card, "code" | "cut">} */
function cutCode(code, open) {
  const lines = code.split("\n");
  if (open || lines.length <= LINES) return { code, cut: 0 };
  return { code: lines.slice(0, LINES - 1).join("\n"), cut: lines.length - LINES + 1 };
}

/** @param {string[]} lines */
function dedent(lines) {
  const indents = lines.filter((line) => line.trim()).map((line) => /^\s*/.exec(line)?.[0].length ?? 0);
  const least = Math.min(...indents, Infinity);
  return lines.map((line) => line.slice(least));
}
