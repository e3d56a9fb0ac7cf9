// Completion and the closing of brackets: fetched with the first key that is pressed in an editor, not with the page.

import { autocompletion, closeBrackets, closeBracketsKeymap, completeAnyWord } from "@codemirror/autocomplete";
import { EditorState, Prec } from "@codemirror/state";
import { keymap } from "@codemirror/view";

export { acceptCompletion, completionStatus, startCompletion } from "@codemirror/autocomplete";

/** @typedef {import("@codemirror/autocomplete").CompletionSource} CompletionSource */

/** Offered only when asked for; so a key pressed at once is meant for what is offered. */
const asked = { activateOnTyping: false, icons: false, interactionDelay: 0 };
const brackets = [closeBrackets(), Prec.highest(keymap.of(closeBracketsKeymap))];

/** For a file: its own words, and Python's. */
export const inFile = [
  brackets,
  autocompletion(asked),
  EditorState.languageData.of(() => [{ autocomplete: completeAnyWord }]),
];

/** For the prompt, where Python itself is asked. @param {CompletionSource} complete */
export function atPrompt(complete) {
  return [brackets, autocompletion({ ...asked, override: [complete] })];
}
