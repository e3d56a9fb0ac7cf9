// Records a session as the page gets it. The marks new and rebound follow from the snapshot before; the others are said.

/** What a bare interpreter puts into `__main__` and into a module. */
const MAIN_DUNDERS = 7;
const MODULE_DUNDERS = 8;
const CACHED = 78;

export class Recorder {
  /** @param {string} title */
  constructor(title) {
    this.story = { title, noted: [] };
    this.seq = 0;
    this.run = 0;
    this.loads = {};
    this.before = { spaces: [] };
  }

  note(message, seq = 0) {
    this.story.noted.push({ seq, at: 1_795_000_000 + this.story.noted.length, message });
  }

  save(path, text) {
    this.files = { ...this.files, [path]: text };
    this.seq += 1;
    this.note({ kind: "saved", path }, this.seq);
    this.disk(path);
  }

  /** Whether memory holds what the disk holds, for all files. @param {string} path  the one that changed @param {string} state */
  disk(path, state = this.loads[moduleOf(path)] ? "edited" : "unloaded") {
    this.states = { ...this.states, [path]: state };
    const files = Object.entries(this.states).map(([one, is]) => ({
      path: one,
      module: moduleOf(one),
      load: this.loads[moduleOf(one)] ?? 0,
      state: is,
    }));
    this.note({ kind: "disk", files });
  }

  /**
   * @param {string} source
   * @param {{loads?: [string, string, boolean?][], error?: string, picture?: object}} what  loads: path, cause, ok
   */
  enter(source, { loads = [], error = "", picture } = {}) {
    this.run += 1;
    this.seq += 1;
    this.note({ kind: "run", run: this.run, source, id: "" }, this.seq);
    for (const [path, cause, ok = true] of loads) this.load(path, cause, ok);
    if (picture) this.snapshot(picture);
    if (loads.length) for (const [path] of loads) this.disk(path, "same");
    this.note({ kind: "finished", run: this.run, status: error ? "error" : "ok", error, ms: 2 });
  }

  load(path, cause, ok) {
    const module = moduleOf(path);
    this.loads[module] = (this.loads[module] ?? 0) + 1;
    const load = this.loads[module];
    this.note({
      kind: "loaded",
      run: this.run,
      module,
      path,
      load,
      cause,
      ok,
      source: this.files[path],
      stale_bytecode: false,
    });
  }

  snapshot({ spaces, objects = [], truncated = false }) {
    const marked = spaces.map((space) => this.marked(space));
    this.before = { spaces: marked };
    this.note({ kind: "snapshot", seq: this.seq, run: this.run, truncated, spaces: marked, objects });
  }

  marked(space) {
    const then = this.before.spaces.find(({ token }) => token === space.token);
    const names = space.names.map((name) => {
      const old = then?.names.find((one) => one.name === name.name);
      const same = old && old.value.ref === name.value.ref && old.value.text === name.value.text;
      const mark = name.mark || (!old ? "new" : same ? "" : "rebound");
      return { ...name, mark, was: mark === "rebound" ? old.value : null };
    });
    return { ...space, names };
  }
}

function moduleOf(path) {
  return path.replace(/(\/__init__)?\.py$/, "").replaceAll("/", ".");
}

// --- the messages' parts ---

/** @param {Record<string, object>} names @param {number} [hidden]  more than the dunders: stdlib modules */
export function main(names, hidden = 1) {
  return { name: "__main__", load: 0, token: 1, path: "", names: listed(names), hidden: MAIN_DUNDERS + hidden };
}

export function cache(names, hidden = CACHED) {
  return { name: "sys.modules", load: 0, token: 2, path: "", names: listed(names), hidden };
}

export function module(token, name, load, path, names, hidden = MODULE_DUNDERS) {
  return { name, load, token, path, names: listed(names), hidden };
}

function listed(names) {
  return Object.entries(names).map(([name, { text, ref = 0, mark = "", origin = "" }]) => ({
    name,
    value: { text, ref },
    mark,
    was: null,
    origin,
  }));
}

/** A name's value. @param {string} text @param {number} [ref] @param {{mark?: string, origin?: string}} [more] */
export function is(text, ref = 0, more = {}) {
  return { text, ref, ...more };
}

export function part(key, text, ref = 0) {
  return { key, value: { text, ref } };
}

export function thing(token, kind, type, label, { home = "", load = 0, stale = false, code = "", parts = [] } = {}) {
  return { token, kind, type, label, home, load, stale, code, parts };
}

/** @param {number} token @param {string} home @param {number} load @param {[string, number]} globals @param {string} code */
export function func(token, home, load, globals, code, { stale = false, parts = [] } = {}) {
  const label = `${home.split(".").at(-1)}()`;
  return thing(token, "function", "function", label, {
    home,
    load,
    stale,
    code,
    parts: [...parts, part("__globals__", ...globals)],
  });
}
