// The dialog that makes a link: what is in it, how long it is, and the link to be copied.

import { html, nothing, render } from "lit-html";
import { make } from "../dom.js";
import { LINK_LIMIT, readLink, writeLink } from "./link.js";
import { count, stepList, told } from "./parts.js";
import { workspaceOf } from "./retraced.js";

/** @typedef {import("../model.js").Model} Model */
/** @typedef {import("../model.js").Actions} Actions */
/** @typedef {import("./workspace.js").Workspace} Workspace */
/** A workspace and its link; `problem`: why nobody could open it. @typedef {{ workspace: Workspace, link: string, problem: string }} Offer */
/** The files alone, and with what was run, or `why` there is no such; `unsaved` are those that are as the editor has them. @typedef {{ bare: Offer, whole: Offer | null, why: string, unsaved: string[] }} Offers */

const NOT_COPIED = "The browser does not let the page copy. The link is selected: copy it with the keyboard.";

/** @param {Model} model @param {Actions} actions @param {string} home */
export async function shareWorkspace(model, actions, home) {
  if (document.querySelector("dialog.sharing[open]")) return; // asked for twice
  const dialog = openDialog();
  const offers = await offersOf(model, actions);
  if (dialog.open) new Sharing(dialog, home, offers).choose(false);
}

/** It is there at once: what it tells has to be asked for. */
function openDialog() {
  const dialog = /** @type {HTMLDialogElement} */ (make("dialog", "sharing"));
  dialog.setAttribute("aria-labelledby", "sharing-title");
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  document.body.append(dialog);
  render(sheet(dialog, html`<p role="status">The link is being put together…</p>`), dialog);
  dialog.showModal();
  return dialog;
}

/** @param {HTMLDialogElement} dialog @param {unknown} content */
function sheet(dialog, content) {
  return html`<div class="sheet">
    <header><h2 id="sharing-title">Share as a link</h2><button class="button" @click=${() => dialog.close()}>Close</button></header>
    <div class="about">${content}</div>
  </div>`;
}

/** @param {Model} model @param {Actions} actions @returns {Promise<Offers>} */
async function offersOf(model, actions) {
  const retraced = await actions.retrace();
  const files = filesOf(model);
  const unsaved = [...files.keys()].filter((path) => model.documents.isUnsaved(path));
  const done = retraced?.kind === "retraced" ? workspaceOf(retraced) : null;
  const why = retraced?.kind === "refused" ? retraced.reason : retraced ? "Nothing was run since Python was fresh." : "There is no connection now.";
  const whole = done?.steps.length ? { files: done.files, steps: [...done.steps, ...unsaved.map((path) => ({ save: path, text: files.get(path) ?? "" }))] } : null;
  return { bare: await offerOf({ files, steps: [] }), whole: whole && (await offerOf(whole)), why, unsaved };
}

/** As the editor has them. @param {Model} model */
function filesOf({ documents }) {
  return new Map([...documents.files.value.keys()].map((path) => [path, documents.text(path)]));
}

/** @param {Workspace} workspace @returns {Promise<Offer>} */
async function offerOf(workspace) {
  const link = await writeLink(workspace);
  const problem = await readLink(link).then(() => "", ({ message }) => message);
  return { workspace, link, problem };
}

class Sharing {
  #withSteps = false;
  #copied = "";
  #problem = "";

  /** @param {HTMLDialogElement} dialog @param {string} home @param {Offers} offers */
  constructor(dialog, home, offers) {
    this.dialog = dialog;
    this.home = home;
    this.offers = offers;
  }

  /** @param {boolean} withSteps */
  async choose(withSteps) {
    this.#withSteps = withSteps;
    this.#copied = "";
    const problem = this.offer.link.length > LINK_LIMIT ? await this.advice() : this.offer.problem;
    if (this.#withSteps !== withSteps) return; // the other one was chosen meanwhile
    this.#problem = problem;
    const first = !this.dialog.querySelector(".choice");
    this.draw();
    if (first) /** @type {HTMLElement | null} */ (this.dialog.querySelector(".primary"))?.focus();
  }

  get offer() {
    const { bare, whole } = this.offers;
    return this.#withSteps && whole ? whole : bare;
  }

  get address() {
    return `${new URL(this.home, location.href).href}#${this.offer.link}`;
  }

  draw() {
    render(sheet(this.dialog, this.content()), this.dialog);
  }

  content() {
    const { workspace } = this.offer;
    const { whole, why, unsaved } = this.offers;
    return html`<p>Whoever opens it sees your code first and then runs it in a session of their own. What you change later does not reach them.</p>
      <label class="choice"><input type="checkbox" .checked=${this.#withSteps} ?disabled=${!whole} @change=${this.toggle}>
        <span><b>With what I ran</b><small>${whole ? this.about(whole) : why}</small></span></label>
      <details class="holds"><summary>It holds ${told(workspace)}</summary>
        <ul>${[...workspace.files.keys()].map((path) => html`<li><code>${path}</code></li>`)}</ul>
        ${workspace.steps.length ? stepList(workspace.steps, 0, -1) : nothing}</details>
      ${unsaved.length ? html`<p>${unsaved.join(", ")}: as in the editor, though not saved yet.</p>` : nothing}
      ${this.#problem ? html`<p class="error" role="alert">No link can hold this. ${this.#problem}</p>` : this.field()}`;
  }

  /** @param {Offer} whole */
  about({ workspace: { steps } }) {
    return `${count(steps.length, "step")} since Python was fresh: what you saved and ran, in that order. What you answered to input() stays out.`;
  }

  field() {
    const { length } = this.offer.link;
    return html`<div class="fields"><input aria-label="Link" readonly .value=${this.address} @focus=${select}>
        <button class="button primary" @click=${this.copy}>Copy link</button></div>
      <p class="weight"><meter min="0" max=${LINK_LIMIT} value=${length} aria-label="Length of the link"></meter>
        <span>${kilo(length)} of ${LINK_LIMIT / 1000} kB</span> <span role="status">${this.#copied}</span></p>`;
  }

  toggle = (/** @type {Event} */ { target }) => this.choose(/** @type {HTMLInputElement} */ (target).checked);

  copy = async () => {
    const { address } = this;
    const copied = await this.write();
    if (this.address !== address) return; // another link is shown meanwhile, which is not the one that was copied
    this.#copied = copied ? "Copied." : NOT_COPIED;
    this.draw();
  };

  /** The clipboard of a page that came by plain http is behind a command of old. */
  async write() {
    const field = /** @type {HTMLInputElement} */ (this.dialog.querySelector(".fields input"));
    try {
      await navigator.clipboard.writeText(this.address);
      return true;
    } catch {
      field.select();
      return document.execCommand("copy");
    }
  }

  /** What to leave out. */
  async advice() {
    const { link, workspace } = this.offer;
    const long = `It would have ${kilo(link.length)} kB, and at most ${LINK_LIMIT / 1000} can be opened.`;
    const { bare } = this.offers;
    if (workspace.steps.length && bare.link.length <= LINK_LIMIT) return `${long} Leave out what you ran: then it has ${kilo(bare.link.length)} kB.`;
    const [path, length] = await largest(workspace);
    return `${long} The largest file is ${path}, with ${kilo(length)} kB of it: delete or shorten it first.`;
  }
}

/** The longest file, and how long a link of it alone is. @param {Workspace} workspace @returns {Promise<[string, number]>} */
async function largest({ files, steps }) {
  const saved = steps.flatMap((step) => ("save" in step ? [/** @type {[string, string]} */ ([step.save, step.text])] : []));
  const [path, text] = [...files, ...saved].reduce((one, other) => (other[1].length > one[1].length ? other : one), ["", ""]);
  return [path, (await writeLink({ files: new Map([[path, text]]), steps: [] })).length];
}

/** @param {number} characters */
function kilo(characters) {
  return (characters / 1000).toFixed(1);
}

/** @param {Event} event */
function select({ target }) {
  /** @type {HTMLInputElement} */ (target).select();
}
