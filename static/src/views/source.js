// The line above the editor while it shows the source of a load: which one, the others, and the way back.

import { html, nothing, render } from "lit-html";
import { element, icon, paint } from "../dom.js";
import { sourcesOf } from "../picture/lines.js";

/** @typedef {import("../model.js").Model} Model */
/** @typedef {import("../model.js").Actions} Actions */

/** @param {Model} model @param {Actions} actions */
export function mountSource(model, actions) {
  paint(() => render(bar(model, actions), element("source")));
}

/** @param {Model} model @param {Actions} actions */
function bar({ ran, pictures }, { showSource, closeSource }) {
  const shown = ran.value;
  if (!shown) return nothing;
  const loads = pictures.value.loads.map(({ loaded }) => loaded);
  const others = sourcesOf(loads, shown.path).filter(({ module }) => module === shown.module);
  const go = (/** @type {Event} */ { target }) =>
    showSource({ module: shown.module, load: Number(/** @type {HTMLSelectElement} */ (target).value) });
  return html`<div class="bar" role="status">
    <p class="line">${icon("lock")}<b>${shown.title}</b> <span>Read only.</span></p>
    <div class="acts">
      ${others.length > 1 ? html`<select class="button mini" aria-label="Load" @change=${go}>${others.map(
        ({ load }) => html`<option value=${load} ?selected=${load === shown.load}>load ${load}</option>`)}</select>` : nothing}
      <button class="button mini primary" title="Esc" @click=${closeSource}>Back to the file</button>
    </div>
  </div>`;
}
