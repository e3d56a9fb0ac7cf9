// The slider through the pictures: a step for each entry and save.

import { html } from "lit-html";
import { longLabel, shortLabel } from "./labels.js";

/** @typedef {import("./history.js").Step} Step */

/** Pixels. */
const LETTER = 7;
const APART = 10;

/**
 * @param {Step[]} steps
 * @param {Step} now
 * @param {string} says  the picture in a few words
 * @param {number} width
 * @param {(seq: number) => void} travel
 */
export function timelineTemplate(steps, now, says, width, travel) {
  const at = steps.indexOf(now);
  const go = (/** @type {number} */ to) => steps[to] && travel(steps[to].seq);
  const text = `Step ${at + 1} of ${steps.length}: ${longLabel(now).text}${says ? `. ${says}` : ""}`;
  return html`<p class="term" aria-hidden="true">Time travel</p>
    <button
      class="button square ghost"
      aria-label="One step back"
      ?disabled=${at <= 0}
      @click=${() => go(at - 1)}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M10 3.5L5.5 8l4.5 4.5" /></svg>
    </button>
    <div class="track">
      <input
        type="range"
        min="0"
        step="1"
        aria-label="Time travel"
        aria-valuetext=${text}
        .max=${String(Math.max(steps.length - 1, 0))}
        .value=${String(at)}
        ?disabled=${steps.length < 2}
        @input=${(/** @type {Event} */ event) => go(Number(/** @type {HTMLInputElement} */ (event.target).value))}
      />
      <ol aria-hidden="true">
        ${labelled(steps.map(shortLabel), at, width).map(
          (step) =>
            html`<li class=${step === at ? "on" : ""} data-at=${step} @click=${() => go(step)}>
              ${shortLabel(steps[step])}
            </li>`,
        )}
      </ol>
    </div>
    <button
      class="button square ghost"
      aria-label="One step forward"
      ?disabled=${at >= steps.length - 1}
      @click=${() => go(at + 1)}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M6 3.5L10.5 8 6 12.5" /></svg>
    </button>
    <span class="count">step ${at + 1} of ${steps.length}</span>`;
}

/**
 * The steps whose labels have room: the one looked at, then the others in the order of time.
 *
 * @param {string[]} labels
 * @param {number} at
 * @param {number} width  of the track
 */
export function labelled(labels, at, width) {
  /** @type {{step: number, from: number, to: number}[]} */
  const placed = [];
  for (const step of [at, ...labels.keys()]) {
    const long = labels[step].length * LETTER;
    const middle = labels.length > 1 ? (width * step) / (labels.length - 1) : 0;
    const from = Math.min(Math.max(middle - long / 2, 0), width - long);
    const free = placed.every((one) => one.to + APART <= from || from + long + APART <= one.from);
    if (free) placed.push({ step, from, to: from + long });
  }
  return placed.map(({ step }) => step).sort((a, b) => a - b);
}

/** Labels stand where their step is on the track. @param {HTMLElement} root @param {number} count */
export function placeLabels(root, count) {
  for (const label of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(".track li"))) {
    const at = Number(label.dataset.at);
    label.style.left = `${count > 1 ? (100 * at) / (count - 1) : 0}%`;
    label.style.transform =
      at === 0 ? "translateX(-9px)" : at === count - 1 ? "translateX(calc(-100% + 9px))" : "translateX(-50%)";
  }
}
