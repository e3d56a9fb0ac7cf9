// The console's header: what runs, and the buttons to stop it.

import { html, render } from "lit-html";
import { element, icon, paint } from "../dom.js";

/** @param {import("../model.js").Model} model @param {import("../model.js").Actions} actions */
export function mountConsole({ state }, actions) {
  paint(() => render(buttons(state.value, actions), element("console-acts")));
}

/** @param {import("../store.js").State} state @param {import("../model.js").Actions} actions */
function buttons({ flight, stubborn, phase, session }, actions) {
  const stuck = flight > 0 && stubborn === flight;
  return html`${stuck ? html`<span class="told" role="status">It does not react.</span>` : ""}
    ${flight && phase !== "starting" ? html`<button class="button mini" title="Ctrl C" @click=${actions.interrupt}>${icon("stop")}Interrupt</button>` : ""}
    <button class="button mini ${stuck ? "primary" : "ghost narrow"}" ?disabled=${!session} @click=${actions.restart}>${stuck ? "Restart Python" : "Restart"}</button>
    <button class="button mini ghost" title="Ctrl L" @click=${actions.clear}>Clear</button>`;
}
