// Which steps are done, over all lessons. A session knows what was passed in it; the browser keeps that over all its
// sessions, and one that refuses to remember is no error.

/** The ids of the done steps, by lesson. @typedef {Readonly<Record<string, readonly string[]>>} Progress */

/** @param {Progress} progress @param {import("./types.d.ts").Place} place @returns {Progress} the same object when it is done already */
export function withDone(progress, { lesson, step }) {
  if (isDone(progress, lesson, step)) return progress;
  return { ...progress, [lesson]: [...(progress[lesson] ?? []), step] };
}

/** @param {Progress} progress @param {readonly import("../protocol.d.ts").Done[]} done @returns {Progress} the same object when nothing is new */
export function withAll(progress, done) {
  return done.flatMap(({ lesson, steps }) => steps.map((step) => ({ lesson, step }))).reduce(withDone, progress);
}

/** @param {Progress} progress @param {string} lesson @param {string} step */
export function isDone(progress, lesson, step) {
  return progress[lesson]?.includes(step) ?? false;
}

/** A lesson, as far as progress is concerned. @typedef {{ id: string, steps: readonly { id: string }[] }} Steps */

/** How many of a lesson's steps are done; steps that it no longer has do not count. @param {Progress} progress @param {Steps} lesson */
export function countDone(progress, { id, steps }) {
  return steps.filter((step) => isDone(progress, id, step.id)).length;
}

/** Where to go on: the first step that is not done, the first of all when none is left. @param {Progress} progress @param {Steps} lesson */
export function nextStep(progress, { id, steps }) {
  return (steps.find((step) => !isDone(progress, id, step.id)) ?? steps[0])?.id ?? "";
}

/** How a lesson stands, in numbers and in words: "" for one that is not begun. @param {Progress} progress @param {Steps} lesson */
export function stateOf(progress, lesson) {
  const done = countDone(progress, lesson);
  const all = lesson.steps.length;
  return { done, all, text: done === all ? "Done" : done ? `${done} of ${all} steps done` : "" };
}

/**
 * How a course stands: the number of its finished lessons, and where to go on, at the first lesson that is begun or
 * else at the first that is not finished.
 *
 * @template {Steps} Lesson
 * @param {Progress} progress @param {readonly Lesson[]} lessons
 */
export function courseOf(progress, lessons) {
  const open = lessons.filter((lesson) => countDone(progress, lesson) < lesson.steps.length);
  return { finished: lessons.length - open.length, onward: open.find((lesson) => countDone(progress, lesson)) ?? open[0] };
}

/** @param {string} folder @returns {Progress} */
export function recallProgress(folder) {
  try {
    return sound(JSON.parse(localStorage.getItem(keyFor(folder)) ?? "{}"));
  } catch {
    return {};
  }
}

/** @param {string} folder @param {Progress} progress */
export function keepProgress(folder, progress) {
  try {
    localStorage.setItem(keyFor(folder), JSON.stringify(progress));
  } catch {
    // Storage is full or forbidden: the page works on, it only forgets.
  }
}

/** What was kept may be of another time, or of another hand. @param {unknown} kept @returns {Progress} */
export function sound(kept) {
  const entries = Object.entries(typeof kept === "object" && kept ? kept : {});
  return Object.fromEntries(entries.filter(([, steps]) => Array.isArray(steps) && steps.every((step) => typeof step === "string")));
}

/** @param {string} folder */
function keyFor(folder) {
  return `reload-sandbox-progress:${folder}`;
}
