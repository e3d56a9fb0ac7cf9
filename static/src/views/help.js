// The dialog with the keys and what this sandbox is: what stands in it is fetched when it is first opened.

import { element } from "../dom.js";

/** @param {import("../model.js").Model} model @param {import("../model.js").Actions} actions */
export function mountHelp({ state }, actions) {
  const dialog = /** @type {HTMLDialogElement} */ (element("help"));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  return async () => {
    const { showHelp } = await import("../help.js");
    if (!dialog.open) showHelp(dialog, state.value, () => actions.erase());
  };
}
