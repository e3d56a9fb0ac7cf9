// The link itself: `w=`, the number of its form, a dot, and the packed JSON of a workspace.

import { pack, unpack } from "./packing.js";
import { LinkProblem } from "./problem.js";
import { toPlain, toWorkspace } from "./workspace.js";

/** @typedef {import("./workspace.js").Workspace} Workspace */

/** Most characters of a link after the `#`. */
export const LINK_LIMIT = 32_000;
/** Most bytes that it may unpack to. */
export const UNPACKED_LIMIT = 1_000_000;
const FORM = 1;

/** @param {Workspace} workspace @returns {Promise<string>} however long it is */
export async function writeLink(workspace) {
  return `w=${FORM}.${await pack(JSON.stringify(toPlain(workspace)))}`;
}

/** @param {string} link @returns {Promise<Workspace>} or a LinkProblem */
export async function readLink(link) {
  if (link.length > LINK_LIMIT) throw new LinkProblem(`It is longer than ${LINK_LIMIT / 1000} kB.`);
  const [, form, packed] = /^w=(\d+)\.(.*)$/s.exec(link) ?? [];
  if (form === undefined) throw new LinkProblem("It does not tell which form it has: it was cut off or changed.");
  if (Number(form) !== FORM) throw new LinkProblem(`It has form ${Number(form)}, and this page knows form ${FORM} alone.`);
  return toWorkspace(parse(await unpack(packed, UNPACKED_LIMIT)));
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new LinkProblem("What it holds is not JSON.");
  }
}
