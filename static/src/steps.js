// What the console has of the picture: a button at each input that leads to its picture, and a line that says what an
// entry did to memory.

import { html, render } from "lit-html";
import { make } from "./dom.js";
import { written } from "./picture/badge.js";
import { toldOf } from "./picture/told.js";
import { stepNow, stepsOf } from "./picture/travel.js";

/** @typedef {import("./store.js").Item} Item */
/** @typedef {import("./picture/history.js").Pictures} Pictures */
/** @typedef {Iterable<{ item: Item, node: HTMLElement }>} Drawn */

export class Steps {
  /** @type {WeakMap<HTMLElement, HTMLElement>} */
  #buttons = new WeakMap();
  /** @type {Map<number, HTMLElement>} by run */
  #lines = new Map();

  /** @param {(seq: number) => void} travel @param {(seq: number) => void} explain  there, why something is old */
  constructor(travel, explain) {
    this.travel = travel;
    this.explain = explain;
  }

  /** @param {Drawn} drawn  in the order of the log @param {Pictures} pictures */
  update(drawn, pictures) {
    const numbers = new Map(stepsOf(pictures).map(({ seq }, at) => [seq, at + 1]));
    const now = stepNow(pictures)?.seq ?? 0;
    /** @type {Map<number, HTMLElement>} where the output of each run ends */
    const ends = new Map();
    for (const { item, node } of drawn) {
      if ("seq" in item) this.#mark(node, item.seq, numbers.get(item.seq) ?? 0, item.seq === now);
      if ("run" in item && item.run) ends.set(item.run, node);
    }
    this.#tell(ends, toldOf(pictures));
  }

  /** @param {HTMLElement} node @param {number} seq @param {number} number @param {boolean} shown */
  #mark(node, seq, number, shown) {
    const button = this.#buttons.get(node) ?? this.#add(node);
    button.hidden = !number;
    if (button.textContent !== String(number)) {
      button.textContent = String(number);
      button.setAttribute("aria-label", `Show memory after step ${number}`);
      button.title = `Show memory after step ${number}`;
      button.onclick = () => this.travel(seq);
    }
    if (shown) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
  }

  /** @param {HTMLElement} node */
  #add(node) {
    const button = make("button", "step");
    node.append(button);
    this.#buttons.set(node, button);
    return button;
  }

  /** @param {import("./picture/told.js").Told} told */
  #words({ line, seq, old }) {
    const why = old ? html` <button class="link" @click=${() => this.explain(seq)}>Why?</button>` : "";
    return [make("span", "term", "What happened"), " ", written(line), why];
  }

  /** @param {Map<number, HTMLElement>} ends @param {ReturnType<typeof toldOf>} told */
  #tell(ends, told) {
    for (const [run, line] of this.#lines) {
      if (ends.has(run) && told.has(run)) continue;
      line.remove();
      this.#lines.delete(run);
    }
    for (const [run, words] of told) {
      const end = ends.get(run);
      if (!end) continue;
      const line = this.#lines.get(run) ?? make("p", "happened");
      if (!this.#lines.has(run)) render(this.#words(words), line);
      this.#lines.set(run, line);
      if (end.nextSibling !== line) end.after(line);
    }
  }
}
