// Plays the fixtures: each story as the states of the page's history, step by step.

import { readFileSync, readdirSync } from "node:fs";
import { EMPTY, arrange } from "../../../static/src/picture/arrange.js";
import { NO_PICTURES, reduce } from "../../../static/src/picture/history.js";
import { storyOf } from "../../../static/src/picture/memories.js";
import { stepsOf } from "../../../static/src/picture/travel.js";

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

/**
 * The key of a card: "__main__", "changer", "printer(), load 1".
 *
 * @param {import("../../../static/src/picture/memory.js").Memory} memory
 * @param {string} words
 */
export function keyOf(memory, words) {
  const [label, load] = words.split(", load ");
  const fits = (/** @type {{load: number}} */ one) => load === undefined || one.load === Number(load);
  const space = memory.snapshot.spaces.find((one) => one.name === label && fits(one));
  const thing = memory.snapshot.objects.find((one) => one.label === label && fits(one));
  if (!space && !thing) throw new Error(`no ${words} in the picture`);
  return space && !space.token ? space.name : `o${space?.token ?? thing?.token}`;
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
