// What the page knows, as one value, and how each message changes it. Live messages and the replayed transcript go
// through the same reducer. Pure: knows no DOM, no socket, no clock, and nothing else of the page.

/** @typedef {import("./protocol.d.ts").Message} Message */
/** @typedef {import("./protocol.d.ts").Input} Input */
/** @typedef {import("./protocol.d.ts").Welcome} Welcome */
/** @typedef {import("./protocol.d.ts").DiskState} DiskState */

/**
 * What only this page says to its own store: the log is cleared; an interrupt brings nothing; a line for the log.
 * @typedef {{ kind: "cleared" } | { kind: "stubborn", run: number } | { kind: "told", text: string }} Local
 */

/**
 * A line of the console's log. `key` never comes back; `seq` is the input's number in the journal, 0 before it is
 * accepted. An output has left out its first `start` characters. An offer is a button that helps to go on.
 * @typedef {{ key: number, kind: "input", run: number, text: string, more: boolean, id: string, seq: number }} Entry
 * @typedef {{ key: number, kind: "output", run: number, text: string, start: number }} Printed
 * @typedef {{ key: number, kind: "event", text: string, seq: number }} Happening
 * @typedef {{ key: number, kind: "notice", text: string, run: number, offer: "" | "restart" }} Notice
 * @typedef {Entry | Printed | Happening | Notice} Item
 */

/**
 * @typedef {object} State
 * @property {string} session
 * @property {string} token
 * @property {string} phase  starting, ready, running, asked or asleep
 * @property {number} place  in the line of interpreters that are to start, 0 for none
 * @property {string} python  version
 * @property {string} isolation
 * @property {Record<string, number>} limits
 * @property {number} run  the highest number taken
 * @property {number} flight  the run that has not finished, 0 for none
 * @property {string} prompt  of the `input()` that waits
 * @property {{ run: number, source: string } | null} entry  the newest run
 * @property {{ run: number, source: string } | null} incomplete  the entry that wants another line
 * @property {{ run: number, status: string, error: string } | null} ended  how the newest run that has finished did so
 * @property {number} stubborn  the run that did not react to an interrupt
 * @property {ReadonlyMap<string, string>} files  what the server holds
 * @property {ReadonlyMap<string, Input>} unaccepted  inputs on their way, by id
 * @property {number} known  the newest input that the welcome knew of
 * @property {ReadonlyMap<string, number>} saved  the newest save of a file, by its number
 * @property {ReadonlyMap<string, number>} written  the newest input before the learner's code, or the server, last wrote to a file
 * @property {ReadonlyMap<string, DiskState>} disk
 * @property {readonly Item[]} log
 * @property {number} nextKey
 * @property {number} size  characters in the log
 * @property {boolean} shortened  earlier lines were left out of the log
 * @property {number} cleared  the log shows only what came after this input
 * @property {boolean} restarting
 * @property {readonly string[]} history  entries, oldest first
 * @property {string} lesson  the open one, "" in free play
 * @property {string} step
 * @property {{ lesson: string, step: string } | null} opening  the step that is being set up
 * @property {import("./protocol.d.ts").Checked | null} checked  how the open step stands, once it is set up
 * @property {readonly import("./protocol.d.ts").Done[]} done  the steps that were passed in this session before
 */

/** @type {State} */
export const EMPTY = {
  session: "", token: "", phase: "starting", place: 0, python: "", isolation: "", limits: {}, run: 0, flight: 0, prompt: "",
  entry: null, incomplete: null, ended: null, stubborn: 0, files: new Map(), unaccepted: new Map(), known: 0, saved: new Map(), written: new Map(),
  disk: new Map(), log: [], nextKey: 1, size: 0, shortened: false, cleared: 0, restarting: false, history: [],
  lesson: "", step: "", opening: null, checked: null, done: [],
};

/** Characters of one run's output that stay when it has twice as many. */
export const OUTPUT_KEPT = 100_000;
const LOG_KEPT = 600_000;
const ITEMS_KEPT = 2_000;
const HISTORY_KEPT = 500;

/**
 * @param {State} state
 * @param {Message | Local} message  a kind it does not know changes nothing
 * @param {number} [seq]  the input's number in the journal, when it is replayed
 * @returns {State}
 */
export function reduce(state, message, seq = 0) {
  const change = /** @type {Record<string, (state: State, message: any, seq: number) => State>} */ (CHANGES)[message.kind];
  return change ? change(state, message, seq) : state;
}

/**
 * The files as they will be once every input on its way is accepted.
 * @param {State["files"]} files @param {State["unaccepted"]} unaccepted @returns {State["files"]}
 */
export function filesSoon(files, unaccepted) {
  const writes = [...unaccepted.values()].filter(isWrite);
  return writes.length ? writes.reduce(applyWrite, new Map(files)) : files;
}

/** @param {Input} input @returns {input is import("./protocol.d.ts").Save | import("./protocol.d.ts").Delete} */
function isWrite(input) {
  return input.kind === "save" || input.kind === "delete";
}

/** Whether the server writes files and types entries of its own, on the way to a step. @param {State} state */
export function isSettingUp({ opening, lesson, checked }) {
  return Boolean(opening || (lesson && !checked));
}

const CHANGES = {
  welcome, run, accepted, refused, output, finished, exited, rebuilt, files, limited,
  save: kept,
  delete: kept,
  predict: kept,
  open,
  checked,
  answer,
  interrupt,
  restart,
  ready,
  asked: (/** @type {State} */ state, /** @type {{ prompt: string }} */ { prompt }) => ({ ...state, phase: "asked", prompt }),
  queued: (/** @type {State} */ state, /** @type {{ position: number }} */ { position }) => ({ ...state, place: position }),
  disk: (/** @type {State} */ state, /** @type {{ files: DiskState[] }} */ message) => ({ ...state, disk: byPath(message.files) }),
  saved,
  deleted: (/** @type {State} */ state, /** @type {{ path: string }} */ { path }, /** @type {number} */ seq) => happened(state, `${path} deleted`, seq),
  erased: () => EMPTY,
  cleared: (/** @type {State} */ state) => ({ ...state, log: [], size: 0, shortened: false, cleared: newestSeq(state) }),
  stubborn: (/** @type {State} */ state, /** @type {{ run: number }} */ message) => (state.flight === message.run ? { ...state, stubborn: message.run } : state),
  told: (/** @type {State} */ state, /** @type {{ text: string }} */ { text }) => noticed(state, text, ""),
};

/** @param {State} state @param {{ path: string }} message @param {number} seq @returns {State} */
function saved(state, { path }, seq) {
  return happened({ ...state, saved: new Map(state.saved).set(path, seq) }, `${path} saved`, seq);
}

/** @param {State} state @param {Welcome} message @returns {State} */
function welcome(state, message) {
  const same = state.session === message.session;
  /** @type {State} */
  let next = { ...EMPTY, session: message.session, nextKey: state.nextKey, cleared: same ? state.cleared : 0 };
  for (const noted of message.transcript) next = shown(reduce(next, noted.message, noted.seq), noted.seq);
  const busy = message.state === "running" || message.state === "asked";
  const { token, python, isolation, limits, run } = message;
  return {
    ...next, token, python, isolation, limits, run: Math.max(run, next.run),
    phase: message.state,
    flight: busy ? next.flight || run : 0,
    unaccepted: new Map(),
    known: Math.max(0, ...message.transcript.map((noted) => noted.seq)),
    files: new Map(message.files.map((file) => [file.path, file.text])),
    disk: byPath(message.disk),
    lesson: message.lesson,
    step: message.step,
    opening: null,
    checked: null,
    done: message.done,
  };
}

/** Hides what came before the log was cleared. @param {State} state @param {number} seq */
function shown(state, seq) {
  return seq > 0 && seq <= state.cleared ? { ...state, log: [], size: 0 } : state;
}

/** @param {State} state @param {import("./protocol.d.ts").Run} message @param {number} seq @returns {State} */
function run(state, message, seq) {
  const { source, id } = message;
  const before = state.incomplete && source.startsWith(`${state.incomplete.source}\n`) ? state.incomplete.source : null;
  const text = before === null ? source : source.slice(before.length + 1);
  const earlier = before === null ? state.history : state.history.slice(0, -1);
  const next = appended(kept(state, message), { kind: "input", run: message.run, text, more: before !== null, id, seq });
  return {
    ...next,
    run: Math.max(state.run, message.run),
    flight: message.run,
    phase: state.phase === "ready" ? "running" : state.phase === "asleep" ? "starting" : state.phase,
    entry: { run: message.run, source },
    incomplete: null,
    stubborn: 0,
    history: remembered(earlier, source),
  };
}

/** @param {readonly string[]} history @param {string} source */
function remembered(history, source) {
  const entry = source.replace(/\n+$/, "");
  if (!entry.trim() || history.at(-1) === entry) return history;
  return [...history, entry].slice(-HISTORY_KEPT);
}

/** @param {State} state @param {Input} input @returns {State} */
function kept(state, input) {
  return input.id ? { ...state, unaccepted: new Map(state.unaccepted).set(input.id, input) } : state;
}

/**
 * What a terminal does with typed lines: it shows them where the cursor stands.
 * @param {State} state @param {import("./protocol.d.ts").Answer} message @returns {State}
 */
function answer(state, message) {
  const typed = (message.text ?? "^D").replace(/[\x00-\x08\x0b-\x1f\x7f]/g, "");
  const next = output(kept(state, message), { run: message.run, text: `\x1b[1m${typed}\x1b[22m\n` });
  return { ...next, phase: state.phase === "asked" ? "running" : state.phase, prompt: "" };
}

/** @param {State} state @param {import("./protocol.d.ts").Interrupt} message @returns {State} */
function interrupt(state, message) {
  const next = kept(state, message);
  const dropping = state.incomplete?.run === message.run;
  return dropping ? { ...next, incomplete: null, flight: message.run, phase: "running" } : next;
}

/** @param {State} state @param {import("./protocol.d.ts").Open} message @returns {State} */
function open(state, message) {
  const { lesson, step } = message;
  return { ...kept(state, message), opening: { lesson, step } };
}

/** @param {State} state @param {import("./protocol.d.ts").Checked} message @returns {State} */
function checked(state, message) {
  const { lesson, step } = message;
  return { ...state, lesson, step, opening: null, checked: lesson ? message : null };
}

/** @param {State} state @param {import("./protocol.d.ts").Restart} message @returns {State} */
function restart(state, message) {
  return { ...kept(state, message), restarting: true, incomplete: null };
}

/** @param {State} state @param {import("./protocol.d.ts").Ready} message @returns {State} */
function ready(state, message) {
  const next = { ...state, python: message.python, phase: state.flight ? "running" : "ready", restarting: false, place: 0 };
  return state.python ? happened(next, `Python ${message.python} started, memory is empty`, 0) : next;
}

/** @param {State} state @param {import("./protocol.d.ts").Accepted} message @returns {State} */
function accepted(state, { id, seq }) {
  const input = state.unaccepted.get(id);
  const next = { ...state, unaccepted: without(state.unaccepted, id), log: numbered(state.log, id, seq) };
  if (!input || !isWrite(input)) return next;
  const last = input.kind === "save" ? saved(next, input, seq) : happened(next, `${input.path} deleted`, seq);
  const told = inOrder(last, seq, state.unaccepted, id);
  const overtaken = seq <= Math.max(state.known, state.written.get(input.path) ?? 0); // what was written since is here already
  return overtaken ? told : { ...told, files: applyWrite(new Map(state.files), input) };
}

/**
 * What is told last goes before the entries that were sent after it, and are in the log already.
 * @param {State} state @param {number} seq  its number @param {State["unaccepted"]} sent @param {string} id
 */
function inOrder(state, seq, sent, id) {
  const ids = [...sent.keys()];
  const later = new Set(ids.slice(ids.indexOf(id) + 1));
  const at = state.log.findIndex((item) => item.kind === "input" && later.has(item.id));
  const told = state.log.at(-1);
  if (at < 0 || told?.kind !== "event" || told.seq !== seq) return state;
  return { ...state, log: state.log.slice(0, -1).toSpliced(at, 0, told) };
}

/** @param {readonly Item[]} log @param {string} id @param {number} seq @returns {readonly Item[]} */
function numbered(log, id, seq) {
  const index = log.findLastIndex((item) => item.kind === "input" && item.id === id);
  return index < 0 ? log : log.with(index, /** @type {Entry} */ ({ ...log[index], seq }));
}

/** @param {State} state @param {import("./protocol.d.ts").Refused} message @returns {State} */
function refused(state, { id, reason, fatal }) {
  if (fatal) return state;
  const input = state.unaccepted.get(id);
  const next = noticed({ ...state, unaccepted: without(state.unaccepted, id) }, reason, "");
  if (input?.kind === "open") return { ...next, opening: null };
  if (input?.kind === "restart") return { ...next, restarting: false };
  if (input?.kind !== "run" || input.run !== state.flight) return next;
  return { ...next, flight: 0, phase: state.phase === "running" ? "ready" : state.phase };
}

/** @param {State} state @param {{ run: number, text: string }} message @returns {State} */
function output(state, { run, text }) {
  const last = state.log.at(-1);
  if (last?.kind !== "output" || last.run !== run) return appended(state, { kind: "output", run, start: 0, text });
  const longer = bounded({ ...last, text: last.text + text });
  const size = state.size + longer.text.length - last.text.length;
  return trimmed({ ...state, size, log: state.log.with(-1, longer) });
}

/** @param {Printed} item @returns {Printed} */
function bounded(item) {
  if (item.text.length <= 2 * OUTPUT_KEPT) return item;
  const from = item.text.length - OUTPUT_KEPT;
  const newline = item.text.indexOf("\n", from);
  const cut = newline < 0 ? from : newline + 1;
  return { ...item, start: item.start + cut, text: item.text.slice(cut) };
}

/** @param {State} state @param {import("./protocol.d.ts").Finished} message @returns {State} */
function finished(state, { run, status, error }) {
  const incomplete = status === "incomplete" && state.entry?.run === run ? state.entry : null;
  const mine = state.flight === run || state.flight === 0;
  const next = { ...state, ended: { run, status, error } };
  return mine ? { ...next, flight: 0, phase: "ready", prompt: "", stubborn: 0, incomplete } : next;
}

/** @param {State} state @param {import("./protocol.d.ts").Exited} message @returns {State} */
function exited(state, { cause, message }) {
  const phase = state.restarting ? "starting" : "asleep";
  const next = { ...state, phase, flight: 0, prompt: "", entry: null, incomplete: null, stubborn: 0 };
  return cause === "stopped" ? next : noticed(next, message, "restart");
}

/**
 * Python has done again what it had done; what came out differently is told.
 * @param {State} state @param {import("./protocol.d.ts").Rebuilt} message @returns {State}
 */
function rebuilt(state, { python, entries, different, problem }) {
  if (problem) return noticed({ ...state, phase: "asleep", incomplete: null }, problem, "restart");
  /** @type {State} */
  const next = { ...state, python, phase: state.flight ? "running" : "ready", restarting: false };
  const count = entries === 1 ? "its entry was" : `its ${entries} entries were`;
  const told = entries ? happened(next, `Python is back as it was: ${count} run again, out of sight`, 0) : next;
  return different.reduce((one, { run, text }) => noticed(one, differently(state, run, text), ""), told);
}

/** @param {State} state @param {number} run @param {string} text */
function differently(state, run, text) {
  const entry = state.log.findLast((item) => item.kind === "input" && item.run === run);
  const source = entry?.text.trim().split("\n")[0] ?? `entry ${run}`;
  return `Came out differently this time: ${source}\n${text.trimEnd() || "(it printed nothing)"}`;
}

/** @param {State} state @param {import("./protocol.d.ts").Limited} message @returns {State} */
function limited(state, { run, message }) {
  return noticed(state, message, "restart", run);
}

/** @param {State} state @param {import("./protocol.d.ts").Files} message @returns {State} */
function files(state, message) {
  const held = new Map(state.files);
  for (const file of message.changed) held.set(file.path, file.text);
  for (const path of message.deleted) held.delete(path);
  const written = new Map(state.written);
  for (const path of [...message.changed.map((file) => file.path), ...message.deleted]) written.set(path, message.seq);
  const left = message.left_out.map((one) => `${one.path} is not shown: ${one.why}`);
  /** @type {State} */
  const next = { ...state, files: held, written };
  return left.reduce((told, text) => noticed(told, text, ""), next);
}

/** @param {Map<string, string>} files @param {Input} input */
function applyWrite(files, input) {
  if (input.kind === "save") files.set(input.path, input.text);
  if (input.kind === "delete") files.delete(input.path);
  return files;
}

/** @param {State} state @param {string} text @param {number} seq @returns {State} */
function happened(state, text, seq) {
  const told = seq > 0 && state.log.some((item) => item.kind === "event" && item.seq === seq);
  const untouched = state.run === 0; // before the first entry files are being set up: no news
  return told || untouched ? state : appended(state, { kind: "event", text, seq });
}

/** @param {State} state @param {string} text @param {"" | "restart"} offer @param {number} [run] @returns {State} */
function noticed(state, text, offer, run = 0) {
  return appended(state, { kind: "notice", text, offer, run });
}

/** @typedef {Item extends infer T ? T extends Item ? Omit<T, "key"> : never : never} Fresh */

/** @param {State} state @param {Fresh} fresh @returns {State} */
function appended(state, fresh) {
  const item = /** @type {Item} */ ({ ...fresh, key: state.nextKey });
  const size = state.size + fresh.text.length;
  return trimmed({ ...state, log: [...state.log, item], nextKey: state.nextKey + 1, size });
}

/** @param {State} state @returns {State} with the oldest lines left out where the log is too long */
function trimmed(state) {
  let { size } = state;
  let gone = 0;
  while (gone < state.log.length - 1 && (size > LOG_KEPT || state.log.length - gone > ITEMS_KEPT)) {
    size -= state.log[gone].text.length;
    gone += 1;
  }
  return gone ? { ...state, log: state.log.slice(gone), size, shortened: true } : state;
}

/** @param {State} state */
function newestSeq(state) {
  return Math.max(state.cleared, ...state.log.map((item) => ("seq" in item ? item.seq : 0)));
}

/** @param {DiskState[]} files */
function byPath(files) {
  return new Map(files.map((file) => [file.path, file]));
}

/** @template V @param {ReadonlyMap<string, V>} map @param {string} key @returns {Map<string, V>} */
function without(map, key) {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
