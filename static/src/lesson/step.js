// One step of a lesson: where it stands, its instructions, its checks and what helps.

import { html } from "lit-html";
import { icon } from "../dom.js";
import { addressOf } from "./address.js";
import { checksTemplate } from "./checks.js";
import { foldTemplate } from "./fold.js";
import { prose, words } from "./html.js";
import { actionTemplate, partsTemplate, reasonAgainst } from "./parts.js";
import { isDone } from "./progress.js";
import { heldFrom, shareOf } from "./standing.js";

/** @typedef {import("./course.js").Course} Course */
/** @typedef {import("./types.d.ts").Lesson} Lesson */
/** @typedef {import("./types.d.ts").Step} Step */
/** @typedef {import("./parts.js").Does} Does */

/** @param {Course} course @param {Lesson} lesson @param {Step} step @param {Does} does */
export function stepTemplate(course, lesson, step, does) {
  const at = lesson.steps.indexOf(step);
  const { hints, solution } = course.wishes;
  const against = reasonAgainst(course, heldFrom(step, course.stage.value) < Infinity);
  return html`<div class="inside">
      <p class="eyebrow"><a class="narrow" href=${course.folder} @click=${toShelf(course)}>Lessons</a><span>Step ${at + 1} of ${lesson.steps.length}</span></p>
      <h2 class="title" id="lesson-title" tabindex="-1">${step.title}</h2>
      ${barTemplate(course, lesson, step)}
      ${course.isOpen.value ? "" : awayTemplate(course, lesson, step)}
      ${course.trouble.value ? html`<p class="reply" role="alert">${course.trouble.value}</p>` : ""}
      <div class="text">
        ${at === 0 && lesson.intro ? prose(lesson.intro, "intro") : ""}
        ${partsTemplate(course, step, does)}
      </div>
      ${checksTemplate(course, step)}
      ${newsTemplate(course)}
      <div class="help">
        ${step.hints.slice(0, hints).map((hint, place) => html`<section class="hint"><h3>Hint ${place + 1}</h3>${prose(hint)}</section>`)}
        ${solution ? html`<section class="solution"><h3>Solution</h3>${step.solution.map((action) => actionTemplate(action, against, does))}</section>` : ""}
      </div>
    </div>
    ${footTemplate(course, lesson, step)}`;
}

/** @param {Course} course @returns {(event: MouseEvent) => void} */
export function toShelf(course) {
  return (event) => {
    event.preventDefault();
    course.listing.value = true;
    course.unfolded.value = true;
  };
}

/** @param {Course} course @param {Lesson} lesson @param {Step} step */
function barTemplate(course, lesson, step) {
  return html`<nav aria-label="Steps"><ol class="steps">${lesson.steps.map((one, at) => {
    const done = isDone(course.done.value, lesson.id, one.id);
    const share = done ? 1 : one === step ? shareOf(step, course.standing.value) : 0;
    const place = { lesson: lesson.id, step: one.id };
    const read = (/** @type {MouseEvent} */ event) => {
      event.preventDefault();
      course.read(place);
    };
    return html`<li><a href=${addressOf(place, course.folder)} title=${one.title} aria-current=${one === step ? "step" : "false"} @click=${read}>
      <span class="sr">Step ${at + 1}: ${one.title}${done ? ", done" : ""}</span><progress max="1" .value=${share} aria-hidden="true"></progress></a></li>`;
  })}</ol></nav>`;
}

/** A step that is read while another one, or none, is open. @param {Course} course @param {Lesson} lesson @param {Step} step */
function awayTemplate(course, lesson, step) {
  const { lesson: working } = course.open.value;
  return html`<div class="away"><p>${working ? "You are reading this; Python is at another step." : "You are reading this; Python is in free play."}</p>
    <div class="acts"><button class="button mini" @click=${() => course.work({ lesson: lesson.id, step: step.id })}>Work on this step</button>
    ${working ? html`<button class="button mini ghost" @click=${() => course.read(course.open.value)}>Back to mine</button>` : ""}</div></div>`;
}

/** What has just become of it; read out when it changes. @param {Course} course */
function newsTemplate(course) {
  const { passed, reply } = course.standing.value ?? { passed: false, reply: "" };
  const busy = course.isOpen.value && !course.isReady.value;
  return html`<div role="status" class="news">${busy ? html`<p class="busy">Setting up this step…</p>` : ""}
    ${reply ? prose(reply, "reply") : ""}${passed ? html`<p class="passed">${icon("check")}Step done.</p>` : ""}</div>`;
}

/** @param {Course} course @param {Lesson} lesson @param {Step} step */
function footTemplate(course, lesson, step) {
  const last = lesson.steps.at(-1) === step;
  const passed = course.standing.value?.passed || isDone(course.done.value, lesson.id, step.id);
  const left = step.hints.length - course.wishes.hints;
  const ready = course.isReady.value;
  return html`<footer>
    <button class="button ghost" ?disabled=${left <= 0} title=${left > 0 ? `${left} left` : "No more hints"} @click=${() => course.showHint()}>Hint</button>
    <button class="button ghost square" popovertarget="lesson-menu" aria-label="More for this step" title="Solution, reset">${icon("more")}</button>
    <div id="lesson-menu" class="menu" popover @click=${closeMenu} @beforetoggle=${placeMenu}>
      <button class="button ghost" ?disabled=${lesson.steps[0] === step} @click=${() => course.previous()}>Previous step</button>
      <button class="button ghost" ?disabled=${course.wishes.solution} @click=${() => course.showSolution()}>Show solution</button>
      <button class="button ghost" ?disabled=${!ready} @click=${() => course.reset()}>Reset this step</button>
    </div>
    ${foldTemplate(course, "Read the step")}
    <button class="button ${passed ? "primary" : ""} next" ?disabled=${last && !passed} @click=${() => course.next()}>${last ? "Finish lesson" : passed ? "Next step" : "Look ahead"}</button>
  </footer>`;
}

/** @param {Event} event */
function closeMenu(event) {
  /** @type {HTMLElement} */ (event.currentTarget).hidePopover();
}

/** Above or under its button, where there is room. @param {ToggleEvent} event */
function placeMenu(event) {
  const menu = /** @type {HTMLElement} */ (event.currentTarget);
  const button = menu.previousElementSibling?.getBoundingClientRect();
  if (!button) return;
  const above = button.top > innerHeight / 2;
  menu.style.top = above ? "auto" : `${button.bottom + 4}px`;
  menu.style.bottom = above ? `${innerHeight - button.top + 4}px` : "auto";
  menu.style.left = `${Math.min(button.left, innerWidth - 160)}px`;
}

/** The end of a lesson. @param {Course} course @param {Lesson} lesson */
export function endTemplate(course, lesson) {
  const missing = lesson.steps.filter(({ id }) => !isDone(course.done.value, lesson.id, id));
  const next = course.shelf.value.find(({ id }) => id === lesson.next);
  return html`<div class="inside">
      <p class="eyebrow">${lesson.title}</p>
      <h2 class="title" id="lesson-title" tabindex="-1">${missing.length ? "Nearly finished" : "Lesson finished"}</h2>
      <div class="prose"><p>${missing.length ? `These steps are still to do:` : `You have done all ${lesson.steps.length} steps. What they showed:`}</p>
        ${missing.length ? "" : html`<blockquote>${words(lesson.summary)}</blockquote>`}</div>
      ${missing.length ? html`<ul class="missing">${missing.map(({ id, title }) => html`<li><button class="link" @click=${() => course.read({ lesson: lesson.id, step: id })}>${title}</button></li>`)}</ul>` : ""}
      ${next ? html`<div class="away"><p>Next: <b>${next.title}</b></p><div class="acts"><button class="button primary" @click=${() => course.begin(next)}>Begin the next lesson</button></div></div>` : ""}
    </div>
    <footer><button class="button ghost" @click=${() => course.read(course.open.value)}>Back to the step</button>
      <button class="button" @click=${toShelf(course)}>All lessons</button></footer>`;
}
