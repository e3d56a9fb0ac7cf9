// How the open step stands, in one line, on a page so narrow that another pane hides the lesson. It leads back to it.

import { html } from "lit-html";
import { icon } from "../dom.js";
import { words } from "./html.js";
import { checksOf, verdictOf } from "./standing.js";

/** @param {import("./course.js").Course} course @param {() => void} back  to the lesson */
export function briefTemplate(course, back) {
  const step = course.step.value;
  const standing = course.standing.value;
  if (!step || !standing) return "";
  const { passed, prediction } = standing;
  if (passed && prediction?.settled) return line("Step done", `${verdictOf(prediction)} Read why.`, back, "onward");
  if (passed) return onward(course, step, back);
  if (standing.reply) return line("A word", words(standing.reply), back, "told");
  if (course.stage.value === "open") return line("Predict first", "or skip the question.", back);
  const checks = checksOf(step, standing);
  const done = checks.filter(({ mark }) => mark !== "todo").length;
  return line(`${done} of ${checks.length}`, words(checks.find(({ now }) => now)?.says ?? ""), back);
}

/** There is nothing more to read in this step. @param {import("./course.js").Course} course @param {import("./types.d.ts").Step} step @param {() => void} back */
function onward(course, step, back) {
  const last = course.lesson.value?.steps.at(-1) === step;
  const go = () => {
    back();
    course.next();
  };
  return line("Step done", last ? "Finish the lesson." : "Go on to the next.", go, "onward");
}

/** @param {string} head @param {unknown} text @param {() => void} back @param {string} [className] */
function line(head, text, back, className = "") {
  return html`<button class=${className} @click=${back}>${className === "onward" ? icon("check") : ""}<b>${head}</b><span>${text}</span></button>`;
}
