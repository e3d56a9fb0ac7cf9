// The tabs at the bottom of a phone: one pane at a time.

import { effect } from "@preact/signals-core";
import { html, render } from "lit-html";
import { element, paint } from "../dom.js";
import { PANES } from "../arrange.js";

/** @param {import("../model.js").Model} model @param {import("../model.js").Actions} actions @param {string} first  what the first pane is called, "" for a lesson */
export function mountPanes({ pane, unread }, actions, first) {
  effect(() => {
    document.body.dataset.pane = pane.value; // at once: what is hidden cannot be given the focus
  });
  paint(() => {
    render(PANES.map(({ name, label }, index) => html`<button aria-pressed=${String(name === pane.value)} @click=${() => actions.showPane(name)}>
      ${(!index && first) || label}${unread.value.has(name) ? html`<i class="unread"></i><span class="sr">, news</span>` : ""}</button>`), element("panes"));
  });
}
