// The picture on the screen: cards that glide to their places, arrows that stay on them. A large picture is drawn and
// laid out in turns, out of sight; one frame changes what is seen, and the rest follows. The DOM is read once per picture.

import { drawCard, lookOf } from "./cards.js";
import { changeOf } from "./change.js";
import { Deck } from "./deck.js";
import { Glide } from "./glide.js";
import { Heads } from "./heads.js";
import { frameOf, place } from "./place.js";
import { plan, sideOf } from "./route.js";
import { Sight } from "./sight.js";
import { Turns, pieces } from "./turns.js";
import { Walk } from "./walk.js";
import { Wires } from "./wires.js";

/**
 * @typedef {import("./arrange.js").Arrangement} Arrangement
 * @typedef {import("./arrange.js").Card} Card
 * @typedef {import("./change.js").Change} Change
 * @typedef {import("./change.js").Layout} Layout
 * @typedef {import("./place.js").Box} Box
 * @typedef {import("./route.js").Route} Route
 * @typedef {import("./rich.js").Rich} Rich
 * @typedef {import("./why.js").Target} Target
 */
/** @typedef {{arrangement: Arrangement, notes: ReadonlyMap<string, Rich>, selected: Target | null}} Picture */
/** @typedef {{select: (target: Target) => void, open: (card: string) => void, shown: () => void}} Asks  `shown`: tells that it was hidden until now */

const FADE = 220;
const ENTER = { opacity: [0, 1] };
const APPEAR = { duration: 320, easing: "ease-out" };
/** Pixels that are kept free around a card that is shown, and beside the middle of a line. */
const MARGIN = 10;
const AROUND = 26;
/** So many cards out of sight are put in place at a time. */
const BATCH = 20;
/** With more arrows, those of what is selected are brought out. */
const TANGLE = 24;
/** @type {Layout} */
const NOWHERE = { frame: frameOf(0), sizes: new Map(), boxes: new Map(), height: 0, routes: [] };

export class Stage {
  /** @param {HTMLElement} root @param {HTMLElement} heads  of the cards that are cut off at the top @param {Asks} asks */
  constructor(root, heads, asks) {
    this.root = root;
    this.asks = asks;
    this.list = root.appendChild(document.createElement("div"));
    this.list.className = "things";
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "wires");
    svg.setAttribute("aria-hidden", "true");
    root.append(svg);
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    const scroller = /** @type {HTMLElement} */ (root.parentElement);
    this.width = root.clientWidth;
    this.turns = new Turns();
    this.glide = new Glide();
    this.wires = new Wires(svg);
    this.deck = new Deck(this.list);
    this.walk = new Walk(this.list);
    this.sight = new Sight(scroller, this.calm);
    this.heads = new Heads(heads);
    scroller.addEventListener("scroll", () => this.#drawHeads(), { passive: true });
    /** @type {Picture | null} that is seen */
    this.picture = null;
    /** @type {Picture | null} that is being drawn */
    this.next = null;
    /** @type {(() => void)[]} */
    this.waiting = [];
    this.layout = NOWHERE;
    this.resize = new ResizeObserver(() => this.#resized());
    this.resize.observe(root);
    this.resize.observe(scroller);
    document.fonts.ready.then(() => this.#showAnew());
  }

  /** @param {Picture} picture @param {boolean} animate */
  show(picture, animate) {
    this.turns.clear();
    this.next = picture;
    this.#setColumns();
    const { cards } = picture.arrangement;
    const painter = this.#painter(picture);
    const few = this.deck.drawFew(cards, painter);
    this.root.ariaBusy = few ? null : "true";
    if (few) this.#takeAtOnce(picture, animate);
    else this.deck.drawMany(cards, painter, this.turns, () => this.#takeInTurns(picture, animate));
  }

  /** Calls back when the newest picture is seen: now, or in a frame after the one that puts it in place. @param {() => void} callback */
  whenSeen(callback) {
    if (this.next) this.waiting.push(callback);
    else callback();
  }

  /**
   * Scrolls as little as needed to show a card, or a name together with what it refers to; where both do not fit, the
   * latter.
   *
   * @param {Target} target
   * @param {boolean} [whole]  else just the line that was clicked on
   */
  reveal(target, whole = true) {
    const show = () => this.sight.show(this.#spansOf(target, whole));
    this.whenSeen(() => requestAnimationFrame(() => setTimeout(show))); // all is laid out by then
  }

  close() {
    this.turns.clear();
    this.glide.stop();
    this.resize.disconnect();
  }

  /** @param {Target} target @param {boolean} whole @returns {import("./sight.js").Span[]} */
  #spansOf({ card, name }, whole) {
    const { boxes, sizes } = this.layout;
    const key = `${card}.${name}`;
    const box = boxes.get(card);
    const size = sizes.get(card);
    if (!box || !size) return [];
    const around = (/** @type {number} */ middle) => ({ top: box.y + middle - AROUND, bottom: box.y + middle + AROUND });
    const line = around((name === undefined ? undefined : size.rows.get(key)) ?? size.head);
    if (!whole) return [line];
    const row = this.picture?.arrangement.cards.find((one) => one.key === card)?.rows.find((one) => one.key === key);
    const other = boxes.get(name === undefined ? card : (row?.to ?? ""));
    return other ? [line, { top: other.y - MARGIN, bottom: other.y + other.height + MARGIN }] : [line];
  }

  #resized() {
    this.sight.look();
    const width = this.root.clientWidth;
    if (width === this.width) return;
    const hidden = this.width === 0;
    this.width = width;
    this.#showAnew();
    if (hidden) this.asks.shown();
  }

  /** In another room, or in another type. */
  #showAnew() {
    this.deck.forgetSizes();
    const picture = this.next ?? this.picture;
    if (picture) this.show(picture, false);
  }

  /** @param {Picture} picture @returns {import("./deck.js").Painter} */
  #painter({ arrangement, notes, selected }) {
    const { narrow } = frameOf(this.width);
    const cards = new Map(arrangement.cards.map((card) => [card.key, card]));
    const side = (/** @type {{to: string}} */ row, /** @type {Card} */ card) =>
      sideOf(card.column, cards.get(row.to)?.column ?? 0, narrow);
    const scenery = { cards, words: new Map(), notes, selected, sideOf: side, ...this.asks };
    return {
      look: (card) => lookOf(card, scenery),
      draw: (card, element, rows) => drawCard(card, scenery, element, rows),
    };
  }

  #setColumns() {
    const { narrow, columns } = frameOf(this.width);
    this.root.classList.toggle("stack", narrow);
    columns.forEach(({ width }, at) => this.root.style.setProperty(`--column-${at}`, `${width}px`));
  }

  /** @param {Picture} picture @param {boolean} animate */
  #takeAtOnce(picture, animate) {
    const change = this.#changeTo(this.#route(picture, this.#place(picture)), animate);
    for (const task of this.#take(picture, change, animate)) task();
  }

  /** @param {Picture} picture @param {boolean} animate */
  #takeInTurns(picture, animate) {
    let placed = NOWHERE;
    let change = this.#changeTo(NOWHERE, false);
    this.turns.add(
      () => (placed = this.#place(picture)),
      () => (placed = this.#route(picture, placed)),
      () => (change = this.#changeTo(placed, animate)),
    );
    this.turns.rest();
    this.turns.add(() => {
      const after = this.#take(picture, change, animate);
      this.turns.rest();
      this.turns.add(...after, () => (this.root.ariaBusy = null));
    });
  }

  /** @param {Picture} picture @returns {Layout} */
  #place({ arrangement }) {
    if (!this.width) return NOWHERE;
    const frame = frameOf(this.width);
    const sizes = this.deck.sizes(arrangement.cards);
    return { ...place(arrangement, sizes, frame), frame, sizes, routes: [] };
  }

  /** @param {Picture} picture @param {Layout} placed @returns {Layout} */
  #route({ arrangement }, placed) {
    if (!this.width) return placed;
    return { ...placed, routes: plan(arrangement, placed.sizes, placed.boxes, placed.frame) };
  }

  /** @param {Layout} layout @param {boolean} animate */
  #changeTo(layout, animate) {
    const before = (/** @type {string} */ key) => {
      const box = this.layout.boxes.get(key);
      return box && this.glide.seen(key, box);
    };
    return changeOf(layout, animate && !this.calm.matches ? before : () => undefined, (box) => this.sight.has(box));
  }

  /**
   * Changes what is seen: all of it at once.
   *
   * @param {Picture} picture
   * @param {Change} change
   * @param {boolean} animate
   * @returns {(() => void)[]} what is left to do
   */
  #take(picture, change, animate) {
    const before = this.layout.boxes;
    const moving = animate && !this.calm.matches && before.size > 0;
    const focus = this.walk.keepFocus();
    this.deck.take(picture.arrangement.cards);
    focus();
    this.#glide(change);
    Object.assign(this, { picture, next: null, layout: change.layout });
    const { fresh, far } = this.#draw(picture, change);
    const appear = () => {
      for (const element of [...this.#bringIn(), ...fresh()]) if (moving) element.animate(ENTER, APPEAR);
    };
    const drop = () => this.#drop(moving ? before : NOWHERE.boxes);
    const seen = this.waiting.map(() => () => this.waiting.shift()?.());
    return [appear, drop, ...seen, ...far, () => this.walk.rove(), ...this.deck.sweep()];
  }

  /** Lets new cards be seen. @returns {Element[]} those in sight */
  #bringIn() {
    return this.deck.unseen().flatMap((key) => {
      const element = /** @type {HTMLElement} */ (this.deck.element(key));
      const box = this.layout.boxes.get(key);
      element.inert = false;
      return box && this.sight.has(box) ? [element] : [];
    });
  }

  /** What is gone fades, where it was in sight; its arrows are gone at once. @param {ReadonlyMap<string, Box>} before */
  #drop(before) {
    this.wires.sweep();
    for (const [key, element] of this.deck.gone) {
      const box = before.get(key);
      if (box && this.sight.has(box)) this.#fade(element);
      else this.deck.retire(element);
    }
    this.deck.gone.clear();
  }

  /** @param {Change} change */
  #glide({ layout: { boxes }, moving, bent }) {
    const moves = [...moving].map((key) => {
      const box = /** @type {Box} */ (boxes.get(key));
      const from = this.glide.seen(key, /** @type {Box} */ (this.layout.boxes.get(key)));
      return { key, dx: from.x - box.x, dy: from.y - box.y };
    });
    this.glide.start(moves, (shifts) => {
      for (const { key } of moves) this.#put(key, /** @type {Box} */ (boxes.get(key)));
      this.wires.bend(bent, shifts);
    });
  }

  /**
   * Draws what is in sight, each card where it is on its way.
   *
   * @param {Picture} picture
   * @param {Change} change
   * @returns {{fresh: () => Element[], far: (() => void)[]}} draws the new arrows in sight; draws all that is not
   */
  #draw({ selected }, { layout: { frame, boxes, height, routes }, near, far }) {
    const last = frame.columns[frame.columns.length - 1];
    const width = Math.max(this.width, last.x + last.width + 12);
    this.root.style.height = `${height}px`;
    this.root.classList.toggle("lighting", Boolean(selected) && routes.length > TANGLE);
    for (const [key, box] of near.boxes) this.#put(key, box);
    const plan = { routes, boxes, frame, width };
    const wires = this.wires.draw(plan, near.routes, far.routes, () => this.glide.shifts, litBy(selected));
    this.#drawHeads();
    const puts = pieces(far.boxes, BATCH).map((some) => () => some.forEach(([key, box]) => this.#put(key, box)));
    return { fresh: wires.fresh, far: [...puts, ...wires.far] };
  }

  #drawHeads() {
    const { picture, layout } = this;
    if (picture) this.heads.show(this.sight.top, picture.arrangement.cards, layout.boxes, layout.sizes);
  }

  /** @param {string} key @param {Box} box */
  #put(key, box) {
    const { x, y } = this.glide.seen(key, box);
    this.deck.put(key, x, y);
  }

  /** A card that is no more. @param {HTMLElement} ghost */
  #fade(ghost) {
    ghost.inert = true;
    ghost.setAttribute("aria-hidden", "true");
    ghost.removeAttribute("data-key");
    ghost.classList.add("gone");
    ghost.animate({ opacity: [1, 0] }, { duration: FADE, fill: "forwards" }).finished.then(() => {
      this.deck.retire(ghost);
      this.turns.add(...this.deck.sweep());
    });
  }
}

/** @param {Target | null} selected @returns {(route: Route) => boolean} */
function litBy(selected) {
  const row = selected?.name === undefined ? "" : `${selected.card}.${selected.name}`;
  return ({ arrow }) => (row ? arrow.row === row : arrow.from === selected?.card || arrow.to === selected?.card);
}
