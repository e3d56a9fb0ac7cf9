// The picture on the screen: cards that glide to their places, arrows that stay on them. The DOM is read once per picture;
// the frames of a transition only write.

import { drawCard, lookOf } from "./cards.js";
import { Deck } from "./deck.js";
import { frameOf, place } from "./place.js";
import { plan, sideOf } from "./route.js";
import { Wires } from "./wires.js";

/**
 * @typedef {import("./arrange.js").Arrangement} Arrangement
 * @typedef {import("./arrange.js").Card} Card
 * @typedef {import("./place.js").Box} Box
 * @typedef {import("./place.js").Size} Size
 * @typedef {import("./place.js").Placement} Placement
 * @typedef {import("./route.js").Shift} Shift
 * @typedef {import("./rich.js").Rich} Rich
 * @typedef {import("./why.js").Target} Target
 */
/** @typedef {{arrangement: Arrangement, notes: ReadonlyMap<string, Rich>, selected: Target | null}} Picture */
/** @typedef {{select: (target: Target) => void, open: (card: string) => void, seen: () => void}} Asks  `seen`: it was hidden until now */

const GLIDE = 420;
const FADE = 220;
const ENTER = { opacity: [0, 1] };
const APPEAR = { duration: 320, easing: "ease-out" };
/** Pixels that are kept free around a card that is shown, and beside the middle of a line. */
const MARGIN = 10;
const AROUND = 26;
/** Pixels outside of what is seen that are animated too. */
const BEYOND = 100;
/** More cards than this do not glide: painting them takes longer than a frame. */
const MOST_MOVING = 60;

export class Stage {
  /** @param {HTMLElement} root @param {Asks} asks */
  constructor(root, asks) {
    this.root = root;
    this.asks = asks;
    this.list = root.appendChild(document.createElement("div"));
    this.list.className = "things";
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "wires");
    svg.setAttribute("aria-hidden", "true");
    root.append(svg);
    this.wires = new Wires(svg);
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.width = root.clientWidth;
    this.deck = new Deck(this.list);
    /** @type {Picture | null} that is seen */
    this.picture = null;
    /** @type {Picture | null} whose cards are being drawn */
    this.next = null;
    /** @type {(() => void)[]} */
    this.waiting = [];
    /** The part of it that is in sight; kept, as to ask for it lays out all that has changed. */
    this.sight = { top: 0, room: 0 };
    /** @type {ReadonlyMap<string, Box>} */
    this.boxes = new Map();
    /** @type {ReadonlyMap<string, Size>} */
    this.sizes = new Map();
    /** @type {ReadonlyMap<string, Shift>} */
    this.shifts = new Map();
    this.frame = 0;
    this.resize = new ResizeObserver(() => this.#resized());
    this.resize.observe(root);
    this.resize.observe(this.#scroller());
    this.#scroller().addEventListener("scroll", () => this.#see(), { passive: true });
    document.fonts.ready.then(() => {
      this.deck.forgetSizes();
      this.#lay(false);
    });
    root.addEventListener("keydown", (event) => this.#walk(event));
  }

  /** @param {Picture} picture @param {boolean} animate */
  show(picture, animate) {
    this.next = picture;
    this.#setColumns();
    this.deck.deal(picture.arrangement.cards, this.#painter(picture), (gone) => {
      this.picture = picture;
      this.next = null;
      this.#rove();
      this.#lay(animate);
      if (animate && !this.calm.matches && gone.length <= MOST_MOVING) for (const ghost of gone) this.#fade(ghost);
      this.#light(picture);
      const waiting = this.waiting.splice(0);
      if (waiting.length) requestAnimationFrame(() => waiting.forEach((callback) => callback()));
    });
  }

  /** Calls back when the newest picture is seen: now, or in a frame after the one that puts it in place. @param {() => void} callback */
  whenSeen(callback) {
    if (this.next) this.waiting.push(callback);
    else callback();
  }

  #scroller() {
    return /** @type {HTMLElement} */ (this.root.parentElement);
  }

  #see() {
    this.sight = { top: this.#scroller().scrollTop, room: this.#scroller().clientHeight };
  }

  /**
   * Scrolls as little as needed to show a card, or a name together with what it refers to; where both do not fit, the
   * latter.
   *
   * @param {Target} target
   * @param {boolean} [whole]  else just the line that was clicked on
   */
  reveal(target, whole = true) {
    this.whenSeen(() => requestAnimationFrame(() => setTimeout(() => this.#scrollTo(target, whole)))); // all is laid out by then
  }

  /** @param {Target} target @param {boolean} whole */
  #scrollTo(target, whole) {
    const spans = this.#spansOf(target, whole);
    if (!spans.length) return;
    const scroller = this.#scroller();
    const room = scroller.clientHeight;
    const all = { top: Math.min(...spans.map(({ top }) => top)), bottom: Math.max(...spans.map(({ bottom }) => bottom)) };
    const { top, bottom } = all.bottom - all.top <= room ? all : spans[spans.length - 1];
    if (top >= scroller.scrollTop && bottom <= scroller.scrollTop + room) return;
    const to = top < scroller.scrollTop ? top : Math.min(top, bottom - room);
    scroller.scrollTo({ top: Math.max(0, to), behavior: this.calm.matches ? "auto" : "smooth" });
  }

  /** @param {Target} target @param {boolean} whole @returns {{top: number, bottom: number}[]} */
  #spansOf({ card, name }, whole) {
    const key = `${card}.${name}`;
    const box = this.boxes.get(card);
    const size = this.sizes.get(card);
    if (!box || !size) return [];
    const around = (/** @type {number} */ middle) => ({ top: box.y + middle - AROUND, bottom: box.y + middle + AROUND });
    const line = around((name === undefined ? undefined : size.rows.get(key)) ?? size.head);
    if (!whole) return [line];
    const row = this.picture?.arrangement.cards.find((one) => one.key === card)?.rows.find((one) => one.key === key);
    const other = this.boxes.get(name === undefined ? card : (row?.to ?? ""));
    return other ? [line, { top: other.y - MARGIN, bottom: other.y + other.height + MARGIN }] : [line];
  }

  close() {
    cancelAnimationFrame(this.frame);
    this.deck.close();
    this.wires.close();
    this.resize.disconnect();
  }

  #resized() {
    this.#see();
    const width = this.root.clientWidth;
    if (width === this.width) return;
    const hidden = this.width === 0;
    this.width = width;
    this.deck.forgetSizes();
    const picture = this.next ?? this.picture;
    if (picture) this.show(picture, false);
    if (hidden) this.asks.seen();
  }

  /** @param {Picture} picture */
  #painter({ arrangement, notes, selected }) {
    const { narrow } = frameOf(this.width);
    const cards = new Map(arrangement.cards.map((card) => [card.key, card]));
    const side = (/** @type {{to: string}} */ row, /** @type {Card} */ card) =>
      sideOf(card.column, cards.get(row.to)?.column ?? 0, narrow);
    const scenery = { cards, notes, selected, sideOf: side, ...this.asks };
    return {
      look: (/** @type {Card} */ card) => lookOf(card, scenery),
      draw: (/** @type {Card} */ card, /** @type {HTMLElement} */ element) => drawCard(card, scenery, element),
    };
  }

  #setColumns() {
    const { narrow, columns } = frameOf(this.width);
    this.root.classList.toggle("narrow", narrow);
    columns.forEach(({ width }, at) => this.root.style.setProperty(`--column-${at}`, `${width}px`));
  }

  /** Measures, places and draws. @param {boolean} animate */
  #lay(animate) {
    if (!this.picture || !this.width) return;
    cancelAnimationFrame(this.frame);
    const { arrangement } = this.picture;
    const frame = frameOf(this.width);
    const sizes = this.deck.measure();
    const { boxes, height } = place(arrangement, sizes, frame);
    const from = this.#visible();
    this.boxes = boxes;
    this.sizes = sizes;
    this.shifts = new Map();
    this.root.style.height = `${height}px`;
    const last = frame.columns[frame.columns.length - 1];
    const width = Math.max(this.width, last.x + last.width + 12);
    for (const [key, box] of boxes) this.#put(key, box.x, box.y);
    const routes = plan(arrangement, sizes, boxes, frame);
    const fresh = this.wires.draw({ routes, boxes, frame, width }, (box) => this.#isSeen(box));
    if (animate && !this.calm.matches && from.size) this.#move(from, fresh);
  }

  /** Where each card is seen now, in the middle of a transition too. @returns {Map<string, Box>} */
  #visible() {
    return new Map(
      [...this.boxes].map(([key, box]) => {
        const shift = this.shifts.get(key);
        return [key, shift ? { ...box, x: box.x + shift.dx, y: box.y + shift.dy } : box];
      }),
    );
  }

  /** @param {Box} box */
  #isSeen({ y, height }) {
    const { top, room } = this.sight;
    return y < top + room + BEYOND && y + height > top - BEYOND;
  }

  /** @param {string} key @param {number} x @param {number} y */
  #put(key, x, y) {
    const element = this.deck.element(key);
    if (element) element.style.transform = `translate(${x}px,${y}px)`;
  }

  /**
   * @param {Map<string, Box>} from
   * @param {Element[]} wires  those that were not there
   */
  #move(from, wires) {
    const moves = [...this.boxes].flatMap(([key, box]) => {
      const old = from.get(key);
      if (!this.#isSeen(box) && !(old && this.#isSeen(old))) return [];
      if (!old) this.deck.element(key)?.animate(ENTER, APPEAR);
      const [dx, dy] = old ? [old.x - box.x, old.y - box.y] : [0, 0];
      return Math.abs(dx) + Math.abs(dy) > 1 ? [{ key, dx, dy }] : [];
    });
    if (wires.length <= MOST_MOVING) for (const wire of wires) wire.animate(ENTER, APPEAR);
    if (moves.length && moves.length <= MOST_MOVING) this.#glide(moves);
  }

  /** @param {{key: string, dx: number, dy: number}[]} moves */
  #glide(moves) {
    const bent = this.wires.bentBy(new Set(moves.map(({ key }) => key)));
    const start = performance.now();
    const step = () => {
      const done = Math.min(1, (performance.now() - start) / GLIDE);
      const left = (1 - done) ** 3;
      this.shifts =
        done < 1 ? new Map(moves.map(({ key, dx, dy }) => [key, { dx: dx * left, dy: dy * left }])) : new Map();
      for (const { key, dx, dy } of moves) {
        const box = this.boxes.get(key);
        if (box) this.#put(key, box.x + dx * left, box.y + dy * left);
      }
      this.wires.bend(bent, this.shifts);
      if (done < 1) this.frame = requestAnimationFrame(step);
    };
    step();
  }

  /** A card that is no more. @param {HTMLElement} ghost */
  #fade(ghost) {
    ghost.inert = true;
    ghost.setAttribute("aria-hidden", "true");
    ghost.removeAttribute("data-key");
    this.root.append(ghost);
    ghost.animate({ opacity: [1, 0] }, { duration: FADE, fill: "forwards" }).finished.then(() => ghost.remove());
  }

  /** With many arrows, those of what is selected are brought out. @param {Picture} picture */
  #light({ arrangement, selected }) {
    const row = selected?.name === undefined ? "" : `${selected.card}.${selected.name}`;
    this.root.classList.toggle("lighting", Boolean(selected) && arrangement.arrows.length > 24);
    this.wires.light(({ arrow }) =>
      row ? arrow.row === row : arrow.from === selected?.card || arrow.to === selected?.card,
    );
  }

  // --- the keyboard: one stop for Tab, arrows from card to card and from name to name ---

  #buttons() {
    return /** @type {HTMLButtonElement[]} */ ([...this.list.querySelectorAll(".thing:not([inert]) button")]);
  }

  /** @param {Element | null} [to] */
  #rove(to = document.activeElement) {
    const inList = to instanceof HTMLButtonElement && this.list.contains(to);
    const stop = inList ? to : (this.list.querySelector("button[aria-pressed=true]") ?? this.list.querySelector("button"));
    for (const old of this.list.querySelectorAll("button[tabindex='0']")) if (old !== stop) old.setAttribute("tabindex", "-1");
    stop?.setAttribute("tabindex", "0");
  }

  /** @param {KeyboardEvent} event */
  #walk(event) {
    const buttons = this.#buttons();
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    const titles = buttons.filter((button) => button.classList.contains("title"));
    const title = titles.findLastIndex((button) => buttons.indexOf(button) <= at);
    const to = {
      ArrowDown: buttons[at + 1],
      ArrowUp: buttons[at - 1],
      ArrowRight: titles[title + 1],
      ArrowLeft: titles[title - 1],
      Home: buttons[0],
      End: buttons[buttons.length - 1],
    }[event.key];
    if (at < 0 || !to || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    to.focus();
    this.#rove();
  }
}
