// The picture as nested lists.

import { html, nothing } from "lit-html";
import { written } from "./badge.js";

/** @typedef {import("./twin.js").Item} Item */

/** @param {Item[]} items @returns {import("lit-html").TemplateResult} */
export function twinTemplate(items) {
  return html`<ul>
    ${items.map(
      ({ text, state, code, children }) =>
        html`<li class="s-${state}">
          <span class="words">${written(text)}</span>
          ${code ? html`<pre><code>${code}</code></pre>` : nothing}
          ${children.length ? twinTemplate(children) : nothing}
        </li>`,
    )}
  </ul>`;
}
