// A lesson on paper: every step, with what is to be typed and asked, and without buttons.

import { html } from "lit-html";
import { prose, words } from "./html.js";
import { promptedLines } from "./standing.js";

/** @typedef {import("./types.d.ts").Part} Part */

/** @param {import("./types.d.ts").Lesson} [lesson] */
export function printTemplate(lesson) {
  if (!lesson) return "";
  return html`<h1>${lesson.title}</h1><p>${words(lesson.summary)}</p>${prose(lesson.intro)}
    ${lesson.steps.map(({ title, parts, checks }, at) => html`<section><h2>${at + 1}. ${title}</h2>${parts.map(partTemplate)}
      <ul class="boxes">${checks.map(({ says }) => html`<li>${words(says)}</li>`)}</ul></section>`)}`;
}

/** @param {Part} part */
function partTemplate(part) {
  switch (part.kind) {
    case "type":
      return html`<pre>${part.entries.flatMap(promptedLines).map(({ prompt, text }) => `${prompt}${text}\n`)}</pre>`;
    case "file":
      return html`<p><code>${part.path}</code></p><pre>${part.text}</pre>`;
    case "predict":
      return html`<p><b>Predict first.</b> ${words(part.ask)}</p><ul class="boxes">${part.choices.map((choice) => html`<li>${words(choice)}</li>`)}</ul>`;
    default:
      return prose(part.html);
  }
}
