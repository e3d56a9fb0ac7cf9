// The open files: an editor state for each, and which of them say something else than the server's file.
// Knows CodeMirror's states but no view and no DOM.

import { isolateHistory } from "@codemirror/commands";
import { computed, effect, signal, untracked } from "@preact/signals-core";
import { filesSoon, isSettingUp } from "./store.js";

/** @typedef {import("@codemirror/state").EditorState} EditorState */
/** @typedef {import("@preact/signals-core").ReadonlySignal<import("./store.js").State>} StateSignal */

/**
 * `source` is the server's text as this page last saw it or sent it, `base` the same as CodeMirror holds it; `crossed`
 * when the learner's program wrote it while the editor held edits.
 * @typedef {{ editor: EditorState, source: string, base: import("@codemirror/state").Text, crossed: boolean }} Document
 */

export class Documents {
  /** @type {Map<string, Document>} */
  #documents = new Map();
  /** counts the changes of any document */
  version = signal(0);
  #wanted = signal("");

  /**
   * @param {StateSignal} state
   * @param {(text: string) => EditorState} create
   */
  constructor(state, create) {
    this.state = state;
    this.create = create;
    const held = computed(() => state.value.files);
    const unaccepted = computed(() => state.value.unaccepted);
    this.files = computed(() => filesSoon(held.value, unaccepted.value));
    /** The path of the file in the editor, "" for none. */
    this.open = computed(() => {
      const paths = [...this.files.value.keys()];
      return this.files.value.has(this.#wanted.value) ? this.#wanted.value : (paths[0] ?? "");
    });
    effect(() => this.#follow(this.files.value));
  }

  /** @param {string} path */
  show(path) {
    this.#wanted.value = path;
  }

  /** @param {string} path @returns {EditorState | undefined} */
  editor(path) {
    return this.#documents.get(path)?.editor;
  }

  /** @param {string} path */
  text(path) {
    return this.editor(path)?.sliceDoc() ?? "";
  }

  /** @param {string} path */
  isUnsaved(path) {
    const document = this.#documents.get(path);
    return Boolean(document && !document.editor.doc.eq(document.base));
  }

  /** Whether there are edits of a text that the learner's program has changed since. @param {string} path */
  isCrossed(path) {
    return this.isUnsaved(path) && Boolean(this.#documents.get(path)?.crossed);
  }

  /** Every text, and whether the server has not accepted it. @returns {Record<string, import("./kept.js").Text>} */
  texts() {
    const held = untracked(() => this.state.value.files);
    const entries = [...this.#documents.keys()].map((path) => {
      const text = this.text(path);
      return [path, { text, unsaved: held.get(path) !== text }];
    });
    return Object.fromEntries(entries);
  }

  /** @param {string} path @param {EditorState} editor  the view's newest */
  update(path, editor) {
    const document = this.#documents.get(path);
    if (!document || document.editor === editor) return;
    const edited = document.editor.doc !== editor.doc;
    this.#put(document, editor);
    if (edited) this.version.value += 1;
  }

  /** Put other text in a file, as unsaved edits. @param {string} path @param {string} text */
  edit(path, text) {
    const document = this.#documents.get(path);
    if (document) this.#put(document, replaced(document.editor, text));
    this.version.value += 1;
  }

  /** The server has refused a save: what stands in the editor is not saved. @param {string} path */
  unsave(path) {
    const document = this.#documents.get(path);
    const source = untracked(() => this.state.value.files).get(path);
    if (document && source !== undefined) this.#documents.set(path, { ...document, source, base: this.create(source).doc });
  }

  /** Keep the undo history over a renaming. @param {string} from @param {string} to */
  rename(from, to) {
    const document = this.#documents.get(from);
    if (document) this.#documents.set(to, { ...document });
  }

  /** @param {Document} document @param {EditorState} editor */
  #put(document, editor) {
    document.editor = editor;
    if (editor.doc.eq(document.base)) document.crossed = false;
  }

  /** Files that another place wrote are read anew, unless they hold edits. @param {ReadonlyMap<string, string>} files */
  #follow(files) {
    for (const path of this.#documents.keys()) if (!files.has(path)) this.#documents.delete(path);
    for (const [path, text] of files) this.#documents.set(path, this.#followed(path, text));
    this.version.value = untracked(() => this.version.value) + 1;
  }

  /** @param {string} path @param {string} text @returns {Document} */
  #followed(path, text) {
    const document = this.#documents.get(path);
    if (document?.source === text) return document;
    const fresh = this.create(text);
    const read = { source: text, base: fresh.doc, crossed: false };
    if (!document) return { ...read, editor: fresh };
    if (document.editor.doc.eq(document.base)) return { ...read, editor: replaced(document.editor, text) };
    return { ...read, editor: document.editor, crossed: this.#isPrograms(path, text) };
  }

  /** Whether the learner's program wrote this: it is not on its way to the server, and no step brings it. @param {string} path @param {string} text */
  #isPrograms(path, text) {
    const state = untracked(() => this.state.value);
    return state.files.get(path) === text && !isSettingUp(state);
  }
}

/** @param {EditorState} editor @param {string} text @returns {EditorState} */
function replaced(editor, text) {
  if (editor.sliceDoc() === text) return editor;
  const annotations = isolateHistory.of("full"); // one step of its own for Undo
  return editor.update({ changes: { from: 0, to: editor.doc.length, insert: text }, annotations }).state;
}
