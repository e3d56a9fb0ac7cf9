// The cards' elements and their sizes. A card is drawn and measured again only if it looks different from before; many are
// drawn over several frames, out of sight, and take their places in the list together.

/**
 * @typedef {import("./arrange.js").Card} Card
 * @typedef {import("./place.js").Size} Size
 * @typedef {{look: (card: Card) => string, draw: (card: Card, element: HTMLElement) => void}} Painter  `look` is equal for what is drawn the same
 */
/** @typedef {{element: HTMLElement, look: string, size: Size | null}} Leaf */

/** So many cards are drawn at once. */
const FEW = 8;
/** To compare more than this is work enough for a frame. */
const MANY = 60;
/** Milliseconds of each frame, when there are more. */
const SLICE = 3;

export class Deck {
  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list;
    /** @type {Map<string, Leaf>} those that are seen, in their order */
    this.leaves = new Map();
    /** @type {Map<string, Leaf>} those that are drawn but not yet seen */
    this.waiting = new Map();
    this.frame = 0;
  }

  /** @param {string} key @returns {HTMLElement | undefined} */
  element(key) {
    return this.leaves.get(key)?.element;
  }

  /**
   * @param {Card[]} cards  in their order
   * @param {Painter} painter
   * @param {(gone: HTMLElement[]) => void} ready  called once they are all there, with those that are no more: at once
   *   where few look different
   */
  deal(cards, painter, ready) {
    cancelAnimationFrame(this.frame);
    const deal = () => this.#deal(cards, painter, ready);
    if (cards.length > MANY) this.frame = requestAnimationFrame(deal);
    else deal();
  }

  /** @param {Card[]} cards @param {Painter} painter @param {(gone: HTMLElement[]) => void} ready */
  #deal(cards, painter, ready) {
    const looks = new Map(cards.map((card) => [card.key, painter.look(card)]));
    for (const [key, { look, element }] of this.waiting) {
      if (look !== looks.get(key)) this.#discard(key, element);
    }
    const changed = cards.filter(({ key }) => !this.#has(key, looks.get(key)));
    const take = () => ready(this.#take(cards));
    if (changed.length > FEW) this.#drawInTurn(changed, painter, looks, take);
    else {
      for (const card of changed) this.#redraw(card, painter, looks);
      take();
    }
  }

  /** Layout sizes, which a running transition does not change. @returns {ReadonlyMap<string, Size>} */
  measure() {
    for (const leaf of this.leaves.values()) leaf.size ??= sizeOf(leaf.element);
    return new Map([...this.leaves].map(([key, { size }]) => [key, /** @type {Size} */ (size)]));
  }

  /** Their room has changed: all are to be measured again. */
  forgetSizes() {
    for (const leaf of [...this.leaves.values(), ...this.waiting.values()]) leaf.size = null;
  }

  close() {
    cancelAnimationFrame(this.frame);
  }

  /** @param {string} key @param {string | undefined} look */
  #has(key, look) {
    return (this.waiting.get(key) ?? this.leaves.get(key))?.look === look;
  }

  /** @param {string} key @param {HTMLElement} element */
  #discard(key, element) {
    this.waiting.delete(key);
    element.remove();
  }

  /** In its place. @param {Card} card @param {Painter} painter @param {Map<string, string>} looks */
  #redraw(card, painter, looks) {
    const element = this.leaves.get(card.key)?.element ?? document.createElement("article");
    painter.draw(card, element);
    this.leaves.set(card.key, { element, look: looks.get(card.key) ?? "", size: null });
  }

  /** @param {Card[]} changed @param {Painter} painter @param {Map<string, string>} looks @param {() => void} done */
  #drawInTurn(changed, painter, looks, done) {
    const queue = [...changed];
    const step = (/** @type {number} */ begun) => {
      this.#measureWaiting();
      if (!queue.length) return done();
      do this.#drawUnseen(/** @type {Card} */ (queue.shift()), painter, looks);
      while (queue.length && performance.now() < begun + SLICE);
      this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  /** @param {Card} card @param {Painter} painter @param {Map<string, string>} looks */
  #drawUnseen(card, painter, looks) {
    const element = document.createElement("article");
    element.inert = true;
    painter.draw(card, element);
    const known = this.leaves.get(card.key)?.element;
    if (known) known.after(element);
    else this.list.append(element);
    this.waiting.set(card.key, { element, look: looks.get(card.key) ?? "", size: null });
  }

  /** They were laid out since the last frame, so it costs nothing. */
  #measureWaiting() {
    for (const leaf of this.waiting.values()) leaf.size ??= sizeOf(leaf.element);
  }

  /** Puts those that wait into their places. @param {Card[]} cards @returns {HTMLElement[]} those of cards that are no more */
  #take(cards) {
    const old = this.leaves;
    this.leaves = new Map(cards.map(({ key }) => [key, /** @type {Leaf} */ (this.waiting.get(key) ?? old.get(key))]));
    for (const [key, { element }] of old) if (this.leaves.get(key)?.element !== element) element.remove();
    for (const { element } of this.waiting.values()) element.inert = false;
    this.waiting.clear();
    this.#sort();
    return [...old].filter(([key]) => !this.leaves.has(key)).map(([, { element }]) => element);
  }

  /** The elements stand in the order in which they are read. */
  #sort() {
    let next = this.list.firstElementChild;
    for (const { element } of this.leaves.values()) {
      if (element === next) next = next.nextElementSibling;
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
