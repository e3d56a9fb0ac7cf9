// The instructions of a step: prose, what to type, what to write, and the question before it.

import { html, nothing } from "lit-html";
import { prose } from "./html.js";
import { questionTemplate } from "./prediction.js";
import { heldFrom, promptedLines, toldUntil } from "./standing.js";

/** @typedef {import("./types.d.ts").Action} Action */
/**
 * @typedef {object} Does
 * @property {(entries: string[]) => void} type
 * @property {(path: string, text: string) => void} write
 * @property {(path: string) => void} erase
 * @property {() => void} restart
 */

/** @param {import("./course.js").Course} course @param {import("./types.d.ts").Step} step @param {Does} does */
export function partsTemplate(course, step, does) {
  const held = course.wasDone.value ? Infinity : heldFrom(step, course.stage.value);
  return step.parts.slice(0, toldUntil(step, held)).map((part, at) => {
    if (part.kind === "prose") return prose(part.html);
    if (part.kind === "predict") return questionTemplate(course, part);
    return actionTemplate(part, reasonAgainst(course, at > held), does);
  });
}

/** Why the page does not run something for the learner, "" when it does. @param {import("./course.js").Course} course @param {boolean} held */
export function reasonAgainst(course, held) {
  if (!course.isOpen.value) return "Work on this step first.";
  if (!course.isReady.value) return "Wait until the step is set up.";
  return held ? "Predict first, or skip." : "";
}

/** @param {Action} action @param {string} against @param {Does} does */
export function actionTemplate(action, against, does) {
  switch (action.kind) {
    case "type":
      return box(entriesTemplate(action.entries), "Type it for me", action.entries[0], against, () => does.type(action.entries));
    case "file":
      return box(fileTemplate(action), "Put it into the editor", action.path, against, () => does.write(action.path, action.text));
    case "delete":
      return box(prose(action.html), "Delete the file", action.path, against, () => does.erase(action.path));
    case "restart":
      return box(prose(action.html), "Restart Python", "", against, does.restart);
  }
}

/** @param {unknown} content @param {string} label @param {string} what @param {string} against @param {() => void} act */
function box(content, label, what, against, act) {
  return html`<div class="example">${content}
    <div class="acts"><button class="button mini" ?disabled=${Boolean(against)} title=${against || nothing} @click=${act}>${label}${what ? html`<span class="sr">: ${what}</span>` : ""}</button>
    ${against ? html`<span class="why">${against}</span>` : ""}</div></div>`;
}

/** @param {readonly string[]} entries */
function entriesTemplate(entries) {
  return linesTemplate(entries.flatMap(promptedLines));
}

/** Each line of its own, so that a long one goes on further in. @param {readonly { prompt: string, text: string }[]} lines */
function linesTemplate(lines) {
  const depth = (/** @type {string} */ text) => Math.min(text.length - text.trimStart().length, 16) >> 2;
  return html`<pre><code>${lines.map(({ prompt, text }, at) => html`${at ? "\n" : ""}<span class="typed in${depth(prompt + text)}"><span class="ps">${prompt}</span>${text}</span>`)}</code></pre>`;
}

/** @param {import("./types.d.ts").Write} file */
function fileTemplate({ path, text }) {
  const lines = text.replace(/\n$/, "").split("\n");
  return html`<p class="path">${path}</p>${linesTemplate(lines.map((line) => ({ prompt: "", text: line })))}`;
}
