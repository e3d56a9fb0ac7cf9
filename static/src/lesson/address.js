// Addresses of lessons: `<folder>/<lesson>#<step>` is a step, and the folder's parent is free play. Pure.

/** @typedef {import("./types.d.ts").Place} Place */

/** @type {Place} */
export const NOWHERE = { lesson: "", step: "" };
const ID = /^[a-z0-9][a-z0-9_-]*$/i;

/**
 * The step that an address names; no lesson for any other page.
 *
 * @param {{ pathname: string, hash: string }} address
 * @param {string} folder  of the lessons, without a slash at its end
 * @returns {Place}
 */
export function placeOf({ pathname, hash }, folder) {
  const lesson = pathname.startsWith(`${folder}/`) ? pathname.slice(folder.length + 1).replace(/\/$/, "") : "";
  const step = hash.replace(/^#/, "");
  return ID.test(lesson) ? { lesson, step: ID.test(step) ? step : "" } : NOWHERE;
}

/** @param {Place} place @param {string} folder */
export function addressOf({ lesson, step }, folder) {
  if (!lesson) return folder.replace(/[^/]*$/, "");
  return `${folder}/${lesson}${step ? `#${step}` : ""}`;
}

/** @param {Place} one @param {Place} other */
export function isSame(one, other) {
  return one.lesson === other.lesson && one.step === other.step;
}
