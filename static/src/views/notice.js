// What the page must say before anything else: no connection, another tab, no room, an earlier session's files.

import { html, render } from "lit-html";
import { element, icon, paint } from "../dom.js";
import { offered } from "../orphans.js";

/** @typedef {import("../model.js").Model} Model */
/** @typedef {import("../model.js").Actions} Actions */
/**
 * A notice that blocks leaves nothing else on the page to be used. One that asks for nothing is read out when there is time.
 * @typedef {{ blocks: boolean, picture: Parameters<typeof icon>[0], title: string, text: string, buttons: [string, () => void][] }} Notice
 */

/** @param {Model} model @param {Actions} actions */
export function mountNotice(model, actions) {
  const place = element("notice");
  paint(() => {
    const notice = noticeFor(model, actions);
    const blocked = element("main").inert;
    render(notice ? shown(notice) : "", place);
    for (const part of document.querySelectorAll("#top, #main, #panes, .brief, .pacing")) part.toggleAttribute("inert", Boolean(notice?.blocks));
    if (notice?.blocks && !blocked) place.querySelector("button")?.focus();
  });
}

/** @param {Notice} notice */
function shown({ blocks, picture, title, text, buttons }) {
  return html`<div class="notice ${blocks ? "blocks" : ""}" role=${buttons.length ? "alert" : "status"}><div class="inside">
    ${icon(picture)}
    <p><b>${title}</b> <span>${text}</span></p>
    <div class="acts">${buttons.map(([label, act], place) => html`<button class="button ${place ? "" : "primary"}" @click=${act}>${label}</button>`)}</div>
  </div></div>`;
}

/** @param {Model} model @param {Actions} actions @returns {Notice | null} */
function noticeFor(model, actions) {
  const { state, connection, slow } = model;
  const { phase, code, reason, position } = connection.value;
  if (position) return inLine(position);
  if (code) return turnedAway(phase, code, reason, actions);
  if (slow.value) return offline(Boolean(state.value.session), actions);
  const files = offered(model);
  if (!files.length) return null;
  return state.value.lesson ? begunAgain(files.map(({ path }) => path), actions) : expired(files.length, actions);
}

/** @param {string} phase @param {string} code @param {string} reason @param {Actions} actions @returns {Notice} */
function turnedAway(phase, code, reason, actions) {
  /** @type {[string, () => void][]} */
  const again = [["Try again", actions.connect]];
  if (code === "taken-over") {
    const text = "The session goes on there, with the same files and the same Python. What you typed here is kept.";
    return { blocks: true, picture: "tabs", title: "You opened this session in another tab.", text, buttons: [["Use it here", actions.connect]] };
  }
  if (code === "full") {
    const text = `${reason} Your files stay in this browser. The page tries again by itself.`;
    return { blocks: true, picture: "clock", title: "The sandbox is full right now.", text, buttons: again };
  }
  const title = phase === "waiting" ? "The server asks you to wait." : "The server closed the connection.";
  return { blocks: true, picture: "alert", title, text: reason, buttons: again };
}

/** @param {number} position @returns {Notice} */
function inLine(position) {
  const text = "The sandbox is full right now. The page lets you in by itself.";
  return { blocks: true, picture: "clock", title: `You are ${ordinal(position)} in line.`, text, buttons: [] };
}

/** @param {number} number */
function ordinal(number) {
  /** @type {Record<string, string>} */
  const suffixes = { one: "st", two: "nd", few: "rd" };
  return number + (suffixes[new Intl.PluralRules("en", { type: "ordinal" }).select(number)] ?? "th");
}

/** @param {boolean} before  there was a connection @param {Actions} actions @returns {Notice} */
function offline(before, actions) {
  const text = before
    ? "Trying to come back. Go on editing: what you save and run is kept and sent then."
    : "The page keeps trying.";
  return { blocks: false, picture: "plug", title: before ? "Connection lost." : "The server does not answer.", text, buttons: [["Try now", actions.connect]] };
}

/** @param {number} count @param {Actions} actions @returns {Notice} */
function expired(count, actions) {
  const files = count === 1 ? "Its file is" : `Its ${count} files are`;
  const text = `${files} still in this browser; what was in memory is gone.`;
  return {
    blocks: false, picture: "clock", title: "Your earlier session has ended.", text,
    buttons: [["Bring the files back", actions.adoptOrphans], ["Start afresh", actions.dropOrphans]],
  };
}

/** @param {string[]} paths @param {Actions} actions @returns {Notice} */
function begunAgain(paths, actions) {
  const text = `This step was set up again. What you had written in ${paths.join(", ")} is still in this browser.`;
  return {
    blocks: false, picture: "clock", title: "Your earlier session has ended.", text,
    buttons: [["Bring it back", actions.adoptOrphans], ["Leave it", actions.dropOrphans]],
  };
}
