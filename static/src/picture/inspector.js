// The answer under the picture, and the line that says what happened.

import { html, nothing } from "lit-html";
import { written } from "./badge.js";

/**
 * @typedef {import("./why.js").Answer} Answer
 * @typedef {import("./rich.js").Rich} Rich
 */
/** @typedef {{close: () => void, more: () => void, source: (of: {module: string, load: number}) => void}} Asks */

/** @type {Record<string, string>} what the terms mean that do not speak for themselves */
const TERMS = {
  Code: "The load whose source it runs",
  Globals: "The module in which it looks up names, each time it runs",
  "Kept alive by": "What still refers to it",
};

/** @param {Rich} happened @param {boolean} failed  a load: that is told beside every answer */
export function happenedTemplate(happened, failed) {
  if (!happened.length) return nothing;
  return html`<p class="happened${failed ? " failed" : ""}"><span class="term">What happened</span> ${written(happened)}</p>`;
}

/**
 * @param {Answer | null} answer
 * @param {boolean} whole  on a small screen the facts are shown only when asked for
 * @param {Asks} asks
 */
export function inspectorTemplate(answer, whole, asks) {
  if (!answer) return nothing;
  const { state, question, sentences, so, cure, facts, sources } = answer;
  const hasMore = facts.length > 0 || sources.length > 0;
  return html`<aside class="inspector s-${state} ${whole ? "whole" : ""}" aria-labelledby="memory-question">
    <header>
      <h3 id="memory-question">${written(question)}</h3>
      <button class="button mini ghost square" aria-label="Close the answer" @click=${asks.close}>
        <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4.5 4.5l7 7M11.5 4.5l-7 7" /></svg>
      </button>
    </header>
    <p class="because">${sentences.map((sentence) => [written(sentence), " "])}</p>
    ${
      so.length || cure.length
        ? html`<p class="end"><span class="so">${written(so)}</span> <span class="cure">${written(cure)}</span></p>`
        : nothing
    }
    <div class="facts">
      ${
        facts.length
          ? html`<dl>
              ${facts.map(
                ({ term, value }) =>
                  html`<div>
                    <dt title=${TERMS[term] ?? nothing}>${term}</dt>
                    <dd>${written(value)}</dd>
                  </div>`,
              )}
            </dl>`
          : nothing
      }
      ${sources.map((of) => sourceButton(of, asks))}
    </div>
    ${
      hasMore
        ? html`<button class="link whole" aria-expanded=${String(whole)} @click=${asks.more}>
            ${whole ? "Less" : "Details"}
          </button>`
        : nothing
    }
  </aside>`;
}

/**
 * @param {{module: string, load: number}} of
 * @param {Asks} asks
 */
function sourceButton(of, { source }) {
  return html`<button class="button mini" @click=${() => source(of)}>Source of ${of.module} load ${of.load}</button>`;
}
