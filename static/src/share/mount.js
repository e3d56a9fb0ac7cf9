// The pane of a workspace that came by a link, in the place of the lesson: what it is, its steps, and the way through.

import { html, nothing, render } from "lit-html";
import { element, make, paint } from "../dom.js";
import { keepStep, recallStep } from "../kept.js";
import { ask } from "../lesson/question.js";
import { stepList } from "./parts.js";
import { Replay } from "./replay.js";

/** @typedef {import("../model.js").Model} Model */
/** @typedef {import("../model.js").Actions} Actions */
/** @typedef {{ workspace: import("./workspace.js").Workspace, key: string, home: string }} Visit  `key`: where it is remembered */

const ANEW = {
  title: "Begin anew?",
  text: "This session of the link is deleted, with what you have changed in it, and the link is opened again.",
  yes: "Begin anew",
};

/** @param {Model} model @param {Actions} actions @param {Visit} visit */
export function mountVisit(model, actions, { workspace, key, home }) {
  const host = element("lesson");
  const memory = {
    recall: (/** @type {string} */ session) => recallStep(key, session),
    keep: (/** @type {string} */ session, /** @type {number} */ at) => keepStep(key, session, at),
  };
  const replay = new Replay(model, actions, workspace, memory);
  const dialog = /** @type {HTMLDialogElement} */ (make("dialog", "narrowed"));
  dialog.setAttribute("aria-labelledby", "question-title");
  const strip = make("div", "pacing");
  document.body.append(dialog);
  element("panes").before(strip);
  host.setAttribute("aria-label", "Shared workspace");
  host.classList.add("visit");
  const anew = async () => {
    if ((await ask(dialog, ANEW)) && !actions.erase()) replay.halt.value = "There is no connection now.";
  };
  const ways = () => html`<button class="button mini" @click=${anew}>Begin anew</button>
    <a class="button mini" href=${home} title="Back to your own workspace; the link leads here again">Close</a>`;
  paint(() => keepFocus(host, () => render(pane(replay, home, ways), host)));
  paint(() => keepFocus(strip, () => render(replay.steps.length ? bar(replay, ways) : nothing, strip)));
  paint(() => render(crumbs(home), element("crumbs")));
  paint(() => follow(host, replay));
  replay.start();
  return { focus: () => /** @type {HTMLElement | null} */ (host.querySelector(".title"))?.focus() };
}

/** @param {string} home */
function crumbs(home) {
  return html`<ol><li><a href=${home}>Your workspace</a></li><li aria-current="page">Shared workspace</li></ol>`;
}

/** @param {Replay} replay @param {string} home @param {() => unknown} ways  out of here */
function pane(replay, home, ways) {
  const { steps } = replay;
  const now = replay.doing.value?.index ?? -1;
  return html`<div class="inside">
      <h2 class="title" tabindex="-1">A shared workspace</h2>
      <p class="intro">It has a session of its own, and this link leads back to it. Your own files and your own Python are <a href=${home}>as you left them</a>.</p>
      ${steps.length ? html`<h3>What was done, in order</h3>${stepList(steps, replay.at.value, now < 0 ? replay.at.value : now)}` : nothing}
      ${replay.isDone.value && steps.length ? nothing : html`<div class="acts">${ways()}</div>`}
    </div>
    ${steps.length ? html`<footer>${bar(replay, ways)}</footer>` : nothing}`;
}

/**
 * What cannot be done for a moment keeps the focus, so that the next step is one key away.
 * @param {Replay} replay @param {() => unknown} ways
 */
function bar(replay, ways) {
  const may = replay.mayStep.value;
  const going = replay.going.value;
  const { place, label } = replay.says.value;
  const because = replay.because.value;
  return html`<div class="pace"><p role="status" tabindex="-1">${place} ${label ? html`<code>${label}</code>` : nothing} ${because ? html`<b>${because}</b>` : nothing}</p>
    <div class="acts">${replay.isDone.value ? ways() : html`
      <button class="button mini primary" aria-disabled=${String(!may || going)} @click=${() => going || replay.next()}>Next step</button>
      <button class="button mini" aria-disabled=${String(!may && !going)} @click=${() => replay.toggle()}>${going ? "Pause" : "Run all"}</button>
      <button class="button mini" ?disabled=${Boolean(replay.doing.value)} title="Puts the files as they were at the end, and runs nothing" @click=${() => replay.putFiles()}>Files only</button>`}
    </div></div>`;
}

/** Buttons that are gone at the end leave the focus to what is said of it. @param {HTMLElement} host @param {() => void} draw */
function keepFocus(host, draw) {
  const inside = host.querySelector(".pace")?.contains(document.activeElement);
  draw();
  const status = /** @type {HTMLElement | null} */ (host.querySelector(".pace [role=status]"));
  if (inside && document.activeElement === document.body) status?.focus({ preventScroll: true });
}

/** The step that is next stays in sight. @param {HTMLElement} host @param {Replay} replay */
function follow(host, replay) {
  replay.at.value;
  requestAnimationFrame(() => host.querySelector(".deeds .now")?.scrollIntoView({ block: "nearest" }));
}
