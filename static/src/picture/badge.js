// A state as it is drawn everywhere: colour, icon and word together; and sentences with their code.

import { html, svg } from "lit-html";
import { STATES } from "./states.js";

/** @typedef {import("./states.js").State} State */
/** @typedef {import("./rich.js").Rich} Rich */

/** @param {State} state */
export function badge(state) {
  const { word, icon } = STATES[state];
  return html`<span class="badge s-${state}"
    ><svg viewBox="0 0 16 16" aria-hidden="true">${svg`<path d=${icon} />`}</svg>${word}</span
  >`;
}

/** @param {Rich} rich */
export function written(rich) {
  return rich.map((piece) => {
    if (typeof piece === "string") return piece;
    return "code" in piece ? html`<code>${piece.code}</code>` : html`<b>${piece.strong}</b>`;
  });
}
