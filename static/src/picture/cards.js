// The cards of the picture as HTML. Knows no positions: those are written by the stage.

import { html, nothing, render } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { badge, written } from "./badge.js";
import { cardWords } from "./twin.js";
import { plain } from "./rich.js";
import { STATES } from "./states.js";

/**
 * @typedef {import("./scene.js").Card} Card
 * @typedef {import("./scene.js").Row} Row
 * @typedef {import("./rich.js").Rich} Rich
 * @typedef {import("./why.js").Target} Target
 */
/**
 * @typedef {object} Scenery  what the cards need to know of each other
 * @property {ReadonlyMap<string, Card>} cards
 * @property {Map<string, string>} words  what each card is called in a sentence, once it was asked for
 * @property {ReadonlyMap<string, Rich>} notes
 * @property {Target | null} selected
 * @property {(row: Row, card: Card) => "left" | "right"} sideOf
 * @property {(target: Target) => void} select
 * @property {(card: string) => void} open
 */

/** Where a line of code may be broken besides at its blanks: after an opening bracket, before the dot of an attribute. */
const BREAKS = /(?<=[([{])(?=[^\s)\]}])|(?<=[\w)\]])(?=\.[A-Za-z_])/;

/** Equal for cards that are drawn the same. @param {Card} card @param {Scenery} scenery */
export function lookOf(card, scenery) {
  const { selected, cards, notes } = scenery;
  const targets = card.rows.map((row) => cards.has(row.to) && [wordsOf(row, scenery), scenery.sideOf(row, card)]);
  const chosen = selected?.card === card.key ? (selected.name ?? "") : isAnswer(card, scenery);
  return JSON.stringify([card, targets, notes.get(card.key), chosen]);
}

/** What a row leads to. @param {Row} row @param {Scenery} scenery */
function wordsOf({ to }, { cards, words }) {
  const known = words.get(to) ?? plain(cardWords(/** @type {Card} */ (cards.get(to))));
  words.set(to, known);
  return known;
}

/** @param {Card} card @param {Scenery} scenery @param {HTMLElement} element  where it is drawn @param {number} [rows]  at most */
export function drawCard(card, scenery, element, rows = card.rows.length) {
  const chosen = isChosen(card, scenery) || isAnswer(card, scenery);
  element.className = `thing k-${card.kind} s-${card.state} column-${card.column}${chosen ? " selected" : ""}`;
  element.dataset.key = card.key;
  element.onclick = () => scenery.select({ card: card.key });
  render(contents(card, scenery, rows), element);
}

/** @param {Card} card @param {Scenery} scenery */
function isChosen(card, { selected }) {
  return selected?.card === card.key && selected.name === undefined;
}

/** @param {Card} card @param {Scenery} scenery @param {number} rows  at most */
function contents(card, scenery, rows) {
  const note = scenery.notes.get(card.key) ?? [];
  return html`
    <header>
      <div class="about">
        <span class="kind">${card.word}</span>${card.state === "same" ? nothing : badge(card.state)}
      </div>
      <h3>
        <button class="title" tabindex="-1" aria-pressed=${String(isChosen(card, scenery))}>${card.title}</button>
        ${card.load ? html`<span class="load" title=${loadWords(card)}>load ${card.load}</span>` : nothing}
      </h3>
    </header>
    ${card.code ? html`<pre><code>${codeLines(card.cut ? `${card.code}\n…` : card.code)}</code></pre>` : nothing}
    ${
      card.rows.length
        ? html`<ul aria-label=${`In ${card.title}`}>
            ${repeat(
              card.rows.slice(0, rows),
              ({ key }) => key,
              (row) => rowTemplate(row, card, scenery),
            )}
          </ul>`
        : nothing
    }
    ${footer(card, note, scenery)}`;
}

/** @param {Card} card */
function loadWords({ kind, load }) {
  return kind === "module" ? `Run ${load} of its file` : `Made by run ${load} of the file`;
}

/** @param {Card} card */
function hiddenWords({ kind }) {
  const space = kind === "module" || kind === "namespace";
  return space ? "Names that Python puts there, and modules of the standard library" : "More than a picture holds";
}

/** Long lines wrap under their own beginning; a card is narrow, so the indent is small type. @param {string} code */
function codeLines(code) {
  return code.split("\n").map((line) => {
    const indent = /^ */.exec(line)?.[0] ?? "";
    const deep = Math.min(16, 4 * Math.floor(indent.length / 4));
    const pieces = line.slice(indent.length).split(BREAKS);
    const words = pieces.map((piece, at) => (at ? html`<wbr />${piece}` : piece));
    return html`<span class="hang-${deep}"><small>${indent}</small>${words}${"\n"}</span>`;
  });
}

/** Whether it is what the selected name refers to. @param {Card} card @param {Scenery} scenery */
function isAnswer(card, { selected, cards }) {
  if (selected?.name === undefined) return false;
  return cards.get(selected.card)?.rows.find(({ key }) => key === `${selected.card}.${selected.name}`)?.to === card.key;
}

/** @param {Card} card @param {Rich} note @param {Scenery} scenery */
function footer(card, note, { open }) {
  const folded = [card.folded && `+ ${card.folded} more`, card.cut && `+ ${card.cut} lines`].filter(Boolean).join(", ");
  if (!note.length && !folded && !card.hidden && !card.open) return nothing;
  const toggle = (/** @type {Event} */ event) => {
    event.stopPropagation();
    open(card.key);
  };
  return html`<footer>
    ${note.length ? html`<span class="note">${written(note)}</span>` : nothing}
    ${
      folded || card.open
        ? html`<button
            class="more"
            tabindex="-1"
            aria-expanded=${String(card.open)}
            aria-label=${`${folded || "show less"} of ${card.title}`}
            @click=${toggle}
          >
            ${folded || "show less"}
          </button>`
        : nothing
    }
    ${card.hidden ? html`<span title=${hiddenWords(card)}>+ ${card.hidden}</span>` : nothing}
  </footer>`;
}

/** @param {Row} row @param {Card} card @param {Scenery} scenery */
function rowTemplate(row, card, scenery) {
  const target = scenery.cards.get(row.to);
  const marked = row.state !== "same" && row.state !== "stale";
  return html`<li
    class="slot s-${row.state} ${row.back ? "back" : ""} ${isSelected(row, card, scenery) ? "selected" : ""}"
    data-key=${row.key}
    @click=${(/** @type {Event} */ event) => selectRow(event, row, card, scenery)}
  >
    ${nameTemplate(row, card, scenery)} ${row.text ? html`<span class="value">${row.text}</span>` : nothing}
    ${target ? html`<span class="sr"> refers to the ${wordsOf(row, scenery)}</span>` : nothing}
    ${row.hint ? html`<span class="hint" aria-hidden=${target ? "true" : nothing}>${row.hint}</span>` : nothing}
    ${marked ? badge(row.state) : nothing} ${row.state === "stale" ? staleMark(row) : nothing}
    ${row.was ? html`<span class="was">was ${row.was}</span>` : nothing}
    ${target ? html`<i class="port ${scenery.sideOf(row, card)}" aria-hidden="true"></i>` : nothing}
  </li>`;
}

/**
 * A stale name whose arrow leads to a stale card says so there; a stale value in its row says it itself.
 *
 * @param {Row} row
 */
function staleMark(row) {
  return row.to ? html`<span class="sr"> (${STATES.stale.word})</span>` : badge("stale");
}

/** @param {Row} row @param {Card} card @param {Scenery} scenery */
function nameTemplate(row, card, scenery) {
  if (card.kind !== "module" && card.kind !== "namespace") return html`<span class="name">${row.name}</span>`;
  return html`<button class="name" tabindex="-1" aria-pressed=${String(isSelected(row, card, scenery))}>${row.name}</button>`;
}

/** @param {Row} row @param {Card} card */
function nameOf(row, card) {
  return row.key.slice(card.key.length + 1);
}

/** @param {Row} row @param {Card} card @param {Scenery} scenery */
function isSelected(row, card, { selected }) {
  return selected?.card === card.key && selected.name === nameOf(row, card);
}

/**
 * A name asks about itself; a part leads to the object that it holds.
 *
 * @param {Event} event
 * @param {Row} row
 * @param {Card} card
 * @param {Scenery} scenery
 */
function selectRow(event, row, card, { select, cards }) {
  event.stopPropagation();
  if (card.kind === "module" || card.kind === "namespace") select({ card: card.key, name: nameOf(row, card) });
  else select({ card: cards.has(row.to) ? row.to : card.key });
}
