// The files of a session that has ended: which there are, and which of them are offered where. Pure but for the model.

import { FREE, placeOf } from "./kept.js";
import { STARTER } from "./starter.js";
import { isSettingUp } from "./store.js";

/** @typedef {import("./kept.js").Orphan} Orphan */

/**
 * What is left of a session that has ended: the files of the step that was open, and those of free play. What was left
 * of an earlier one stays where nothing takes its place.
 *
 * @param {import("./kept.js").Kept} kept
 * @returns {Orphan[]}
 */
export function orphansOf({ place, texts, free, orphans }) {
  const left = place === FREE ? [] : filesOf(texts, place);
  const freely = filesOf(place === FREE ? texts : free, FREE);
  if (freely.some(({ path, text }) => path !== STARTER.path || text !== STARTER.text)) left.push(...freely);
  return [...left, ...orphans.filter((old) => !left.some((one) => one.place === old.place))];
}

/** @param {import("./kept.js").Kept["texts"]} texts @param {string} place @returns {Orphan[]} */
function filesOf(texts, place) {
  return Object.entries(texts).map(([path, { text }]) => ({ place, path, text }));
}

/**
 * Those that belong where the learner is, as soon as they would change something there.
 *
 * @param {Pick<import("./model.js").Model, "state" | "orphans">} model
 */
export function offered({ state, orphans }) {
  const { files } = state.value;
  if (isSettingUp(state.value)) return [];
  const here = placeOf(state.value);
  return orphans.value.filter(({ place, path, text }) => place === here && files.get(path) !== text);
}
