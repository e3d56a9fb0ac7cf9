// What a link shows before anything begins: its code and its steps, in a dialog over an empty page. No session, no
// file and no Python comes of it before that is asked for.

import { html, nothing, render } from "lit-html";
import { make } from "../dom.js";
import { noteVisit, recall } from "../kept.js";
import { readLink } from "./link.js";
import { count, source, stepList, told } from "./parts.js";
import { LinkProblem } from "./problem.js";

/** @typedef {import("./workspace.js").Workspace} Workspace */
/** @typedef {{ link: string, key: string, prefix: string, home: string }} Address  `home` is where the learner's own workspace is */

/**
 * The link's workspace, once somebody wants it; one that was opened here before is gone on with.
 *
 * @param {Address} address
 * @returns {Promise<Workspace>}
 */
export function arrive(address) {
  return new Promise((resolve) => {
    const dialog = /** @type {HTMLDialogElement} */ (make("dialog", "arrival"));
    dialog.setAttribute("aria-labelledby", "arrival-title");
    dialog.addEventListener("cancel", (event) => leave(event, address.home));
    document.body.append(dialog);
    const begin = (/** @type {Workspace} */ workspace) => {
      noteVisit(address.prefix, address.key);
      dialog.remove();
      resolve(workspace);
    };
    const show = (/** @type {unknown} */ content) => {
      render(content, dialog);
      dialog.showModal();
    };
    readLink(address.link).then(
      (workspace) => (recall(address.key).token ? begin(workspace) : show(offer(workspace, address.home, () => begin(workspace)))),
      (problem) => show(refusal(problem, address.home)),
    );
  });
}

/** Whoever does not want it goes to her own workspace. @param {Event} event @param {string} home */
function leave(event, home) {
  event.preventDefault();
  location.assign(home);
}

/** @param {Workspace} workspace @param {string} home @param {() => void} open */
function offer(workspace, home, open) {
  const { files, steps } = workspace;
  const entries = [...files];
  return html`<div class="sheet">
    <header><h2 id="arrival-title">A shared workspace</h2><a class="button" href=${home}>Close</a></header>
    <div class="about">
      <p>Somebody shares ${told(workspace)} with you. Have a look: nothing has run yet.</p>
      <section><h3>${steps.length ? "Files at the beginning" : "Files"}</h3>
        ${entries.length ? entries.map(([path, text], index) => source(path, text, index < 3)) : html`<p>None.</p>`}</section>
      ${steps.length ? html`<section><h3>What was done, in order</h3>${stepList(steps, 0, -1)}</section>` : nothing}
    </div>
    <footer><p>It opens in a session of its own: your own files and your own Python stay as they are.</p>
      <button class="button primary" @click=${open} autofocus>${steps.length ? `Open, and go through ${count(steps.length, "step")}` : "Open"}</button></footer>
  </div>`;
}

/** @param {unknown} problem @param {string} home */
function refusal(problem, home) {
  const known = problem instanceof LinkProblem;
  if (!known) reportError(problem);
  return html`<div class="question">
    <h2 id="arrival-title">This link cannot be opened.</h2>
    <p>${known ? problem.message : "Something went wrong in this page."} Nothing of it was run or saved.</p>
    <div class="acts"><a class="button primary" href=${home} autofocus>Go to your own workspace</a></div>
  </div>`;
}
