// What happened, entry by entry, for the console: told once the pictures after and before an entry are known. Pure.

import { whatHappened } from "./happened.js";
import { missing, storyOf } from "./memories.js";
import { stepsOf } from "./travel.js";

/**
 * @typedef {import("./history.js").Pictures} Pictures
 * @typedef {import("./history.js").Step} Step
 * @typedef {import("./rich.js").Rich} Rich
 */

/** Older entries are not worth asking for their pictures. */
const MOST_ASKED = 8;

/** @type {WeakMap<Step, Rich>} what was told of a step stays */
const told = new WeakMap();

/**
 * What each entry did, by its run; entries of which there is nothing to tell are left out.
 *
 * @param {Pictures} pictures
 * @returns {Map<number, Rich>}
 */
export function toldOf(pictures) {
  const entries = stepsOf(pictures).filter(({ run }) => run);
  const lines = entries.map((step) => /** @type {const} */ ([step.run, tell(pictures, step)]));
  return new Map(lines.filter(([, line]) => line.length));
}

/** @param {Pictures} pictures @param {Step} step @returns {Rich} */
function tell(pictures, step) {
  const known = told.get(step);
  if (known) return known;
  const story = missing(pictures, step).length ? null : storyOf(pictures, step);
  if (!story) return [];
  const line = whatHappened(story);
  told.set(step, line);
  return line;
}

/**
 * The pictures to ask for, so that the newest entries that loaded something can be told after the page was loaded again.
 *
 * @param {Pictures} pictures
 */
export function untold(pictures) {
  const loading = new Set(pictures.loads.map(({ loaded }) => loaded.run));
  const entries = stepsOf(pictures).filter((step) => step.run && loading.has(step.run) && !told.has(step));
  const seqs = new Set(entries.slice(-MOST_ASKED).flatMap((step) => missing(pictures, step)));
  return [...seqs].filter((seq) => !pictures.asked.has(seq));
}
