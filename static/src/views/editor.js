// The editor: CodeMirror on the document that is open.

import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, indentWithTab } from "@codemirror/commands";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { effect } from "@preact/signals-core";
import { element } from "../dom.js";
import { pythonExtensions } from "../python.js";

/** @typedef {import("../model.js").Model} Model */
/** @typedef {import("../model.js").Actions} Actions */

/**
 * How a new document begins.
 *
 * @param {string} nonce
 * @param {Actions} actions
 * @returns {(text: string) => EditorState}
 */
export function editorFactory(nonce, actions) {
  const commands = keymap.of([
    { key: "Mod-s", run: done(() => actions.save()), preventDefault: true },
    { key: "Mod-Enter", run: done(() => actions.loadModule()) },
    { key: "Mod-f", run: find, preventDefault: true },
    indentWithTab,
    ...completionKeymap,
    ...defaultKeymap,
  ]);
  const extensions = [
    Prec.high(commands),
    lineNumbers(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    autocompletion({ activateOnTyping: false, icons: false }),
    pythonExtensions(nonce),
    EditorView.contentAttributes.of({ "aria-label": "Source. Escape, then Tab leaves the editor." }),
  ];
  return (text) => EditorState.create({ doc: text, extensions });
}

/** @param {Model} model */
export function mountEditor({ documents }) {
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
  effect(() => {
    documents.version.value;
    path = documents.open.value;
    place.setAttribute("aria-label", path || "No file");
    place.classList.toggle("empty", !path);
    const state = documents.editor(path);
    if (state && state !== view.state) view.setState(state);
  });
  return view;
}

/** @param {() => void} act */
function done(act) {
  return () => {
    act();
    return true;
  };
}

/** The search panel comes over the wire only when it is asked for. @param {EditorView} view */
function find(view) {
  import("../search.js").then((search) => search.open(view));
  return true;
}
