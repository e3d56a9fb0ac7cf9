// What the page does when it is asked to, in terms of inputs sent and signals set.

import { effect } from "@preact/signals-core";
import { nextInput } from "./entries.js";
import { importLine, moduleOf, reloadLine } from "./modules.js";
import { reduce as reducePictures } from "./picture/history.js";
import { stepNow } from "./picture/travel.js";
import { sourcesOf } from "./picture/lines.js";
import { reduce } from "./store.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./model.js").Actions} Actions */
/** @typedef {import("./protocol.d.ts").Draft} Draft */

/** How long an entry may ignore an interrupt before *Restart* is offered. */
const PATIENCE = 2_000;

/** What actions need besides the model; see `Line.send`. @typedef {{ send: (draft: Draft, accepted?: () => void) => boolean }} Line */

/** @param {Model} model @param {Line} line */
export function consoleActions(model, { send }) {
  const { state, waiting } = model;
  effect(() => {
    const input = nextInput(state.value, waiting.value);
    if (!input) return;
    if (input.kind === "run") waiting.value = waiting.value.slice(1);
    send(input);
  });
  /** @param {string} source @param {boolean} fresh */
  const enqueue = (source, fresh) => {
    waiting.value = [...waiting.value, { source, fresh }];
  };
  const interrupt = () => {
    waiting.value = [];
    const run = state.value.flight || state.value.incomplete?.run || 0;
    if (!run) return;
    send({ kind: "interrupt", run });
    setTimeout(() => (state.value = reduce(state.value, { kind: "stubborn", run })), PATIENCE);
  };
  return {
    enqueue,
    interrupt,
    /** @param {string} text */
    submit: (text) => (state.value.phase === "asked" ? answer(model, send, text) : enqueue(text, false)),
    /** @param {string} text */
    sendLine: (text) => answer(model, send, text),
    endOfFile: () => (state.value.flight ? send({ kind: "answer", run: state.value.flight, text: null }) : enqueue("exit()", true)),
    /** @param {string[]} entries */
    runAll: (entries) => entries.forEach((entry) => enqueue(entry, true)),
    restart: () => {
      waiting.value = [];
      send({ kind: "restart" });
    },
    clear: () => (state.value = reduce(state.value, { kind: "cleared" })),
  };
}

/** One answer a line, as a terminal would. @param {Model} model @param {(draft: Draft) => void} send @param {string} text */
function answer({ state }, send, text) {
  const run = state.value.flight;
  if (run) for (const line of text.split("\n")) send({ kind: "answer", run, text: line });
}

/** @param {Model} model */
export function memoryActions({ pictures, documents, ran }) {
  return {
    /** @param {number} seq */
    travel: (seq) => (pictures.value = reducePictures(pictures.value, { kind: "travel", seq })),
    /** @param {{module: string, load: number}} of  a load in the interpreter whose picture is looked at */
    showSource: ({ module, load }) => {
      const life = stepNow(pictures.value)?.life ?? pictures.value.life;
      const loads = pictures.value.loads.filter((one) => one.life === life).map(({ loaded }) => loaded);
      const path = loads.findLast((one) => one.module === module && one.load === load)?.path ?? "";
      const found = sourcesOf(loads, path).find((one) => one.module === module && one.load === load);
      if (!found) return;
      documents.show(path);
      ran.value = found;
    },
    closeSource: () => (ran.value = null),
  };
}

/**
 * @param {Model} model
 * @param {Line & { enqueue: (source: string, fresh: boolean) => void }} line
 */
export function fileActions(model, { send, enqueue }) {
  const { documents, deleted, state, ran, held } = model;
  const save = (path = documents.open.value) => {
    if (path && documents.isUnsaved(path)) send({ kind: "save", path, text: documents.text(path) });
  };
  /** @param {(module: string) => string} typed */
  const type = (typed) => {
    const module = moduleOf(documents.open.value);
    if (!module) return;
    save();
    if (!held.value) enqueue(typed(module), true);
  };
  /** Whether it is on its way. @param {string} path @param {string} text @param {() => void} [accepted] */
  const write = (path, text, accepted) => {
    const sent = send({ kind: "save", path, text }, accepted);
    documents.show(path);
    ran.value = deleted.value = null;
    return sent;
  };
  const isLoaded = () => (state.value.disk.get(documents.open.value)?.load ?? 0) > 0;
  return {
    save: () => save(),
    saveAll: () => [...documents.files.value.keys()].forEach((path) => save(path)),
    importModule: () => type(importLine),
    reloadModule: () => type(reloadLine),
    loadModule: () => type(isLoaded() ? reloadLine : importLine),
    /** @param {string} path */
    openFile: (path) => {
      documents.show(path);
      ran.value = deleted.value = null;
    },
    /** @param {string} path */
    newFile: (path) => write(path, ""),
    /** @param {string} path @param {string} text */
    writeFile: (path, text) => {
      documents.edit(path, text);
      write(path, text);
    },
    /** @param {string} from @param {string} to */
    renameFile: (from, to) => {
      const text = documents.text(from);
      documents.rename(from, to);
      write(to, text, () => {
        if (documents.text(from) === text) send({ kind: "delete", path: from });
      });
    },
    /** @param {string} path */
    deleteFile: (path) => {
      deleted.value = { texts: [{ path, text: documents.text(path) }], refused: false };
      send({ kind: "delete", path });
    },
    bringBack: () => {
      for (const { path, text } of deleted.value?.texts ?? []) {
        if (!write(path, text) && write(path, "")) documents.edit(path, text); // too long to be saved, as it was before
      }
    },
    takeTheirs: () => documents.edit(documents.open.value, state.value.files.get(documents.open.value) ?? ""),
  };
}
