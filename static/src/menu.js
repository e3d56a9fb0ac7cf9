// A button that opens a small menu under itself.

import { html } from "lit-html";
import { icon } from "./dom.js";

/**
 * @typedef {object} Menu
 * @property {string} id
 * @property {string} label  what the button is called
 * @property {string} title
 * @property {string} look  further classes of the button
 * @property {string} [word]  that stands beside the picture on a wide page
 * @property {Parameters<typeof icon>[0]} picture
 * @property {boolean} disabled
 * @property {[string, () => void][]} items
 */

/** @param {Menu} menu */
export function menuTemplate({ id, label, title, look, word = "", picture, disabled, items }) {
  return html`<button class="button ghost ${word ? "worded" : "square"} ${look}" popovertarget=${id} aria-label=${label} title=${title} ?disabled=${disabled}>${icon(picture)}${word ? html`<span class="wide">${word}</span>` : ""}</button>
    <div id=${id} class="menu" popover @click=${close} @beforetoggle=${place}>
      ${items.map(([says, act]) => html`<button class="button ghost" @click=${act}>${says}</button>`)}
    </div>`;
}

/** Under its button, at the right end. @param {ToggleEvent} event */
function place(event) {
  const menu = /** @type {HTMLElement} */ (event.currentTarget);
  const button = menu.previousElementSibling?.getBoundingClientRect();
  if (!button) return;
  menu.style.top = `${button.bottom + 4}px`;
  menu.style.right = `${document.documentElement.clientWidth - button.right}px`;
}

/** @param {MouseEvent} event */
function close(event) {
  /** @type {HTMLElement} */ (event.currentTarget).hidePopover();
}
