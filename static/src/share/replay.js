// Does the steps of a link one after the other, each when the one before has ended, and stops where somebody should
// look first. Types and saves by the page's own actions. Knows no DOM.

import { batch, computed, effect, signal, untracked } from "@preact/signals-core";
import { labelOf } from "./labels.js";
import { filesAfter } from "./workspace.js";

/** @typedef {import("../model.js").Model} Model */
/** @typedef {import("../model.js").Actions} Actions */
/** @typedef {import("./workspace.js").Workspace} Workspace */
/** @typedef {import("../store.js").State} State */

/** A step that has begun and not ended; `run` is the number of its entry, 0 for a file. @typedef {{ index: number, run: number }} Doing */

const PUT = "The files are as they were at the end. The rest of the entries was not run.";
const REFUSED = "That step was not taken: the console says why.";

export class Replay {
  /** how many steps have begun */
  at = signal(0);
  /** one after the other, until something stops it */
  going = signal(false);
  /** why it stopped, "" where there is nothing to say */
  halt = signal("");
  /** @type {import("@preact/signals-core").Signal<Doing | null>} */
  doing = signal(null);

  /**
   * @param {Model} model @param {Actions} actions @param {Workspace} workspace
   * @param {{ recall: (session: string) => number, keep: (session: string, at: number) => void }} memory  of how far it came
   */
  constructor(model, actions, workspace, memory) {
    this.model = model;
    this.actions = actions;
    this.workspace = workspace;
    this.steps = workspace.steps;
    this.memory = memory;
    this.isDone = computed(() => this.at.value >= this.steps.length && !this.doing.value);
    this.mayStep = computed(() => this.#mayStep());
    /** why it stopped, or that it came to the end */
    this.because = computed(() => this.halt.value || (this.isDone.value ? "That was the last one." : ""));
    this.says = computed(() => this.#says());
  }

  start() {
    const session = computed(() => this.model.state.value.session);
    effect(() => this.#resume(session.value));
    effect(() => this.#look(this.model.state.value, this.doing.value));
    effect(() => {
      const at = this.at.value;
      if (session.peek()) this.memory.keep(session.peek(), at);
    });
    effect(() => {
      if (this.isDone.value) this.going.value = false;
      if (this.going.value && !this.doing.value && this.mayStep.value) queueMicrotask(() => this.#goOn());
    });
  }

  /** The next step alone. */
  next() {
    if (!this.mayStep.peek()) return;
    batch(() => {
      this.halt.value = "";
      this.#begin(this.at.peek());
    });
  }

  /** Go through all that is left, or pause. */
  toggle() {
    this.going.value = !this.going.peek() && this.mayStep.peek();
  }

  #goOn() {
    if (this.going.peek() && !this.doing.peek()) this.next();
  }

  /** What the saves and deletes that are left come to, and none of the entries. */
  putFiles() {
    const { files } = this.model.state.peek();
    const after = filesAfter(this.workspace);
    batch(() => {
      for (const [path, text] of after) if (files.get(path) !== text) this.actions.writeFile(path, text);
      for (const path of files.keys()) if (!after.has(path) && this.#isOurs(path)) this.actions.deleteFile(path);
      this.at.value = this.steps.length;
      this.going.value = false;
      this.halt.value = PUT;
    });
  }

  /** Whether a file is the link's, and not one that code or the learner has made. @param {string} path */
  #isOurs(path) {
    return this.workspace.files.has(path) || this.steps.some((step) => "save" in step && step.save === path);
  }

  /** Another session begins at the first step. @param {string} session */
  #resume(session) {
    if (!session) return;
    batch(() => {
      this.doing.value = null;
      this.going.value = false;
      this.halt.value = "";
      this.at.value = Math.min(this.memory.recall(session), this.steps.length);
    });
  }

  #mayStep() {
    const { session, flight, restarting } = this.model.state.value;
    const step = this.steps[this.at.value];
    if (!session || !step) return false;
    if (this.doing.value) return this.doing.value.run > 0 && flight === this.doing.value.run && isMeanwhile(step);
    return !flight && !restarting && !this.model.waiting.value.length;
  }

  /** @param {number} index */
  #begin(index) {
    const step = this.steps[index];
    const during = this.doing.peek();
    this.at.value = index + 1;
    if ("run" in step) this.#run(step.run, index);
    else {
      this.doing.value = during ?? { index, run: 0 };
      if ("save" in step) this.actions.writeFile(step.save, step.text);
      else if (this.model.state.peek().files.has(step.delete)) this.actions.deleteFile(step.delete);
      this.actions.showPane("code");
    }
  }

  /** An entry that goes on with an incomplete one is typed as its rest. @param {string} source @param {number} index */
  #run(source, index) {
    const { run, incomplete } = this.model.state.peek();
    this.doing.value = { index, run: run + 1 };
    if (incomplete && source.startsWith(`${incomplete.source}\n`)) this.actions.submit(source.slice(incomplete.source.length + 1));
    else this.actions.runAll([source]);
    this.actions.showPane("console");
  }

  /** What has become of the step that was begun. @param {State} state @param {Doing | null} doing */
  #look(state, doing) {
    if (!doing) return;
    const waits = untracked(() => this.model.waiting.value.length > 0);
    if (!doing.run) this.#lookAtFile(state, doing);
    else if (state.ended?.run === doing.run) this.#end(this.#haltAfter(state, doing.index));
    else if (state.phase === "asked" && state.flight === doing.run) this.#wait("It waits for your input: answer in the console.");
    else if (state.flight === doing.run && isMeanwhile(this.steps[this.at.peek()])) this.#wait("The next step was taken while this entry ran. Take it when you like.");
    else if (!state.flight && !waits && !state.restarting) this.#end(state.phase === "asleep" ? "Python has ended: the console says why." : REFUSED);
  }

  /** @param {State} state @param {Doing} doing */
  #lookAtFile({ files, unaccepted }, { index }) {
    const step = this.steps[index];
    const path = "save" in step ? step.save : "delete" in step ? step.delete : "";
    for (const input of unaccepted.values()) if ((input.kind === "save" || input.kind === "delete") && input.path === path) return;
    const taken = "save" in step ? files.get(path) === step.text : !files.has(path);
    this.#end(taken ? "" : REFUSED);
  }

  /** @param {State} state @param {number} index @returns {string} */
  #haltAfter({ ended, incomplete }, index) {
    const next = this.steps.slice(index + 1).find((step) => "run" in step);
    if (ended?.status === "error") return `It ended with ${ended.error || "an error"}. Look at it, then go on.`;
    if (ended?.status === "interrupted") return "It was interrupted.";
    if (ended?.status !== "incomplete") return "";
    const goesOn = next && incomplete && next.run.startsWith(`${incomplete.source}\n`);
    return goesOn ? "" : "This entry is not finished: finish it in the console, or go on without it.";
  }

  /** Let whoever watches act first; the step itself goes on. @param {string} why */
  #wait(why) {
    untracked(() => {
      this.going.value = false;
      this.halt.value = why;
    });
  }

  /** @param {string} halt */
  #end(halt) {
    batch(() => {
      this.doing.value = null;
      this.halt.value = halt;
      if (halt) this.going.value = false;
    });
  }

  /** Where it is, and the step that was begun last. */
  #says() {
    const { length } = this.steps;
    const now = this.doing.value?.index ?? this.at.value - 1;
    if (now < 0) return { place: `${length} ${length === 1 ? "step" : "steps"}. Nothing has run yet.`, label: "" };
    if (this.halt.value === PUT) return { place: "", label: "" };
    return { place: `Step ${now + 1} of ${length}:`, label: labelOf(this.steps[now]) };
  }
}

/** @param {import("./workspace.js").Step | undefined} step */
function isMeanwhile(step) {
  return Boolean(step && !("run" in step) && step.meanwhile);
}
