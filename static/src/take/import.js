// The dialog that imports a zip: choose it, see what it would do, have it done. Loaded when it is asked for.

import { html, render } from "lit-html";
import { make } from "../dom.js";
import { isSettingUp } from "../store.js";
import { planImport } from "./plan.js";
import { Refusal } from "./refusal.js";
import { readZip } from "./unzip.js";

/** @typedef {import("../model.js").Model} Model */
/** @typedef {import("../model.js").Actions} Actions */
/** @typedef {import("./plan.js").Plan} Plan */
/** @typedef {(draft: import("../protocol.d.ts").Draft) => void} Send */
/** Files as they were, by path. @typedef {{ texts: Map<string, string>, saved: ReadonlyMap<string, string> }} Here */
/** What the dialog shows; the plan is for the files as they were `here`. @typedef {{ name: string, problem: string, plan: Plan | null, here: Here | null, reading: boolean, again: boolean }} Shown */

/** @type {Shown} */
const NOTHING = { name: "", problem: "", plan: null, here: null, reading: false, again: false };
const BEING_SET_UP = "This step is still being set up. Import when that is done.";

/** @param {Model} model @param {Actions} actions @param {Send} send */
export function importFiles(model, actions, send) {
  if (document.querySelector("dialog.import[open]")) return; // asked for twice
  const dialog = /** @type {HTMLDialogElement} */ (make("dialog", "import"));
  dialog.setAttribute("aria-labelledby", "import-title");
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("dragover", (event) => event.preventDefault());
  dialog.addEventListener("drop", (event) => drop(event, take));
  document.body.append(dialog);
  /** @param {Shown} shown */
  const draw = (shown) => render(content(shown, { take, close: () => dialog.close(), agree: () => agree(shown) }), dialog);
  /** @type {File | null} */
  let newest = null;
  /** @param {File} file @param {boolean} [again]  as the files have changed */
  async function take(file, again = false) {
    newest = file;
    draw({ ...NOTHING, name: file.name, reading: true });
    const judged = await judge(model, file);
    if (file !== newest) return; // another one was offered meanwhile
    draw({ ...NOTHING, name: file.name, again, ...judged });
    /** @type {HTMLElement | null} */ (dialog.querySelector(".primary"))?.focus();
  }
  /** What was agreed to is done, and nothing else: code may have written files since. @param {Shown} shown */
  function agree({ plan, here }) {
    if (!plan || !here || !newest) return;
    if (isSettingUp(model.state.value) || !isSame(here, filesOf(model))) return void take(newest, true);
    dialog.close();
    carryOut(plan, model, actions, send);
  }
  draw(NOTHING);
  dialog.showModal();
}

/** @param {DragEvent} event @param {(file: File) => void} take */
function drop(event, take) {
  event.preventDefault();
  const file = event.dataTransfer?.files[0];
  if (file) take(file);
}

/** @param {Model} model @returns {Here} */
function filesOf({ documents }) {
  const saved = documents.files.value;
  return { saved, texts: new Map([...saved.keys()].map((path) => [path, documents.text(path)])) };
}

/** @param {Here} one @param {Here} other */
function isSame(one, other) {
  return one.texts.size === other.texts.size && [...one.texts].every(([path, text]) => other.texts.get(path) === text);
}

/** @param {Model} model @param {File} file @returns {Promise<Partial<Shown>>} */
async function judge(model, file) {
  const { state } = model;
  try {
    const packed = await readZip(file);
    if (isSettingUp(state.value)) return { problem: BEING_SET_UP };
    const here = filesOf(model);
    return { here, plan: await planImport(packed, { ...here, limits: state.value.limits }) };
  } catch (error) {
    if (error instanceof Refusal) return { problem: error.message };
    if (error instanceof DOMException) return { problem: "The browser cannot read it." };
    throw error;
  }
}

/** Every file by an input of its own, like one that was typed. @param {Plan} plan @param {Model} model @param {Actions} actions @param {Send} send */
function carryOut({ adds, replaces }, { documents }, actions, send) {
  const files = [...replaces, ...adds];
  for (const { path, text } of files) {
    documents.edit(path, text); // in the history of the file's editor, from which Undo brings the old text back
    send({ kind: "save", path, text });
  }
  actions.openFile((files.find(({ path }) => path.endsWith(".py")) ?? files[0]).path);
  actions.showPane("code");
  actions.focusEditor();
}

/** @param {Shown} shown @param {{ take: (file: File) => void, close: () => void, agree: () => void }} does */
function content({ name, problem, plan, reading, again }, does) {
  const count = plan ? plan.adds.length + plan.replaces.length : 0;
  return html`<div class="question">
    <h2 id="import-title">Import a zip</h2>
    <p>One that was exported here, or one of your own with Python files. You see what it brings before anything changes.</p>
    <div role="status">
      ${reading ? html`<p>Reading <b>${name}</b>…</p>` : ""}
      ${problem ? html`<p class="wrong"><b>${name}</b> is not imported. ${problem}</p>` : ""}
      ${plan && again ? html`<p>Your files have changed since. This is what it would do now:</p>` : ""}
      ${plan ? planTemplate(name, plan, count) : ""}
    </div>
    <div class="acts">
      <button class="button" @click=${does.close}>Cancel</button>
      ${chooser(does.take, Boolean(name))}
      ${count ? html`<button class="button primary" @click=${does.agree}>Import ${files(count)}</button>` : ""}
    </div></div>`;
}

/** @param {(file: File) => void} take @param {boolean} again */
function chooser(take, again) {
  return html`<input type="file" accept=".zip,application/zip" aria-label="Zip to import" tabindex="-1" hidden @change=${chosen}>
    <button class="button ${again ? "" : "primary"}" autofocus @click=${browse}>${again ? "Another zip…" : "Choose a zip…"}</button>`;
  /** @param {MouseEvent} event */
  function browse(event) {
    /** @type {HTMLInputElement} */ (/** @type {HTMLElement} */ (event.currentTarget).previousElementSibling).click();
  }
  /** @param {Event} event */
  function chosen(event) {
    const field = /** @type {HTMLInputElement} */ (event.currentTarget);
    if (field.files?.[0]) take(field.files[0]);
    field.value = ""; // the same one may be chosen again, once it is mended
  }
}

/** @param {string} name @param {Plan} plan @param {number} count */
function planTemplate(name, { folder, adds, replaces, same, stays, leftOut }, count) {
  return html`<p><b>${name}</b> ${count ? html`brings ${files(count)}.` : "brings nothing that is not here already."}
      ${folder ? html`Its folder <code>${folder}</code> is left away.` : ""}</p>
    <dl>${listed("New", adds.map(({ path }) => path))}
      ${listed("Replaced", replaces.map(({ path }) => path), "Undo in its editor brings the old text back.")}
      ${listed("The same already", same)}
      ${listed("Not in it, so they stay", stays)}
      ${leftOut.length ? html`<dt>Left out</dt>${leftOut.map(({ path, why }) => html`<dd><code>${path}</code> ${why}</dd>`)}` : ""}</dl>`;
}

/** @param {string} title @param {string[]} paths @param {string} [says] */
function listed(title, paths, says = "") {
  return paths.length ? html`<dt>${title}</dt><dd>${paths.map((path) => html`<code>${path}</code> `)}${says}</dd>` : "";
}

/** @param {number} count */
function files(count) {
  return count === 1 ? "1 file" : `${count} files`;
}
