// The titles of cards that are cut off at the top of what is seen: each stays in sight as long as its card does.

/**
 * @typedef {import("./arrange.js").Card} Card
 * @typedef {import("./place.js").Box} Box
 */

/** Pixels: half the height of a title, and the height of one that stays. */
const HALF = 10;
const HEIGHT = 28;

export class Heads {
  /** @type {ReadonlyMap<string, HTMLElement>} by card */
  #shown = new Map();

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
  }

  /**
   * @param {number} top  where that begins which is seen
   * @param {readonly Card[]} cards
   * @param {ReadonlyMap<string, Box>} boxes
   * @param {ReadonlyMap<string, {head: number}>} sizes
   */
  show(top, cards, boxes, sizes) {
    const cut = cards.filter(({ key }) => {
      const [box, size] = [boxes.get(key), sizes.get(key)];
      return box && size && box.y + size.head - HALF < top && box.y + box.height > top + HEIGHT;
    });
    const shown = new Map(cut.map((card) => [card.key, this.#shown.get(card.key) ?? document.createElement("p")]));
    for (const card of cut) fill(/** @type {HTMLElement} */ (shown.get(card.key)), card, /** @type {Box} */ (boxes.get(card.key)));
    if ([...shown.keys()].join() !== [...this.#shown.keys()].join()) this.root.replaceChildren(...shown.values());
    this.#shown = shown;
  }
}

/** @param {HTMLElement} head @param {Card} card @param {Box} box */
function fill(head, { title, load, state }, { x, width }) {
  const words = load ? `${title} · load ${load}` : title;
  if (head.textContent !== words) head.textContent = words;
  head.className = `s-${state}`;
  head.style.left = `${x}px`;
  head.style.width = `${width}px`;
}
