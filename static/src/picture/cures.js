// What to type so that a name gets the new object, or that a leftover goes. Said only where it is sure to work. Pure.

import { oneImport } from "./imports.js";
import { MAIN } from "./memory.js";
import { code, say } from "./rich.js";
import { namePath, splitOrigin } from "./story.js";

/**
 * @typedef {import("./story.js").Story} Story
 * @typedef {import("./memory.js").Space} Space
 * @typedef {import("./memory.js").Thing} Thing
 * @typedef {import("./memory.js").Name} Name
 * @typedef {import("./memory.js").NameRef} NameRef
 * @typedef {import("./rich.js").Rich} Rich
 */

/**
 * For a stale object, as seen through a name, or through what else holds it.
 *
 * @param {Story} story
 * @param {Thing} thing
 * @param {NameRef | null} ref
 * @returns {Rich}
 */
export function cureOfThing(story, thing, ref) {
  if (ref && (story.isOldCopy(ref.space) || ref.space === story.memory.ownerOf(thing))) return [];
  if (ref?.name.origin) return cureOfImport(story, ref.space, ref.name);
  if (ref && ref.space.name !== MAIN) return cureInModule(story, ref.space, ref.name);
  const cure = CURES[thing.kind];
  return cure ? cure(story, thing, ref) : [];
}

/**
 * For a name that a from-import bound to what the module has replaced since.
 *
 * @param {Story} story
 * @param {Space} space
 * @param {Name} name
 * @returns {Rich}
 */
export function cureOfImport(story, space, name) {
  if (space.name !== MAIN) return cureInModule(story, space, name);
  const [module, attribute] = splitOrigin(name.origin);
  const current = story.memory.current.get(module);
  const found = current?.names.find((one) => one.name === attribute);
  if (!current || !found) return [];
  const runs = story.runsFor(current, found);
  if (!runs) return cureOfObject(story, space, name);
  if (runs.length)
    return say`${code(name.origin)} is old, too. To get the new one, run ${runsWords(story, runs)}, then ${importAgain(story, space, name)}.`;
  const again = say`To get the new one, run ${importAgain(story, space, name)}`;
  const path = pathTo(story, current);
  if (!path) return say`${again}.`;
  const kind = story.memory.things.get(found.value.ref)?.kind;
  return kind === "function"
    ? say`${again}, or call ${code(`${path}.${attribute}()`)}.`
    : say`${again}, or write ${code(`${path}.${attribute}`)}.`;
}

/** Where the module that a name was taken from has the old object, too. @param {Story} story @param {Space} space @param {Name} name @returns {Rich} */
function cureOfObject(story, space, name) {
  const thing = story.memory.things.get(name.value.ref);
  return (thing && CURES[thing.kind]?.(story, thing, { space, name })) ?? [];
}

/** The statement to run, which need not have been run before. @param {Story} story @param {Space} space @param {Name} name @returns {Rich} */
function importAgain(story, space, name) {
  const statement = story.importOf(space, name);
  return statement ? say`${code(statement)} again` : code(oneImport(...splitOrigin(name.origin), name.name));
}

/** @param {Story} story @param {Space} space @param {Name} name @returns {Rich} */
export function cureOfLeftover(story, space, { name }) {
  const path = pathTo(story, space);
  return path ? say`${code(`del ${path}.${name}`)} takes it out.` : [];
}

/** A module's own names are bound by its code, or are left over. @param {Story} story @param {Space} space @param {Name} name @returns {Rich} */
function cureInModule(story, space, name) {
  if (story.binds(space, name) === false) return cureOfLeftover(story, space, name);
  const runs = story.runsFor(space, name);
  if (!runs?.length) return [];
  const [only] = runs;
  if (runs.length > 1) return say`To get the new one, run ${runsWords(story, runs)}.`;
  const path = pathTo(story, only);
  return say`To get the new one, run ${code(only.name)} again too${path && say`: ${code(`importlib.reload(${path})`)}`}.`;
}

/** @param {Story} story @param {Space[]} runs @returns {Rich} */
function runsWords(story, runs) {
  const calls = runs.map((run) => {
    const path = pathTo(story, run);
    return path ? code(`importlib.reload(${path})`) : say`${code(run.name)} again`;
  });
  return calls.flatMap((call, at) => (at ? [", then ", ...call] : call));
}

/** @type {Record<string, (story: Story, thing: Thing, ref: NameRef | null) => Rich>} */
const CURES = {
  function: bindAgain,
  class: bindAgain,
  instance: makeAgain,
  method: (story, thing, ref) =>
    ref && lookedUpAnew(story, thing) ? say`To get the new one, take it again: ${code(`${ref.name.name} = …`)}.` : [],
  generator: (story, thing) => {
    const path = newPath(story, thing);
    return path ? say`A new call of ${code(`${path}()`)} runs the new code.` : [];
  },
};

/** Whether the object that a method is bound to has the new function. @param {Story} story @param {Thing} thing */
function lookedUpAnew(story, thing) {
  const self = story.memory.things.get(thing.parts.find(({ key }) => key === "__self__")?.value.ref ?? 0);
  return self?.stale === false;
}

/** @param {Story} story @param {Thing} thing @param {NameRef | null} ref @returns {Rich} */
function bindAgain(story, thing, ref) {
  const path = newPath(story, thing);
  const place = ref ? ref.name.name : itemOf(story, thing);
  return path && place ? say`To get the new one: ${code(`${place} = ${path}`)}.` : [];
}

/** @param {Story} story @param {Thing} thing @param {NameRef | null} ref @returns {Rich} */
function makeAgain(story, thing, ref) {
  if (story.memory.isWrapper(thing)) return bindAgain(story, thing, ref);
  const type = story.memory.classOf(thing);
  const path = type && newPath(story, type);
  if (!path) return [];
  if (thing.parts.some(({ key }) => key === "_name_")) return say`The new members are those of ${code(path)}.`; // an enum
  const made = say`${code(`${path}(…)`)} makes an object of the new class`;
  const place = ref?.name.name;
  return place ? say`${made}; ${code(`${place}.__class__ = ${path}`)} gives this one the new class.` : say`${made}.`;
}

/** What is written to reach the object that took an object's place, "" where there is none. @param {Story} story @param {Thing} thing */
function newPath(story, thing) {
  const successor = story.successorOf(thing);
  const current = successor && story.memory.current.get(successor.module);
  const path = current && ["remade", "copied"].includes(successor.way) ? pathTo(story, current) : "";
  const name = story.memory.qualifiedName(thing);
  return path && !name.includes("<") && current?.names.some((one) => one.name === successor?.name) ? `${path}.${name}` : "";
}

/** The place in a list or dict that alone holds an object: "handlers[0]". @param {Story} story @param {Thing} thing */
function itemOf(story, thing) {
  const holders = story.memory.partsOf(thing.token);
  const [held] = holders;
  const isItem = holders.length === 1 && ["list", "dict"].includes(held.thing.kind) && story.memory.namesOf(held.thing.token).length;
  return isItem ? story.partPath(held) : "";
}

/** How the console reaches a module: by a name of its own, or as `pkg.sub`; "" when it does not. @param {Story} story @param {Space} module */
function pathTo(story, module) {
  const names = story.memory.main?.names ?? [];
  const name = names.find(({ value }) => value.ref === module.token)?.name;
  if (name) return name;
  const [top] = module.name.split(".");
  const root = story.memory.current.get(top);
  return root && top !== module.name && names.some((one) => one.name === top && one.value.ref === root.token)
    ? namePath(module, "").slice(0, -1)
    : "";
}
