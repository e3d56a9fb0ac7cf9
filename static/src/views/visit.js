// The pane of a workspace that came by a link. Its code comes with the link.

import { html, render } from "lit-html";
import { element } from "../dom.js";

/** @param {import("../model.js").Model} model @param {import("../model.js").Actions} actions @param {import("../share/mount.js").Visit} visit */
export function mountVisit(model, actions, visit) {
  const mounted = import("../share/mount.js").then((code) => code.mountVisit(model, actions, visit));
  mounted.catch(() => render(html`<p class="inside" role="alert">The steps could not be loaded. Load the page again.</p>`, element("lesson")));
  return { focus: () => mounted.then(({ focus }) => focus()), print: () => "" };
}
