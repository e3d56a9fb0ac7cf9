// What is said about a namespace: `sys.modules`, `__main__`, a module and its second copy. Pure.

import { CACHE, MAIN } from "./memory.js";
import { code, listed, say, someOf } from "./rich.js";
import { namePath } from "./story.js";

/**
 * @typedef {import("./story.js").Story} Story
 * @typedef {import("./memory.js").Space} Space
 * @typedef {import("./rich.js").Rich} Rich
 * @typedef {import("./states.js").State} State
 * @typedef {import("./why.js").Answer} Answer
 * @typedef {import("./why.js").Fact} Fact
 */

/** @param {Story} story @param {Space} space @returns {Answer} */
export function aboutSpace(story, space) {
  const isNew = space.name !== MAIN && space.name !== CACHE && story.before !== null && !story.before.has(space.token);
  const base = {
    state: /** @type {State} */ (isNew ? "new" : "same"),
    question: say`What is ${code(space.name)}?`,
    so: /** @type {Rich} */ ([]),
    cure: /** @type {Rich} */ ([]),
    facts: /** @type {Fact[]} */ ([]),
    token: 0,
    sources: /** @type {Answer["sources"]} */ ([]),
  };
  if (space.name === CACHE) {
    return {
      ...base,
      sentences: [
        say`Python’s cache of imported modules. ${code("import")} looks here first and runs a file only for a name that is not here.`,
        say`${code("reload")} takes a module that is here and runs its file once more.`,
      ],
    };
  }
  if (space === story.memory.main) {
    return {
      ...base,
      sentences: [
        say`The names of the console. What you type runs here.`,
        say`A reload of a module binds names in that module only, never here.`,
      ],
    };
  }
  const held = story.memory.namesOf(space.token).map(({ space: by, name }) => code(namePath(by, name.name)));
  const facts = [
    { term: "Load", value: say`${space.load}` },
    { term: "Named by", value: held.length ? someOf(held) : say`no name in the picture` },
  ];
  const sources = Array.from({ length: space.load }, (_, at) => ({ module: space.name, load: at + 1 })).filter(
    ({ load }) => story.loadOf(space.name, load)?.source,
  );
  return { ...base, sentences: moduleSentences(story, space), facts, token: space.token, sources: sources.slice(-6) };
}

/** @param {Story} story @param {Space} space @returns {Rich[]} */
function moduleSentences(story, space) {
  const copies = story.memory.modules.filter(({ name }) => name === space.name);
  if (copies.length > 1 && !story.memory.isCurrent(space)) {
    return [
      say`An older module object: ${code("sys.modules")} no longer holds it, but something still refers to it.`,
      say`Its functions go on with its own, old values; a reload of ${code(space.name)} does not reach it.`,
    ];
  }
  if (copies.length > 1 && !story.isCopyOfImport(space)) {
    return [
      say`There are several module objects of this name, and ${code("sys.modules")} holds this one.`,
      say`An import of ${code(space.name)} gives this one.`,
    ];
  }
  if (copies.length > 1) {
    return [
      say`A second module object of the same name: the import found no ${code(space.name)} in ${code("sys.modules")} and made one.`,
      say`It shares nothing with the other copy.`,
    ];
  }
  if (!story.memory.isCurrent(space) && story.heldInstead(space))
    return [
      say`${code("sys.modules")} holds another object under this name: an import of ${code(space.name)} does not give this module.`,
    ];
  if (!story.memory.isCurrent(space))
    return [
      say`${code("sys.modules")} does not hold this module object: an import of ${code(space.name)} would make another.`,
    ];
  const twins = namesOfTheSameFile(story, space);
  if (twins.length) {
    return [
      say`Its file ${code(space.path)} was also run as ${listed(twins.map((name) => code(name)))}.`,
      say`Python knows a module by its name alone: they share nothing, and a reload of one does not reach the other.`,
    ];
  }
  if (story.isHalfNew(space)) {
    return [
      say`Load ${space.load} stopped with an error. What it did before the error stays; nothing was rolled back.`,
      say`So some of these names are new and the others are still those of an earlier load.`,
    ];
  }
  const packages = story.memory.modules
    .filter(({ name }) => name.startsWith(`${space.name}.`))
    .map(({ name }) => code(name));
  const children = packages.length
    ? [
        say`Its submodules are modules of their own: ${listed(packages)}. Reloading ${code(space.name)} does not run them.`,
      ]
    : [];
  if (space.load < 2) return [say`Its file ran once, as load 1. Importing it again only looks it up.`, ...children];
  if (story.madeBy(space) === space.load)
    return [
      say`Load ${space.load} made this new module object. It began empty: nothing in it is left over from the earlier one.`,
      say`References to the earlier module object, and to what was in it, were not changed.`,
      ...children,
    ];
  return [
    say`Load ${space.load} ran its code again in this same module object, so every reference to the module sees the new contents.`,
    say`References to what was in it were not changed.`,
    ...children,
  ];
}

/** @param {Story} story @param {Space} space @returns {string[]} modules of other names made from the same file */
function namesOfTheSameFile(story, { name, path }) {
  return path ? story.memory.modules.filter((one) => one.path === path && one.name !== name).map((one) => one.name) : [];
}

/** The line under the rows of a module's card, or nothing. @param {Story} story @param {Space} space @returns {Rich} */
export function noteOf(story, space) {
  if (space === story.memory.main || space.name === CACHE) return [];
  const notes = [memoryNote(story, space), diskNote(story, space)].filter((note) => note);
  return notes.length ? [notes.join("; ")] : [];
}

/** @param {Story} story @param {Space} space */
function memoryNote(story, space) {
  const loads = story.loadsNow().flatMap(({ module, load }) => (module === space.name ? [load] : []));
  const made = story.madeBy(space);
  const known = story.before?.spaces.get(space.token);
  if (story.isOldCopy(space)) return "an older copy, still in use";
  if (story.heldInstead(space)) return "still in use, though sys.modules holds another object";
  if (!story.memory.isCurrent(space)) return "still in use, though an import would make another";
  if (story.isHalfNew(space)) return `half new: load ${space.load} stopped with an error`;
  if (story.memory.modules.some((one) => one !== space && one.name === space.name))
    return story.isCopyOfImport(space) ? "a second module object" : "one of several module objects of this name";
  const twins = namesOfTheSameFile(story, space);
  if (twins.length) return `its file is also the module ${twins.join(", ")}`;
  if (made > 1 && loads.includes(made)) return "a new module object";
  const ran = known ? known.load < space.load : loads.includes(space.load);
  return ran && space.load > 1 ? "same object, run again in place" : "";
}

/** @type {Record<string, (load: number) => string>} */
const DISK = {
  edited: (load) => `its file was edited since load ${load}`,
  deleted: () => "its file is gone",
  "stale-bytecode": () => "old bytecode ran, not the file",
};

/** @param {Story} story @param {Space} space */
function diskNote(story, space) {
  const file = story.memory.isCurrent(space) ? story.past.disk?.get(space.path) : undefined;
  return (file && DISK[file.state]?.(file.load)) ?? "";
}
