// Plays the fixtures: each story as the states of the page's history, step by step.

import { readFileSync, readdirSync } from "node:fs";
import { EMPTY, arrange } from "../../../static/src/picture/arrange.js";
import { NO_PICTURES, reduce, stepsOf, storyOf } from "../../../static/src/picture/history.js";

const FOLDER = new URL("../fixtures/snapshots/", import.meta.url);

export const STORIES = readdirSync(FOLDER).map((name) => name.replace(".json", ""));

/** The history after a whole story. @param {string} name */
export function play(name) {
  const { noted } = JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), "utf8"));
  return noted.reduce((pictures, { message, seq }) => reduce(pictures, message, seq), NO_PICTURES);
}

/** What is told after an input, counted from 1, or from the end. @param {string} name @param {number} [step] */
export function tell(name, step = -1) {
  const pictures = play(name);
  const steps = step > 0 ? pictures.steps : stepsOf(pictures);
  return /** @type {import("../../../static/src/picture/story.js").Story} */ (
    storyOf(pictures, steps.at(step > 0 ? step - 1 : step))
  );
}

/** The story and the arrangement at each step, each arranged after the one before. @param {string} name */
export function arrangements(name) {
  const pictures = play(name);
  let previous = EMPTY;
  return stepsOf(pictures).map((step) => {
    const story = /** @type {import("../../../static/src/picture/story.js").Story} */ (storyOf(pictures, step));
    const before = previous;
    previous = arrange(previous, story.memory, story.before);
    return { story, before, now: previous };
  });
}
