// How Python looks and is typed, in the editor and at the prompt alike.

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { history, historyKeymap } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorView, drawSelection, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.definitionKeyword], color: "var(--c-keyword)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--c-string)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--c-number)" },
  { tag: tags.invalid, textDecoration: "underline dotted" },
]);

/** @param {string} nonce  lets CodeMirror write its style sheet under the page's policy */
export function pythonExtensions(nonce) {
  return [
    EditorView.cspNonce.of(nonce),
    EditorView.contentAttributes.of({ spellcheck: "false", autocorrect: "off", autocapitalize: "off", tabindex: "0" }),
    python(),
    indentUnit.of("    "),
    syntaxHighlighting(colours),
    bracketMatching(),
    closeBrackets(),
    history(),
    drawSelection(),
    keymap.of([...closeBracketsKeymap, ...historyKeymap]),
  ];
}
