// What a step is called, in one line. Pure.

import { visible } from "./visible.js";

const LONGEST = 60;

/** @param {import("./workspace.js").Step} step */
export function labelOf(step) {
  if ("save" in step) return plain(`save ${step.save}`);
  if ("delete" in step) return plain(`delete ${step.delete}`);
  const [first, ...rest] = step.run.trim().split("\n");
  return rest.length ? `${plain(first)} …` : plain(first);
}

/** @param {string} text */
function plain(text) {
  const seen = visible(text).map((piece) => piece.text).join("");
  return seen.length > LONGEST ? `${seen.slice(0, LONGEST)}…` : seen;
}
