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
    [["Esc", "Tab"], "Leave the prompt, one after the other"],
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

/** @param {HTMLDialogElement} dialog @param {import("./store.js").State} state @param {() => boolean} erase */
export function showHelp(dialog, state, erase) {
  const draw = (/** @type {boolean} */ asked) => render(content(state, dialog, farewell(asked, draw, erase)), dialog);
  draw(false);
  dialog.showModal();
}

/** @param {import("./store.js").State} state @param {HTMLDialogElement} dialog @param {unknown} last */
function content(state, dialog, last) {
  return html`<div class="sheet">
    <header><h2 id="help-title">Keyboard and help</h2><button class="button" @click=${() => dialog.close()} autofocus>Close</button></header>
    <div class="groups">${KEYS.map(([title, keys]) => html`<section><h3>${title}</h3><dl>${keys.map(([names, says]) => html`
      <div><dt>${names.map((name) => html`<kbd>${name}</kbd>`)}</dt><dd>${says}</dd></div>`)}</dl></section>`)}
      <section class="about"><h3>This sandbox</h3>${about(state)}</section>
      <section class="about"><h3>Your session</h3>${last}</section></div>
  </div>`;
}

/**
 * The way out, in two steps.
 * @param {boolean} asked @param {(asked: boolean) => void} draw @param {() => boolean} erase
 */
function farewell(asked, draw, erase) {
  if (!asked) {
    return html`<p>Your files, your console and your progress are kept on this server, so that you find them again.</p>
      <button class="button" @click=${() => draw(true)}>Delete my session</button>`;
  }
  return html`<p role="alert">Files, console and progress will be gone for good, here and on the server.</p>
    <div class="acts"><button class="button" @click=${() => draw(false)}>Keep it</button>
      <button class="button" @click=${() => erase() || draw(false)}>Delete it for good</button></div>`;
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
