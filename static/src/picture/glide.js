// Cards on their way to new places. Only writes: the arrows are bent by the same shifts, so their ends stay on the cards.

/**
 * @typedef {import("./route.js").Shift} Shift
 * @typedef {import("./place.js").Box} Box
 */
/** @typedef {{key: string, dx: number, dy: number}} Move  from where it is seen now to its box, backwards */

const LASTS = 420;
/** @type {ReadonlyMap<string, Shift>} */
const NONE = new Map();

export class Glide {
  /** @type {ReadonlyMap<string, Shift>} how far each card is from its box */
  shifts = NONE;
  #frame = 0;

  /** @param {readonly Move[]} moves @param {(shifts: ReadonlyMap<string, Shift>) => void} write  also for the end, with no shifts */
  start(moves, write) {
    this.stop();
    if (!moves.length) return;
    this.shifts = new Map(moves.map(({ key, dx, dy }) => [key, { dx, dy }]));
    const begun = performance.now();
    const step = () => {
      const done = Math.min(1, (performance.now() - begun) / LASTS);
      const left = (1 - done) ** 3;
      this.shifts = done < 1 ? new Map(moves.map(({ key, dx, dy }) => [key, { dx: dx * left, dy: dy * left }])) : NONE;
      write(this.shifts);
      if (done < 1) this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
  }

  stop() {
    cancelAnimationFrame(this.#frame);
    this.shifts = NONE;
  }

  /** Where a card is seen now. @param {string} key @param {Box} box @returns {Box} */
  seen(key, box) {
    const shift = this.shifts.get(key);
    return shift ? { ...box, x: box.x + shift.dx, y: box.y + shift.dy } : box;
  }
}
