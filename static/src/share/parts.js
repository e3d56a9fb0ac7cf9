// What the look at a link, its pane and the dialog of sharing have in common: texts of somebody else's, as text.

import { html } from "lit-html";
import { icon } from "../dom.js";
import { visible } from "./visible.js";

/** @typedef {import("./workspace.js").Step} Step */

/** @param {string} text */
export function seen(text) {
  return visible(text).map((piece) => (piece.hidden ? html`<mark title="A character that cannot be seen">${piece.text}</mark>` : piece.text));
}

/** A file to be unfolded. @param {string} title @param {string} text @param {boolean} open */
export function source(title, text, open) {
  const lines = text ? text.replace(/\n$/, "").split("\n").length : 0;
  return html`<details class="source-of" ?open=${open}><summary><code>${seen(title)}</code> <small>${lines ? count(lines, "line") : "empty"}</small></summary>
    <pre tabindex="0" role="region" aria-label=${title}><code>${seen(text)}</code></pre></details>`;
}

/** @param {Step} step */
export function stepBody(step) {
  if ("save" in step) return source(`save ${step.save}`, step.text, false);
  if ("delete" in step) return html`<code>${seen(`delete ${step.delete}`)}</code>`;
  const [first, ...rest] = step.run.replace(/\n+$/, "").split("\n");
  return html`<pre class="entry"><code><span class="ps">&gt;&gt;&gt; </span>${seen(first)}${rest.map((line) => html`
<span class="ps">... </span>${seen(line)}`)}</code></pre>`;
}

/**
 * The steps as a list; `at` have begun, `now` is the one that stands out.
 * @param {readonly Step[]} steps @param {number} at @param {number} now
 */
export function stepList(steps, at, now) {
  return html`<ol class="deeds">${steps.map((step, index) => html`<li class=${index === now ? "now" : ""} aria-current=${index === now ? "step" : "false"}>
    ${index < at && index !== now ? html`${icon("check")}<span class="sr">done: </span>` : html`<i aria-hidden="true">${index + 1}</i>`}<div>${stepBody(step)}</div></li>`)}</ol>`;
}

/** @param {number} number @param {string} what */
export function count(number, what) {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

/** What there is, in numbers. @param {import("./workspace.js").Workspace} workspace */
export function told({ files, steps }) {
  const runs = steps.filter((step) => "run" in step).length;
  const parts = [count(files.size, "file")];
  if (runs) parts.push(`${runs} ${runs === 1 ? "entry" : "entries"}`);
  if (steps.length > runs) parts.push(count(steps.length - runs, "change"));
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : parts[0];
}
