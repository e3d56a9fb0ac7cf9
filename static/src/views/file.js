// The line under the editor: whether memory holds what the file says, and the buttons that type Python.

import { html, render } from "lit-html";
import { element, icon, MODIFIER, paint } from "../dom.js";
import { importLine, moduleOf, reloadLine } from "../modules.js";
import { sourcesOf } from "../picture/lines.js";

/** @typedef {import("../model.js").Model} Model */
/** @typedef {import("../model.js").Actions} Actions */

/** @param {Model} model @param {Actions} actions */
export function mountFile(model, actions) {
  paint(() => render([line(model, actions), links(model, actions), buttons(model, actions)], element("file")));
}

/** @param {Model} model @param {Actions} actions */
function line(model, actions) {
  const { deleted, documents } = model;
  const path = documents.open.value;
  if (deleted.value) {
    const { texts, refused } = deleted.value;
    const which = texts.length > 2 ? `${texts.length} files` : texts.map((one) => one.path).join(" and ");
    return html`<p class="line"><span role="status">${which} ${refused ? "not saved" : "deleted"}.</span>
      <button class="link" @click=${actions.bringBack}>${refused ? "Try again" : "Undo"}</button></p>`;
  }
  if (!path) return html`<p class="line"><span role="status">No file here yet: make one with +.</span></p>`;
  const { picture, text, keys = "" } = stand(model, path);
  return html`<p class="line">${icon(picture)}<span role="status">${text}${keys ? html`<span class="wide">${keys}</span>` : ""}</span></p>`;
}

/** The ways to other texts of the file: what the server holds, what memory runs. @param {Model} model @param {Actions} actions */
function links(model, actions) {
  const { deleted, documents } = model;
  const path = documents.open.value;
  if (deleted.value || !path) return "";
  const { theirs = "" } = UNSAVED[documents.crossing(path)];
  return html`<div class="links">${theirs ? html`<button class="link" @click=${actions.takeTheirs}>${theirs}</button>` : ""}
    ${loadLink(model, path, actions)}</div>`;
}

/** The way to a source that memory runs, or ran, and that the file no longer says. @param {Model} model @param {string} path @param {Actions} actions */
function loadLink(model, path, { showSource }) {
  const other = sourcesOf(loadsOf(model, path), path).find(({ source }) => source !== model.documents.text(path));
  if (!other || model.ran.value) return "";
  return html`<button class="link" @click=${() => showSource(other)}>Show load ${other.load}</button>`;
}

/** `theirs`: what to press for what the server holds. @type {Record<import("../documents.js").Crossing, { text: string, keys?: string, theirs?: string }>} */
const UNSAVED = {
  "": { text: "Not saved", keys: `: ${MODIFIER}-S saves` },
  program: { text: "Not saved, and your program has changed this file too", theirs: "Take your program's version" },
  elsewhere: { text: "Not saved, and this file was changed elsewhere too", theirs: "Take the other version" },
};

/** @param {Model} model @param {string} path @returns {{ picture: Parameters<typeof icon>[0], text: string, keys?: string }} */
function stand(model, path) {
  const { documents, state } = model;
  documents.version.value;
  if (documents.isUnsaved(path)) return { picture: "pencil", ...UNSAVED[documents.crossing(path)] };
  const onItsWay = [...state.value.unaccepted.values()].some((input) => input.kind === "save" && input.path === path);
  if (onItsWay) return { picture: "clock", text: "Saving" };
  const disk = state.value.disk.get(path);
  const failed = loadsOf(model, path).findLast(({ load }) => load === disk?.load)?.ok === false;
  if (failed && disk?.state === "same") return { picture: "alert", text: `Saved. Load ${disk.load} of it stopped with an error` };
  return memory(disk, path);
}

/** In the interpreter that lives. @param {Model} model @param {string} path */
function loadsOf({ pictures }, path) {
  const { loads, life } = pictures.value;
  return loads.filter((one) => one.life === life && one.loaded.path === path).map(({ loaded }) => loaded);
}

/** @param {import("../protocol.d.ts").DiskState | undefined} disk @param {string} path @returns {{ picture: Parameters<typeof icon>[0], text: string }} */
function memory(disk, path) {
  switch (disk?.state) {
    case "same":
      return { picture: "check", text: `Saved, loaded as load ${disk.load}` };
    case "edited":
      return { picture: "again", text: `Saved. Edited since load ${disk.load}: memory still runs load ${disk.load}` };
    case "stale-bytecode":
      return { picture: "alert", text: `Saved, but load ${disk.load} ran old bytecode` };
    default:
      return { picture: "check", text: moduleOf(path) ? "Saved, not imported yet" : "Saved" };
  }
}

/** @param {Model} model @param {Actions} actions */
function buttons({ documents, state, held }, actions) {
  documents.version.value;
  const path = documents.open.value;
  const module = moduleOf(path);
  const loaded = (state.value.disk.get(path)?.load ?? 0) > 0;
  const first = documents.isUnsaved(path);
  const why = held.value ? "Predict first, or skip" : module ? "" : path.endsWith(".py") ? "import cannot name this file" : "Only .py files are modules";
  return html`<div class="acts">
    ${first ? html`<button class="button mini" @click=${actions.save}>Save</button>` : ""}
    <button class="button mini" ?disabled=${!module || held.value} title=${why || `Types: ${importLine(module)}`} @click=${actions.importModule}>Import</button>
    <button class="button mini" ?disabled=${!module || !loaded || held.value} title=${why || (loaded ? `Types: ${reloadLine(module)}` : "Import it first")}
      @click=${actions.reloadModule}>${first && loaded ? "Save and reload" : "Reload"}</button></div>`;
}
