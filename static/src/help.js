// What stands in the dialog of help: the keys, what this sandbox is, and what an entry may use.

import { html, render } from "lit-html";
import { MODIFIER } from "./dom.js";

/** @type {[string, [string[], string][]][]} */
const KEYS = [
  ["Editor", [
    [[MODIFIER, "S"], "Save the file"],
    [[MODIFIER, "Enter"], "Save, then import or reload the module"],
    [[MODIFIER, "F"], "Find in the file"],
    [["Tab"], "Indent; Shift Tab outdents"],
    [["Esc", "Tab"], "Leave the editor, one after the other"],
    [["F2"], "Rename the file, on its tab"],
    [["Delete"], "Delete the file, on its tab"],
  ]],
  ["Console", [
    [["Enter"], "Run; an unfinished entry goes on"],
    [["Shift", "Enter"], "New line"],
    [["↑", "↓"], "Earlier and later entries"],
    [["Tab"], "Complete the name"],
    [["Ctrl", "C"], "Interrupt; copies where text is selected"],
    [["Ctrl", "D"], "End of file; leaves Python at an empty prompt"],
    [["Ctrl", "L"], "Clear the console"],
    [["Alt", "Enter"], "While code runs: send the line to its standard input"],
  ]],
  ["Memory", [
    [["↑", "↓"], "From name to name; ← → from card to card"],
    [["Enter"], "Ask why it is as it is"],
    [["Esc"], "Close the answer"],
    [["←", "→"], "On the timeline: one step back or forward"],
  ]],
  ["Lesson", [
    [["Alt", "0"], "Go to the lesson; once its step is done, to the next one"],
    [["↑", "↓"], "Choose what you predict"],
    [["Enter"], "Record the prediction; press a button"],
  ]],
  ["Everywhere", [
    [["Alt", "0"], "Go to the lesson"],
    [["Alt", "1"], "Go to the editor"],
    [["Alt", "2"], "Go to the console"],
    [["Alt", "3"], "Go to the memory picture"],
    [["?"], "This help, outside of text"],
  ]],
];

/** @param {HTMLDialogElement} dialog @param {import("./store.js").State} state */
export function showHelp(dialog, state) {
  render(content(state, dialog), dialog);
  dialog.showModal();
}

/** @param {import("./store.js").State} state @param {HTMLDialogElement} dialog */
function content(state, dialog) {
  return html`<div class="sheet">
    <header><h2 id="help-title">Keyboard and help</h2><button class="button" @click=${() => dialog.close()} autofocus>Close</button></header>
    <div class="groups">${KEYS.map(([title, keys]) => html`<section><h3>${title}</h3><dl>${keys.map(([names, says]) => html`
      <div><dt>${names.map((name) => html`<kbd>${name}</kbd>`)}</dt><dd>${says}</dd></div>`)}</dl></section>`)}
      <section class="about"><h3>This sandbox</h3>${about(state)}</section></div>
  </div>`;
}

/** @param {import("./store.js").State} state */
function about({ python, isolation, limits }) {
  const mebibytes = (/** @type {string} */ name) => Math.round((limits[name] ?? 0) / 2 ** 20);
  return html`<p>Your console is CPython ${python} itself, in a process of your own. Paste a transcript with
    <code>&gt;&gt;&gt;</code> prompts and it runs entry by entry.</p>
    ${limits.cpu_seconds ? html`<p>An entry may use ${limits.cpu_seconds} s of processor time, ${limits.wall_seconds} s in
      all, ${mebibytes("memory_bytes")} MiB of memory and print ${mebibytes("output_bytes")} MiB. Your code may start
      ${limits.threads} threads, write files of ${mebibytes("file_bytes")} MiB, ${mebibytes("workspace_bytes")} MiB in all,
      and have ${limits.descriptors} of them open. Beyond that it gets Python's own errors: MemoryError, RuntimeError, OSError.
      ${isolation === "none" ? "" : "Starting programs, and the network, are not available here: PermissionError."}
      Isolation from the machine: <b>${isolation}</b>.</p>` : ""}`;
}
