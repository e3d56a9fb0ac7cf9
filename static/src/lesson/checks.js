// What a step asks for, and how far it is reached: an icon and a word for each check. As long as a prediction is open the
// checks that are to do are not told, as they say what will happen.

import { html } from "lit-html";
import { icon } from "../dom.js";
import { prose, words } from "./html.js";
import { checksOf } from "./standing.js";

const WORDS = { done: "Done", todo: "To do", unknown: "Not known" };

/** @param {import("./course.js").Course} course @param {import("./types.d.ts").Step} step */
export function checksTemplate(course, step) {
  const done = course.wasDone.value;
  const open = !done && course.stage.value === "open";
  const checks = checksOf(step, course.standing.value).map((check) => (done ? { ...check, mark: /** @type {const} */ ("done"), now: false } : check));
  return html`<section class="checks" aria-labelledby="checks-title"><h3 id="checks-title">Checks</h3>
    <ul>${checks.filter(({ mark }) => !open || mark === "done").map(checkTemplate)}</ul>
    ${open ? html`<p>They are shown once you have predicted, or skipped the question: they would tell.</p>` : ""}</section>`;
}

/** @param {import("./standing.js").Check} check */
function checkTemplate({ says, hint, mark, now }) {
  const word = mark === "unknown" ? html` <small>${WORDS[mark]}: it cannot be judged here and holds nothing up</small>` : "";
  return html`<li class="${mark} ${now ? "now" : ""}">${mark === "done" ? icon("check") : html`<i aria-hidden="true">${mark === "unknown" ? "?" : ""}</i>`}
    <div><b class="sr">${WORDS[mark]}:</b> ${words(says)}${word}${hint ? prose(hint, "hint") : ""}</div></li>`;
}
