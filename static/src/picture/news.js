// What a step brought that should be seen first. Pure.

import { keyOf } from "./memory.js";

/**
 * @typedef {import("./story.js").Story} Story
 * @typedef {import("./why.js").Target} Target
 */

/**
 * What the learner should see first: what an entry has just made stale, a name if there is one; else what it left over.
 *
 * @param {Story} story
 * @returns {Target | null}
 */
export function freshlyOld(story) {
  return freshlyMarked(story, "stale") ?? freshlyStale(story) ?? freshlyMarked(story, "leftover");
}

/** @param {Story} story @param {"stale" | "leftover"} mark @returns {Target | null} */
function freshlyMarked({ memory, before }, mark) {
  if (!before) return null;
  const spaces = [...memory.snapshot.spaces].sort((a, b) => Number(b === memory.main) - Number(a === memory.main));
  for (const space of spaces) {
    const then = before.snapshot.spaces.find((one) => keyOf(one) === keyOf(space));
    const old = new Map(then?.names.map((one) => [one.name, one.mark]));
    const found = space.names.find((one) => one.mark === mark && old.get(one.name) !== mark);
    if (found) return { card: keyOf(space), name: found.name };
  }
  return null;
}

/** @param {Story} story @returns {Target | null} */
function freshlyStale({ memory, before }) {
  const thing = memory.snapshot.objects.find(({ token, stale }) => stale && before?.things.get(token)?.stale === false);
  return thing ? { card: `o${thing.token}` } : null;
}
