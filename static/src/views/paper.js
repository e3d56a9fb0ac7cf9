// The page on paper: the lesson that is open, else the files, the console, and what is in memory, in words.

import { html, nothing, render } from "lit-html";
import { element, make } from "../dom.js";

/** @typedef {import("../model.js").Model} Model */
/** What a pane has for it, "" for nothing. @typedef {() => unknown} Print */

/** @param {Model} model @param {{ lesson: Print, memory: Print }} panes */
export function mountPaper(model, { lesson, memory }) {
  const paper = make("div", "paper");
  document.body.append(paper);
  addEventListener("beforeprint", () => render(lesson() || workspace(model, memory), paper));
  addEventListener("afterprint", () => render("", paper));
}

/** @param {Model} model @param {Print} memory */
function workspace({ state, documents }, memory) {
  const log = /** @type {HTMLElement} */ (element("log").querySelector(".items")).cloneNode(true);
  return html`<h1>Reload Sandbox</h1><p>Python ${state.peek().python}</p>
    ${[...documents.files.peek().keys()].map((path) => html`<section><h2>${path}${documents.isUnsaved(path) ? " (not saved)" : ""}</h2><pre>${documents.text(path)}</pre></section>`)}
    ${log.hasChildNodes() ? html`<section><h2>Console</h2><div class="log">${log}</div></section>` : nothing}
    ${memory()}`;
}
