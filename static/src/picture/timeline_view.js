// The slider through the pictures: a step for each entry and save.

import { html } from "lit-html";
import { longLabel, shortLabel } from "./history.js";

/** @typedef {import("./history.js").Step} Step */

const LABEL = 62;

/** @param {Step[]} steps @param {Step} now @param {string} says  the picture in a few words @param {number} width @param {(seq: number) => void} travel */
export function timelineTemplate(steps, now, says, width, travel) {
  const at = steps.indexOf(now);
  const go = (/** @type {number} */ to) => steps[to] && travel(steps[to].seq);
  const text = `Step ${at + 1} of ${steps.length}: ${longLabel(now).text}${says ? `. ${says}` : ""}`;
  return html`
    <button class="button square ghost" aria-label="One step back" ?disabled=${at <= 0} @click=${() => go(at - 1)}>
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M10 3.5L5.5 8l4.5 4.5" /></svg>
    </button>
    <div class="track">
      <input type="range" min="0" step="1" aria-label="Time travel" aria-valuetext=${text}
        .max=${String(Math.max(steps.length - 1, 0))} .value=${String(at)} ?disabled=${steps.length < 2}
        @input=${(/** @type {Event} */ event) => go(Number(/** @type {HTMLInputElement} */ (event.target).value))} />
      <ol aria-hidden="true">
        ${labelled(steps.length, at, Math.max(2, Math.floor(width / LABEL))).map(
          (step) => html`<li class=${step === at ? "on" : ""} data-at=${step} @click=${() => go(step)}>${shortLabel(steps[step])}</li>`,
        )}
      </ol>
    </div>
    <button class="button square ghost" aria-label="One step forward" ?disabled=${at >= steps.length - 1} @click=${() => go(at + 1)}>
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M6 3.5L10.5 8 6 12.5" /></svg>
    </button>
    <span class="count">${at + 1} / ${steps.length}</span>`;
}

/**
 * The steps that have room for a label: the one looked at, and as many others as keep their distance.
 *
 * @param {number} count
 * @param {number} at
 * @param {number} most
 */
export function labelled(count, at, most) {
  const stride = Math.max(1, Math.ceil((count - 1) / Math.max(1, most - 1)));
  const steps = Array.from({ length: count }, (_, step) => step);
  return steps.filter((step) => step === at || ((step - at) % stride === 0));
}

/** Labels stand where their step is on the track. @param {HTMLElement} root @param {number} count */
export function placeLabels(root, count) {
  for (const label of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(".track li"))) {
    const at = Number(label.dataset.at);
    label.style.left = `${count > 1 ? (100 * at) / (count - 1) : 0}%`;
    label.style.transform = at === 0 ? "translateX(-9px)" : at === count - 1 ? "translateX(calc(-100% + 9px))" : "translateX(-50%)";
  }
}
