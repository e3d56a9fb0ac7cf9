// The cards' elements and their sizes. A card is drawn and measured again only if it looks different from before. Many are
// drawn in turns and out of sight, and then take their places in the list together.

import { pieces } from "./turns.js";

/**
 * @typedef {import("./arrange.js").Card} Card
 * @typedef {import("./place.js").Size} Size
 * @typedef {import("./turns.js").Turns} Turns
 */
/**
 * `look` is equal for what is drawn the same; `draw` draws no more than so many rows, if told, and the rest another time.
 * @typedef {{look: (card: Card) => string, draw: (card: Card, element: HTMLElement, rows?: number) => void}} Painter
 */
/** @typedef {{element: HTMLElement, look: string, size: Size | null, place: string}} Leaf  `place` as it is written */

/** So many cards are drawn at once. */
const FEW = 8;
/** To compare more than this is work enough for a frame. */
const MANY = 60;
/** So many are compared, or measured, and so many rows are drawn, before anything else has its turn. */
const BATCH = 20;
const ROWS = 5;

export class Deck {
  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list;
    /** @type {Map<string, Leaf>} those that are seen, in their order */
    this.leaves = new Map();
    /** @type {Map<string, Leaf>} those that are drawn but not yet seen; one that is not finished has no look */
    this.waiting = new Map();
    /** @type {Map<string, HTMLElement>} those of cards that are no more, still seen */
    this.gone = new Map();
    /** @type {HTMLElement[]} those that are seen no more, to be removed */
    this.retired = [];
  }

  /** @param {string} key @returns {HTMLElement | undefined} */
  element(key) {
    return this.leaves.get(key)?.element;
  }

  /** Draws what looks different, if that is done at once. @param {Card[]} cards  in their order @param {Painter} painter */
  drawFew(cards, painter) {
    if (cards.length > MANY) return false;
    const looks = new Map(cards.map((card) => [card.key, painter.look(card)]));
    const changed = this.#changed(cards, looks);
    if (changed.length > FEW) return false;
    for (const { card, after } of changed) {
      const { element, place } = this.leaves.get(card.key) ?? { element: this.#add(after), place: "" };
      painter.draw(card, element);
      this.leaves.set(card.key, { element, look: looks.get(card.key) ?? "", size: null, place });
    }
    return true;
  }

  /**
   * Draws in turns what looks different, and measures it.
   *
   * @param {Card[]} cards  in their order
   * @param {Painter} painter
   * @param {Turns} turns
   * @param {() => void} drawn  all of them can be taken
   */
  drawMany(cards, painter, turns, drawn) {
    /** @type {Map<string, string>} */
    const looks = new Map();
    for (const some of pieces(cards, BATCH)) {
      turns.add(() => some.forEach((card) => looks.set(card.key, painter.look(card))));
    }
    turns.add(() => {
      for (const { card, after } of this.#changed(cards, looks)) {
        const look = looks.get(card.key) ?? "";
        for (let rows = ROWS; rows < card.rows.length; rows += ROWS) {
          turns.add(() => painter.draw(card, this.#draft(card, after).element, rows));
        }
        turns.add(() => {
          const leaf = this.#draft(card, after);
          painter.draw(card, leaf.element);
          leaf.look = look;
        });
      }
      turns.rest();
      for (const some of pieces(cards, BATCH)) turns.add(() => some.forEach(({ key }) => this.#measure(key)));
      turns.add(drawn);
    });
  }

  /** Layout sizes, which a running transition does not change. @param {Card[]} cards @returns {ReadonlyMap<string, Size>} */
  sizes(cards) {
    return new Map(cards.map(({ key }) => [key, this.#measure(key)]));
  }

  /** Their room has changed: all are to be measured again. */
  forgetSizes() {
    for (const leaf of [...this.leaves.values(), ...this.waiting.values()]) leaf.size = null;
  }

  /**
   * Puts those that wait in the place of what was there. What was not there before is not seen yet, and what is gone is
   * seen still.
   *
   * @param {Card[]} cards
   */
  take(cards) {
    const old = this.leaves;
    this.leaves = new Map(cards.map(({ key }) => [key, /** @type {Leaf} */ (this.waiting.get(key) ?? old.get(key))]));
    this.waiting.clear();
    for (const [key, { element }] of old) {
      const leaf = this.leaves.get(key);
      if (!leaf) this.gone.set(key, element);
      if (!leaf || leaf.element === element) continue;
      leaf.element.inert = element.inert;
      this.retire(element);
    }
    this.#sort();
  }

  /** Those that are there and not seen yet. @returns {string[]} */
  unseen() {
    return [...this.leaves].flatMap(([key, { element }]) => (element.inert ? [key] : []));
  }

  /** Takes it out of sight; to remove it takes longer. @param {HTMLElement} element */
  retire(element) {
    element.inert = true;
    element.removeAttribute("data-key");
    this.retired.push(element);
  }

  /** The removing of what is retired. @returns {(() => void)[]} */
  sweep() {
    return this.retired.map(() => () => this.retired.shift()?.remove());
  }

  /** @param {string} key @param {number} x @param {number} y */
  put(key, x, y) {
    const leaf = this.leaves.get(key);
    const place = `translate(${x}px, ${y}px)`;
    if (!leaf || leaf.place === place) return;
    leaf.place = place;
    leaf.element.style.transform = place;
  }

  /**
   * The cards that look different, each with the one before it; what is drawn for another picture is dropped.
   *
   * @param {Card[]} cards
   * @param {ReadonlyMap<string, string>} looks
   * @returns {{card: Card, after: string | undefined}[]}
   */
  #changed(cards, looks) {
    for (const [key, { look, element }] of this.waiting) {
      if (look === looks.get(key)) continue;
      this.waiting.delete(key);
      this.retire(element);
    }
    return cards.flatMap((card, at) => (this.#newest(card.key)?.look === looks.get(card.key) ? [] : [{ card, after: cards[at - 1]?.key }]));
  }

  /** @param {string | undefined} key @returns {Leaf | undefined} */
  #newest(key) {
    return key === undefined ? undefined : (this.waiting.get(key) ?? this.leaves.get(key));
  }

  /** One that is not seen yet, where it will be read. @param {Card} card @param {string | undefined} after @returns {Leaf} */
  #draft({ key }, after) {
    const begun = this.waiting.get(key);
    if (begun) return begun;
    const element = this.#add(this.leaves.has(key) ? key : after);
    const leaf = { element, look: "", size: null, place: "" };
    this.waiting.set(key, leaf);
    return leaf;
  }

  /** An element that is not seen yet, after that of another card. @param {string | undefined} after */
  #add(after) {
    const element = document.createElement("article");
    element.inert = true;
    const before = this.#newest(after)?.element;
    if (before) before.after(element);
    else this.list.prepend(element);
    return element;
  }

  /** @param {string} key @returns {Size} */
  #measure(key) {
    const leaf = /** @type {Leaf} */ (this.#newest(key));
    leaf.size ??= sizeOf(leaf.element);
    return leaf.size;
  }

  /** The elements stand in the order in which they are read. */
  #sort() {
    const staying = new Set([...this.leaves.values()].map(({ element }) => element));
    const skip = (/** @type {Element | null} */ one) => {
      while (one && !staying.has(/** @type {HTMLElement} */ (one))) one = one.nextElementSibling;
      return one;
    };
    let next = skip(this.list.firstElementChild);
    for (const element of staying) {
      if (element === next) next = skip(next.nextElementSibling);
      else this.list.insertBefore(element, next);
    }
  }
}

/** @param {HTMLElement} element @returns {Size} */
function sizeOf(element) {
  const header = /** @type {HTMLElement} */ (element.firstElementChild);
  const rows = /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll(".slot"));
  return {
    height: element.offsetHeight,
    head: header.offsetTop + header.offsetHeight / 2,
    rows: new Map([...rows].map((row) => [row.dataset.key ?? "", row.offsetTop + row.offsetHeight / 2])),
  };
}
