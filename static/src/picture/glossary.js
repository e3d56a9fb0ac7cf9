// What the marks, the lines and the words of the picture mean: a dialog, fetched when it is asked for.

import { html, render, svg } from "lit-html";
import { badge } from "./badge.js";
import { ORDER, STATES } from "./states.js";

/** @typedef {import("./states.js").State} State */

/** @type {[string, State, boolean, string][]} */
const LINES = [
  ["Solid line", "same", false, "A name, or a part of an object, refers to what the arrow points at."],
  ["Dashed line", "stale", false, "The same, and what it points at is stale."],
  ["Short dashes", "leftover", false, "The same, from a leftover name."],
  [
    "Dotted grey line",
    "same",
    true,
    "From a function’s __globals__ to the module in which it looks up names each time it runs. So old code can see new values.",
  ],
];

/** @type {[string, string][]} */
const WORDS = [
  ["load 2", "The second time that a file’s code ran in this Python, by import or by reload. A load that failed counts."],
  ["load 1 of 2", "Made by the first load, of two so far."],
  ["Code", "The load whose source the function runs. It never changes."],
  ["Globals", "The module whose names the function sees. “live”: it is the one that import gives."],
  ["Kept alive by", "What still refers to an object. Python drops an object once nothing does."],
  ["sys.modules", "The modules that are imported. import looks here first, and runs a file only once."],
  ["__main__", "The names that you made in the console."],
  ["dunder names", "Names such as __name__, which Python itself puts into every module. They are left out."],
  ["source", "The text of a file, as it was when a load ran it."],
];

/** @param {HTMLElement} host  the pane, which keeps the dialog */
export function showGlossary(host) {
  const known = host.querySelector("dialog");
  const dialog = known ?? host.appendChild(document.createElement("dialog"));
  if (!known) {
    dialog.className = "glossary";
    dialog.setAttribute("aria-labelledby", "glossary-title");
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    render(content(() => dialog.close()), dialog);
  }
  dialog.showModal();
}

/** @param {() => void} close */
function content(close) {
  return html`<div class="sheet">
    <header>
      <h2 id="glossary-title">How to read the picture</h2>
      <button class="button" autofocus @click=${close}>Close</button>
    </header>
    <div class="groups">
      <section>
        <h3>Marks</h3>
        <dl>${ORDER.map((state) => entry(badge(state), `${capital(STATES[state].means)}.`))}</dl>
      </section>
      <section class="lines">
        <h3>Lines</h3>
        <dl>${LINES.map(([word, state, back, means]) => entry([line(state, back), word], means))}</dl>
      </section>
      <section class="words">
        <h3>Words</h3>
        <dl>${WORDS.map(([word, means]) => entry(word, means))}</dl>
      </section>
    </div>
  </div>`;
}

/** @param {unknown} term @param {string} means */
function entry(term, means) {
  return html`<div>
    <dt>${term}</dt>
    <dd>${means}</dd>
  </div>`;
}

/** @param {State} state @param {boolean} back */
function line(state, back) {
  return html`<svg class="sample" viewBox="0 0 44 10" aria-hidden="true">
    ${svg`<path class="wire s-${state} ${back ? "back" : ""}" d="M1 5H36" /><path class="head s-${back ? "same" : state}" d="M35 1L43 5L35 9L37 5Z" />`}
  </svg>`;
}

/** @param {string} text */
function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}
