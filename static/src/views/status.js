// The header: how Python and the connection are, and what concerns the whole page.

import { html, render } from "lit-html";
import { element, paint } from "../dom.js";
import { menuTemplate } from "../menu.js";

/** @typedef {import("../model.js").Model} Model */
/** @typedef {import("../model.js").Actions} Actions */

/** @type {Record<string, string>} */
const WORDS = {
  starting: "starting",
  ready: "ready",
  running: "running",
  asked: "waits for your input",
  asleep: "not running",
};

/** @param {Model} model @param {Actions} actions */
export function mountStatus(model, actions) {
  paint(() => render(status(model), element("status")));
  paint(() => render(buttons(model, actions), element("acts")));
}

/** @param {Model} model */
function status({ state, connection, slow }) {
  const { place, python, isolation, restarting } = state.value;
  const phase = restarting ? "starting" : state.value.phase;
  const online = connection.value.phase === "open";
  const look = online ? phase : slow.value ? "offline" : "starting";
  const before = state.value.session ? "reconnecting" : "connecting";
  const away = connection.value.position ? "waits for a place" : connection.value.code ? "not connected" : before;
  const starting = phase === "starting" && place ? `starting, number ${place} in line` : WORDS[phase];
  const word = online ? starting : away;
  const confined = isolation === "none" ? "not isolated" : `isolation ${isolation}`;
  return html`<i class="lamp ${look}"></i><span>${python ? `Python ${python}` : "Python"}</span>
    <span class="word">${word}</span>
    ${isolation && online ? html`<span class="chip wide" title="How your Python is kept apart from the server's machine">${confined}</span>` : ""}`;
}

/** @param {Model} model @param {Actions} actions */
function buttons({ theme, state }, actions) {
  const other = theme.value === "dark" ? "light" : "dark";
  return html`${sessionMenu(state.value.session, actions)}
    <button class="button ghost wide" @click=${actions.restart} ?disabled=${!state.value.session}>Restart Python</button>
    <button class="button ghost square" aria-label="Switch to ${other} colours" title="Switch to ${other} colours" @click=${actions.toggleTheme}>
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M8 2a6 6 0 1 0 0 12z" fill="currentColor"/><circle cx="8" cy="8" r="6"/></svg></button>
    <button class="button ghost square" aria-label="Keyboard shortcuts and help" title="Keyboard shortcuts and help" aria-haspopup="dialog" @click=${actions.help}>?</button>`;
}

/** What can be done with all of it at once. @param {string} session @param {Actions} actions */
function sessionMenu(session, actions) {
  return menuTemplate({
    id: "session-menu", label: "Share, export and import", title: "Share, export and import", look: "", word: "Share", picture: "share", disabled: !session,
    items: [["Share as a link…", actions.share], ["Export as a zip", actions.exportSession], ["Import a zip…", actions.importFiles]],
  });
}
