// The strip of file tabs: choose, make, rename and delete files.

import { signal } from "@preact/signals-core";
import { html, render } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { element, icon, paint } from "../dom.js";
import { menuTemplate } from "../menu.js";
import { nameProblem } from "../modules.js";

/** @typedef {import("../model.js").Model} Model */
/** @typedef {import("../model.js").Actions} Actions */

/** A name being typed: for a new file, or for the file `path`. @typedef {{ path: string, problem: string }} Naming */

/** @param {Model} model @param {Actions} actions */
export function mountTabs(model, actions) {
  const naming = signal(/** @type {Naming | null} */ (null));
  const strip = new Strip(model, actions, naming);
  const root = element("tabs");
  /** @type {Element | null} */
  let seen = null;
  paint(() => {
    render(strip.draw(), root);
    const field = root.querySelector("input");
    const selected = root.querySelector("[aria-selected=true]");
    if (selected !== seen) selected?.scrollIntoView({ block: "nearest", inline: "nearest" });
    seen = selected;
    if (field && document.activeElement !== field && !naming.value?.problem) select(field);
  });
  return { startNew: () => strip.startNaming("") };
}

class Strip {
  /** @param {Model} model @param {Actions} actions @param {import("@preact/signals-core").Signal<Naming | null>} naming */
  constructor(model, actions, naming) {
    this.documents = model.documents;
    this.state = model.state;
    this.actions = actions;
    this.naming = naming;
  }

  draw() {
    const paths = [...this.documents.files.value.keys()];
    const naming = this.naming.value;
    return html`<div class="strip" role="tablist" aria-label="Files" @keydown=${this.move}>
        ${repeat(paths, (path) => path, (path) => (naming?.path === path ? this.field(naming) : this.tab(path)))}
      </div>
      ${naming && !naming.path ? this.field(naming) : ""}
      <button class="button ghost square mini" aria-label="New file" title="New file" @click=${() => this.startNaming("")}>${icon("plus")}</button>
      ${this.menu()}`;
  }

  /** @param {string} path */
  tab(path) {
    this.documents.version.value; // read, so that an edit draws the mark
    const selected = path === this.documents.open.value;
    const unsaved = this.documents.isUnsaved(path);
    const disk = this.state.value.disk.get(path);
    const edited = disk?.state === "edited" || disk?.state === "stale-bytecode";
    const label = [path, unsaved ? "not saved" : "", edited ? `edited since load ${disk.load}` : ""].filter(Boolean).join(", ");
    return html`<button role="tab" aria-selected=${String(selected)} aria-controls="editor" tabindex=${selected ? 0 : -1} data-path=${path}
        aria-label=${label} title=${label} @click=${() => this.choose(path)} @dblclick=${() => this.startNaming(path)}>
      <span class="name">${path}</span>${unsaved ? html`<i class="dot"></i>` : ""}${edited ? icon("again") : ""}</button>`;
  }

  /** @param {string} path */
  choose(path) {
    this.actions.openFile(path);
    this.actions.focusEditor();
  }

  /** @param {Naming} naming */
  field({ path, problem }) {
    const suggestion = path || this.freeName();
    return html`<form class="naming" @submit=${this.finishNaming}>
      <input aria-label=${path ? `New name of ${path}` : "Name of the new file"} .defaultValue=${suggestion} spellcheck="false" autocapitalize="off"
        autocomplete="off" aria-invalid=${String(Boolean(problem))} aria-describedby="naming-problem" @keydown=${this.cancelNaming} @blur=${this.leaveNaming}>
      <span id="naming-problem" role="alert" class="problem">${problem}</span></form>`;
  }

  menu() {
    const path = this.documents.open.value;
    return menuTemplate({
      id: "file-menu", label: `More for ${path || "files"}`, title: "Rename or delete", look: "mini", picture: "more", disabled: !path,
      items: [["Rename", () => this.startNaming(path)], ["Delete", () => this.actions.deleteFile(path)]],
    });
  }

  /** @param {string} path */
  startNaming(path) {
    this.naming.value = { path, problem: "" };
  }

  freeName() {
    const names = ["shapes.py", ...Array.from({ length: 200 }, (_, index) => `module${index + 1}.py`)];
    return names.find((name) => !this.documents.files.value.has(name)) ?? "";
  }

  /** @param {SubmitEvent} event */
  finishNaming = (event) => {
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (/** @type {HTMLFormElement} */ (event.target).elements[0]);
    const path = this.naming.value?.path ?? "";
    const name = field.value.trim();
    const problem = name === path ? "" : nameProblem(name, this.documents.files.value.keys());
    if (problem) this.naming.value = { path, problem };
    else this.name(path, name);
  };

  /** @param {string} path @param {string} name */
  name(path, name) {
    this.naming.value = null;
    if (!path) this.actions.newFile(name);
    else if (path !== name) this.actions.renameFile(path, name);
    else this.actions.openFile(path);
    this.actions.focusEditor();
  }

  /** @param {KeyboardEvent} event */
  cancelNaming = (event) => {
    if (event.key !== "Escape") return;
    this.naming.value = null;
    requestAnimationFrame(focusSelected);
  };

  leaveNaming = () => {
    if (this.naming.value) this.naming.value = null;
  };

  /** Arrow keys go along the tabs, as the pattern for tabs has it. @param {KeyboardEvent} event */
  move = (event) => {
    const paths = [...this.documents.files.value.keys()];
    const at = paths.indexOf(this.documents.open.value);
    const steps = { ArrowRight: 1, ArrowLeft: -1, Home: -at, End: paths.length - 1 - at };
    const step = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (event.target instanceof HTMLInputElement || at < 0) return;
    if (step !== undefined) this.actions.openFile(paths[(at + step + paths.length) % paths.length]);
    else if (event.key === "F2") this.startNaming(paths[at]);
    else if (event.key === "Delete") this.actions.deleteFile(paths[at]);
    else return;
    event.preventDefault();
    if (step !== undefined) requestAnimationFrame(focusSelected);
  };
}

function focusSelected() {
  const tab = element("tabs").querySelector("[aria-selected=true]");
  if (tab instanceof HTMLElement) tab.focus();
}

/** Everything but the ending, which most renamings keep. @param {HTMLInputElement} field */
function select(field) {
  field.focus();
  const dot = field.value.lastIndexOf(".");
  field.setSelectionRange(0, dot < 0 ? field.value.length : dot);
}
