// The slider through the pictures: a step for each entry and save.

import { html, render } from "lit-html";
import { longLabel, shortLabel } from "./labels.js";

/** @typedef {import("./history.js").Step} Step */
/** A label, and where it begins on the track. @typedef {{step: number, from: number}} Label */

/** Pixels: of a letter, between two labels, by which one gives way to another, by which they reach over the track's ends. */
const LETTER = 7;
const APART = 10;
const NUDGE = 8;
const BEYOND = 9;
/** Steps that loaded modules or wrote files are named first, as they are what one travels to. */
const TELLING = new Set(["import", "from", "reload", "save", "restart"]);

export class Timeline {
  /** @param {HTMLElement} root @param {(seq: number) => void} travel */
  constructor(root, travel) {
    this.root = root;
    this.travel = travel;
    /** @type {{steps: Step[], at: number, says: string}} */
    this.shown = { steps: [], at: 0, says: "" };
    /** Of the track, once it is seen. */
    this.width = 0;
    this.resize = new ResizeObserver(([{ contentRect }]) => {
      this.width = contentRect.width;
      this.#draw();
    });
  }

  /** @param {Step[]} steps @param {Step} now @param {string} says  the picture in a few words */
  show(steps, now, says) {
    const isFirst = this.shown.steps.length === 0;
    this.shown = { steps, at: steps.indexOf(now), says };
    this.#draw();
    if (isFirst) this.resize.observe(/** @type {Element} */ (this.root.querySelector("ol")));
  }

  close() {
    this.resize.disconnect();
  }

  #draw() {
    render(this.#template(), this.root);
  }

  #template() {
    const { steps, at, says } = this.shown;
    const go = (/** @type {number} */ to) => steps[to] && this.travel(steps[to].seq);
    const text = `Step ${at + 1} of ${steps.length}: ${longLabel(steps[at]).text}${says ? `. ${says}` : ""}`;
    return html`<p class="term" aria-hidden="true">Time travel</p>
      <button class="button square ghost" aria-label="One step back" ?disabled=${at <= 0} @click=${() => go(at - 1)}>
        <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M10 3.5L5.5 8l4.5 4.5" /></svg>
      </button>
      <div class="track">
        <input
          type="range"
          min="0"
          step="1"
          aria-label="Time travel"
          aria-valuetext=${text}
          .max=${String(steps.length - 1)}
          .value=${String(at)}
          ?disabled=${steps.length < 2}
          @input=${(/** @type {Event} */ event) => go(Number(/** @type {HTMLInputElement} */ (event.target).value))}
        />
        <ol aria-hidden="true">
          ${labelled(steps.map(shortLabel), at, this.width).map(
            ({ step, from }) =>
              html`<li class=${step === at ? "on" : ""} .style=${`left: ${from}px`} @click=${() => go(step)}>${shortLabel(steps[step])}</li>`,
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
}

/**
 * The labels that have room, in the order of time: that of the step looked at, of those that tell most, then of the others.
 *
 * @param {string[]} labels
 * @param {number} at
 * @param {number} width  of the track
 * @returns {Label[]}
 */
export function labelled(labels, at, width) {
  const tells = (/** @type {number} */ step) => Number(TELLING.has(labels[step]));
  const others = [...labels.keys()].filter((step) => step !== at).sort((one, other) => tells(other) - tells(one));
  /** @type {(Label & {to: number})[]} */
  const placed = [];
  for (const step of [at, ...others]) {
    const long = labels[step].length * LETTER;
    const middle = labels.length > 1 ? (width * step) / (labels.length - 1) : 0;
    const best = Math.max(-BEYOND, Math.min(middle - long / 2, width + BEYOND - long));
    const least = Math.max(-BEYOND, ...placed.filter((one) => one.step < step).map(({ to }) => to + APART));
    const most = Math.min(width + BEYOND, ...placed.filter((one) => one.step > step).map(({ from }) => from - APART)) - long;
    const from = Math.max(least, Math.min(best, most));
    if (step === at || (from <= most && Math.abs(from - best) <= NUDGE)) placed.push({ step, from, to: from + long });
  }
  return placed.map(({ step, from }) => ({ step, from })).sort((one, other) => one.step - other.step);
}
