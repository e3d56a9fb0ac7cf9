// The line to the server: inputs get their ids and go to store and wire; events come back; a session that has ended
// leaves its files. Knows no view.

import { batch, effect } from "@preact/signals-core";
import { forget, FREE, keep, placeOf, recall } from "./kept.js";
import { reduce as reducePictures } from "./picture/history.js";
import { offered, orphansOf } from "./orphans.js";
import { Questions } from "./questions.js";
import { STARTER } from "./starter.js";
import { isSettingUp, reduce } from "./store.js";
import { Wire } from "./wire.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./protocol.d.ts").Draft} Draft */
/** @typedef {import("./protocol.d.ts").Event} Event */
/** @typedef {import("./protocol.d.ts").Input} Input */
/** @typedef {import("./protocol.d.ts").Welcome} Welcome */
/** @typedef {import("./protocol.d.ts").Completions | import("./protocol.d.ts").Retraced | import("./protocol.d.ts").Refused} Answer */

/** Where the session is remembered in this browser, and the files that a new one begins with. @typedef {{ key: string, files: ReadonlyMap<string, string> }} Home */

/** Shorter breaks of the connection are not worth a word. */
const BLINK = 1_500;
/** Texts are remembered so long after the last keystroke at the latest. */
const REST = 400;
const BEGUN_AGAIN = "Your earlier session has ended. This step is set up again; what you have done stays done.";

export class Line {
  #mark = crypto.getRandomValues(new Uint32Array(2)).join("-");
  #count = 0;
  /** @type {Questions<Answer>} */
  #questions = new Questions();
  /** @type {Map<string, () => void>} what is to be done once an input is accepted */
  #next = new Map();
  /** @type {Set<string>} questions about the pictures: that one is refused is told beside them */
  #asked = new Set();

  /**
   * @param {Model} model
   * @param {string} path  of the websocket, as the server says
   * @param {{ lesson: string, step: string }} place  the step that the address names
   * @param {Home} [home]
   */
  constructor(model, path, place, home = { key: path, files: new Map([[STARTER.path, STARTER.text]]) }) {
    this.model = model;
    this.home = home;
    this.kept = recall(home.key);
    this.wire = new Wire({
      url: new URL(path, location.href).href.replace(/^http/, "ws"),
      hello: () => ({ kind: "hello", token: model.state.value.token || this.kept.token, ...this.#placeOr(place) }),
      onEvent: (event, pending) => this.#take(event, pending),
      onConnection: (connection) => (model.connection.value = connection),
    });
  }

  /** Where the learner is: a session that was lost is set up there again. @param {{ lesson: string, step: string }} first */
  #placeOr(first) {
    const { session, lesson, step } = this.model.state.value;
    return session ? { lesson, step } : first;
  }

  start() {
    this.#watchConnection();
    this.#watchTexts();
    for (const sign of ["online", "focus"]) addEventListener(sign, () => this.wire.hurry());
    this.wire.connect();
  }

  actions() {
    return {
      connect: () => this.wire.connect(),
      complete: async (/** @type {string} */ source, /** @type {number} */ cursor) => {
        const answer = await this.#questions.put((id) => this.wire.ask({ kind: "complete", id, source, cursor }), this.#nextId());
        return answer?.kind === "completions" ? answer : null;
      },
      retrace: async () => {
        const answer = await this.#questions.put((id) => this.wire.ask({ kind: "retrace", id }), this.#nextId());
        return answer?.kind === "completions" ? null : answer;
      },
      look: (/** @type {number} */ seq) => this.#ask({ kind: "look", seq, id: this.#nextId() }),
      holders: (/** @type {number} */ token) => this.#ask({ kind: "holders", token, id: this.#nextId() }),
      erase: () => this.wire.ask({ kind: "erase" }),
      adoptOrphans: () => this.#settleOrphans(offered(this.model)),
      dropOrphans: () => this.#settleOrphans([]),
    };
  }

  /** Whether it is on its way. @param {Draft} draft @param {() => void} [accepted]  called once it is */
  send = (draft, accepted) => {
    const input = /** @type {Input} */ ({ ...draft, id: this.#nextId() });
    const most = this.model.state.value.limits.message_bytes ?? Infinity;
    if (new TextEncoder().encode(JSON.stringify(input)).length > most) {
      this.tell(`That is too long to send: a file or an entry has at most ${Math.floor(most / 1024)} KiB.`);
      return false;
    }
    if (draft.kind === "open") this.#noteFree();
    if (accepted) this.#next.set(input.id, accepted);
    this.#reduce(input);
    this.wire.send(input);
    return true;
  };

  /** Have a line in the console that only this page says. @param {string} text */
  tell(text) {
    this.#reduce({ kind: "told", text });
  }

  /** A question that cannot be sent has not been put. @param {import("./protocol.d.ts").Look | import("./protocol.d.ts").Holders} question */
  #ask(question) {
    if (!this.wire.ask(question)) return;
    this.#asked.add(question.id);
    this.#reducePictures(question);
  }

  #nextId() {
    this.#count += 1;
    return `${this.#mark}-${this.#count}`;
  }

  /** @param {Event} event @param {Input[]} pending */
  #take(event, pending) {
    if (event.kind === "welcome") this.#greet(event, pending);
    else if (event.kind === "erased") this.#leave();
    else if (event.kind === "files") this.#keepEdits(() => this.#reduce(event));
    else if (event.kind === "accepted") this.#accept(event);
    else if (event.kind === "refused" && this.model.state.value.unaccepted.has(event.id)) this.#refuse(event);
    else if (event.kind === "refused" && this.#asked.delete(event.id)) this.#reducePictures(event);
    else if (!this.#settles(event)) this.#reduce(event);
    if (event.kind === "files") this.#show(event);
    if (event.kind === "checked" && !event.lesson) this.#begin();
  }

  /** Whether it answers a question that somebody waits for. @param {Event} event */
  #settles(event) {
    const answers = event.kind === "completions" || event.kind === "retraced" || event.kind === "refused";
    return answers && (this.#questions.settle(event.id, event) || event.kind !== "refused");
  }

  /** @param {import("./protocol.d.ts").Accepted} accepted */
  #accept(accepted) {
    this.#keepEdits(() => this.#reduce(accepted));
    this.#next.get(accepted.id)?.();
    this.#next.delete(accepted.id);
  }

  /** What a refused save would have written is not lost, nor the edits of a file that stays. @param {import("./protocol.d.ts").Refused} refused */
  #refuse(refused) {
    const { documents, state, deleted } = this.model;
    const input = state.value.unaccepted.get(refused.id);
    const renamed = this.#next.delete(refused.id); // its text stands where it stood
    const path = input?.kind === "save" && !renamed ? input.path : "";
    if (path) documents.unsave(path);
    this.#keepEdits(() => this.#reduce(refused), path);
    const [kept] = input?.kind === "delete" ? (deleted.value?.texts ?? []) : [];
    if (!kept || input?.kind !== "delete" || kept.path !== input.path) return;
    deleted.value = null;
    if (documents.text(kept.path) !== kept.text) documents.edit(kept.path, kept.text);
  }

  /**
   * Edits of a file that is gone afterwards can be brought back, and what stands in one that is `refused`.
   * @param {() => void} change @param {string} [refused]
   */
  #keepEdits(change, refused = "") {
    const { documents, state, deleted } = this.model;
    const before = state.value;
    const unsaved = [...documents.files.value.keys()].filter((path) => path === refused || documents.isUnsaved(path));
    const edits = unsaved.map((path) => ({ path, text: documents.text(path) }));
    change();
    const gone = edits.filter(({ path, text }) => text && !documents.files.value.has(path));
    const same = state.value.session === before.session && placeOf(state.value) === placeOf(before) && !isSettingUp(before);
    if (gone.length && same) deleted.value = { texts: gone, refused: gone.some(({ path }) => path === refused) };
  }

  /** Begin anew: nothing is kept of the session, here nor there. */
  #leave() {
    this.#reduce({ kind: "erased" });
    forget(this.home.key);
    location.reload();
  }

  /** @param {Welcome} welcome @param {Input[]} pending */
  #greet(welcome, pending) {
    const { state, documents, orphans } = this.model;
    const first = !state.value.session;
    const before = first ? this.kept : { ...this.kept, ...this.#whereabouts(), texts: documents.texts(), orphans: orphans.value };
    const ended = before.session !== "" && before.session !== welcome.session;
    if (ended) this.wire.forget();
    this.#asked.clear();
    const take = () => {
      orphans.value = ended ? orphansOf(before) : before.orphans;
      this.#reduce(welcome);
      if (!ended) this.#repeat(welcome, pending); // before anybody acts on the welcome alone
      else if (welcome.lesson) this.tell(BEGUN_AGAIN);
    };
    this.#keepEdits(() => batch(take));
    if (first && before.session && !ended && before.place === placeOf(welcome)) this.#restore(before.texts);
    else if (!welcome.lesson && (ended || !before.session)) this.#begin();
  }

  /** A step that is being set up shows the file that it brings. @param {import("./protocol.d.ts").Files} files */
  #show({ changed }) {
    const { state, documents } = this.model;
    if (isSettingUp(state.value)) documents.show(changed.at(-1)?.path ?? documents.open.value);
  }

  /** Free play without a file begins with some, unless there are files to be brought back. */
  #begin() {
    if (this.model.state.value.files.size || offered(this.model).length) return;
    for (const [path, text] of this.home.files) this.send({ kind: "save", path, text });
  }

  /** What is on its way and not in the transcript yet is shown as before. @param {Welcome} welcome @param {Input[]} pending */
  #repeat(welcome, pending) {
    const known = new Set(welcome.transcript.map(({ message }) => "id" in message && message.id));
    for (const input of pending) if (!known.has(input.id)) this.#reduce(input);
  }

  /** Edits that were not accepted when the page was left. @param {import("./kept.js").Kept["texts"]} texts */
  #restore(texts) {
    const { documents, state } = this.model;
    for (const [path, { text, unsaved }] of Object.entries(texts)) {
      if (!unsaved) continue;
      if (state.value.files.has(path)) documents.edit(path, text);
      else this.send({ kind: "save", path, text });
    }
  }

  /** @param {readonly import("./kept.js").Orphan[]} chosen */
  #settleOrphans(chosen) {
    const here = placeOf(this.model.state.value);
    for (const { path, text } of chosen) this.send({ kind: "save", path, text });
    this.model.orphans.value = this.model.orphans.value.filter(({ place }) => place !== here);
    if (here === FREE && !chosen.length) this.#begin();
  }

  /** @param {Parameters<typeof reduce>[1]} message */
  #reduce(message) {
    const { state } = this.model;
    batch(() => {
      state.value = reduce(state.value, message);
      this.#reducePictures(message);
    });
  }

  /** @param {Parameters<typeof reducePictures>[1]} message */
  #reducePictures(message) {
    const { pictures } = this.model;
    pictures.value = reducePictures(pictures.value, message);
  }

  #watchConnection() {
    const { connection, slow } = this.model;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    connection.subscribe(({ phase }) => {
      if (phase === "open" || phase === "queued") {
        clearTimeout(timer);
        timer = undefined;
        slow.value = false;
      } else timer ??= setTimeout(() => (slow.value = true), BLINK);
    });
  }

  #whereabouts() {
    const { session, token } = this.model.state.value;
    return { session, token, place: placeOf(this.model.state.value) };
  }

  /** The files of free play, which a lesson will put aside. */
  #noteFree() {
    const { state, documents } = this.model;
    if (placeOf(state.value) === FREE && !state.value.opening) this.kept = { ...this.kept, free: documents.texts() };
  }

  /** Texts outlive the page; those of before an answer came are not written over. */
  #watchTexts() {
    const { state, documents, orphans } = this.model;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const write = () => {
      clearTimeout(timer);
      timer = undefined;
      if (!state.value.session) return;
      this.#noteFree();
      this.kept = { ...this.kept, ...this.#whereabouts(), texts: documents.texts(), orphans: orphans.value };
      keep(this.home.key, this.kept);
    };
    effect(() => {
      documents.version.value;
      orphans.value;
      if (state.value.token === this.kept.token) timer ??= setTimeout(write, REST);
      else write(); // a tab that is opened now finds the session
    });
    addEventListener("pagehide", write);
  }
}
