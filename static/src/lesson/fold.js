// On a page of middle width the pane is a strip, and its text lies over the picture when it is unfolded.

import { html } from "lit-html";

/** @param {import("./course.js").Course} course @param {string} label  of the folded strip */
export function foldTemplate({ unfolded }, label) {
  const turn = () => (unfolded.value = !unfolded.value);
  return html`<button class="button unfold" aria-expanded=${String(unfolded.value)} @click=${turn}>${unfolded.value ? "Show the picture" : label}</button>`;
}
