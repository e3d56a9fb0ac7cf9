// What the browser remembers between visits: the session's token, the texts not accepted yet, the theme.
// A browser that refuses to remember is no error.

/**
 * A file's text as the page had it; `unsaved` when the server has not accepted it.
 * @typedef {{ text: string, unsaved: boolean }} Text
 * `place` is the step that was open, `free` are the files of free play, also while a lesson has put them aside.
 * `orphans` are the files of an ended session, until it is decided what becomes of them.
 * @typedef {{ session: string, token: string, place: string, texts: Record<string, Text>, free: Record<string, Text>, orphans: Orphan[] }} Kept
 */
/** A file that its session has outlived not; it belongs to the place where it was written. @typedef {{ place: string, path: string, text: string }} Orphan */

/** The place of free play. */
export const FREE = "#";

const KEY = "reload-sandbox";
/** @type {Kept} */
const NOTHING = { session: "", token: "", place: FREE, texts: {}, free: {}, orphans: [] };

/** @param {{ lesson: string, step: string }} place */
export function placeOf({ lesson, step }) {
  return `${lesson}#${step}`;
}

/** @param {string} prefix  keeps servers apart that share a host @returns {Kept} */
export function recall(prefix) {
  const found = read(`${KEY}:${prefix}`);
  return found && typeof found.token === "string" && found.texts ? { ...NOTHING, ...found } : NOTHING;
}

/** @param {string} prefix @param {Kept} kept */
export function keep(prefix, kept) {
  write(`${KEY}:${prefix}`, kept);
}

/** Remember nothing of the session. @param {string} prefix */
export function forget(prefix) {
  keep(prefix, NOTHING);
}

/** Sessions of links are remembered up to this number; who opens another one forgets the oldest. */
const VISITS_KEPT = 20;

/** Note that the session of a link begins, or is begun again. @param {string} prefix  the learner's own @param {string} key  the link's */
export function noteVisit(prefix, key) {
  /** @type {string[]} */
  const before = read(`${KEY}:${prefix}:visits`) ?? [];
  const visits = [...before.filter((one) => one !== key), key];
  for (const old of visits.splice(0, visits.length - VISITS_KEPT)) [old, stepPlace(old)].forEach((one) => remove(`${KEY}:${one}`));
  write(`${KEY}:${prefix}:visits`, visits);
}

/** How many of a link's steps are done in a session. @param {string} key @param {string} session @returns {number} */
export function recallStep(key, session) {
  const found = read(`${KEY}:${stepPlace(key)}`);
  return found?.session === session && Number.isInteger(found.at) ? found.at : 0;
}

/** @param {string} key @param {string} session @param {number} at */
export function keepStep(key, session, at) {
  write(`${KEY}:${stepPlace(key)}`, { session, at });
}

/** @param {string} key */
function stepPlace(key) {
  return `${key}:step`;
}

/** @returns {"light" | "dark" | ""} "" follows the system */
export function recallTheme() {
  const theme = read(`${KEY}-theme`);
  return theme === "light" || theme === "dark" ? theme : "";
}

/** @param {"light" | "dark"} theme */
export function keepTheme(theme) {
  write(`${KEY}-theme`, theme);
}

/** @param {string} key @returns {any} */
function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/** @param {string} key @param {unknown} value */
function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage is full or forbidden: the page works on, it only forgets.
  }
}

/** @param {string} key */
function remove(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Storage is forbidden: there is nothing in it.
  }
}
