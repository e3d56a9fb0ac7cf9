// What a link holds: files, and if wanted what was done with them, step by step. Whatever does not fit is refused with
// the reason: a link may have been written by anybody. Pure.

import { nameProblem } from "../modules.js";
import { LinkProblem } from "./problem.js";
import { visible } from "./visible.js";

/**
 * A file saved or deleted, or an entry run. `meanwhile`: while the entry before it still ran.
 * @typedef {{ save: string, text: string, meanwhile?: true } | { delete: string, meanwhile?: true } | { run: string }} Step
 */
/** `files` are those before the first step. @typedef {{ files: ReadonlyMap<string, string>, steps: readonly Step[] }} Workspace */

export const FILES_LIMIT = 200;
export const STEPS_LIMIT = 1_000;
/** Bytes of a file or an entry as JSON: more would not fit into one message to the server. */
export const TEXT_LIMIT = 250_000;

/** @param {Workspace} workspace */
export function toPlain({ files, steps }) {
  const plain = { files: Object.fromEntries(files) };
  return steps.length ? { ...plain, steps } : plain;
}

/** @param {any} data  whatever JSON has given @returns {Workspace} */
export function toWorkspace(data) {
  const parts = fieldsOf(data, ["files"], ["steps"], "What it holds");
  const files = filesOf(parts.files);
  const steps = parts.steps === undefined ? [] : stepsOf(parts.steps);
  checkNames(files, steps);
  return { files, steps };
}

/** The files once all steps are done, as far as saves and deletes tell. @param {Workspace} workspace @returns {Map<string, string>} */
export function filesAfter({ files, steps }) {
  const after = new Map(files);
  for (const step of steps) {
    if ("save" in step) after.set(step.save, step.text);
    else if ("delete" in step) after.delete(step.delete);
  }
  return after;
}

/** @param {any} data */
function filesOf(data) {
  if (!isObject(data)) throw new LinkProblem("Its files are not a table of names and texts.");
  const entries = Object.entries(data);
  if (entries.length > FILES_LIMIT) throw new LinkProblem(tooMany(entries.length, "files", FILES_LIMIT));
  return new Map(entries.map(([path, text]) => [path, textOf(text, `The file ${quoted(path)}`)]));
}

/** @param {any} data @returns {Step[]} */
function stepsOf(data) {
  if (!Array.isArray(data)) throw new LinkProblem("Its steps are not a list.");
  if (data.length > STEPS_LIMIT) throw new LinkProblem(tooMany(data.length, "steps", STEPS_LIMIT));
  return data.map((step, index) => stepOf(step, `Step ${index + 1}`));
}

/** @param {any} data @param {string} where @returns {Step} */
function stepOf(data, where) {
  if (isObject(data) && "run" in data) return { run: textOf(fieldsOf(data, ["run"], [], where).run, where) };
  const saves = isObject(data) && "save" in data;
  const step = fieldsOf(data, saves ? ["save", "text"] : ["delete"], ["meanwhile"], where);
  if (step.meanwhile !== undefined && step.meanwhile !== true) throw new LinkProblem(`${where} has something else than true as ${quoted("meanwhile")}.`);
  const meanwhile = step.meanwhile ? { meanwhile: /** @type {true} */ (true) } : {};
  if (saves) return { save: textOf(step.save, where), text: textOf(step.text, where), ...meanwhile };
  return { delete: textOf(step.delete, where), ...meanwhile };
}

/** @param {any} data @param {string[]} needed @param {string[]} optional @param {string} where */
function fieldsOf(data, needed, optional, where) {
  if (!isObject(data)) throw new LinkProblem(`${where} is not an object.`);
  const missing = needed.find((name) => !Object.hasOwn(data, name));
  if (missing) throw new LinkProblem(`${where} has no ${quoted(missing)}.`);
  const unknown = Object.keys(data).find((name) => !needed.includes(name) && !optional.includes(name));
  if (unknown !== undefined) throw new LinkProblem(`${where} has a part ${quoted(unknown)}, which this page does not know.`);
  return data;
}

/** @param {any} text @param {string} where @returns {string} */
function textOf(text, where) {
  if (typeof text !== "string") throw new LinkProblem(`${where} is not text.`);
  if (/\p{Surrogate}/u.test(text)) throw new LinkProblem(`${where} has half a character (a lone surrogate).`);
  if (new TextEncoder().encode(JSON.stringify(text)).length > TEXT_LIMIT) throw new LinkProblem(`${where} is longer than ${TEXT_LIMIT / 1000} kB.`);
  return text;
}

/** Each name as the server would take it, at its moment. @param {ReadonlyMap<string, string>} files @param {readonly Step[]} steps */
function checkNames(files, steps) {
  const taken = new Set();
  const check = (/** @type {string} */ path) => {
    taken.delete(path);
    const problem = nameProblem(path, taken);
    if (problem) throw new LinkProblem(`It has a file named ${quoted(path)}. ${problem}`);
  };
  const put = (/** @type {string} */ path) => {
    check(path);
    taken.add(path);
    if (taken.size > FILES_LIMIT) throw new LinkProblem(tooMany(taken.size, "files", FILES_LIMIT));
  };
  for (const path of files.keys()) put(path);
  for (const step of steps) {
    if ("save" in step) put(step.save);
    else if ("delete" in step) check(step.delete);
  }
}

/** @param {any} data */
function isObject(data) {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

/** @param {number} count @param {string} what @param {number} limit */
function tooMany(count, what, limit) {
  return `It has ${count.toLocaleString("en")} ${what}; at most ${limit.toLocaleString("en")} can be opened.`;
}

/** What somebody else has written, so that it can stand in a sentence. @param {string} text */
function quoted(text) {
  const clipped = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return `“${visible(clipped).map((piece) => piece.text).join("")}”`;
}
