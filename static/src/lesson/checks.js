// What a step asks for, and how far it is reached: an icon and a word for each check.

import { html } from "lit-html";
import { icon } from "../dom.js";
import { prose, words } from "./html.js";
import { checksOf } from "./standing.js";

const WORDS = { done: "Done", todo: "To do", unknown: "Not known" };

/** @param {import("./course.js").Course} course @param {import("./types.d.ts").Step} step */
export function checksTemplate(course, step) {
  const done = !course.isReady.value && isKnown(course, step);
  const checks = checksOf(step, course.standing.value);
  return html`<section class="checks" aria-labelledby="checks-title"><h3 id="checks-title">Checks</h3>
    <ul>${checks.map((check) => checkTemplate(done ? { ...check, mark: "done", now: false } : check))}</ul></section>`;
}

/** Done at another time. @param {import("./course.js").Course} course @param {import("./types.d.ts").Step} step */
function isKnown(course, step) {
  return course.done.value[course.shown.value.lesson]?.includes(step.id) ?? false;
}

/** @param {import("./standing.js").Check} check */
function checkTemplate({ says, hint, mark, now }) {
  const word = mark === "unknown" ? html` <small>${WORDS[mark]}: it cannot be judged here and holds nothing up</small>` : "";
  return html`<li class="${mark} ${now ? "now" : ""}">${mark === "done" ? icon("check") : html`<i aria-hidden="true">${mark === "unknown" ? "?" : ""}</i>`}
    <div><b class="sr">${WORDS[mark]}:</b> ${words(says)}${word}${hint ? prose(hint, "hint") : ""}</div></li>`;
}
