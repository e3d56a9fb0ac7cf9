// The lesson pane. Its code comes by itself once the page works: the first load stays light.

import { html, render } from "lit-html";
import { element } from "../dom.js";

/** @typedef {import("../model.js").Model} Model */
/** @typedef {import("../model.js").Actions} Actions */
/** What the server says of lessons. @typedef {{ lessons: string, lesson: string, watch: boolean }} Page */

/** @param {Model} model @param {Actions} actions @param {Page} page @param {(draft: import("../protocol.d.ts").Draft) => void} send */
export function mountLesson(model, actions, { lessons, lesson, watch }, send) {
  const host = element("lesson");
  const place = { host, crumbs: element("crumbs"), folder: lessons, lesson, preview: watch ? lesson : "", send };
  const mounted = import("../lesson/mount.js").then((code) => code.mountLesson(model, actions, place));
  let print = () => /** @type {unknown} */ ("");
  mounted.then((pane) => (print = pane.print)).catch(() => render(html`<p class="inside" role="alert">The lessons could not be loaded. Load the page again.</p>`, host));
  return { focus: () => mounted.then(({ focus }) => focus()), print: () => print() };
}
