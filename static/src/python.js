// How Python looks and is typed, in the editor and at the prompt alike.

import { history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentUnit, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { python } from "@codemirror/legacy-modes/mode/python";
import { EditorView, drawSelection, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** Read line by line: a whole parser weighs five times as much. */
const language = StreamLanguage.define(python);
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.definitionKeyword], color: "var(--c-keyword)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--c-string)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--c-number)" },
  { tag: tags.self, color: "inherit", fontWeight: "inherit" },
  { tag: tags.invalid, textDecoration: "underline dotted" },
]);

/** @param {string} nonce  lets CodeMirror write its style sheet under the page's policy */
export function pythonExtensions(nonce) {
  return [
    EditorView.cspNonce.of(nonce),
    EditorView.contentAttributes.of({ spellcheck: "false", autocorrect: "off", autocapitalize: "off", tabindex: "0" }),
    language,
    indentUnit.of("    "),
    syntaxHighlighting(colours),
    bracketMatching(),
    history(),
    drawSelection(),
    keymap.of(historyKeymap),
  ];
}
