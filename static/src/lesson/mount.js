// The lesson pane: puts the course and the templates together. Loaded by itself, after the page works.

import { html, render } from "lit-html";
import { element, make, paint } from "../dom.js";
import { briefTemplate } from "./brief.js";
import { Course } from "./course.js";
import { watch } from "./load.js";
import { printTemplate } from "./print.js";
import { ask } from "./question.js";
import { shelfTemplate } from "./shelf.js";
import { endTemplate, stepTemplate, toShelf } from "./step.js";

/** @typedef {import("../model.js").Model} Model */
/** @typedef {import("../model.js").Actions} Actions */
/**
 * @typedef {object} Page
 * @property {HTMLElement} host  the empty pane
 * @property {HTMLElement} crumbs  the place for the way back
 * @property {string} folder  the lessons' address, without a slash at its end
 * @property {string} lesson  the one that the page was opened with
 * @property {string} preview  the lesson whose file is watched, "" for none
 * @property {(draft: import("../protocol.d.ts").Draft) => void} send
 */

/** @param {Model} model @param {Actions} actions @param {Page} page */
export function mountLesson(model, actions, { host, crumbs, folder, lesson, preview, send }) {
  const dialog = /** @type {HTMLDialogElement} */ (make("dialog", "narrowed"));
  dialog.setAttribute("aria-labelledby", "question-title");
  document.body.append(dialog);
  const course = new Course(model, folder, { send, confirm: (question) => ask(dialog, question), save: actions.saveAll });
  course.unfolded.value = Boolean(lesson);
  const does = doesOf(actions);
  paint(() => draw(host, course, does));
  paint(() => render(crumbsTemplate(course), crumbs));
  keepSight(host, course);
  showNews(host, course);
  mountBrief(course, actions);
  host.addEventListener("click", openOutside);
  course.start();
  if (preview) watch(folder, preview, (problem) => (course.trouble.value = problem));
  return {
    focus: () => entrance(host, course)?.focus(),
    /** On paper stands the whole lesson. */
    print: () => printTemplate(course.lesson.peek()),
  };
}

/** Where a key leads: to the title, and from a step that is done onwards. @param {HTMLElement} host @param {Course} course @returns {HTMLElement | null} */
function entrance(host, course) {
  return (course.standing.value?.passed && host.querySelector(".next")) || title(host);
}

/** @param {Course} course @param {Actions} actions */
function mountBrief(course, actions) {
  const brief = make("div", "brief");
  brief.setAttribute("role", "status");
  element("panes").before(brief);
  const back = () => actions.showPane("lesson");
  paint(() => render(briefTemplate(course, back), brief));
}

/** @param {HTMLElement} host @param {Course} course @param {import("./parts.js").Does} does */
function draw(host, course, does) {
  const { lesson, step } = { lesson: course.lesson.value, step: course.step.value };
  const place = course.shown.value;
  host.classList.toggle("unfolded", course.unfolded.value);
  host.classList.toggle("taken", Boolean(course.open.value.lesson));
  if (course.listing.value || !place.lesson) render(shelfTemplate(course), host);
  else if (!lesson || !step) render(html`<p class="inside" role="status">${course.trouble.value || "Loading the lesson…"}</p>`, host);
  else if (course.ended.value) render(endTemplate(course, lesson), host);
  else render(stepTemplate(course, lesson, step, does), host);
}

/** @param {Actions} actions @returns {import("./parts.js").Does} */
function doesOf(actions) {
  return {
    type: (entries) => {
      actions.showPane("console");
      actions.runAll(entries);
    },
    write: (path, text) => {
      actions.showPane("code");
      actions.writeFile(path, text);
    },
    erase: (path) => actions.deleteFile(path),
    restart: () => actions.restart(),
  };
}

/** @param {Course} course */
function crumbsTemplate(course) {
  const lesson = course.lesson.value;
  const listed = course.listing.value || !course.shown.value.lesson;
  return html`<ol><li><a href=${`${course.folder}/`} aria-current=${listed ? "page" : "false"} @click=${toShelf(course)}>Lessons</a></li>
    ${lesson && !listed ? html`<li aria-current="page">${lesson.title}</li>` : ""}</ol>`;
}

/** Another step begins at its title, for the eye and for the keyboard. @param {HTMLElement} host @param {Course} course */
function keepSight(host, course) {
  let first = true;
  paint(() => {
    course.shown.value;
    course.listing.value;
    course.ended.value;
    const inside = host.contains(document.activeElement) || document.activeElement === document.body;
    if (!first) requestAnimationFrame(() => turnTo(host, inside));
    first = false;
  });
}

/** @param {HTMLElement} host @param {boolean} focus */
function turnTo(host, focus) {
  host.querySelector(".inside")?.scrollTo(0, 0);
  if (focus) title(host)?.focus({ preventScroll: true });
}

/**
 * What has come of an entry is brought into sight, the most telling of it; and a question that is answered hands its
 * focus on.
 *
 * @param {HTMLElement} host @param {Course} course
 */
function showNews(host, course) {
  let before = newsOf(course);
  paint(() => {
    const now = newsOf(course);
    const fresh = now.place === before.place ? NEWS.find(({ name }) => now[name] && now[name] !== before[name]) : undefined;
    before = now;
    if (fresh) requestAnimationFrame(() => reveal(host.querySelector(fresh.shownIn), fresh.name === "choice"));
  });
}

/** @type {readonly { name: "reply" | "because" | "choice" | "hint" | "passed", shownIn: string }[]} */
const NEWS = [
  { name: "reply", shownIn: ".reply" },
  { name: "because", shownIn: ".settled" },
  { name: "choice", shownIn: ".predict" },
  { name: "hint", shownIn: ".checks .hint" },
  { name: "passed", shownIn: ".passed" },
];

/** @param {Course} course */
function newsOf(course) {
  const standing = course.standing.value;
  return {
    place: standing && `${standing.lesson}#${standing.step}`,
    reply: standing?.reply,
    because: standing?.prediction?.because,
    choice: standing?.prediction?.choice,
    hint: standing?.results.map(({ hint }) => hint).join(""),
    passed: standing?.passed,
  };
}

/** @param {HTMLElement | null} news @param {boolean} takesFocus  of what it has replaced */
function reveal(news, takesFocus) {
  news?.scrollIntoView({ block: "nearest" });
  if (takesFocus && document.activeElement === document.body) news?.focus({ preventScroll: true });
}

/** @param {HTMLElement} host @returns {HTMLElement | null} */
function title(host) {
  return host.querySelector(".title");
}

/** Links that leave the page leave it where it is. @param {MouseEvent} event */
function openOutside({ target }) {
  const link = target instanceof Element ? target.closest("a") : null;
  if (link && link.origin !== location.origin) link.target = "_blank";
}
