// The memory after each step, and what can be told about it, from the snapshots that are known. Pure.

import { Memory } from "./memory.js";
import { Story } from "./story.js";
import { isFirst, newest, stepBefore, stepNow, stepsOf } from "./travel.js";

/**
 * @typedef {import("./history.js").Pictures} Pictures
 * @typedef {import("./history.js").Step} Step
 * @typedef {import("./wire.js").Snapshot} Snapshot
 */

/**
 * The pictures that are missing to show the step looked at and to compare it, in the order of need.
 *
 * @param {Pictures} pictures
 */
export function wanted(pictures) {
  const step = stepNow(pictures);
  return step ? missing(pictures, step).filter((seq) => !pictures.asked.has(seq)) : [];
}

/**
 * The pictures that are missing before a step can be told.
 *
 * @param {Pictures} pictures
 * @param {Step} step
 */
export function missing(pictures, step) {
  const before = stepBefore(pictures, step);
  const needed = before ? [step, before] : [step];
  return needed
    .filter((one) => !memoryAt(pictures, one))
    .map(({ seq }) => seq);
}

/** @type {WeakMap<Snapshot, Memory>} a snapshot is indexed once */
const indexed = new WeakMap();
/** @type {WeakMap<Snapshot, Snapshot>} */
const calmed = new WeakMap();
const NOTHING = /** @type {Snapshot} */ ({
  kind: "snapshot",
  seq: 0,
  run: 0,
  truncated: false,
  spaces: [],
  objects: [],
});

/** @param {Snapshot} snapshot @returns {Memory} */
export function memoryOf(snapshot) {
  const memory = indexed.get(snapshot) ?? new Memory(snapshot);
  indexed.set(snapshot, memory);
  return memory;
}

/**
 * The memory after a step; null when its picture has to be asked for.
 *
 * @param {Pictures} pictures
 * @param {Step} step
 */
export function memoryAt(pictures, step) {
  return memoriesOf(pictures).get(step.seq) ?? null;
}

/** @type {WeakMap<Pictures, Map<number, Memory | null>>} */
const histories = new WeakMap();

/**
 * The memory after each step: its own snapshot, or, when it brought none, that of the step before.
 *
 * @param {Pictures} pictures
 */
function memoriesOf(pictures) {
  const known = histories.get(pictures);
  if (known) return known;
  /** @type {Map<number, Memory | null>} */
  const memories = new Map();
  /** @type {{life: number, memory: Memory | null}} */
  let last = { life: 0, memory: null };
  for (const step of stepsOf(pictures)) {
    const own = pictures.snapshots.get(step.seq);
    const before = last.life === step.life ? last.memory : memoryOf(NOTHING);
    const memory = own ? memoryOf(own) : step.live && before ? memoryOf(calm(before.snapshot)) : null;
    memories.set(step.seq, memory);
    last = { life: step.life, memory };
  }
  histories.set(pictures, memories);
  return memories;
}

/** A picture in which nothing has just changed. @param {Snapshot} snapshot @returns {Snapshot} */
export function calm(snapshot) {
  const known = calmed.get(snapshot);
  if (known) return known;
  const spaces = snapshot.spaces.map((space) => ({ ...space, names: space.names.map(calmName) }));
  const quiet = { ...snapshot, run: 0, spaces };
  calmed.set(snapshot, quiet);
  calmed.set(quiet, quiet);
  return quiet;
}

/** @param {import("./wire.js").Name} name */
function calmName(name) {
  return name.mark === "new" || name.mark === "rebound"
    ? { ...name, mark: /** @type {const} */ (""), was: null }
    : name;
}

/**
 * What can be told about a step; null when its picture has to be asked for.
 *
 * @param {Pictures} pictures
 * @param {Step | undefined} [step]  the one looked at, when none is given
 * @returns {Story | null}
 */
export function storyOf(pictures, step = stepNow(pictures)) {
  if (!step || !memoryAt(pictures, step)) return null;
  const lived = stepsOf(pictures).filter(({ life, seq }) => life === step.life && seq <= step.seq);
  const memories = lived.map((one) => memoryAt(pictures, one));
  const newestRun = Math.max(0, ...lived.map(({ run }) => run));
  const first = isFirst(pictures, step);
  const known = memories.filter((memory) => memory !== null);
  if (first) known.unshift(memoryOf(NOTHING));
  return new Story({
    run: step.run,
    memories: known,
    whole: first || Boolean(memories[memories.length - 2]),
    loads: pictures.loads
      .filter(({ life, loaded }) => life === step.life && loaded.run <= newestRun)
      .map(({ loaded }) => loaded),
    entries: lived.filter(({ kind }) => kind === "run").map(({ run, text, error }) => ({ run, source: text, error })),
    disk: step === newest(pictures) ? pictures.disk : step.disk,
  });
}
