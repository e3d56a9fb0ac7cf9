// Why an object is what it is, in sentences: how the old came to stay when the new was made. Pure.
//
// The one difference that is easily told wrong: after a reload old code runs on NEW globals, because the namespace is the
// same; after a second import it runs on OLD ones, because the second module has a namespace of its own.

import { isDunder } from "./memory.js";
import { code, listed, say, someOf, strong } from "./rich.js";
import { namePath } from "./story.js";

/**
 * @typedef {import("./story.js").Story} Story
 * @typedef {import("./story.js").Successor} Successor
 * @typedef {import("./memory.js").Thing} Thing
 * @typedef {import("./memory.js").NameRef} NameRef
 * @typedef {import("./rich.js").Rich} Rich
 */

/**
 * @param {Story} story
 * @param {Thing} thing
 * @param {NameRef | null} ref  the name through which it is asked about
 * @returns {Rich[]}
 */
export function explainThing(story, thing, ref) {
  if (!thing.stale) return describe(story, thing);
  if (thing.kind === "instance" && !story.memory.isWrapper(thing)) return oldInstance(story, thing, ref);
  if (isPartial(thing) || thing.kind === "method") return describe(story, thing);
  if (thing.kind === "generator" || thing.kind === "frame") return suspended(story, thing);
  if (/<locals>/.test(thing.home)) return [closureWords(story, thing), ...superseded(story, thing, ref)];
  return [heldWords(story, thing, ref), ...superseded(story, thing, ref)];
}

// --- how it is held ---

/** @param {Story} story @param {Thing} thing @param {NameRef | null} ref @returns {Rich} */
function heldWords(story, thing, ref) {
  const what = say`the ${nounOf(thing)} of load ${thing.load}`;
  if (ref?.name.origin) return say`${importWords(story, ref.space, ref.name)} copied a reference to ${what}.`;
  if (ref && ref.space === story.memory.ownerOf(thing))
    return story.isOldCopy(ref.space)
      ? say`The older copy of ${code(ref.space.name)} still holds ${what}.`
      : say`The module’s own name ${code(namePath(ref.space, ref.name.name))} still holds ${what}.`;
  if (ref)
    return say`${code(ref.name.name)} was bound to ${what}, and a name keeps its object until it is bound again.`;
  const [member] = memberOf(story, thing);
  if (member) return member;
  const holders = story.holdersOf(thing.token);
  if (holders.length)
    return say`This is ${what}; ${someOf(
      holders.map((text) => code(text)),
      3,
    )} still ${holders.length > 1 ? "refer" : "refers"} to it.`;
  return say`This is ${what}; no name refers to it, but something that is not drawn does, such as a running call.`;
}

/** The statement that bound a name, or what it was where it is not known as written. @param {Story} story @param {NameRef["space"]} space @param {NameRef["name"]} name @returns {Rich} */
export function importWords(story, space, name) {
  const statement = story.importOf(space, name);
  return statement ? code(statement) : say`A from-import of ${code(name.origin)}`;
}

/** @param {Story} story @param {Thing} thing @returns {Rich[]} */
function memberOf(story, thing) {
  const held = story.memory
    .partsOf(thing.token)
    .find(({ thing: by }) => by.kind === "class" && thing.home.startsWith(`${by.home}.`));
  return held
    ? [say`It belongs to the class ${code(held.thing.label)} of load ${held.thing.load}, which is still in use.`]
    : [];
}

/** @param {Story} story @param {Thing} thing @returns {Rich} */
function closureWords(story, thing) {
  const maker = story.memory.qualifiedName(thing).split(".<locals>")[0];
  const cells = thing.parts.filter(({ key }) => key.startsWith("cell ")).map(({ key }) => code(key.slice(5)));
  const kept = cells.length ? say`, with ${someOf(cells)} of that call in its closure` : [];
  return say`${code(`${maker}()`)} of load ${thing.load} made this ${nounOf(thing)} when it was called${kept}.`;
}

// --- what came after it ---

/** @param {Story} story @param {Thing} thing @param {NameRef | null} ref @returns {Rich[]} */
function superseded(story, thing, ref) {
  const taken = /<locals>/.test(thing.home) && ref?.name.origin; // what a call made may have any name in the module
  const successor = (taken && story.successorAt(thing, taken)) || story.successorOf(thing);
  if (!successor) return [];
  const sentences = [successorWords(story, thing, successor)];
  const elsewhere = ref && ref.space !== story.memory.current.get(successor.module);
  if (elsewhere && ref.space !== story.memory.ownerOf(thing))
    sentences.push(say`Nothing told ${code(ref.space.name)}.`);
  return sentences;
}

/** @param {Story} story @param {Thing} thing @param {Successor} successor @returns {Rich} */
function successorWords(story, thing, { way, module, name, load, cause, now }) {
  const top = name === story.memory.qualifiedName(thing);
  const noun = top ? nounOf(thing) : "";
  switch (way) {
    case "copied":
      return say`A later import made a second module object ${code(module)}, with ${ownWords(noun, name)}.`;
    case "swapped":
      return say`${code(`sys.modules['${module}']`)} is another object now.`;
    case "gone":
      return say`${code(`${module}.${name}`)} is gone.`;
    case "remade":
      return say`${loadWords(thing, load, cause)} made a new ${noun || code(name)} and put it in ${code(module)}.`;
    case "replaced":
      return say`${code(`${module}.${name}`)} is another object now${now ? say`: ${code(now)}` : ""}.`;
  }
}

/** @param {Thing} thing @param {number} load @param {string} cause */
function loadWords(thing, load, cause) {
  return cause === "reload" && load === thing.load + 1 ? "The reload" : `Load ${load}`;
}

/**
 * @param {string} noun
 * @param {string} name
 * @returns {Rich}
 */
function ownWords(noun, name) {
  return noun ? say`a ${noun} of its own` : say`its own ${code(name)}`;
}

// --- instances ---

/** @param {Story} story @param {Thing} thing @param {NameRef | null} ref @returns {Rich[]} */
function oldInstance(story, thing, ref) {
  const type = story.memory.classOf(thing);
  const path = ref ? code(ref.name.name) : say`This object`;
  const sentences = [
    say`${path} was made from the class ${code(type?.label ?? thing.type)} of load ${thing.load}, and an object keeps its class.`,
  ];
  const successor = type && story.successorOf(type);
  if (!type || !successor) return sentences;
  sentences.push(successorWords(story, type, successor));
  const name = story.memory.qualifiedName(type);
  const isNamed = !["gone", "swapped"].includes(successor.way) && !name.includes("<");
  const now = `${successor.module}.${name}`;
  if (ref && isNamed) sentences.push(say`${code(`type(${typed(ref)}) is ${now}`)} is false.`);
  return sentences;
}

/** @param {NameRef} ref */
function typed({ space, name }) {
  return space.name === "__main__" ? name.name : namePath(space, name.name);
}

/** @param {Story} story @param {Thing} thing @returns {Rich[]} */
function suspended(story, thing) {
  return [
    say`It is suspended inside code of load ${thing.load} and will end in that code.`,
    say`The names it still looks up, it looks up in ${globalsWords(story, thing)} as they are then.`,
  ];
}

/**
 * @param {Story} story
 * @param {Thing} thing
 * @returns {Rich}
 */
function globalsWords(story, thing) {
  const owner = story.memory.ownerOf(thing);
  if (!owner) return say`its module`;
  return say`${story.isOldCopy(owner) ? "the older copy of " : ""}${code(owner.name)}`;
}

// --- the conclusion ---

/** What follows for who uses it. @param {Story} story @param {Thing} thing @returns {Rich} */
export function outcomeOf(story, thing) {
  const type = thing.kind === "instance" ? story.memory.classOf(thing) : thing.kind === "class" ? thing : undefined;
  const owner = story.memory.ownerOf(thing);
  const subject = type ? (thing.kind === "class" ? "its instances and subclasses keep" : "its methods run") : "it runs";
  if (!owner || (!type && !story.memory.globalsOf(thing)))
    return type ? [] : say`So it runs the ${strong("old code")}.`;
  const runs = thing.kind === "class" ? ", which runs" : "";
  return say`So ${subject} the ${strong("old code")}${runs}${valuesWords(story, thing, owner)}.`;
}

/** @param {Story} story @param {Thing} thing @param {import("./memory.js").Space} owner @returns {Rich} */
function valuesWords(story, thing, owner) {
  if (story.isOldCopy(owner))
    return say` on the ${strong("old values")}: its globals are the older copy of ${code(owner.name)}`;
  if (story.isHalfNew(owner))
    return say` on what the failed load left in ${code(owner.name)}: some values new, some old`;
  const kept = keptWords(story, thing);
  const still = kept && `; its ${kept} are still those ${thing.kind === "function" ? "it was made with" : `of load ${thing.load}`}`;
  return owner.load > thing.load
    ? say` on the ${strong("new values")}${kept && " of its globals"}${still}`
    : say` on the values that ${code(owner.name)} has now${still}`;
}

/** What its code does not look up anew in the module. @param {Story} story @param {Thing} thing */
function keptWords(story, thing) {
  const type = thing.kind === "instance" ? story.memory.classOf(thing) : thing;
  const parts = type?.kind === "class" ? type.parts.filter(({ key }) => key !== "__bases__") : [];
  const functions = parts.flatMap(({ value }) => story.memory.things.get(value.ref) ?? []).filter(({ kind }) => kind === "function");
  const keys = [thing, ...functions].flatMap((one) => (one.kind === "function" ? one.parts.map(({ key }) => key) : []));
  const attributes = parts.some(({ key, value }) => !isDunder(key) && story.memory.things.get(value.ref)?.kind !== "function");
  const has = (/** @type {string} */ kind) => keys.some((key) => key.startsWith(`${kind} `));
  const kept = [attributes && "class attributes", has("default") && "default arguments", has("cell") && "closure cells"];
  return listed(kept.filter((one) => typeof one === "string").map((one) => [one])).join("");
}

// --- what is not stale ---

/** @param {Story} story @param {Thing} thing @returns {Rich[]} */
function describe(story, thing) {
  const owner = story.memory.ownerOf(thing);
  const stale = thing.parts.filter(({ value }) => story.memory.things.get(value.ref)?.stale);
  const sentences = [];
  if (thing.kind === "method") sentences.push(...methodWords(story, thing));
  else if (isPartial(thing)) sentences.push(...partialWords(story, thing));
  else if (thing.kind === "class") sentences.push(...classWords(story, thing));
  else if (thing.load && owner)
    sentences.push(
      say`It is ${thing.kind === "instance" && !story.memory.isWrapper(thing) ? "an instance of the class" : `the ${nounOf(thing)}`} that load ${thing.load} of ${code(owner.name)} made.`,
    );
  if (stale.length && !["method", "class"].includes(thing.kind) && !isPartial(thing)) {
    sentences.push(
      say`It holds old objects: ${someOf(
        stale.map((part) => code(story.partPath({ thing, part }))),
        4,
      )}. Whoever reaches them through it gets the old ones.`,
    );
  }
  const [ref] = story.memory.namesOf(thing.token);
  if (!sentences.length)
    sentences.push(
      ref ? say`${code(namePath(ref.space, ref.name.name))} refers to it.` : say`It is part of another object.`,
    );
  return sentences;
}

/** @param {Story} story @param {Thing} thing @returns {Rich[]} */
function methodWords(story, thing) {
  const held = partOf(story, thing, "__func__");
  const self = partOf(story, thing, "__self__");
  const words = [say`A bound method keeps the object it was taken from and the function it found there.`];
  if (!held) return words;
  const successor = held.stale && story.successorOf(held);
  const keeps = say`Its function is ${code(held.label)} of load ${held.load}`;
  if (!successor) return [...words, say`${keeps}.`];
  words.push(
    say`${keeps}${selfWords(story, self)}. ${successorWords(story, held, successor)}`,
  );
  return [...words, say`A bound method does not look the function up again.`];
}

/** The object that a method is bound to, where that is old: an instance, or of a class method the class. @param {Story} story @param {Thing | undefined} self @returns {Rich} */
function selfWords(story, self) {
  const type = self?.kind === "class" ? self : self && story.memory.classOf(self);
  if (!self?.stale || !type?.load) return [];
  const of = say`the class ${code(type.label)} of load ${type.load}`;
  return self === type ? say`, its object ${of}` : say`, its object an instance of ${of}`;
}

/** @param {Story} story @param {Thing} thing @returns {Rich[]} */
function partialWords(story, thing) {
  const held = partOf(story, thing, "func");
  if (!held) return [say`A partial keeps the function that it was given.`];
  const successor = held.stale && story.successorOf(held);
  const keeps = say`A partial keeps the function that it was given: ${code(held.label)} of load ${held.load}.`;
  return successor
    ? [keeps, successorWords(story, held, successor), say`The partial does not look it up again.`]
    : [keeps];
}

/** @param {Story} story @param {Thing} thing @returns {Rich[]} */
function classWords(story, thing) {
  const owner = story.memory.ownerOf(thing);
  const made = thing.load && owner ? [say`Load ${thing.load} of ${code(owner.name)} made this class.`] : [];
  const old = thing.parts
    .filter(({ key }) => /^__bases?__/.test(key) || key.startsWith("base "))
    .flatMap(({ value }) => story.memory.things.get(value.ref) ?? [])
    .find(({ stale }) => stale);
  if (!old) return made;
  const successor = story.successorOf(old);
  return [
    ...made,
    say`Its base is the class ${code(old.label)} of load ${old.load}: a class keeps the bases it was made with.`,
    ...(successor ? [successorWords(story, old, successor)] : []),
    ...(owner
      ? [
          say`Run ${code(owner.name)} again after ${code(story.memory.ownerOf(old)?.name ?? "it")}, and a class with the new base is made.`,
        ]
      : []),
  ];
}

/** @param {Story} story @param {Thing} thing @param {string} key @returns {Thing | undefined} */
function partOf(story, thing, key) {
  const part = thing.parts.find((one) => one.key === key);
  return part && story.memory.things.get(part.value.ref);
}

/** @param {Thing} thing */
function isPartial({ type }) {
  return /(^|\.)partial(method)?$/.test(type);
}

/** @param {Thing} thing */
export function nounOf({ kind }) {
  return kind === "function" ||
    kind === "class" ||
    kind === "list" ||
    kind === "dict" ||
    kind === "set" ||
    kind === "tuple"
    ? kind
    : "object";
}
