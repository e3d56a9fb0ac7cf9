// The console's input: an entry, a line of an unfinished entry, or the answer that `input()` waits for.

import { defaultKeymap, insertNewlineAndIndent } from "@codemirror/commands";
import { Compartment, EditorState, Prec, StateEffect } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { html, render } from "lit-html";
import { element, make, paint } from "../dom.js";
import { pythonExtensions } from "../python.js";
import { entriesOf, nextIndent } from "../transcripts.js";

/** @typedef {import("../model.js").Model} Model */
/** @typedef {import("../model.js").Actions} Actions */
/** @typedef {import("../store.js").State} State */

/** @param {Model} model @param {Actions} actions @param {string} nonce */
export function mountPrompt(model, actions, nonce) {
  const root = element("prompt");
  const label = make("span", "ps", ">>>");
  const aside = make("div", "aside");
  const prompt = new Prompt(model, actions, nonce);
  root.append(label, prompt.view.dom, aside);
  root.addEventListener("mousedown", (event) => event.target === root && requestAnimationFrame(() => prompt.view.focus()));
  paint(() => {
    const { state, waiting } = model;
    const mode = modeOf(state.value);
    root.className = `prompt ${mode}`;
    label.textContent = mode === "answer" ? "input" : mode === "more" ? "..." : ">>>";
    prompt.setMode(mode);
    render(hint(mode, waiting.value.length, () => prompt.sendLine()), aside);
  });
  return prompt;
}

/** @param {State} state @returns {"entry" | "more" | "answer" | "ahead"} */
function modeOf({ phase, flight, incomplete }) {
  if (phase === "asked") return "answer";
  if (flight) return "ahead";
  return incomplete ? "more" : "entry";
}

/** @param {string} mode @param {number} waiting @param {() => void} sendLine */
function hint(mode, waiting, sendLine) {
  if (mode === "ahead") {
    return html`${waiting ? html`<span>${waiting} waiting</span>` : ""}
      <button class="button mini" title="Alt Enter: send this line to the program's standard input" @click=${sendLine}>Send as input</button>`;
  }
  return mode === "answer" ? html`<span class="wide">Ctrl D ends input</span><kbd>Enter</kbd>` : html`<kbd>Enter</kbd>`;
}

const LABELS = {
  entry: "Python input",
  more: "Python input, the entry goes on; an empty line ends it",
  answer: "Input for your program",
  ahead: "Python input; what you enter waits until the running entry is done",
};

class Prompt {
  /** @type {keyof typeof LABELS | ""} */
  #mode = "";
  #attributes = new Compartment();
  /** @type {string[]} entries as they stood while earlier ones are looked at */
  #edited = [];
  #place = 0;
  #indent = "";
  /** @type {import("../model.js").Found | null} */
  #found = null;
  /** @type {Promise<typeof import("../assist.js")> | null} on its way since the first key */
  #coming = null;
  /** @type {typeof import("../assist.js") | null} */
  #assistance = null;

  /** @param {Model} model @param {Actions} actions @param {string} nonce */
  constructor(model, actions, nonce) {
    this.model = model;
    this.actions = actions;
    this.view = new EditorView({ state: EditorState.create({ extensions: this.extensions(nonce) }) });
  }

  /** @param {string} nonce */
  extensions(nonce) {
    return [
      Prec.highest(keymap.of(this.keys())),
      Prec.highest(EditorView.domEventHandlers({ paste: (event) => this.paste(event), keydown: () => this.prepare() })),
      pythonExtensions(nonce),
      EditorView.lineWrapping,
      this.#attributes.of([]),
      keymap.of(defaultKeymap),
    ];
  }

  /** @returns {import("@codemirror/view").KeyBinding[]} */
  keys() {
    const { interrupt, endOfFile, clear } = this.actions;
    return [
      { key: "Enter", run: (view) => this.#assistance?.acceptCompletion(view) || this.enter(), shift: insertNewlineAndIndent },
      { key: "Alt-Enter", run: () => this.sendLine() },
      { key: "Tab", run: (view) => this.#assistance?.acceptCompletion(view) || this.tab() },
      { key: "ArrowUp", run: () => this.recall(-1) },
      { key: "ArrowDown", run: () => this.recall(1) },
      { key: "Ctrl-c", run: () => this.stop(interrupt) },
      { key: "Ctrl-d", run: (view) => !view.state.doc.length && (endOfFile(), true) },
      { key: "Ctrl-l", run: () => (clear(), true), preventDefault: true },
    ];
  }

  /** @param {keyof typeof LABELS} mode */
  setMode(mode) {
    const { incomplete, prompt } = this.model.state.value;
    this.setIndent(incomplete ? nextIndent(incomplete.source) : "");
    if (mode === this.#mode && mode !== "answer") return;
    this.#mode = mode;
    const asked = mode === "answer" && prompt.trim() ? `${LABELS.answer}: ${prompt.trim()}` : LABELS[mode];
    const attributes = { "aria-label": asked, "aria-description": "Escape, then Tab leaves it." };
    this.view.dispatch({ effects: this.#attributes.reconfigure(EditorView.contentAttributes.of(attributes)) });
  }

  /** A continued block begins where Python wants it, unless something is typed already. @param {string} indent */
  setIndent(indent) {
    const text = this.text();
    if (indent !== this.#indent && (text === "" || text === this.#indent)) this.replace(indent);
    this.#indent = indent;
  }

  text() {
    return this.view.state.sliceDoc();
  }

  /** @param {string} text */
  replace(text) {
    const { length } = this.view.state.doc;
    this.view.dispatch({ changes: { from: 0, to: length, insert: text }, selection: { anchor: text.length }, scrollIntoView: true });
  }

  take() {
    const text = this.text();
    this.replace("");
    this.#edited = [];
    this.#place = 0;
    return text;
  }

  enter() {
    const text = this.take().replace(/\n[ \t]+$/, "\n"); // an indent that nothing was typed after
    this.actions.submit(this.#mode === "more" && text === this.#indent ? "" : text);
    this.replace(this.#mode === "more" ? this.#indent : "");
    return true;
  }

  sendLine() {
    this.actions.sendLine(this.take());
    this.view.focus();
    return true;
  }

  /** Copies where something is selected, here or in the log. @param {() => void} interrupt */
  stop(interrupt) {
    const selected = !this.view.state.selection.main.empty || !(document.getSelection()?.isCollapsed ?? true);
    if (selected) return false;
    this.take();
    interrupt();
    return true;
  }

  /** Earlier and later entries, from the first and the last line of the input. @param {-1 | 1} step */
  recall(step) {
    const { state } = this.view;
    const { history } = this.model.state.value;
    const edge = step < 0 ? 1 : state.doc.lines;
    const place = this.#place - step;
    const away = state.doc.lineAt(state.selection.main.head).number !== edge || place < 0 || place > history.length;
    if (away || this.#assistance?.completionStatus(state) || this.#mode === "answer") return false;
    this.#edited[this.#place] = this.text();
    this.#place = place;
    this.replace(this.#edited[place] ?? history[history.length - place] ?? "");
    return true;
  }

  tab() {
    const { from, head } = this.view.state.selection.main;
    const before = this.view.state.doc.lineAt(head).text.slice(0, head - this.view.state.doc.lineAt(head).from);
    if (!before.trim()) this.view.dispatch(this.view.state.replaceSelection("    "));
    else if (from === head) this.ask(head);
    return true;
  }

  /** One name is put in at once, several are offered. @param {number} cursor */
  async ask(cursor) {
    const text = this.text();
    const found = await this.actions.complete(text, cursor);
    if (!found?.items.length || this.text() !== text) return;
    const common = found.items.reduce(sharedStart);
    const typed = text.slice(found.start, cursor);
    if (found.items.length === 1 || common.length > typed.length) this.insert(found.start, cursor, common);
    if (found.items.length === 1) return;
    this.#found = found;
    (await this.assist()).startCompletion(this.view);
  }

  /** @param {number} from @param {number} to @param {string} insert */
  insert(from, to, insert) {
    this.view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length } });
  }

  /** Without a connection the next key tries again. */
  prepare() {
    this.assist().catch(() => (this.#coming = null));
  }

  /** Completion and the closing of brackets. */
  assist() {
    this.#coming ??= import("../assist.js").then((assistance) => {
      this.#assistance = assistance;
      this.view.dispatch({ effects: StateEffect.appendConfig.of(assistance.atPrompt(() => this.completions())) });
      return assistance;
    });
    return this.#coming;
  }

  async completions() {
    const cursor = this.view.state.selection.main.head;
    const found = this.#found ?? (await this.actions.complete(this.text(), cursor));
    this.#found = null;
    if (!found?.items.length) return null;
    return { from: found.start, options: found.items.map((label) => ({ label })), validFor: /^[\w.]*$/ };
  }

  /** A pasted transcript is run entry by entry; anything else is text. @param {ClipboardEvent} event */
  paste(event) {
    const entries = entriesOf(event.clipboardData?.getData("text/plain") ?? "");
    if (!entries?.length || this.#mode === "answer") return false;
    event.preventDefault();
    this.actions.runAll(entries);
    return true;
  }
}

/** @param {string} left @param {string} right */
function sharedStart(left, right) {
  let length = 0;
  while (length < left.length && left[length] === right[length]) length += 1;
  return left.slice(0, length);
}
