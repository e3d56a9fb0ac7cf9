// One snapshot, indexed: who is where, who refers to whom, which copy of a module is the current one. Pure.

/**
 * @typedef {import("./wire.js").Snapshot} Snapshot
 * @typedef {import("./wire.js").Space} Space
 * @typedef {import("./wire.js").Thing} Thing
 * @typedef {import("./wire.js").Name} Name
 * @typedef {import("./wire.js").Part} Part
 * @typedef {import("./wire.js").Value} Value
 */
/** @typedef {{space: Space, name: Name}} NameRef  a name that refers to an object */
/** @typedef {{thing: Thing, part: Part}} PartRef  an object that holds another */

export const CACHE = "sys.modules";
export const MAIN = "__main__";

/** A snapshot that can be asked. Tokens are unique within one interpreter. */
export class Memory {
  /** @param {Snapshot} snapshot */
  constructor(snapshot) {
    this.snapshot = snapshot;
    this.things = new Map(snapshot.objects.map((thing) => [thing.token, thing]));
    this.spaces = new Map(snapshot.spaces.filter(({ token }) => token).map((space) => [space.token, space]));
    this.main = snapshot.spaces.find(({ name }) => name === MAIN);
    this.cache = snapshot.spaces.find(({ name }) => name === CACHE);
    this.modules = snapshot.spaces.filter((space) => space !== this.main && space !== this.cache);
    this.current = currentModules(this.modules, this.cache);
    /** @type {Map<number, NameRef[]>} */
    this.names = new Map();
    /** @type {Map<number, PartRef[]>} */
    this.parts = new Map();
    for (const space of snapshot.spaces)
      for (const name of space.names) file(this.names, name.value.ref, { space, name });
    for (const thing of snapshot.objects)
      for (const part of thing.parts) file(this.parts, part.value.ref, { thing, part });
    /** @type {Map<number, Space | undefined>} */
    this.owners = new Map();
    /** What homes begin with, the longest first: "pkg.sub." before "pkg." */
    this.prefixes = snapshot.spaces.map(({ name }) => `${name}.`).sort((a, b) => b.length - a.length);
  }

  /** @param {number} token  of an object or of a module */
  has(token) {
    return this.things.has(token) || this.spaces.has(token);
  }

  /** The space that a function reads its globals from. @param {Thing} thing @returns {Space | undefined} */
  globalsOf(thing) {
    const part = thing.parts.find(({ key }) => key === "__globals__");
    return part && this.spaces.get(part.value.ref);
  }

  /** The class of an instance. @param {Thing} thing @returns {Thing | undefined} */
  classOf(thing) {
    const part = thing.parts.find(({ key }) => key === "__class__");
    return part && this.things.get(part.value.ref);
  }

  /** Whether no load made an instance's class, so that what a load made is the object itself: it wraps code. @param {Thing} thing */
  isWrapper(thing) {
    const [made, type] = [thing.home, thing.type].map((path) => path.split(".").at(-1));
    return thing.kind === "instance" && made !== "" && made !== type && !this.classOf(thing);
  }

  /**
   * The module in which an object was made; of an instance, its class's.
   *
   * @param {Thing} thing
   * @returns {Space | undefined}
   */
  ownerOf(thing) {
    if (!this.owners.has(thing.token)) {
      this.owners.set(thing.token, undefined); // ends the search in a circle of classes
      this.owners.set(thing.token, this.#findOwner(thing));
    }
    return this.owners.get(thing.token);
  }

  /** @param {Thing} thing @returns {Space | undefined} */
  #findOwner(thing) {
    const type = this.classOf(thing);
    const made = this.globalsOf(thing) ?? (type && this.ownerOf(type));
    if (made) return made;
    const copies = this.modules.filter(({ name }) => name === this.moduleOf(thing));
    const holding = copies.find(({ names }) => names.some(({ value }) => value.ref === thing.token));
    return (
      holding ?? copies.find(({ load }) => load === thing.load) ?? this.current.get(this.moduleOf(thing)) ?? copies[0]
    );
  }

  /**
   * The space beside which an object is drawn: where it was made, else where it is held; a module rather than `__main__`,
   * which got it from there.
   *
   * @param {Thing} thing
   * @param {number} [depth]
   * @returns {Space | undefined}
   */
  homeOf(thing, depth = 6) {
    const made = this.ownerOf(thing);
    if (made || depth === 0) return made;
    const [named] = this.namesOf(thing.token).reverse();
    if (named) return named.space;
    const held = this.partsOf(thing.token).find((ref) => ref.thing !== thing);
    return held && this.homeOf(held.thing, depth - 1);
  }

  /** "pkg.sub" of the home "pkg.sub.Class.method"; "" when no module of the picture fits. @param {Thing} thing */
  moduleOf({ home }) {
    return this.prefixes.find((prefix) => home.startsWith(prefix))?.slice(0, -1) ?? "";
  }

  /** "Class.method" of the home "pkg.sub.Class.method". @param {Thing} thing */
  qualifiedName(thing) {
    const module = this.moduleOf(thing);
    return module ? thing.home.slice(module.length + 1) : thing.home;
  }

  /** Whether `sys.modules` holds this module object. @param {Space} space */
  isCurrent(space) {
    return this.current.get(space.name) === space;
  }

  /** The names that refer to an object, those of `__main__` first. @param {number} token @returns {NameRef[]} */
  namesOf(token) {
    const refs = token ? (this.names.get(token) ?? []) : [];
    return [...refs].sort((a, b) => Number(b.space === this.main) - Number(a.space === this.main));
  }

  /** The objects that hold an object. @param {number} token @returns {PartRef[]} */
  partsOf(token) {
    return token ? (this.parts.get(token) ?? []) : [];
  }
}

/**
 * The module object that an import would give, for each name.
 *
 * @param {Space[]} modules
 * @param {Space | undefined} cache
 */
function currentModules(modules, cache) {
  /** @type {Map<string, Space>} */
  const current = new Map();
  const tokens = new Map(cache?.names.map(({ name, value }) => [unquoted(name), value.ref]));
  for (const space of modules) if (!cache || tokens.get(space.name) === space.token) current.set(space.name, space);
  return current;
}

/** @template T @param {Map<number, T[]>} index @param {number} token @param {T} one */
function file(index, token, one) {
  if (!token) return;
  const filed = index.get(token);
  if (filed) filed.push(one);
  else index.set(token, [one]);
}

const MORE = /^\+ \d[\d,]* more$/;

/** Whether a part only says that there are more. @param {Part} part */
export function isMore({ key, value }) {
  return MORE.test(key) || (!value.ref && MORE.test(value.text) && !key);
}

/** @param {string} name */
export function isDunder(name) {
  return name.startsWith("__") && name.endsWith("__");
}

/** The key of `sys.modules`, written with or without its quotes. @param {string} key */
export function unquoted(key) {
  return /^(['"]).*\1$/.test(key) ? key.slice(1, -1) : key;
}

/** The key of a space's card. @param {Space} space */
export function keyOf(space) {
  return space.token ? `o${space.token}` : space.name;
}
