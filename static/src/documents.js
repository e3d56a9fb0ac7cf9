// The open files: an editor state for each, and which of them say something else than the server's file.
// Knows CodeMirror's states but no view and no DOM.

import { isolateHistory } from "@codemirror/commands";
import { computed, effect, signal, untracked } from "@preact/signals-core";
import { EMPTY, filesSoon, isSettingUp } from "./store.js";

/** @typedef {import("@codemirror/state").EditorState} EditorState */
/** @typedef {import("@preact/signals-core").ReadonlySignal<import("./store.js").State>} StateSignal */

/** Who wrote a file since the edits in it began: nobody, the learner's program, or perhaps another tab. @typedef {"" | "program" | "elsewhere"} Crossing */
/**
 * `source` is the server's text as this page last saw it or sent it, `base` the same as CodeMirror holds it.
 * @typedef {{ editor: EditorState, source: string, base: import("@codemirror/state").Text, crossing: Crossing }} Document
 */

export class Documents {
  /** @type {Map<string, Document>} */
  #documents = new Map();
  /** counts the changes of any document */
  version = signal(0);
  #wanted = signal("");
  /** what the files were followed to */
  #seen = EMPTY;

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

  /** Who has changed the text since that is edited here. @param {string} path @returns {Crossing} */
  crossing(path) {
    return (this.isUnsaved(path) && this.#documents.get(path)?.crossing) || "";
  }

  /** Every text, and whether the server has not accepted it. @returns {Record<string, import("./kept.js").Text>} */
  texts() {
    const entries = [...this.#documents.keys()].map((path) => [path, { text: this.text(path), unsaved: !this.#isAccepted(path) }]);
    return Object.fromEntries(entries);
  }

  /** @param {string} path @param {EditorState} editor  the view's newest */
  update(path, editor) {
    const document = this.#documents.get(path);
    if (!document || document.editor === editor) return;
    const edited = document.editor.doc !== editor.doc;
    this.#put(path, editor);
    if (edited) this.version.value += 1;
  }

  /** Put other text in a file, as unsaved edits. @param {string} path @param {string} text */
  edit(path, text) {
    const document = this.#documents.get(path);
    if (document) this.#put(path, replaced(document.editor, text));
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

  /** @param {string} path @param {EditorState} editor */
  #put(path, editor) {
    const document = /** @type {Document} */ (this.#documents.get(path));
    document.editor = editor;
    if (this.#isAccepted(path)) document.crossing = "";
  }

  /** Whether the editor holds what the server does. @param {string} path */
  #isAccepted(path) {
    const held = untracked(() => this.state.value.files).get(path);
    return held === this.#documents.get(path)?.source && !this.isUnsaved(path);
  }

  /** Files that another place wrote are read anew, unless they hold edits. @param {ReadonlyMap<string, string>} files */
  #follow(files) {
    const state = untracked(() => this.state.value);
    for (const path of this.#documents.keys()) if (!files.has(path)) this.#documents.delete(path);
    for (const [path, text] of files) this.#documents.set(path, this.#followed(path, text, state));
    this.#seen = state;
    this.version.value = untracked(() => this.version.value) + 1;
  }

  /** @param {string} path @param {string} text @param {import("./store.js").State} state @returns {Document} */
  #followed(path, text, state) {
    const document = this.#documents.get(path);
    const crossing = this.#writerOf(path, state) ?? document?.crossing ?? "";
    if (document?.source === text) return { ...document, crossing };
    const fresh = this.create(text);
    const read = { source: text, base: fresh.doc };
    if (!document) return { ...read, editor: fresh, crossing: "" };
    if (document.editor.doc.eq(document.base)) return { ...read, editor: replaced(document.editor, text), crossing: "" };
    return { ...read, editor: document.editor, crossing };
  }

  /**
   * Who has written what the server holds now, "" for this page or a step; null where it holds what it did. That it came
   * with a save that this page did not send is told after a break, but not whether the program has written it since.
   *
   * @param {string} path
   * @param {import("./store.js").State} state
   * @returns {Crossing | null}
   */
  #writerOf(path, state) {
    const { files, unaccepted, saved } = this.#seen;
    const text = state.files.get(path);
    if (text === files.get(path)) return null;
    const sent = [...unaccepted.values()].some((one) => one.kind === "save" && one.path === path && one.text === text && !state.unaccepted.has(one.id));
    if (sent || isSettingUp(state)) return "";
    return saved.get(path) === state.saved.get(path) ? "program" : "elsewhere";
  }
}

/** @param {EditorState} editor @param {string} text @returns {EditorState} */
function replaced(editor, text) {
  if (editor.sliceDoc() === text) return editor;
  const annotations = isolateHistory.of("full"); // one step of its own for Undo
  return editor.update({ changes: { from: 0, to: editor.doc.length, insert: text }, annotations }).state;
}
