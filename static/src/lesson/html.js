// The one place where HTML reaches the page: the texts of lesson files, which the server has rendered and cleaned.
// Nothing that a learner types or prints comes through here.

import { html } from "lit-html";
import { unsafeHTML } from "lit-html/directives/unsafe-html.js";

/** A few words, such as what a check says. @param {import("./types.d.ts").Html} clean */
export function words(clean) {
  return unsafeHTML(clean);
}

/** Paragraphs. @param {import("./types.d.ts").Html} clean @param {string} [className] */
export function prose(clean, className = "") {
  return html`<div class="prose ${className}">${unsafeHTML(clean)}</div>`;
}
