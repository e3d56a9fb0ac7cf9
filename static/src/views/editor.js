// The editor: CodeMirror on the document that is open.

import { defaultKeymap, indentWithTab } from "@codemirror/commands";
import { EditorState, Facet, Prec, StateEffect } from "@codemirror/state";
import { EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { effect } from "@preact/signals-core";
import { element, paint } from "../dom.js";
import { lineMarks, sourcesOf } from "../picture/lines.js";
import { pythonExtensions } from "../python.js";
import { markGutter, showMarks } from "../gutter.js";

/** @typedef {import("../model.js").Model} Model */
/** @typedef {import("../model.js").Actions} Actions */

/**
 * How a new document begins, and how a text that can only be read.
 *
 * @param {string} nonce
 * @param {Actions} actions
 */
export function editorFactory(nonce, actions) {
  const commands = keymap.of([
    { key: "Mod-s", run: done(() => actions.save()), preventDefault: true },
    { key: "Mod-Enter", run: done(() => actions.loadModule()) },
    { key: "Mod-f", run: find, preventDefault: true },
    { key: "Ctrl-Space", run: suggest },
    indentWithTab,
    ...defaultKeymap,
  ]);
  const shared = [lineNumbers(), markGutter, highlightActiveLine(), highlightActiveLineGutter(), pythonExtensions(nonce)];
  const written = [
    Prec.high(commands),
    shared,
    EditorView.domEventHandlers({ keydown: (_, view) => void assist(view).catch(() => {}) }), // the next key tries again
    EditorView.contentAttributes.of({ "aria-label": "Source. Escape, then Tab leaves the editor." }),
  ];
  const leaving = [{ key: "Escape", run: done(() => actions.closeSource()) }, { key: "Mod-f", run: find }, ...defaultKeymap];
  return {
    create: (/** @type {string} */ text) => EditorState.create({ doc: text, extensions: written }),
    /** @param {import("../model.js").RanSource} ran */
    createReader: ({ source, title }) =>
      EditorState.create({
        doc: source,
        extensions: [
          keymap.of(leaving),
          shared,
          EditorState.readOnly.of(true),
          EditorView.contentAttributes.of({ "aria-label": `${title}. Read only. Escape leads back to the file.`, "aria-readonly": "true" }),
        ],
      }),
  };
}

/** What a mark says beside the file, and beside the source of a load. */
const FILE_SAYS = {
  changed: "Memory runs another line here",
  added: "Memory does not run this line",
  removed: "Memory runs lines here that the file no longer has",
};
const LOAD_SAYS = {
  changed: "The file says something else here now",
  added: "The file no longer has this line",
  removed: "The file has new lines here",
};

/** @param {Model} model @param {ReturnType<typeof editorFactory>["createReader"]} createReader */
export function mountEditor(model, createReader) {
  const { documents, ran } = model;
  const place = element("editor");
  let path = "";
  const view = new EditorView({
    parent: place,
    state: documents.create(""), // no state without the nonce: CodeMirror writes its style sheet at once
    dispatchTransactions(transactions) {
      view.update(transactions);
      documents.update(path, view.state);
    },
  });
  /** @type {import("../model.js").RanSource | null} */
  let read = null;
  effect(() => {
    documents.version.value;
    const shown = ran.value;
    path = shown ? "" : documents.open.value;
    place.setAttribute("aria-label", shown?.title || path || "No file");
    place.classList.toggle("empty", !path && !shown);
    place.classList.toggle("reading", Boolean(shown));
    const state = shown && shown !== read ? createReader(shown) : documents.editor(path);
    if (state && state !== view.state) view.setState(state);
    if (shown && shown !== read) view.focus();
    read = shown;
  });
  paint(() => markLines(view, model));
  return view;
}

/** @param {EditorView} view @param {Model} model */
function markLines(view, { documents, ran, pictures, state }) {
  documents.version.value;
  const shown = ran.value;
  const path = shown?.path ?? documents.open.value;
  if (shown) return showMarks(view, documents.editor(path) ? lineMarks(documents.text(path), shown.source) : [], LOAD_SAYS);
  const loads = pictures.value.loads.filter(({ life }) => life === pictures.value.life).map(({ loaded }) => loaded);
  const held = (state.value.disk.get(path)?.load ?? 0) > 0 && state.value.disk.get(path)?.state !== "unloaded";
  const newest = held ? sourcesOf(loads, path)[0] : undefined;
  showMarks(view, newest ? lineMarks(newest.source, documents.text(path)) : [], FILE_SAYS);
}

/** @param {() => void} act */
function done(act) {
  return () => {
    act();
    return true;
  };
}

/** Of states that have what `assist` brings. @type {Facet<boolean>} */
const assisted = Facet.define();

/** Completion and the closing of brackets, for the document in this view. @param {EditorView} view */
async function assist(view) {
  const assistance = await import("../assist.js");
  const { state } = view;
  if (!state.readOnly && !state.facet(assisted).length)
    view.dispatch({ effects: StateEffect.appendConfig.of([assisted.of(true), assistance.inFile]) });
  return assistance;
}

/** With the first key of all; later ones find the completion's own keys. @param {EditorView} view */
function suggest(view) {
  assist(view).then(({ startCompletion }) => startCompletion(view));
  return true;
}

/** The search panel comes over the wire only when it is asked for. @param {EditorView} view */
function find(view) {
  import("../search.js").then((search) => search.open(view));
  return true;
}
