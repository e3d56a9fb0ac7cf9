// The pictures of a session: a step for each input, the snapshots that are known, and the one looked at. Takes the same
// messages as the page's store, in the same way. Pure.

import { Memory } from "./memory.js";
import { Story } from "./story.js";

/**
 * @typedef {import("./wire.js").Snapshot} Snapshot
 * @typedef {import("./wire.js").Loaded} Loaded
 * @typedef {import("./wire.js").Holding} Holding
 * @typedef {import("./wire.js").DiskState} DiskState
 */
/**
 * @typedef {object} Step  an input and the picture after it
 * @property {number} seq  its number in the journal, 0 before it is accepted
 * @property {string} id
 * @property {number} run  0 for what is no console entry
 * @property {string} kind  run, save, delete, restart or end
 * @property {string} text  the entry's source, or the file's path
 * @property {number} life  which interpreter: each has tokens of its own
 * @property {boolean} live  seen as it happened: when it brought no snapshot, nothing changed
 * @property {boolean} ended
 * @property {string} error  the exception's class, or ""
 */
/**
 * @typedef {object} Pictures
 * @property {string} session
 * @property {readonly Step[]} steps  oldest first
 * @property {ReadonlyMap<number, Snapshot>} snapshots  by seq
 * @property {readonly {life: number, loaded: Loaded}[]} loads
 * @property {ReadonlyMap<string, DiskState>} disk  by path
 * @property {number} life
 * @property {number} past  the life of the interpreter that has ended, until another one waits
 * @property {number} at  the step travelled to, 0 for the newest
 * @property {ReadonlyMap<number, string>} asked  pictures on their way: seq and the question's id
 * @property {{id: string, token: number, holding: Holding | null} | null} holders  the last question who refers to an object
 */
/** @typedef {{kind: "travel", seq: number}} Travel */

const STEPS_KEPT = 200;

/** @type {Pictures} */
export const NO_PICTURES = {
  session: "",
  steps: [],
  snapshots: new Map(),
  loads: [],
  disk: new Map(),
  life: 1,
  past: 0,
  at: 0,
  asked: new Map(),
  holders: null,
};

/**
 * @param {Pictures} pictures
 * @param {{kind: string} | Travel} message  a message of the wire, sent or got, or a Travel; other kinds change nothing
 * @param {number} [seq]  the input's number in the journal, when it is replayed
 * @returns {Pictures}
 */
export function reduce(pictures, message, seq = 0) {
  const change = /** @type {Record<string, (pictures: Pictures, message: any, seq: number) => Pictures>} */ (CHANGES)[
    message.kind
  ];
  return change ? change(pictures, message, seq) : pictures;
}

const CHANGES = {
  welcome,
  run: (/** @type {Pictures} */ p, /** @type {any} */ m, /** @type {number} */ seq) =>
    begun(p, { kind: "run", run: m.run, text: m.source, id: m.id ?? "" }, seq),
  save: (/** @type {Pictures} */ p, /** @type {any} */ m, /** @type {number} */ seq) =>
    begun(p, { kind: "save", text: m.path, id: m.id ?? "" }, seq),
  saved: (/** @type {Pictures} */ p, /** @type {any} */ m, /** @type {number} */ seq) =>
    seq ? begun(p, { kind: "save", text: m.path }, seq) : p,
  delete: (/** @type {Pictures} */ p, /** @type {any} */ m, /** @type {number} */ seq) =>
    begun(p, { kind: "delete", text: m.path, id: m.id ?? "" }, seq),
  deleted: (/** @type {Pictures} */ p, /** @type {any} */ m, /** @type {number} */ seq) =>
    seq ? begun(p, { kind: "delete", text: m.path }, seq) : p,
  restart: (/** @type {Pictures} */ p, /** @type {any} */ m, /** @type {number} */ seq) =>
    begun({ ...p, life: p.life + 1 }, { kind: "restart", text: "", id: m.id ?? "" }, seq),
  ready: (/** @type {Pictures} */ p) => ({ ...p, past: 0 }),
  exited: (/** @type {Pictures} */ p) => ({ ...p, life: p.life + 1, past: p.past || p.life, holders: null }),
  rebuilt,
  accepted,
  refused,
  loaded: (/** @type {Pictures} */ p, /** @type {Loaded} */ m) => ({
    ...p,
    loads: [...p.loads, { life: p.life, loaded: m }],
  }),
  snapshot,
  finished: (/** @type {Pictures} */ p, /** @type {any} */ m) =>
    stepped(p, ({ run }) => run === m.run, { ended: true, error: m.error }),
  disk: (/** @type {Pictures} */ p, /** @type {{files: DiskState[]}} */ m) => ({ ...p, disk: byPath(m.files) }),
  look: (/** @type {Pictures} */ p, /** @type {{seq: number, id: string}} */ m) => ({
    ...p,
    asked: new Map([...p.asked, [m.seq, m.id]]),
  }),
  holders: (/** @type {Pictures} */ p, /** @type {any} */ m) => ({
    ...p,
    holders: { id: m.id, token: m.token, holding: null },
  }),
  holding: (/** @type {Pictures} */ p, /** @type {Holding} */ m) =>
    p.holders?.id === m.id ? { ...p, holders: { ...p.holders, holding: m } } : p,
  travel: (/** @type {Pictures} */ p, /** @type {Travel} */ m) => ({ ...p, at: m.seq === newest(p)?.seq ? 0 : m.seq }),
};

/** @param {Pictures} pictures @param {any} message @returns {Pictures} */
function welcome(pictures, message) {
  const known = pictures.session === message.session ? pictures : NO_PICTURES;
  let next = { ...NO_PICTURES, session: message.session };
  for (const noted of message.transcript) next = reduce(next, noted.message, noted.seq);
  const lived = new Set(known.steps.filter(({ live, ended }) => live && ended).map(({ seq }) => seq));
  const kept = new Set(next.steps.map(({ seq }) => seq));
  next = {
    ...next,
    steps: next.steps.map((step) => ({ ...step, live: lived.has(step.seq) })),
    snapshots: new Map([...known.snapshots].filter(([seq]) => kept.has(seq))),
    loads: next.loads.map((load) => (load.loaded.source === null ? remembered(known, load) : load)),
    disk: byPath(message.disk),
    at: kept.has(known.at) ? known.at : 0,
  };
  return message.snapshot ? snapshot(next, message.snapshot) : next;
}

/** A load with the source that the transcript no longer has. @param {Pictures} known @param {Pictures["loads"][0]} load */
function remembered(known, load) {
  const { run, module, load: number } = load.loaded;
  const found = known.loads.find(({ loaded: one }) => one.run === run && one.module === module && one.load === number);
  return found ? { ...load, loaded: { ...load.loaded, source: found.loaded.source } } : load;
}

/**
 * @param {Pictures} pictures
 * @param {Partial<Step> & {kind: string, text: string}} input
 * @param {number} seq
 * @returns {Pictures}
 */
function begun(pictures, input, seq) {
  const { steps } = pictures;
  if (seq && steps.some((step) => step.seq === seq)) return pictures;
  const ended = input.kind !== "run";
  /** @type {Step} */
  const step = { seq, id: "", run: 0, life: pictures.life, live: true, ended, error: "", ...input };
  const same = input.id && steps.some(({ id }) => id === input.id);
  return same ? pictures : { ...pictures, at: 0, steps: [...steps, step].slice(-STEPS_KEPT) };
}

/**
 * @param {Pictures} pictures
 * @param {(step: Step) => boolean} which
 * @param {Partial<Step>} change
 * @returns {Pictures}
 */
function stepped(pictures, which, change) {
  const at = pictures.steps.findLastIndex(which);
  return at < 0 ? pictures : { ...pictures, steps: pictures.steps.with(at, { ...pictures.steps[at], ...change }) };
}

/** @param {Pictures} pictures @param {{id: string, seq: number}} message */
function accepted(pictures, { id, seq }) {
  return id ? stepped(pictures, (step) => step.id === id, { seq }) : pictures;
}

/** @param {Pictures} pictures @param {{id: string}} message @returns {Pictures} */
function refused(pictures, { id }) {
  if (!id) return pictures;
  const looked = [...pictures.asked].find(([, question]) => question === id)?.[0] ?? 0;
  return looked ? forgotten(pictures, looked) : withoutStep(pictures, id);
}

/** @param {Pictures} pictures @param {string} id */
function withoutStep(pictures, id) {
  const steps = pictures.steps.filter((step) => step.id !== id || step.seq);
  const livesOn = pictures.steps.some((step) => step.id === id && !step.seq && step.kind === "restart");
  return { ...pictures, steps, life: livesOn ? pictures.life - 1 : pictures.life };
}

/** The server has this picture no more, nor those before it. @param {Pictures} pictures @param {number} seq */
function forgotten(pictures, seq) {
  const asked = new Map([...pictures.asked].filter(([one]) => one > seq));
  const steps = pictures.steps.filter((step) => !step.seq || step.seq > seq);
  return { ...pictures, asked, steps, at: pictures.at > seq ? pictures.at : 0 };
}

/**
 * Another interpreter goes on with the life of the one before; its objects have tokens of their own.
 * @param {Pictures} pictures @param {import("../protocol.d.ts").Rebuilt} message @returns {Pictures}
 */
function rebuilt(pictures, { problem }) {
  if (problem) return pictures;
  const life = pictures.past || pictures.life;
  const steps = pictures.steps.map((step) => ({ ...step, live: false, life: Math.min(step.life, life) }));
  return { ...pictures, life, past: 0, steps, snapshots: new Map(), asked: new Map(), holders: null };
}

/** @param {Pictures} pictures @param {Snapshot} message @returns {Pictures} */
function snapshot(pictures, message) {
  const looked = pictures.asked.has(message.seq);
  const known = pictures.steps.some(({ seq }) => seq === message.seq);
  const steps =
    !known && message.run
      ? stepped(pictures, ({ run, seq }) => run === message.run && !seq, { seq: message.seq }).steps
      : pictures.steps;
  const asked = new Map(pictures.asked);
  asked.delete(message.seq);
  const oldest = steps.find(({ seq }) => seq)?.seq ?? 0;
  const kept = [...pictures.snapshots].filter(([seq]) => seq >= oldest);
  const snapshots = new Map([...kept, [message.seq, message]]);
  return { ...pictures, steps, asked, snapshots, holders: looked ? pictures.holders : null };
}

/** @param {DiskState[]} files */
function byPath(files) {
  return new Map(files.map((file) => [file.path, file]));
}

// --- questions ---

/** @type {WeakMap<Pictures, Step[]>} */
const travelled = new WeakMap();
/** Memory is empty after it. Its number is no input's: an interpreter may end by itself, or be restarted by the server. */
const END = { seq: -1, id: "", run: 0, text: "", live: true, ended: true, error: "" };

/**
 * The steps that can be travelled to: files saved before anything ran are no news. The last one is the end of the
 * interpreter, until there is a step of the next.
 *
 * @param {Pictures} pictures
 */
export function stepsOf(pictures) {
  const known = travelled.get(pictures);
  if (known) return known;
  const steps = pictures.steps.slice(beginning(pictures)).filter(({ seq, ended }) => seq && ended);
  const last = steps.at(-1);
  if (last && last.kind !== "restart" && last.life !== pictures.life) steps.push(endOf(pictures, last));
  travelled.set(pictures, steps);
  return steps;
}

/** @param {Pictures} pictures @param {Step} last  of the interpreter that has ended @returns {Step} */
function endOf({ steps, life }, last) {
  const restarted = steps.some((step) => step.kind === "restart" && step.life > last.life);
  return { ...END, life, kind: restarted ? "restart" : "end" };
}

/** Where the first entry of the session is, 0 when it is not kept any more. @param {Pictures} pictures */
function beginning({ steps }) {
  const first = steps.findIndex(({ run, life }) => run || life > 1);
  return (steps[0]?.seq ?? 0) > 1 ? 0 : first < 0 ? steps.length : first;
}

/** Whether the interpreter had done nothing before this step. @param {Pictures} pictures @param {Step} step */
function isFirst(pictures, step) {
  if (stepBefore(pictures, step)) return false;
  const whole = (pictures.steps[0]?.seq ?? 0) <= 1;
  return step.live || whole || pictures.steps.indexOf(step) > 0;
}

/** @param {Pictures} pictures @returns {Step | undefined} */
function newest(pictures) {
  return stepsOf(pictures).at(-1);
}

/** The step whose picture is looked at. @param {Pictures} pictures @returns {Step | undefined} */
export function stepNow(pictures) {
  const { at, steps } = pictures;
  return (at && steps.find(({ seq }) => seq === at)) || newest(pictures);
}

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

/** The step before, in the same interpreter. @param {Pictures} pictures @param {Step} step */
function stepBefore(pictures, step) {
  const steps = stepsOf(pictures);
  const before = steps[steps.indexOf(step) - 1];
  return before?.life === step.life ? before : undefined;
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
    disk: step === newest(pictures) ? pictures.disk : null,
  });
}

/** "reload" for the slider. @param {Step} step */
export function shortLabel({ kind, text }) {
  if (kind !== "run") return kind;
  const line = text.trim().split("\n")[0];
  if (/\breload\s*\(/.test(line)) return "reload";
  const word = /^(import|from|del|def|class|for|while|if|with|try|async|raise|return|assert)\b/.exec(line)?.[1];
  if (word) return word;
  const target = /^([A-Za-z_][\w.]*)\s*(?:=[^=]|\()/.exec(line);
  const short = target ? `${target[1]}${line[target[0].length - 1] === "(" ? "()" : " ="}` : line;
  return short.length > 12 ? `${short.slice(0, 11)}…` : short;
}

/** What the picture comes after, in words. @param {Step} step @returns {{text: string, code: boolean}} */
export function longLabel({ kind, text }) {
  if (kind === "save") return { text: `${text} saved`, code: false };
  if (kind === "delete") return { text: `${text} deleted`, code: false };
  if (kind === "restart") return { text: "restart", code: false };
  if (kind === "end") return { text: "the end of Python", code: false };
  return { text: text.trim().split("\n")[0], code: true };
}
