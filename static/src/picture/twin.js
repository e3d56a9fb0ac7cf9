// The picture as nested lists, in the reading order of the cards and with the same sentences. Pure.

import { noteOf, spoken, why } from "./why.js";
import { code, say } from "./rich.js";
import { STATES } from "./states.js";
import { CACHE } from "./memory.js";

/**
 * @typedef {import("./story.js").Story} Story
 * @typedef {import("./arrange.js").Arrangement} Arrangement
 * @typedef {import("./arrange.js").Card} Card
 * @typedef {import("./arrange.js").Row} Row
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
  return arrangement.cards.map((card) => {
    const space = story.memory.snapshot.spaces.find(({ token, name }) => (token ? token === card.token : name === card.title));
    const note = space ? noteOf(story, space) : [];
    /** @type {Item[]} */
    const children = card.rows.map((row) => rowItem(story, card, row, cards));
    if (note.length) children.push(item(note));
    if (card.state === "stale") children.push(...reason(story, { card: card.key }));
    const more = card.folded + card.hidden;
    if (more) children.push(item(say`${more} more, not shown`));
    return { text: cardText(card), state: card.state, code: card.code, children };
  });
}

/** @param {Card} card @returns {Rich} */
function cardText(card) {
  const load = card.load ? `, load ${card.load}` : "";
  return say`${card.word} ${code(card.title)}${load}${stateWord(card.state)}`;
}

/** @param {Story} story @param {Card} card @param {Row} row @param {Map<string, Card>} cards @returns {Item} */
function rowItem(story, card, row, cards) {
  const target = cards.get(row.to);
  const value = target ? say` refers to ${referenceText(target)}` : row.text ? say` = ${code(row.text)}` : [];
  const was = row.was ? `, was ${row.was}` : "";
  const hint = row.hint && !row.back ? ` (${row.hint})` : "";
  const text = say`${code(row.name)}${hint}${value}${stateWord(row.state)}${was}`;
  const space = card.kind === "module" || card.kind === "namespace";
  const told = space && card.title !== CACHE && TELLING.has(row.state);
  const name = row.key.slice(card.key.length + 1);
  return { ...item(text), state: row.state, children: told ? reason(story, { card: card.key, name }) : [] };
}

/** @param {Card} target @returns {Rich} */
export function referenceText(target) {
  const load = target.load ? `, load ${target.load}` : "";
  const stale = target.state === "stale" ? ", stale" : "";
  return say`the ${target.word} ${code(target.title)}${load}${stale}`;
}

/** @param {State} state */
function stateWord(state) {
  return state === "same" ? "" : `: ${STATES[state].word}`;
}

/** @param {Story} story @param {import("./why.js").Target} target @returns {Item[]} */
function reason(story, target) {
  const answer = why(story, target);
  return answer ? [item([spoken(answer)])] : [];
}

/** @param {Rich} text @returns {Item} */
function item(text) {
  return { text, state: "same", code: "", children: [] };
}
