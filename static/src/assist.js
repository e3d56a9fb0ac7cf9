// Completion and the closing of brackets: fetched with the first key that is pressed in an editor, not with the page.

import { autocompletion, closeBrackets, closeBracketsKeymap, completeAnyWord } from "@codemirror/autocomplete";
import { EditorState, Prec } from "@codemirror/state";
import { keymap } from "@codemirror/view";

export { acceptCompletion, completionStatus, startCompletion } from "@codemirror/autocomplete";

/** @typedef {import("@codemirror/autocomplete").CompletionSource} CompletionSource */

const brackets = [closeBrackets(), Prec.highest(keymap.of(closeBracketsKeymap))];

/** For a file: its own words, and Python's. */
export const inFile = [
  brackets,
  autocompletion({ activateOnTyping: false, icons: false }),
  EditorState.languageData.of(() => [{ autocomplete: completeAnyWord }]),
];

/** For the prompt, where Python itself is asked. @param {CompletionSource} complete */
export function atPrompt(complete) {
  return [brackets, autocompletion({ activateOnTyping: false, icons: false, override: [complete] })];
}
