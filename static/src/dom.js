// Small things every view needs of the DOM.

import { effect } from "@preact/signals-core";
import { html, svg } from "lit-html";

/** @param {string} id @returns {HTMLElement} */
export function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * Draws now, and once per animation frame after anything that `draw` has read has changed.
 *
 * @param {() => void} draw
 */
export function paint(draw) {
  let dispose = () => {};
  const run = () => {
    dispose();
    let drawn = false;
    dispose = effect(() => {
      if (drawn) requestAnimationFrame(run); // reads nothing, so it is called once only
      else draw();
      drawn = true;
    });
  };
  run();
}

/** @param {string} tag @param {string} className @param {string} [text] @returns {HTMLElement} */
export function make(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** The keyboard's own name for the key that Ctrl is elsewhere. */
export const MODIFIER = /Mac|iP(hone|ad)/.test(navigator.platform) ? "⌘" : "Ctrl";

const PATHS = {
  check: svg`<path d="M3.5 8.5l3 3 6-7"/>`,
  plus: svg`<path d="M8 3.5v9M3.5 8h9"/>`,
  more: svg`<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" stroke-width="2.4"/>`,
  pencil: svg`<path d="M10.5 3.5l2 2-7 7-2.7.7.7-2.7z"/>`,
  again: svg`<path d="M12.6 6A5 5 0 1 0 13 8.6M13 3v3h-3"/>`,
  alert: svg`<path d="M8 2.8l6 10.4H2zM8 6.6v3M8 11.4v.01"/>`,
  clock: svg`<circle cx="8" cy="8" r="5.5"/><path d="M8 5v3.2l2 1.3"/>`,
  stop: svg`<rect x="4.5" y="4.5" width="7" height="7" rx="1" fill="currentColor" stroke="none"/>`,
  tabs: svg`<rect x="2.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M5.5 2.5H12A1.5 1.5 0 0 1 13.5 4v6.5"/>`,
  lock: svg`<rect x="3.5" y="7" width="9" height="6.5" rx="1.2"/><path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2"/>`,
  share: svg`<path d="M8 9.5v-7M5.5 5L8 2.5 10.5 5M4.5 7.5h-1v6h9v-6h-1"/>`,
  plug: svg`<path d="M3 3l10 10M6.2 2.5v3M9.8 2.5v3M4.5 5.5h7V8a3.5 3.5 0 0 1-5.6 2.8M8 11.5v2"/>`,
};

/** @param {keyof typeof PATHS} name */
export function icon(name) {
  return html`<svg viewBox="0 0 16 16" aria-hidden="true">${PATHS[name]}</svg>`;
}
