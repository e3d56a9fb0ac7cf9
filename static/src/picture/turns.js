// Work for the frames to come, in its order: of each frame it takes a few milliseconds, so that what moves keeps moving.

/** Milliseconds of a frame: what begins before they are over is finished. */
const SLICE = 1.2;
const REST = () => {};

export class Turns {
  /** @type {(() => void)[]} */
  #tasks = [];
  #frame = 0;

  /** @param {(() => void)[]} tasks */
  add(...tasks) {
    this.#tasks.push(...tasks);
    this.#ask();
  }

  /** What is added from here on waits for another frame, in which all that was written until now is laid out. */
  rest() {
    this.add(REST);
  }

  /** What is still to do is not done. */
  clear() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#tasks = [];
  }

  #ask() {
    if (this.#tasks.length) this.#frame ||= requestAnimationFrame(() => this.#run());
  }

  #run() {
    this.#frame = 0;
    const end = performance.now() + SLICE;
    for (let task = this.#tasks.shift(); task && task !== REST; task = this.#tasks.shift()) {
      task();
      if (performance.now() > end) break;
    }
    this.#ask();
  }
}

/** @template T @param {readonly T[]} all @param {number} size @returns {T[][]} */
export function pieces(all, size) {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}
