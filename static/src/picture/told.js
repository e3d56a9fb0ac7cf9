// What happened, entry by entry, for the console: told once the pictures after and before an entry are known. Pure.

import { whatHappened } from "./happened.js";
import { missing, storyOf } from "./memories.js";
import { freshlyOld } from "./news.js";
import { stepsOf } from "./travel.js";

/**
 * @typedef {import("./history.js").Pictures} Pictures
 * @typedef {import("./history.js").Step} Step
 * @typedef {import("./rich.js").Rich} Rich
 */
/** What an entry did; `old`: something is old since, and its picture says why. @typedef {{line: Rich, seq: number, old: boolean}} Told */

/** Older entries are not worth asking for their pictures. */
const MOST_ASKED = 8;

/** @type {WeakMap<Step, Told>} what was told of a step stays */
const told = new WeakMap();

/**
 * What each entry did, by its run; entries of which there is nothing to tell are left out.
 *
 * @param {Pictures} pictures
 * @returns {Map<number, Told>}
 */
export function toldOf(pictures) {
  const entries = stepsOf(pictures).filter(({ run }) => run);
  return new Map(
    entries.flatMap((step) => {
      const words = tell(pictures, step);
      return words?.line.length ? [/** @type {const} */ ([step.run, words])] : [];
    }),
  );
}

/** @param {Pictures} pictures @param {Step} step @returns {Told | null} */
function tell(pictures, step) {
  const known = told.get(step);
  if (known) return known;
  const story = missing(pictures, step).length ? null : storyOf(pictures, step);
  if (!story) return null;
  const words = { line: whatHappened(story), seq: step.seq, old: freshlyOld(story, story.memory) !== null };
  told.set(step, words);
  return words;
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
