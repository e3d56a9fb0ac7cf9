// The answer to a click: why is this name or object as it is? Two or three sentences made from facts, and the facts. Pure.

import { aboutSpace } from "./about_space.js";
import { cureOfImport, cureOfLeftover, cureOfThing } from "./cures.js";
import { CACHE, keyOf, unquoted } from "./memory.js";
import { explainThing, importWords, outcomeOf } from "./reasons.js";
import { code, joined, say, someOf } from "./rich.js";
import { stateOf } from "./states.js";
import { namePath, olderCopy, splitOrigin } from "./story.js";

/**
 * @typedef {import("./story.js").Story} Story
 * @typedef {import("./memory.js").Space} Space
 * @typedef {import("./memory.js").Thing} Thing
 * @typedef {import("./memory.js").Name} Name
 * @typedef {import("./rich.js").Rich} Rich
 * @typedef {import("./states.js").State} State
 * @typedef {import("./wire.js").Holding} Holding
 */
/** @typedef {{card: string, name?: string}} Target  a card, or a name on the card of a space */
/** @typedef {{term: string, value: Rich}} Fact */
/**
 * @typedef {object} Answer
 * @property {State} state
 * @property {Rich} question
 * @property {Rich[]} sentences
 * @property {Rich} so  the conclusion, or nothing
 * @property {Rich} cure  what to type about it, or nothing
 * @property {Fact[]} facts
 * @property {number} token  of the object it is about, 0 for none: its holders can be asked for
 * @property {{module: string, load: number}[]} sources  the loads whose source shows it
 */

/**
 * @param {Story} story
 * @param {Target} target
 * @param {Holding | null} [holding]  the worker's own answer about the object, when there is one
 * @returns {Answer | null}  null when the target is not in this picture
 */
export function why(story, target, holding = null) {
  const space = story.memory.snapshot.spaces.find((one) => keyOf(one) === target.card);
  if (space && target.name === undefined) return aboutSpace(story, space);
  if (space) {
    const name = space.names.find((one) => one.name === target.name);
    return name ? aboutName(story, space, name, holding) : null;
  }
  const thing = story.memory.things.get(Number(target.card.slice(1)));
  return thing ? aboutThing(story, thing, holding) : null;
}

/** @param {Story} story @param {Space} space @param {Name} name @param {Holding | null} holding @returns {Answer} */
function aboutName(story, space, name, holding) {
  const state = stateOf(name.mark);
  const thing = story.memory.things.get(name.value.ref);
  const path = pathWords(story, space, name.name);
  const base = {
    state,
    question: QUESTIONS[state](path),
    token: thing?.token ?? 0,
    sources: sourcesOf(story, space, name, thing),
  };
  if (state === "stale" && thing?.stale) {
    return {
      ...base,
      sentences: explainThing(story, thing, { space, name }),
      so: outcomeOf(story, thing),
      cure: cureOfThing(story, thing, { space, name }),
      facts: factsOf(story, thing, holding),
    };
  }
  const sentences = NAMED[state](story, space, name);
  const facts = thing ? factsOf(story, thing, holding) : valueFacts(story, space, name);
  const so = state === "stale" ? staleValueOutcome(story, name) : [];
  return { ...base, sentences, so, cure: CURED[state]?.(story, space, name) ?? [], facts };
}

/** @type {Partial<Record<State, (story: Story, space: Space, name: Name) => Rich>>} */
const CURED = { stale: cureOfImport, leftover: cureOfLeftover };

/** @param {Story} story @param {Space} space @param {string} name @returns {Rich} */
function pathWords(story, space, name) {
  return say`${code(namePath(space, name))}${story.isOldCopy(space) ? " of the older copy" : ""}`;
}

/** @type {Record<State, (path: Rich) => Rich>} */
const QUESTIONS = {
  stale: (path) => say`Why is ${path} stale?`,
  leftover: (path) => say`Why is ${path} still there?`,
  added: (path) => say`Where does ${path} come from?`,
  rebound: (path) => say`What happened to ${path}?`,
  new: (path) => say`Where does ${path} come from?`,
  same: (path) => say`What is ${path}?`,
};

/** @type {Record<State, (story: Story, space: Space, name: Name) => Rich[]>} */
const NAMED = {
  stale: staleValue,
  leftover: (story, space, name) => {
    const load = story.boundBy(space, name.name);
    const bound = load
      ? say`Load ${load} bound it; the code of load ${space.load} does not.`
      : say`An earlier load bound it; the code of load ${space.load} does not.`;
    return [
      bound,
      say`A load runs the file in the namespace that is already there and takes nothing out of it.`,
      say`It stays until somebody deletes it or a new interpreter starts.`,
    ];
  },
  added: (_story, space, name) => [
    say`Code outside ${code(space.name)} put it there: no load of ${code(space.name)} bound it.`,
    say`It stays through every reload, unless the file binds ${code(name.name)} itself.`,
  ],
  rebound: (story, space, name) => [
    say`${boundBy(story, space, name)} bound ${code(name.name)} to another object${name.was ? say`; before, it was ${valueWords(story, name.was)}` : ""}.`,
    ...(name.was && story.memory.has(name.was.ref)
      ? [say`The old object lives on: something else still refers to it.`]
      : []),
    ...originWords(story, space, name),
  ],
  new: (story, space, name) => [
    say`${boundBy(story, space, name)} bound it to ${valueWords(story, name.value)}.`,
    ...originWords(story, space, name),
  ],
  same: (story, space, name) => [
    say`It refers to ${valueWords(story, name.value)}, as before this step.`,
    ...(story.isHalfNew(space) && ranNow(story, space)
      ? [say`Load ${space.load} stopped with an error before it bound it to anything else.`]
      : []),
    ...originWords(story, space, name),
  ],
};

/** `from . import part` in a package binds a name that it has already. @param {Story} story @param {Space} space @param {Name} name @returns {Rich[]} */
function originWords(story, space, name) {
  if (!name.origin || name.origin === namePath(space, name.name)) return [];
  return [
    say`${importWords(story, space, name)} copied the reference; the name does not follow ${code(name.origin)} from then on.`,
  ];
}

/** Who bound a name in this step. @param {Story} story @param {Space} space @param {Name} name @returns {Rich} */
function boundBy(story, space, name) {
  if (space.name === CACHE) return wasImported(story, name) ? say`The import system` : say`This entry`;
  return ranNow(story, space) ? say`Load ${space.load}` : say`This entry`;
}

/** Whether a name of `sys.modules` holds the module that an import made in this step. @param {Story} story @param {Name} name */
function wasImported(story, { name, value }) {
  const held = story.memory.spaces.get(value.ref);
  return held?.name === unquoted(name) && story.isMadeNow(held);
}

/** Whether this step ran its code. @param {Story} story @param {Space} space */
function ranNow(story, space) {
  return story.loadsNow().some(({ module, load }) => module === space.name && load === space.load);
}

/** @param {Story} story @param {{text: string, ref: number}} value @returns {Rich} */
function valueWords(story, { text, ref }) {
  const module = story.memory.spaces.get(ref);
  if (module) return say`the module ${code(module.name)}`;
  const thing = story.memory.things.get(ref) ?? story.before?.things.get(ref);
  return thing ? thingWords(thing) : code(text);
}

/** "printer() of load 1", "the Dog object of load 1", "the list of 3". @param {Thing} thing @returns {Rich} */
function thingWords({ label, load }) {
  return say`${label.includes(" ") ? "the " : ""}${code(label)}${load ? ` of load ${load}` : ""}`;
}

/**
 * A plain value, copied by a from-import.
 *
 * @param {Story} story
 * @param {Space} space
 * @param {Name} name
 * @returns {Rich[]}
 */
function staleValue(story, space, name) {
  const shown = now(story, name);
  return [
    say`${importWords(story, space, name)} copied the value that ${code(name.origin || "the module")} had then.`,
    say`${code(name.origin)} is another object now${shown && shown !== name.value.text ? say`: ${code(shown)}` : ""}. Nothing told ${code(space.name)}.`,
  ];
}

/** @param {Story} story @param {Name} name */
function now(story, name) {
  const [module, attribute] = splitOrigin(name.origin);
  return story.memory.current.get(module)?.names.find((one) => one.name === attribute)?.value.text ?? "";
}

/** @param {Story} story @param {Name} name @returns {Rich} */
function staleValueOutcome(story, name) {
  const shown = now(story, name);
  if (shown === name.value.text)
    return say`So it is the ${[{ strong: "old object" }]}, though the new one looks the same.`;
  return say`So it keeps the ${[{ strong: "old value" }]}.`;
}

// --- objects ---

/** @param {Story} story @param {Thing} thing @param {Holding | null} holding @returns {Answer} */
function aboutThing(story, thing, holding) {
  const [ref] = story.memory.namesOf(thing.token).filter(({ name }) => !thing.stale || name.mark === "stale");
  const isNew = story.before !== null && !story.before.has(thing.token);
  const state = thing.stale ? "stale" : isNew ? "new" : "same";
  const path = ref ? pathWords(story, ref.space, ref.name.name) : [];
  const question = thing.stale
    ? QUESTIONS.stale(ref ? path : thingWords(thing))
    : say`What is ${thingWords(thing)}?`;
  return {
    state,
    question,
    sentences: explainThing(story, thing, ref ?? null),
    so: thing.stale ? outcomeOf(story, thing) : [],
    cure: thing.stale ? cureOfThing(story, thing, ref ?? null) : [],
    facts: factsOf(story, thing, holding),
    token: thing.token,
    sources: known(story, story.memory.ownerOf(thing)?.name ?? "", thing.load),
  };
}

/** @param {Story} story @param {Space} space @param {Name} name @param {Thing | undefined} thing */
function sourcesOf(story, space, name, thing) {
  const module = thing ? (story.memory.ownerOf(thing)?.name ?? "") : space.name;
  const load = thing ? thing.load : name.mark === "leftover" ? story.boundBy(space, name.name) : 0;
  return known(story, module, load);
}

/** A load, if the source that it ran can be shown. @param {Story} story @param {string} module @param {number} load */
function known(story, module, load) {
  return story.loadOf(module, load)?.source ? [{ module, load }] : [];
}

/** @param {Story} story @param {Thing} thing @param {Holding | null} holding @returns {Fact[]} */
function factsOf(story, thing, holding) {
  const owner = story.memory.ownerOf(thing);
  const of = owner ? story.loadsOf(owner.name) : 0;
  const term =
    thing.kind === "function" || thing.kind === "method" ? "Code" : thing.kind === "instance" && !story.memory.isWrapper(thing) ? "Class" : "Made by";
  const facts = thing.load ? [{ term, value: say`load ${thing.load}${of > thing.load ? ` of ${of}` : ""}` }] : [];
  const globals = story.memory.globalsOf(thing);
  if (globals) facts.push({ term: "Globals", value: globalsWords(story, globals) });
  const held = heldBy(story, thing, holding);
  if (held.length) facts.push({ term: "Kept alive by", value: held });
  return facts;
}

/** @param {Story} story @param {Space} globals @returns {Rich} */
function globalsWords(story, globals) {
  if (globals === story.memory.main || story.memory.isCurrent(globals)) return say`live ${code(globals.name)}`;
  if (story.isOldCopy(globals)) return say`the old copy of ${code(globals.name)}`;
  return say`${code(globals.name)}, not in ${code("sys.modules")}`;
}

/** @param {Story} story @param {Thing} thing @param {Holding | null} holding @returns {Rich} */
function heldBy(story, thing, holding) {
  if (holding?.gone) return say`nothing: it is gone`;
  const drawn = story.holdersOf(thing.token);
  const texts = holding ? holding.holders.map(({ text }) => sameHolder(text, drawn)) : drawn;
  return someOf(texts.map((text) => code(text)));
}

/** As the picture calls it, which tells two copies of a module apart. @param {string} text @param {string[]} drawn */
function sameHolder(text, drawn) {
  return drawn.find((one) => one === text) ?? drawn.find((one) => one === olderCopy(text)) ?? text;
}

/** @param {Story} story @param {Space} space @param {Name} name @returns {Fact[]} */
function valueFacts(story, space, name) {
  const facts = [{ term: "Value", value: valueWords(story, name.value) }];
  if (name.mark === "rebound" && name.was) facts.push({ term: "Before", value: valueWords(story, name.was) });
  if (name.mark === "stale" && now(story, name))
    facts.push({ term: `Now in ${splitOrigin(name.origin)[0]}`, value: code(now(story, name)) });
  if (name.mark === "leftover") facts.push({ term: "Module", value: say`${code(space.name)} load ${space.load}` });
  return facts;
}

/** An answer in the order in which it is read. @param {Answer} answer @returns {Rich} */
export function toldAs({ sentences, so, cure }) {
  return joined([...sentences, so, cure].filter(({ length }) => length));
}
