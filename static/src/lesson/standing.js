// How a step stands, from what the server has judged: its checks, its prediction, what may be run. Pure.

/** @typedef {import("./types.d.ts").Step} Step */
/** @typedef {Pick<import("../protocol.d.ts").Checked, "passed" | "results" | "prediction">} Standing */
/** @typedef {import("./types.d.ts").Part} Part */

/** @typedef {"done" | "todo" | "unknown"} Mark */
/** `now` is the first that is still to do. @typedef {{ says: string, hint: string, mark: Mark, now: boolean }} Check */
/**
 * Where a prediction is: not asked, waiting for a choice, waiting for the run, or told.
 * @typedef {"none" | "open" | "made" | "skipped" | "settled"} Stage
 */

/** @param {Step} step @param {Standing} [standing] @returns {Check[]} */
export function checksOf(step, standing) {
  const marks = step.checks.map((_, at) => markOf(standing?.results[at]));
  const now = marks.indexOf("todo");
  return step.checks.map(({ says }, at) => ({ says, hint: standing?.results[at]?.hint ?? "", mark: marks[at], now: at === now }));
}

/** @param {import("../protocol.d.ts").Result} [result] @returns {Mark} */
function markOf(result) {
  if (result?.unknown) return "unknown";
  return result?.passed ? "done" : "todo";
}

/** How much of a step is done, from 0 to 1. @param {Step} step @param {Standing} [standing] */
export function shareOf(step, standing) {
  if (standing?.passed) return 1;
  const checks = checksOf(step, standing);
  return checks.length ? checks.filter(({ mark }) => mark === "done").length / checks.length : 0;
}

/** @param {Step} step @param {Standing | undefined} standing @param {boolean} skipped @returns {Stage} */
export function stageOf(step, standing, skipped) {
  if (!step.parts.some(({ kind }) => kind === "predict")) return "none";
  const prediction = standing?.prediction;
  if (prediction?.settled) return "settled";
  if (prediction?.choice) return "made";
  return skipped ? "skipped" : "open";
}

/**
 * The first part that the page does not run for the learner before she has predicted, or skipped: what stands above
 * the question prepares it. The console itself is never closed: whoever types may also run.
 *
 * @param {Step} step @param {Stage} stage @returns {number} more than there are parts when nothing is held back
 */
export function heldFrom(step, stage) {
  const question = step.parts.findIndex(({ kind }) => kind === "predict");
  return stage === "open" && question >= 0 ? question : Infinity;
}

/**
 * Where the instructions break off until the question is answered or skipped: what stands after the last thing to do
 * speaks of what came of it.
 *
 * @param {Step} step @param {number} held  the part with the open question
 */
export function toldUntil(step, held) {
  const last = step.parts.findLastIndex(({ kind }) => kind !== "prose");
  return last > held ? last + 1 : step.parts.length;
}

/** Whether the page's own Import and Reload wait too: nothing is to be run before the question. @param {Step} step @param {Stage} stage */
export function holdsButtons(step, stage) {
  const held = heldFrom(step, stage);
  return held < Infinity && step.parts.slice(0, held).every(({ kind }) => kind === "prose");
}

/**
 * A settled prediction in words.
 *
 * @param {import("../protocol.d.ts").Settled} prediction
 * @returns {string}
 */
export function verdictOf(prediction) {
  if (!prediction.settled) return "";
  const { choice, happened, right } = prediction;
  if (!happened.length) return "What you ran did none of these. Run just what the question says.";
  if (!happened.includes(right)) return "This time it went another way than in the lesson.";
  if (!choice) return "This is what happened.";
  return happened.includes(Number(choice)) ? "You were right." : "It went another way.";
}

/**
 * The lines of an entry as the console shows them.
 *
 * @param {string} entry
 * @returns {{ prompt: string, text: string }[]}
 */
export function promptedLines(entry) {
  const lines = entry.replace(/\n+$/, "").split("\n");
  return lines.map((text, at) => ({ prompt: at ? "... " : ">>> ", text }));
}
