// What is known at one step: the memory then and before, the loads and entries up to then. Answers the small questions
// that sentences are made of. Pure.

import { fromImports, packageOf, statementFor } from "./imports.js";
import { Memory, unquoted } from "./memory.js";

/**
 * @typedef {import("./memory.js").Space} Space
 * @typedef {import("./memory.js").Thing} Thing
 * @typedef {import("./memory.js").Name} Name
 * @typedef {import("./memory.js").PartRef} PartRef
 * @typedef {import("./wire.js").Loaded} Loaded
 * @typedef {import("./wire.js").DiskState} DiskState
 */
/**
 * @typedef {object} Past
 * @property {number} run  of the step looked at, 0 for what is no entry
 * @property {Memory[]} memories  those that are known, oldest first, the one looked at last
 * @property {boolean} whole  whether the memory just before the one looked at is among them
 * @property {Loaded[]} loads  of this interpreter, up to this step
 * @property {{run: number, source: string, error: string}[]} entries  of this interpreter, up to this step
 * @property {ReadonlyMap<string, DiskState> | null} disk  the files then; null when that is not known
 */
/**
 * How a name of a module came to hold another object than the one looked at.
 *
 * way: copied (an import made a second object of the module), swapped (`sys.modules` got another object in another way),
 * gone, remade (a later load made it anew), replaced (by somebody else)
 *
 * @typedef {{way: "copied" | "swapped" | "gone" | "remade" | "replaced", module: string, name: string, load: number, cause: string, now: string}} Successor
 */

export class Story {
  /** @type {Map<Space, import("./imports.js").FromImport[]>} */
  #imports = new Map();

  /** @param {Past} past */
  constructor(past) {
    this.past = past;
    this.memory = /** @type {Memory} */ (past.memories.at(-1));
    this.before = past.whole ? (past.memories.at(-2) ?? null) : null;
    this.run = past.run;
  }

  /** @param {string} module @param {number} load @returns {Loaded | undefined} */
  loadOf(module, load) {
    return this.past.loads.findLast((one) => one.module === module && one.load === load);
  }

  /** The loads of the entry that made this picture. */
  loadsNow() {
    return this.past.loads.filter(({ run }) => run && run === this.run);
  }

  entryNow() {
    return this.past.entries.findLast(({ run }) => run && run === this.run);
  }

  /** Whether the latest load of a module stopped with an error. @param {Space | undefined} space */
  isHalfNew(space) {
    return Boolean(space && this.loadOf(space.name, space.load)?.ok === false);
  }

  /** Whether there is a newer module object of the same name. @param {Space} space */
  isOldCopy(space) {
    const current = this.memory.current.get(space.name);
    return current !== undefined && current !== space;
  }

  /**
   * The load that made a module object: of those before its first picture, the last that was not a reload. 0 when it is
   * not known.
   *
   * @param {Space} space
   */
  madeBy({ name, token }) {
    const first = this.past.memories.find(({ spaces }) => spaces.has(token))?.spaces.get(token)?.load ?? 0;
    const makes = this.past.loads.filter(({ module, cause }) => module === name && cause !== "reload");
    return makes.findLast(({ load }) => load <= first)?.load ?? 0;
  }

  /** How many loads there were of a module in this interpreter, both copies counted. @param {string} module */
  loadsOf(module) {
    return Math.max(0, ...this.memory.modules.filter(({ name }) => name === module).map(({ load }) => load));
  }

  /**
   * What took an object's place, or that of what it was made in: its class, or the function that made it. Null where that
   * is not known, or still there.
   *
   * @param {Thing} thing
   * @returns {Successor | null}
   */
  successorOf(thing) {
    const owner = this.memory.ownerOf(thing);
    const module = owner?.name ?? this.memory.moduleOf(thing);
    const name = this.#rootOf(thing);
    if (!module || !name || !owner || owner === this.memory.main) return null;
    const held = this.heldInstead(owner);
    if (held) return this.#successorBeside(held, name, thing);
    const isInside = name !== this.memory.qualifiedName(thing);
    const now = nameIn(owner, name)?.value.ref ?? 0;
    const isThere = isInside ? now && this.memory.things.get(now)?.load === thing.load : now === thing.token;
    return isThere ? null : this.#successorIn(owner, name, thing);
  }

  /** What `sys.modules` holds under a module's name, where that is another object. @param {Space} space */
  heldInstead({ name, token }) {
    const held = this.memory.cache?.names.find((one) => unquoted(one.name) === name)?.value;
    return held && held.ref !== token ? held : null;
  }

  /** @param {import("./memory.js").Value} held  in the place of its module @param {string} name @param {Thing} thing @returns {Successor} */
  #successorBeside(held, name, thing) {
    const module = this.memory.ownerOf(thing)?.name ?? "";
    const current = this.memory.current.get(module);
    const made = current && this.#importOfCopy(current);
    if (!current || !made || made.load <= thing.load)
      return { module, name, now: held.text, way: "swapped", load: 0, cause: "" };
    const now = nameIn(current, name)?.value.text ?? "";
    return { module, name, now, way: now ? "copied" : "gone", load: current.load, cause: made.cause };
  }

  /** Whether an import found no module of this name and made this one beside the other. @param {Space} space */
  isCopyOfImport(space) {
    return (this.#importOfCopy(space)?.load ?? 0) > 1;
  }

  /** Whether an import of this step made it. @param {Space} space */
  isMadeNow(space) {
    return this.loadsNow().some((one) => one === this.#importOfCopy(space));
  }

  /** The import that made a module object, as far as that is known. @param {Space} space */
  #importOfCopy(space) {
    const made = this.loadOf(space.name, this.madeBy(space));
    return made?.cause === "import" ? made : undefined;
  }

  /**
   * What took an object's place in the module that a from-import had it from; null where it is still there.
   *
   * @param {Thing} thing
   * @param {string} origin
   * @returns {Successor | null}
   */
  successorAt(thing, origin) {
    const [module, name] = splitOrigin(origin);
    const current = this.memory.current.get(module);
    if (!current || nameIn(current, name)?.value.ref === thing.token) return null;
    return this.#successorIn(current, name, thing);
  }

  /** @param {Space} space @param {string} name @param {Thing} thing @returns {Successor} */
  #successorIn(space, name, thing) {
    const found = nameIn(space, name);
    const facts = { module: space.name, name, now: found?.value.text ?? "" };
    if (!found) return { ...facts, way: "gone", load: 0, cause: "" };
    const made = this.memory.things.get(found.value.ref);
    const isAlike = made && [name, this.#rootOf(thing)].includes(this.#rootOf(made)) && this.memory.ownerOf(thing) === space;
    const load = isAlike ? made.load : 0;
    if (load > thing.load) return { ...facts, way: "remade", load, cause: this.loadOf(space.name, load)?.cause ?? "" };
    return { ...facts, way: "replaced", load: 0, cause: "" };
  }

  /** The name in its module of what an object was made in, or of itself. @param {Thing} thing */
  #rootOf(thing) {
    return this.memory.qualifiedName(thing).split(".")[0];
  }

  /**
   * The last load whose code bound a leftover: the one before the load with which it was first left over. 0 when the
   * pictures that are known do not tell.
   *
   * @param {Space} space
   * @param {string} name
   */
  boundBy(space, name) {
    let after = space;
    for (const memory of this.past.memories.toReversed()) {
      const then = memory.spaces.get(space.token);
      const mark = then?.names.find((one) => one.name === name)?.mark;
      if (!then || mark === undefined) break;
      if (mark !== "leftover") return then.load === after.load - 1 ? then.load : 0;
      after = then;
    }
    return after.load === 2 ? 1 : 0;
  }

  /**
   * The from-import that bound a name, as it was written; "" where that is not known.
   *
   * @param {Space} space  where the name is
   * @param {Name} name
   */
  importOf(space, { name, origin }) {
    const [module, attribute] = splitOrigin(origin);
    return statementFor(this.#importsOf(space), name, module, attribute);
  }

  /**
   * Whether the code that a module ran last binds a name, told from its text: null where that is not known.
   *
   * @param {Space} space
   * @param {Name} name
   */
  binds(space, { name, origin }) {
    const wasLeftover = this.past.memories.some(({ spaces }) => {
      const then = spaces.get(space.token);
      return then?.load === space.load && nameIn(then, name)?.mark === "leftover";
    });
    if (wasLeftover) return false;
    const source = this.loadOf(space.name, space.load)?.source;
    if (source === undefined || source === null) return null;
    const [module, attribute] = splitOrigin(origin);
    if (origin) return statementFor(fromImports(source, packageOf(space)), name, module, attribute) !== "";
    return new RegExp(`\\b${escaped(name)}\\b`).test(source);
  }

  /**
   * The modules to run again, in this order, so that a name of a module gets the new object; null where that is not sure to
   * help. None when it has it already.
   *
   * @param {Space} space
   * @param {Name} name
   * @param {number} [depth]
   * @returns {Space[] | null}
   */
  runsFor(space, name, depth = 6) {
    const thing = this.memory.things.get(name.value.ref);
    if (name.mark !== "stale" && !thing?.stale) return [];
    if (!depth || this.isHalfNew(space) || !this.memory.isCurrent(space) || !this.binds(space, name)) return null;
    if (!name.origin) return thing && this.#takesFrom(space, this.successorOf(this.memory.classOf(thing) ?? thing)) ? [space] : null;
    const [module, attribute] = splitOrigin(name.origin);
    const source = this.memory.current.get(module);
    const found = nameIn(source, attribute);
    const before = source && found && source !== space ? this.runsFor(source, found, depth - 1) : null;
    return before && [...before, space];
  }

  /** Whether a module's code imports the very module in which an object was replaced. @param {Space} space @param {Successor | null} successor */
  #takesFrom(space, successor) {
    const source = this.loadOf(space.name, space.load)?.source ?? "";
    if (!successor || successor.module === space.name || !["remade", "copied", "replaced"].includes(successor.way)) return false;
    const last = successor.module.split(".").at(-1) ?? "";
    return new RegExp(`\\b(import|from)\\b[^\\n]*\\b${escaped(last)}\\b`).test(source);
  }

  /** @param {Space} space */
  #importsOf(space) {
    const known = this.#imports.get(space) ?? this.#readImports(space);
    this.#imports.set(space, known);
    return known;
  }

  /** @param {Space} space */
  #readImports(space) {
    const isMain = space === this.memory.main;
    const sources = isMain ? this.past.entries.map(({ source }) => source) : this.#sourcesOf(space);
    return sources.flatMap((source) => fromImports(source, isMain ? "" : packageOf(space)));
  }

  /** @param {Space} space */
  #sourcesOf(space) {
    return this.past.loads.flatMap(({ module, source }) => (module === space.name && source ? [source] : []));
  }

  /** Who refers to an object, as paths: "__main__.printer", "handlers[0]". @param {number} token @returns {string[]} */
  holdersOf(token) {
    const names = this.memory
      .namesOf(token)
      .map(({ space, name }) => (this.isOldCopy(space) ? olderCopy(namePath(space, name.name)) : namePath(space, name.name)));
    const parts = this.memory.partsOf(token).filter(({ part }) => part.key !== "__globals__");
    return [...new Set([...names, ...parts.map((ref) => this.partPath(ref))])];
  }

  /** @param {PartRef} ref */
  partPath({ thing, part }) {
    const owner = this.nameOf(thing);
    const place = /^(cell|default) (.+)$/.exec(part.key);
    if (place) return `${place[1] === "cell" ? "closure" : "default argument"} ${place[2]} of ${owner}`;
    if (thing.kind === "list" || thing.kind === "tuple") return `${owner}[${part.key}]`;
    if (thing.kind === "dict") return `${owner}[${part.key}]`;
    if (thing.kind === "set") return `in ${owner}`;
    return `${owner}.${part.key}`;
  }

  /**
   * What a learner would type to reach an object, else its label.
   *
   * @param {Thing} thing
   * @param {number} [depth]
   * @returns {string}
   */
  nameOf(thing, depth = 3) {
    const [ref] = this.memory.namesOf(thing.token);
    if (ref) return ref.space === this.memory.main ? ref.name.name : namePath(ref.space, ref.name.name);
    const held = this.memory.partsOf(thing.token).find((one) => one.part.key !== "__globals__" && one.thing !== thing);
    if (!held || depth === 0 || held.thing.kind === "set") return thing.label;
    const owner = this.nameOf(held.thing, depth - 1);
    const { kind } = held.thing;
    if (/^(cell|default) /.test(held.part.key)) return thing.label;
    return kind === "list" || kind === "tuple" || kind === "dict"
      ? `${owner}[${held.part.key}]`
      : `${owner}.${held.part.key}`;
  }
}

/** @param {Space} space @param {string} name */
export function namePath(space, name) {
  return space.name === "sys.modules" ? `sys.modules['${unquoted(name)}']` : `${space.name}.${name}`;
}

/** The module and the name that a from-import took. @param {string} origin @returns {[string, string]} */
export function splitOrigin(origin) {
  const cut = origin.lastIndexOf(".");
  return [origin.slice(0, Math.max(0, cut)), origin.slice(cut + 1)];
}

/** @param {Space | undefined} space @param {string} name */
function nameIn(space, name) {
  return space?.names.find((one) => one.name === name);
}

/** @param {string} path  of a name in a module of which there is a newer copy */
export function olderCopy(path) {
  return `${path} (older copy)`;
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
