// A question before something that cannot be undone.

import { html, render } from "lit-html";

/** @typedef {{ title: string, text: string, yes: string }} Question */

/** @param {HTMLDialogElement} dialog @param {Question} question @returns {Promise<boolean>} */
export function ask(dialog, { title, text, yes }) {
  render(html`<form method="dialog" class="question">
    <h2 id="question-title">${title}</h2>
    <p>${text}</p>
    <div class="acts"><button class="button" value="no" autofocus>Cancel</button><button class="button primary" value="yes">${yes}</button></div>
  </form>`, dialog);
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
