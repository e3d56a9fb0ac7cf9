// What a step brought that should be seen first. Pure.

import { keyOf } from "./memory.js";

/**
 * @typedef {import("./memory.js").Memory} Memory
 * @typedef {import("./story.js").Story} Story
 * @typedef {import("./why.js").Target} Target
 */

/**
 * What the learner should see first: what an entry has just made stale, a name if there is one; else what it left over.
 * Or what was made so by steps that she has not seen, as they came at once or before the page was loaded.
 *
 * @param {Pick<Story, "memory" | "before">} story
 * @param {Memory | null} seen  the picture that she has seen last
 * @returns {Target | null}
 */
export function freshlyOld({ memory, before }, seen) {
  return (before && oldSince(memory, before)) ?? oldSince(memory, seen);
}

/** The card of the module whose load has failed in this step. @param {Story} story @returns {Target | null} */
export function halfLoaded(story) {
  const failed = story.loadsNow().findLast(({ ok }) => !ok);
  const space = failed && story.memory.current.get(failed.module);
  return space ? { card: keyOf(space) } : null;
}

/** @param {Memory} memory @param {Memory | null} before  null: nothing was there @returns {Target | null} */
function oldSince(memory, before) {
  return markedSince(memory, before, "stale") ?? staleSince(memory, before) ?? markedSince(memory, before, "leftover");
}

/** @param {Memory} memory @param {Memory | null} before @param {"stale" | "leftover"} mark @returns {Target | null} */
function markedSince(memory, before, mark) {
  const spaces = [...memory.snapshot.spaces].sort((a, b) => Number(b === memory.main) - Number(a === memory.main));
  for (const space of spaces) {
    const then = before?.snapshot.spaces.find((one) => keyOf(one) === keyOf(space));
    const old = new Map(then?.names.map((one) => [one.name, one.mark]));
    const found = space.names.find((one) => one.mark === mark && old.get(one.name) !== mark);
    if (found) return { card: keyOf(space), name: found.name };
  }
  return null;
}

/** @param {Memory} memory @param {Memory | null} before @returns {Target | null} */
function staleSince(memory, before) {
  const isNews = (/** @type {number} */ token) => !before || before.things.get(token)?.stale === false;
  const thing = memory.snapshot.objects.find(({ token, stale }) => stale && isNews(token));
  return thing ? { card: `o${thing.token}` } : null;
}
