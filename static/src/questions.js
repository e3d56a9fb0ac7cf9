// Questions to the worker that are answered by id, or not at all.

/** How long an answer is waited for. */
const PATIENCE = 3_000;

/** @template A */
export class Questions {
  /** @type {Map<string, (answer: A | null) => void>} */
  #waiting = new Map();

  /** @param {(id: string) => boolean} ask  sends the question; false when it cannot be sent @param {string} id @returns {Promise<A | null>} */
  put(ask, id) {
    return new Promise((resolve) => {
      if (!ask(id)) return resolve(null);
      this.#waiting.set(id, resolve);
      setTimeout(() => this.settle(id, null), PATIENCE);
    });
  }

  /** @param {string} id @param {A | null} answer @returns {boolean} whether it was waited for */
  settle(id, answer) {
    this.#waiting.get(id)?.(answer);
    return this.#waiting.delete(id);
  }
}
