// Find and replace in the editor; loaded at the first Ctrl-F.

import { openSearchPanel, search, searchKeymap } from "@codemirror/search";
import { StateEffect } from "@codemirror/state";
import { keymap } from "@codemirror/view";

const extensions = [search({ top: true }), keymap.of(searchKeymap)];

/** @param {import("@codemirror/view").EditorView} view */
export function open(view) {
  if (!openSearchPanel(view)) view.dispatch({ effects: StateEffect.appendConfig.of(extensions) });
  openSearchPanel(view);
}
