// Which steps can be travelled to, and the one that is looked at. Pure.

/**
 * @typedef {import("./history.js").Pictures} Pictures
 * @typedef {import("./history.js").Step} Step
 */

/** @type {WeakMap<Pictures, Step[]>} */
const travelled = new WeakMap();
/** Memory is empty after it. Its number is no input's: an interpreter may end by itself, or be restarted by the server. */
const END = { seq: -1, id: "", run: 0, text: "", live: true, ended: true, error: "", disk: null };

/**
 * The steps that can be travelled to: files saved before anything ran are no news. The last one is the end of the
 * interpreter, until there is a step of the next.
 *
 * @param {Pictures} pictures
 */
export function stepsOf(pictures) {
  const known = travelled.get(pictures);
  if (known) return known;
  const steps = pictures.steps.slice(beginning(pictures)).filter(({ seq, ended }) => seq && ended);
  const last = steps.at(-1);
  if (last && last.kind !== "restart" && last.life !== pictures.life) steps.push(endOf(pictures, last));
  travelled.set(pictures, steps);
  return steps;
}

/** @param {Pictures} pictures @param {Step} last  of the interpreter that has ended @returns {Step} */
function endOf({ steps, life }, last) {
  const restarted = steps.some((step) => step.kind === "restart" && step.life > last.life);
  return { ...END, life, kind: restarted ? "restart" : "end" };
}

/** Where the first entry of the session is, 0 when it is not kept any more. @param {Pictures} pictures */
function beginning({ steps }) {
  const first = steps.findIndex(({ run, life }) => run || life > 1);
  return (steps[0]?.seq ?? 0) > 1 ? 0 : first < 0 ? steps.length : first;
}

/** Whether the interpreter had done nothing before this step. @param {Pictures} pictures @param {Step} step */
export function isFirst(pictures, step) {
  if (stepBefore(pictures, step)) return false;
  const whole = (pictures.steps[0]?.seq ?? 0) <= 1;
  return step.live || whole || pictures.steps.indexOf(step) > 0;
}

/** @param {Pictures} pictures @returns {Step | undefined} */
export function newest(pictures) {
  return stepsOf(pictures).at(-1);
}

/** The step whose picture is looked at. @param {Pictures} pictures @returns {Step | undefined} */
export function stepNow(pictures) {
  const { at, steps } = pictures;
  return (at && steps.find(({ seq }) => seq === at)) || newest(pictures);
}

/** The step before, in the same interpreter. @param {Pictures} pictures @param {Step} step */
export function stepBefore(pictures, step) {
  const steps = stepsOf(pictures);
  const before = steps[steps.indexOf(step) - 1];
  return before?.life === step.life ? before : undefined;
}
