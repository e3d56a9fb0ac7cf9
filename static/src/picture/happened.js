// The line after an entry that loaded something: what happened, from the picture before and the picture after. Pure.

import { errorOf } from "./failures.js";
import { keyOf } from "./memory.js";
import { code, joined, listed, say, someOf } from "./rich.js";
import { namePath } from "./story.js";

/**
 * @typedef {import("./story.js").Story} Story
 * @typedef {import("./memory.js").Space} Space
 * @typedef {import("./memory.js").Name} Name
 * @typedef {import("./rich.js").Rich} Rich
 * @typedef {import("./wire.js").Loaded} Loaded
 */

/**
 * @param {Story} story
 * @returns {Rich}  nothing when no module's code ran and none was looked up in vain
 */
export function whatHappened(story) {
  const loads = story.loadsNow();
  if (!loads.length) return lookedUp(story);
  const sentences = [...byModule(loads).values()].map((runs) => moduleLine(story, runs));
  return joined([...sentences, ...outside(story, new Set(loads.map(({ module }) => module)))]);
}

/** The loads of one entry, by module, in the order in which the modules first ran. @param {Loaded[]} loads */
function byModule(loads) {
  /** @type {Map<string, Loaded[]>} */
  const modules = new Map();
  for (const loaded of loads) modules.set(loaded.module, [...(modules.get(loaded.module) ?? []), loaded]);
  return modules;
}

/** @param {Story} story @param {Loaded[]} runs  of one module @returns {Rich} */
function moduleLine(story, runs) {
  const last = runs[runs.length - 1];
  const space = story.memory.current.get(last.module);
  const opening = joined([
    ranWords(story, runs, space),
    ...(last.stale_bytecode ? [say`(from old bytecode, not from the file)`] : []),
  ]);
  if (!space || (last.cause === "import" && !last.ok)) return say`${opening}.`;
  const changes = [...changesOf(story, space), ...(last.ok || last.load === 1 ? [] : [say`nothing was rolled back`])];
  const line = changes.length
    ? say`${opening}: ${joined(changes, "; ")}.`
    : say`${opening}: no name was bound to another object.`;
  return say`${line}${childrenWords(story, space)}`;
}

/** A package's submodules are modules of their own. @param {Story} story @param {Space} space @returns {Rich} */
function childrenWords(story, space) {
  const ran = new Set(story.loadsNow().map(({ module }) => module));
  const children = story.memory.modules.filter(({ name }) => name.startsWith(`${space.name}.`) && !ran.has(name));
  if (!children.length || space.load < 2) return [];
  const names = someOf(children.map(({ name }) => code(name)));
  return children.length > 1 ? say` Its submodules ${names} did not run.` : say` Its submodule ${names} did not run.`;
}

/** @param {Story} story @param {Loaded[]} runs @param {Space | undefined} space @returns {Rich} */
function ranWords(story, runs, space) {
  const { module, load, cause, ok } = runs[runs.length - 1];
  const name = code(module);
  const error = errorOf(story, module);
  const failed = ok ? [] : say` and stopped with ${error ? code(error) : "an error"}`;
  const times = runs.length > 1 ? ` ${runs.length} times` : "";
  if (cause === "import" && !ok && !space)
    return say`${name} ran${times}${failed}: the import took it out of ${code("sys.modules")} again`;
  if (cause === "import" && load > runs.length && space && isSecond(story, space))
    return say`${name} ran${times} in a second module object${failed}`;
  if (load === runs.length) return say`${name} ran${times || " for the first time"}${failed}`;
  if (!space) return say`${name} ran again${times}${failed}`; // in which object is not known
  if (story.before && !story.before.spaces.has(space.token))
    return say`${name} ran again in a new module object${failed}`;
  return say`${name} ran again${times} in the same module object${failed}`;
}

/** @param {Story} story @param {Space} space */
function isSecond(story, space) {
  return story.memory.modules.some((one) => one !== space && one.name === space.name);
}

/** @param {Story} story @param {Space} space @returns {Rich[]} */
function changesOf(story, space) {
  const marked = (/** @type {string} */ mark) =>
    space.names.filter((name) => name.mark === mark).map(({ name }) => code(name));
  const changes = [];
  const [fresh, rebound, leftover, stale] = ["new", "rebound", "leftover", "stale"].map(marked);
  if (rebound.length) changes.push(say`${someOf(rebound)} rebound`);
  if (fresh.length) changes.push(say`${someOf(fresh)} new`);
  changes.push(...leftoverWords(story, space));
  if (stale.length) changes.push(say`${someOf(stale)} ${stale.length > 1 ? "are" : "is"} stale`);
  if (!leftover.length && !changes.length) return [];
  return changes;
}

/** @param {Story} story @param {Space} space @returns {Rich[]} */
function leftoverWords(story, space) {
  /** @type {Map<number, Rich[]>} */
  const byLoad = new Map();
  for (const { name, mark } of space.names) {
    if (mark !== "leftover") continue;
    const load = story.boundBy(space, name);
    byLoad.set(load, [...(byLoad.get(load) ?? []), code(name)]);
  }
  return [...byLoad].map(
    ([load, names]) => say`${someOf(names)} left over from ${load ? `load ${load}` : "an earlier load"}`,
  );
}

/**
 * What changed in the spaces that did not run: the names that became stale and those that are no longer.
 *
 * @param {Story} story
 * @param {Set<string>} ran
 * @returns {Rich[]}
 */
function outside(story, ran) {
  const became = changedNames(story, (now, then) => now === "stale" && then !== "stale", ran);
  const healed = changedNames(story, (now, then) => now !== "stale" && then === "stale", ran);
  const sentences = [];
  if (became.length) sentences.push(say`${someOf(became)} ${became.length > 1 ? "are" : "is"} now stale.`);
  const kept = heldOn(story);
  if (kept.length) sentences.push(say`Old objects live on in ${someOf(kept)}.`);
  if (healed.length) sentences.push(say`${someOf(healed)} ${healed.length > 1 ? "are" : "is"} no longer stale.`);
  return sentences;
}

/**
 * The places without a name of their own that hold what has just become old: "handlers[0]".
 *
 * @param {Story} story
 * @returns {Rich[]}
 */
function heldOn(story) {
  const before = story.before;
  if (!before) return [];
  const fresh = story.memory.snapshot.objects.filter(
    ({ token, stale }) => stale && before.things.has(token) && !before.things.get(token)?.stale,
  );
  const isOlds = (/** @type {number} */ token) => {
    const holders = story.memory.partsOf(token);
    return holders.length > 0 && holders.every(({ thing }) => thing.stale) && !story.memory.names.has(token);
  };
  const places = fresh
    .flatMap(({ token }) => story.memory.partsOf(token))
    .filter(({ thing }) => !thing.stale && !isOlds(thing.token)); // what belongs to an old class is no place of its own
  return [...new Set(places.map((ref) => story.partPath(ref)))].map((path) => code(path));
}

/**
 * @param {Story} story
 * @param {(now: string, then: string) => boolean} test
 * @param {Set<string>} ran
 * @returns {Rich[]}
 */
function changedNames(story, test, ran) {
  const before = story.before;
  if (!before) return [];
  return story.memory.snapshot.spaces.flatMap((space) => {
    const then = before.snapshot.spaces.find((one) => keyOf(one) === keyOf(space));
    if (story.isOldCopy(space) || (ran.has(space.name) && story.memory.isCurrent(space))) return [];
    const marks = new Map(then?.names.map(({ name, mark }) => [name, mark]));
    return space.names
      .filter(({ name, mark }) => test(mark, marks.get(name) ?? ""))
      .map(({ name }) => code(namePath(space, name)));
  });
}

/** An import that ran nothing says why; so does an entry that cured a name. @param {Story} story @returns {Rich} */
function lookedUp(story) {
  const healed = outside(story, new Set());
  const module = /^\s*import\s+([\w.]+)\s*$/.exec(story.entryNow()?.source ?? "")?.[1] ?? "";
  const space = story.memory.current.get(module);
  const known = space && story.before?.current.get(module);
  if (!known || story.entryNow()?.error) return joined(healed);
  const nothing = say`Nothing ran: ${code(module)} was already in ${code("sys.modules")}, so ${code("import")} only looked it up.`;
  return joined([nothing, ...healed]);
}

/** "1 stale, 2 rebound": the picture in a few words, for the slider. @param {Story} story */
export function countsOf(story) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { names } of story.memory.snapshot.spaces) {
    for (const { mark } of names) if (mark) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  }
  return listed([...counts].map(([mark, count]) => [`${count} ${mark}`])).join("");
}
