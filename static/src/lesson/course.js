// What the lesson pane knows and does: the place that is open on the server, the place that is read, and what the
// learner has asked to see. Knows no DOM but the address bar.

import { batch, computed, effect, signal } from "@preact/signals-core";
import { NOWHERE, addressOf, isSame, placeOf } from "./address.js";
import { loadLesson, loadShelf } from "./load.js";
import { isDone, keepProgress, nextStep, recallProgress, withAll, withDone } from "./progress.js";
import { holdsButtons, stageOf } from "./standing.js";

/** @typedef {import("./types.d.ts").Place} Place */
/** @typedef {import("./types.d.ts").Lesson} Lesson */
/** @typedef {import("./types.d.ts").Step} Step */
/** @typedef {import("./types.d.ts").Summary} Summary */
/** @typedef {import("../model.js").Model} Model */

/**
 * What a course asks of the page.
 *
 * @typedef {object} Asks
 * @property {(draft: import("../protocol.d.ts").Draft) => void} send
 * @property {(question: import("./question.js").Question) => Promise<boolean>} confirm
 * @property {() => void} save  all that is not saved
 */

export class Course {
  /** @type {import("@preact/signals-core").Signal<readonly Summary[]>} */
  shelf = signal([]);
  /** @type {import("@preact/signals-core").Signal<ReadonlyMap<string, Lesson>>} */
  lessons = signal(new Map());
  trouble = signal("");
  /** What is read: not always what is open. @type {import("@preact/signals-core").Signal<Place>} */
  shown = signal(NOWHERE);
  /** the list of lessons is asked for; the end of the lesson is shown; a wide strip is unfolded */
  listing = signal(false);
  ended = signal(false);
  unfolded = signal(false);
  /** By step: hints asked for, predictions skipped, solutions shown. @type {import("@preact/signals-core").Signal<ReadonlyMap<string, { hints: number, skipped: boolean, solution: boolean }>>} */
  asked = signal(new Map());

  /** @param {Model} model @param {string} folder @param {Asks} asks */
  constructor(model, folder, asks) {
    this.model = model;
    this.folder = folder;
    this.asks = asks;
    this.done = signal(recallProgress(folder));
    const { state } = model;
    /** The open place, or the one that is being set up. */
    this.open = steady(() => state.value.opening ?? state.value);
    this.lesson = computed(() => this.lessons.value.get(this.shown.value.lesson));
    this.step = computed(() => stepOf(this.lesson.value, this.shown.value.step));
    this.isOpen = computed(() => this.#isOpen());
    this.isReady = computed(() => this.isOpen.value && !state.value.opening && Boolean(state.value.checked));
    this.standing = computed(() => (this.isReady.value ? (state.value.checked ?? undefined) : undefined));
    this.stage = computed(() => this.#stage());
    /** What is read was done at another time. */
    this.wasDone = computed(() => !this.isReady.value && isDone(this.done.value, this.shown.value.lesson, this.step.value?.id ?? ""));
  }

  start() {
    const { state, held } = this.model;
    effect(() => this.#follow(this.open.value));
    effect(() => this.#fetch(this.shown.value.lesson));
    effect(() => this.#remember(state.value));
    effect(() => {
      held.value = Boolean(this.isReady.value && this.step.value && holdsButtons(this.step.value, this.stage.value));
    });
    addEventListener("popstate", () => this.read(placeOf(location, this.folder)));
    let asked = false;
    effect(() => {
      const needed = this.listing.value || this.ended.value || !this.shown.value.lesson;
      if (asked || !state.value.session || !needed) return;
      asked = true;
      this.#fetchShelf();
    });
  }

  #fetchShelf() {
    loadShelf(this.folder).then((lessons) => (this.shelf.value = lessons), (error) => (this.trouble.value = error.message));
  }

  /** What the learner has asked for in the step that is read. */
  get wishes() {
    return this.asked.value.get(keyOf(this.shown.value)) ?? { hints: 0, skipped: false, solution: false };
  }

  /** Look at a step without touching Python. @param {Place} place */
  read(place) {
    batch(() => {
      this.listing.value = !place.lesson;
      this.ended.value = false;
      if (!place.lesson) return;
      this.shown.value = place;
      this.#address();
    });
  }

  /** Work on a step: the server sets it up. @param {Place} place */
  async work(place) {
    if (this.#costs(place) && !(await this.asks.confirm(SET_UP))) return;
    this.#open(place);
  }

  /** @param {Summary} lesson */
  begin(lesson) {
    const open = this.open.value;
    if (open.lesson === lesson.id) this.read(open);
    else this.work({ lesson: lesson.id, step: nextStep(this.done.value, lesson) });
  }

  async reset() {
    if (await this.asks.confirm(RESET)) this.#open(this.shown.value);
  }

  async leave() {
    if (!this.open.value.lesson || !(await this.asks.confirm(LEAVE))) return;
    this.asks.save();
    this.asks.send({ kind: "open", ...NOWHERE });
  }

  async showSolution() {
    if (await this.asks.confirm(SOLUTION)) this.#wish({ solution: true });
  }

  showHint() {
    this.#wish({ hints: this.wishes.hints + 1 });
  }

  /** @param {string} choice  its number as text, "" to skip */
  predict(choice) {
    if (!choice) this.#wish({ skipped: true });
    this.asks.send({ kind: "predict", ...this.shown.value, choice });
  }

  /** The next step, or the end of the lesson. */
  next() {
    const { steps, id } = /** @type {Lesson} */ (this.lesson.value);
    const next = steps[steps.indexOf(/** @type {Step} */ (this.step.value)) + 1];
    if (!next) return void (this.ended.value = true);
    const place = { lesson: id, step: next.id };
    if (this.standing.value?.passed) this.#open(place);
    else this.read(place);
  }

  previous() {
    const { steps, id } = /** @type {Lesson} */ (this.lesson.value);
    const previous = steps[steps.indexOf(/** @type {Step} */ (this.step.value)) - 1];
    if (previous) this.read({ lesson: id, step: previous.id });
  }

  /** @param {Place} place */
  #open(place) {
    batch(() => {
      const key = keyOf(place);
      this.asked.value = new Map([...this.asked.value].filter(([one]) => one !== key));
      this.asks.save();
      this.asks.send({ kind: "open", ...place });
      this.unfolded.value = true;
      this.read(place);
    });
  }

  /** Whether setting a step up takes away what somebody has done. @param {Place} place */
  #costs(place) {
    const { state } = this.model;
    const onward = this.open.value.lesson !== "" && (state.value.checked?.passed ?? false);
    return state.value.run > 0 && !onward && !isSame(place, NOWHERE);
  }

  #isOpen() {
    const open = this.open.value;
    const first = this.lesson.value?.steps[0]?.id;
    const step = open.step || first;
    return open.lesson !== "" && open.lesson === this.shown.value.lesson && step === (this.shown.value.step || first);
  }

  #stage() {
    const step = this.step.value;
    return step ? stageOf(step, this.standing.value, this.wishes.skipped) : "none";
  }

  /** The pane goes where the server goes. @param {Place} place */
  #follow(place) {
    if (place.lesson) this.read(place);
    else if (this.shown.peek().lesson) {
      batch(() => {
        this.shown.value = NOWHERE;
        this.listing.value = false;
        this.#address();
      });
    }
  }

  #address() {
    const now = addressOf(this.shown.peek(), this.folder);
    const { lesson } = placeOf(location, this.folder);
    if (now === location.pathname + location.hash) return;
    const write = lesson === this.shown.peek().lesson && !location.hash ? "replaceState" : "pushState";
    history[write](null, "", now);
  }

  /** @param {string} id */
  #fetch(id) {
    if (!id || this.lessons.peek().has(id)) return;
    const keep = (/** @type {Lesson} */ lesson) => {
      this.trouble.value = "";
      this.lessons.value = new Map(this.lessons.value).set(id, lesson);
    };
    loadLesson(this.folder, id).then(keep, (error) => (this.trouble.value = error.message));
  }

  /** @param {import("../store.js").State} state */
  #remember({ checked, done: before }) {
    const all = withAll(this.done.peek(), before);
    const done = checked?.passed ? withDone(all, checked) : all;
    if (done === this.done.peek()) return;
    this.done.value = done;
    keepProgress(this.folder, done);
  }

  /** @param {Partial<{ hints: number, skipped: boolean, solution: boolean }>} wish */
  #wish(wish) {
    this.asked.value = new Map(this.asked.value).set(keyOf(this.shown.value), { ...this.wishes, ...wish });
  }
}

/** The same object as long as it is the same place. @param {() => Place} read */
function steady(read) {
  let last = NOWHERE;
  return computed(() => {
    const { lesson, step } = read();
    if (!isSame(last, { lesson, step })) last = { lesson, step };
    return last;
  });
}

/** @param {Place} place */
function keyOf({ lesson, step }) {
  return `${lesson}#${step}`;
}

/** @param {Lesson | undefined} lesson @param {string} step */
function stepOf(lesson, step) {
  return lesson?.steps.find(({ id }) => id === step) ?? lesson?.steps[0];
}

const SET_UP = {
  title: "Set this step up?",
  text: "Python starts afresh and the step brings its own files. Files of free play are put aside and come back when you leave the lessons; what is in memory now goes.",
  yes: "Set it up",
};
const RESET = {
  title: "Reset this step?",
  text: "Python starts afresh, and the files are as they were when the step began. Your changes in this step go.",
  yes: "Reset the step",
};
const LEAVE = {
  title: "Leave the lesson?",
  text: "Python starts afresh with the files that you had before the lessons. The steps you have done stay done.",
  yes: "Leave",
};
const SOLUTION = {
  title: "Show the solution?",
  text: "One more try teaches more than the answer. The hints help, too.",
  yes: "Show it",
};
