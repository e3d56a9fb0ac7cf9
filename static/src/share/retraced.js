// Makes what a link holds of what the server tells was done. Pure.

import { filesAfter } from "./workspace.js";

/** @typedef {import("./workspace.js").Step} Step */
/** @typedef {import("../protocol.d.ts").Retraced} Retraced */

/**
 * What was done to files before the first entry made no difference to Python: those are the files at the beginning.
 *
 * @param {Pick<Retraced, "files" | "steps">} retraced
 * @returns {import("./workspace.js").Workspace}
 */
export function workspaceOf({ files, steps }) {
  const before = new Map(files.map(({ path, text }) => [path, text]));
  const all = stepsOf(steps);
  const first = all.findIndex((step) => "run" in step);
  return { files: filesAfter({ files: before, steps: first < 0 ? all : all.slice(0, first) }), steps: first < 0 ? [] : all.slice(first) };
}

/**
 * An entry that was typed line by line is one step, if nothing came between its lines. Answers and interrupts are none.
 *
 * @param {Retraced["steps"]} done
 * @returns {Step[]}
 */
function stepsOf(done) {
  /** @type {Step[]} */
  const steps = [];
  let flies = false;
  let unfinished = "";
  for (const one of done) {
    if (one.kind === "run") {
      if (unfinished && one.source.startsWith(`${unfinished}\n`)) steps.pop();
      steps.push({ run: one.source });
    } else if (one.kind === "save") steps.push({ save: one.path, text: one.text, ...(flies && { meanwhile: true }) });
    else if (one.kind === "delete") steps.push({ delete: one.path, ...(flies && { meanwhile: true }) });
    flies = one.kind === "run" || (flies && one.kind !== "finished");
    const last = steps.at(-1);
    unfinished = one.kind === "finished" && one.status === "incomplete" && last && "run" in last ? last.run : "";
  }
  return steps;
}
