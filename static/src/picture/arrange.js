// A snapshot to cards, rows and arrows: what is drawn and in which column, not where. Pure.
//
// Three columns: who names, and what the console made | modules, their stale objects below them | what they made. A card
// that was there keeps its column and its order; so the arrangement before is asked for.

import { CACHE, MAIN, Memory } from "./memory.js";
import { Scene } from "./scene.js";

/** @typedef {import("./states.js").State} State */
/** @typedef {import("./scene.js").Card} Card */
/** @typedef {{key: string, from: string, row: string, to: string, state: State, back: boolean}} Arrow */
/** @typedef {{cards: Card[], arrows: Arrow[], columns: string[][]}} Arrangement  cards in reading order */

export const EMPTY = /** @type {Arrangement} */ ({ cards: [], arrows: [], columns: [[], [], []] });

/**
 * @param {Arrangement} previous  the arrangement on the screen; EMPTY when there is none
 * @param {Memory} memory
 * @param {Memory | null} before  the memory before this step; null when it is not known
 * @param {ReadonlySet<string>} [opened]  the keys of the cards whose folded rows are wanted
 * @returns {Arrangement}
 */
export function arrange(previous, memory, before, opened = new Set()) {
  return arrangeCards(previous, new Scene(memory, before, opened).draw());
}

/** @param {Arrangement} previous @param {Map<string, Card>} cards  of a scene @returns {Arrangement} */
export function arrangeCards(previous, cards) {
  const columns = order(previous, cards);
  const ranked = columns.flat().map((key) => /** @type {Card} */ (cards.get(key)));
  return { cards: reading(ranked), arrows: arrowsOf(ranked), columns };
}

/** @param {Arrangement} previous @param {Map<string, Card>} cards */
function order(previous, cards) {
  const all = [...cards.values()];
  const below = previous.columns[1];
  const modules = orderModules(
    below,
    all.filter(({ kind }) => kind === "module"),
  );
  const stale = keep(
    below,
    all.filter(({ kind, column }) => kind !== "module" && column === 1),
  );
  const rank = new Map(modules.map(({ key }, at) => [key, at]));
  const middle = modules.flatMap((module) => [module, ...stale.filter(({ owner }) => owner === module.key)]);
  const right = orderObjects(
    previous,
    all.filter(({ column }) => column === 2),
    rank,
  );
  const spaces = [CACHE, MAIN].flatMap((title) =>
    all.filter(({ kind, title: one }) => kind === "namespace" && one === title),
  );
  const left = [
    ...spaces,
    ...keep(
      previous.columns[0],
      all.filter(({ kind, column }) => kind !== "namespace" && column === 0),
    ),
  ];
  return [left, middle, right].map((column) => column.map(({ key }) => key));
}

/** Cards that were there in their old order, then the others. @param {string[]} previous @param {Card[]} cards */
function keep(previous, cards) {
  const place = new Map(previous.map((key, at) => [key, at]));
  return [...cards].sort((a, b) => (place.get(a.key) ?? Infinity) - (place.get(b.key) ?? Infinity) || 0);
}

/**
 * A new module comes below its other copy, or among the modules of its package, by name, or last. Those that were there
 * do not move.
 *
 * @param {string[]} previous
 * @param {Card[]} modules
 */
function orderModules(previous, modules) {
  const known = new Set(previous);
  const ordered = keep(
    previous,
    modules.filter(({ key }) => known.has(key)),
  );
  for (const module of modules.filter(({ key }) => !known.has(key))) {
    const near = (/** @type {Card} */ { title }) => packageOf(title) === packageOf(module.title);
    const above = ordered.findLastIndex((one) => near(one) && one.title <= module.title);
    const below = ordered.findIndex((one) => near(one) && !known.has(one.key));
    ordered.splice(above >= 0 ? above + 1 : below >= 0 ? below : ordered.length, 0, module);
  }
  return ordered;
}

/** @param {string} module */
function packageOf(module) {
  return module.split(".")[0];
}

/**
 * A new object takes the place of the one it supersedes, else it comes after the objects of its module.
 *
 * @param {Arrangement} previous
 * @param {Card[]} objects
 * @param {Map<string, number>} rank  of the modules
 */
function orderObjects(previous, objects, rank) {
  const here = new Map(objects.map((card) => [card.key, card]));
  const then = new Map(previous.cards.map((card) => [card.key, card]));
  const rankOf = (/** @type {Card | undefined} */ card) => (card && rank.get(card.owner)) ?? Infinity;
  const slotOf = (/** @type {string} */ key) => {
    const card = here.get(key) ?? then.get(key);
    return { key, rank: rankOf(card), left: here.has(key) ? undefined : card };
  };
  const slots = previous.columns[2].map(slotOf);
  for (const card of objects.filter(({ key }) => !then.has(key))) {
    const slot = slotOf(card.key);
    const superseded = slots.findIndex(({ left }) => left && isTwin(card, left));
    const later = slots.findIndex(({ rank }) => rank > slot.rank);
    if (superseded >= 0) slots[superseded] = slot;
    else slots.splice(later < 0 ? slots.length : later, 0, slot);
  }
  return [...new Set([...slots.map(({ key }) => key), ...here.keys()])].flatMap((key) => here.get(key) ?? []);
}

/** @param {Card} card @param {Card} other */
function isTwin(card, other) {
  return other.title === card.title && other.owner === card.owner && other.kind === card.kind;
}

/**
 * One stack, top to bottom: names, then each module with its stale objects and those it made, then the rest.
 *
 * @param {Card[]} ranked
 */
function reading(ranked) {
  /** @type {Map<string, Card[]>} */
  const made = new Map();
  for (const card of ranked) if (card.column === 2) made.set(card.owner, [...(made.get(card.owner) ?? []), card]);
  const spaces = ranked.filter(({ column }) => column < 2);
  const groups = spaces.flatMap((card, at) => {
    const next = spaces[at + 1];
    const ends = card.column === 1 && (!next || next.kind === "module");
    const module = card.kind === "module" ? card.key : card.owner;
    return ends ? [card, ...(made.get(module) ?? [])] : [card];
  });
  const placed = new Set(groups);
  return [...groups, ...ranked.filter((card) => !placed.has(card))];
}

/** @param {Card[]} cards @returns {Arrow[]} */
function arrowsOf(cards) {
  return cards.flatMap((card) =>
    card.rows
      .filter(({ to }) => to)
      .map(({ key, to, state, back }) => ({ key, from: card.key, row: key, to, state, back })),
  );
}
