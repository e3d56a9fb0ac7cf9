// The picture as nested lists, in the reading order of the cards and with the same sentences. Pure.

import { noteOf } from "./about_space.js";
import { toldAs, why } from "./why.js";
import { code, plain, say } from "./rich.js";
import { STATES } from "./states.js";
import { CACHE, keyOf } from "./memory.js";

/**
 * @typedef {import("./story.js").Story} Story
 * @typedef {import("./arrange.js").Arrangement} Arrangement
 * @typedef {import("./scene.js").Card} Card
 * @typedef {import("./scene.js").Row} Row
 * @typedef {import("./rich.js").Rich} Rich
 * @typedef {import("./states.js").State} State
 */
/** @typedef {{text: Rich, state: State, code: string, children: Item[]}} Item */

const TELLING = new Set(["stale", "leftover", "added"]);

/**
 * @param {Story} story
 * @param {Arrangement} arrangement
 * @returns {Item[]}
 */
export function twinOf(story, arrangement) {
  const cards = new Map(arrangement.cards.map((card) => [card.key, card]));
  /** @type {Set<string>} what has been told need not be told again */
  const told = new Set();
  return arrangement.cards.map((card) => {
    const space = story.memory.snapshot.spaces.find((one) => keyOf(one) === card.key);
    const children = card.rows.map((row) => rowItem(story, card, row, cards, told));
    const note = space ? noteOf(story, space) : [];
    if (note.length) children.push(item(note));
    if (card.state === "stale") children.push(...reason(story, { card: card.key }, told));
    const more = leftOut(card);
    if (more) children.push(item(say`${more}, not shown`));
    return { text: say`${cardWords(card)}${stateWord(card.state)}`, state: card.state, code: card.code, children };
  });
}

/** What is folded and what the snapshot left out, as one number where they are of one kind. @param {Card} card */
function leftOut({ folded, hidden }) {
  const others = /^([\d,]+) more$/.exec(hidden)?.[1];
  if (others) return `${(folded + Number(others.replaceAll(",", ""))).toLocaleString("en")} more`;
  return [folded && `${folded} more`, hidden].filter(Boolean).join(" and ");
}

/** "function printer(), load 1": what a card is called in a sentence. @param {Card} card @returns {Rich} */
export function cardWords({ kind, word, title, load }) {
  const [noun, ...rest] = word.split(", ");
  const named =
    kind === "instance" || title.startsWith(noun.split(".").at(-1) ?? "") ? code(title) : say`${noun} ${code(title)}`;
  return say`${named}${[load && `load ${load}`, ...rest]
    .filter(Boolean)
    .map((one) => `, ${one}`)
    .join("")}`;
}

/**
 * @param {Story} story
 * @param {Card} card
 * @param {Row} row
 * @param {Map<string, Card>} cards
 * @param {Set<string>} told
 * @returns {Item}
 */
function rowItem(story, card, row, cards, told) {
  const target = cards.get(row.to);
  const value = target ? say` refers to the ${cardWords(target)}` : row.text ? say` = ${code(row.text)}` : [];
  const was = row.was ? `, was ${row.was}` : "";
  const hint = row.hint && !row.back ? ` (${row.hint})` : "";
  const text = say`${code(row.name)}${hint}${value}${stateWord(row.state)}${was}`;
  const named = card.kind === "module" || (card.kind === "namespace" && card.title !== CACHE);
  const name = row.key.slice(card.key.length + 1);
  const children = named && TELLING.has(row.state) ? reason(story, { card: card.key, name }, told) : [];
  return { ...item(text), state: row.state, children };
}

/** @param {State} state */
function stateWord(state) {
  return state === "same" ? "" : `: ${STATES[state].word}`;
}

/** @param {Story} story @param {import("./why.js").Target} target @param {Set<string>} told @returns {Item[]} */
function reason(story, target, told) {
  const answer = why(story, target);
  const words = answer ? toldAs(answer) : [];
  if (!answer || told.has(plain(words))) return [];
  told.add(plain(words));
  return [item(words)];
}

/** @param {Rich} text @returns {Item} */
function item(text) {
  return { text, state: "same", code: "", children: [] };
}
