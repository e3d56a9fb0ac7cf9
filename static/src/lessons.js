// The index of lessons as a page of its own: marks what is done, and where to go on. Without it the page is a plain list.

import { addressOf } from "./lesson/address.js";
import { courseOf, nextStep, recallProgress, stateOf } from "./lesson/progress.js";

const folder = document.querySelector("main")?.dataset.folder ?? "";
const progress = recallProgress(folder);
const rows = [...document.querySelectorAll("li[data-lesson]")].map((row) => rowOf(/** @type {HTMLElement} */ (row)));
for (const row of rows) mark(row);
tell();

/** @param {HTMLElement} row */
function rowOf(row) {
  const { lesson = "", steps = "" } = row.dataset;
  const link = /** @type {HTMLAnchorElement} */ (row.querySelector("a"));
  return { row, link, id: lesson, steps: steps.split(" ").map((id) => ({ id })) };
}

/** @typedef {ReturnType<typeof rowOf>} Row */

/** @param {Row} one */
function mark({ row, link, ...lesson }) {
  const { done, all, text } = stateOf(progress, lesson);
  if (!done) return;
  const place = /** @type {HTMLElement} */ (row.querySelector(".state"));
  const bar = Object.assign(document.createElement("progress"), { max: all, value: done });
  bar.setAttribute("aria-hidden", "true");
  place.replaceChildren(bar, text);
  if (done < all) link.href = addressOf({ lesson: lesson.id, step: nextStep(progress, lesson) }, folder);
}

/** How far the course is, and the way on. */
function tell() {
  const { finished, onward } = courseOf(progress, rows);
  if (!finished && !rows.some((row) => stateOf(progress, row).done)) return;
  const place = /** @type {HTMLElement} */ (document.querySelector(".course"));
  place.textContent = onward ? `${finished} of ${rows.length} lessons done.` : `All ${rows.length} lessons done.`;
  if (!onward) return;
  const button = Object.assign(document.createElement("a"), { className: "button primary", href: onward.link.href });
  button.textContent = `Go on: ${onward.link.textContent}`;
  place.append(button);
}
