// The lessons that there are, and how far each is: what the pane shows in free play.

import { html } from "lit-html";
import { icon } from "../dom.js";
import { words } from "./html.js";
import { addressOf } from "./address.js";
import { foldTemplate } from "./fold.js";
import { courseOf, stateOf } from "./progress.js";

/** @typedef {import("./course.js").Course} Course */
/** @typedef {import("./types.d.ts").Summary} Summary */

/** @type {Record<string, string>} */
const LEVELS = { basics: "Basics", beyond: "Beyond the basics" };

/** @param {Course} course */
export function shelfTemplate(course) {
  const lessons = course.shelf.value;
  const levels = [...new Set(lessons.map(({ level }) => level))];
  const working = course.open.value.lesson;
  const { finished } = courseOf(course.done.value, lessons);
  return html`<div class="inside">
      <h2 class="title" id="lesson-title" tabindex="-1">Lessons</h2>
      <div class="prose"><p>${working ? "Choose a lesson, or go on with yours." : "This is free play: write files, import and reload them as you like. Or take a lesson; each is a few minutes long and looks at what really happened in your Python."}${finished ? ` ${finished} of ${lessons.length} done.` : ""}</p></div>
      ${course.trouble.value ? html`<p class="reply" role="alert">${course.trouble.value}</p>` : ""}
      ${levels.map((level) => html`<h3>${LEVELS[level] ?? level}</h3>
        <ol class="shelf">${lessons.filter((one) => one.level === level).map((one) => lessonTemplate(course, one, working))}</ol>`)}
    </div>
    <footer class=${working ? "" : "bare"}>${working ? html`<button class="button ghost" @click=${() => course.leave()}>Leave to free play</button>` : ""}
      ${foldTemplate(course, "Choose a lesson")}
      ${working ? html`<button class="button primary" @click=${() => course.read(course.open.value)}>Back to the lesson</button>` : ""}</footer>`;
}

/** @param {Course} course @param {Summary} lesson @param {string} working */
function lessonTemplate(course, lesson, working) {
  const { done, all, text } = stateOf(course.done.value, lesson);
  const begin = (/** @type {MouseEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    course.begin(lesson);
  };
  return html`<li><a href=${addressOf({ lesson: lesson.id, step: "" }, course.folder)} aria-current=${lesson.id === working ? "true" : "false"} @click=${begin}>
    <b>${lesson.title}</b><span>${words(lesson.summary)}</span>
    <small>${done === all ? icon("check") : ""}${text || `${lesson.minutes} minutes, ${all} steps`}${lesson.id === working ? ", open now" : ""}</small></a></li>`;
}
