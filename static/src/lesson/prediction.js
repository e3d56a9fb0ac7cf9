// The question before the run, the choice while it waits, and what came of it.

import { html } from "lit-html";
import { icon } from "../dom.js";
import { prose, words } from "./html.js";
import { verdictOf } from "./standing.js";

/** @typedef {import("./types.d.ts").Question} Question */
/** @typedef {import("./course.js").Course} Course */

/** @param {Course} course @param {Question} question */
export function questionTemplate(course, question) {
  const prediction = course.standing.value?.prediction;
  switch (course.stage.value) {
    case "settled":
      return prediction?.settled ? settledTemplate(question, prediction) : "";
    case "made":
      return waitingTemplate(question, Number(prediction?.choice));
    default:
      return openTemplate(course, question);
  }
}

/** @param {Course} course @param {Question} question */
function openTemplate(course, { ask, choices }) {
  const skipped = course.stage.value === "skipped";
  const ready = course.isReady.value;
  const choose = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const chosen = new FormData(/** @type {HTMLFormElement} */ (event.target)).get("choice");
    if (typeof chosen === "string") course.predict(chosen);
  };
  return html`<form class="predict" @submit=${choose}>
    <fieldset ?disabled=${!ready}><legend>${skipped ? "Prediction, skipped" : "Predict first"}</legend>
      <p>${words(ask)}</p>
      ${choices.map((choice, at) => html`<label><input type="radio" name="choice" value=${at} required><span>${words(choice)}</span></label>`)}
      <div class="acts"><button class="button mini primary">That is my guess</button>
        ${skipped ? "" : html`<button type="button" class="button mini ghost" @click=${() => course.predict("")}>Skip</button>`}</div>
    </fieldset></form>`;
}

/** @param {Question} question @param {number} chosen */
function waitingTemplate({ ask, choices }, chosen) {
  return html`<section class="predict" aria-label="Your prediction" tabindex="-1"><h3>Your prediction</h3>
    <p>${words(ask)}</p>
    <ul>${choices.map((choice, at) => html`<li class=${at === chosen ? "chosen" : ""}>
      <i></i><span>${words(choice)}${at === chosen ? html` <small>your guess</small>` : ""}</span></li>`)}</ul>
    <p class="why">Now run it and see.</p></section>`;
}

/** @param {Question} question @param {import("../protocol.d.ts").Settled} prediction */
function settledTemplate({ ask, choices }, prediction) {
  const { choice, happened, because } = prediction;
  return html`<section class="predict settled" aria-label="What came of the prediction"><h3>${verdictOf(prediction)}</h3>
    <p>${words(ask)}</p>
    <ul>${choices.map((text, at) => html`<li class=${choice === String(at) ? "chosen" : ""}>
      ${happened.includes(at) ? icon("check") : html`<i></i>`}<span>${words(text)}
      ${happened.includes(at) ? html` <small>happened</small>` : ""}${choice === String(at) ? html` <small>your guess</small>` : ""}</span></li>`)}</ul>
    ${prose(because)}</section>`;
}
