// The pictures of a session: a step for each input, the snapshots that are known, and the one looked at. Takes the same
// messages as the page's store, in the same way. Pure.

import { newest, stepsOf } from "./travel.js";

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
 * @property {ReadonlyMap<string, DiskState> | null} disk  by path, after it; null when that was not seen
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
 * @property {boolean} lost  the picture travelled to was kept no more, and another one is shown
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
  lost: false,
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
  disk: (/** @type {Pictures} */ p, /** @type {{files: DiskState[]}} */ m) => onDisk(p, byPath(m.files)),
  looked: (/** @type {Pictures} */ p, /** @type {{seq: number, disk: DiskState[] | null}} */ { seq, disk }) =>
    disk ? stepped(p, (step) => step.seq === seq, { disk: byPath(disk) }) : p,
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
  travel: (/** @type {Pictures} */ p, /** @type {Travel} */ m) => ({ ...travelled(p, m.seq), lost: false }),
};

/** @param {Pictures} pictures @param {any} message @returns {Pictures} */
function welcome(pictures, message) {
  const known = pictures.session === message.session ? pictures : NO_PICTURES;
  let next = { ...NO_PICTURES, session: message.session };
  for (const noted of message.transcript) next = reduce(next, noted.message, noted.seq);
  const lived = new Set(known.steps.filter(({ live, ended }) => live && ended).map(({ seq }) => seq));
  const kept = new Set(next.steps.map(({ seq }) => seq));
  const disks = new Map(known.steps.map(({ seq, disk }) => [seq, disk]));
  next = {
    ...next,
    steps: next.steps.map((step) => ({ ...step, live: lived.has(step.seq), disk: disks.get(step.seq) ?? null })),
    snapshots: new Map([...known.snapshots].filter(([seq]) => kept.has(seq))),
    loads: next.loads.map((load) => (load.loaded.source === null ? remembered(known, load) : load)),
    at: kept.has(known.at) ? known.at : 0,
  };
  next = onDisk(next, byPath(message.disk));
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
  const step = { seq, id: "", run: 0, life: pictures.life, live: true, ended, error: "", disk: null, ...input };
  const same = input.id && steps.some(({ id }) => id === input.id);
  return same ? pictures : { ...pictures, at: 0, lost: false, steps: [...steps, step].slice(-STEPS_KEPT) };
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

/** What the disk holds after the newest input. @param {Pictures} pictures @param {ReadonlyMap<string, DiskState>} disk @returns {Pictures} */
function onDisk(pictures, disk) {
  return { ...stepped(pictures, () => true, { disk }), disk };
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

/**
 * The server has this picture no more, nor those before it: who travelled to one of them sees the oldest that may be left.
 * @param {Pictures} pictures @param {number} seq @returns {Pictures}
 */
function forgotten(pictures, seq) {
  const asked = new Map([...pictures.asked].filter(([one]) => one > seq));
  const steps = pictures.steps.filter((step) => !step.seq || step.seq > seq);
  const left = { ...pictures, asked, steps };
  return pictures.at && pictures.at <= seq ? { ...travelled(left, stepsOf(left)[0]?.seq ?? 0), lost: true } : left;
}

/** @param {Pictures} pictures @param {number} seq @returns {Pictures} */
function travelled(pictures, seq) {
  return { ...pictures, at: seq === newest(pictures)?.seq ? 0 : seq };
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
