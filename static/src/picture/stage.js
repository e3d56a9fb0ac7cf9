// The picture on the screen: cards that glide to their places, arrows that stay on them. The DOM is read once per picture;
// the frames of a transition only write.

import { render } from "lit-html";
import { cardList } from "./cards.js";
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
    /** @type {Picture | null} */
    this.picture = null;
    /** @type {ReadonlyMap<string, Box>} */
    this.boxes = new Map();
    /** @type {ReadonlyMap<string, Size>} */
    this.sizes = new Map();
    /** @type {ReadonlyMap<string, Shift>} */
    this.shifts = new Map();
    /** @type {Map<string, HTMLElement>} */
    this.elements = new Map();
    this.frame = 0;
    this.resize = new ResizeObserver(() => this.#resized());
    this.resize.observe(root);
    document.fonts.ready.then(() => this.#lay(false));
    root.addEventListener("keydown", (event) => this.#walk(event));
  }

  /** @param {Picture} picture @param {boolean} animate */
  show(picture, animate) {
    const ghosts = animate && !this.calm.matches ? this.#leaving(picture.arrangement) : [];
    this.picture = picture;
    this.#renderCards(picture);
    this.#lay(animate);
    for (const ghost of ghosts) this.#fade(ghost);
    this.#light(picture);
  }

  /**
   * Scrolls as little as needed to show a card, or a name together with what it refers to; where both do not fit, the
   * latter.
   *
   * @param {Target} target
   * @param {boolean} [whole]  else just the line that was clicked on
   */
  reveal(target, whole = true) {
    const spans = this.#spansOf(target, whole);
    if (!spans.length) return;
    const scroller = /** @type {HTMLElement} */ (this.root.parentElement);
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
    this.resize.disconnect();
  }

  #resized() {
    const width = this.root.clientWidth;
    if (width === this.width) return;
    const hidden = this.width === 0;
    this.width = width;
    if (this.picture) this.#renderCards(this.picture);
    this.#lay(false);
    if (hidden) this.asks.seen();
  }

  /** @param {Picture} picture */
  #renderCards({ arrangement, notes, selected }) {
    const { narrow } = frameOf(this.width);
    const cards = new Map(arrangement.cards.map((card) => [card.key, card]));
    const side = (/** @type {{to: string}} */ row, /** @type {Card} */ card) =>
      sideOf(card.column, cards.get(row.to)?.column ?? 0, narrow);
    render(cardList(arrangement.cards, { cards, notes, selected, sideOf: side, ...this.asks }), this.list);
    this.elements = new Map(
      [...this.list.children].map((one) => [
        /** @type {HTMLElement} */ (one).dataset.key ?? "",
        /** @type {HTMLElement} */ (one),
      ]),
    );
    this.#rove();
  }

  /** Measures, places and draws. @param {boolean} animate */
  #lay(animate) {
    if (!this.picture || !this.width) return;
    cancelAnimationFrame(this.frame);
    const { arrangement } = this.picture;
    const frame = frameOf(this.width);
    this.root.classList.toggle("narrow", frame.narrow);
    frame.columns.forEach(({ width }, at) => this.root.style.setProperty(`--column-${at}`, `${width}px`));
    const sizes = new Map(arrangement.cards.map(({ key }) => [key, sizeOf(this.elements.get(key))]));
    const seen = this.#window();
    const { boxes, height } = place(arrangement, sizes, frame);
    const from = this.#visible();
    this.boxes = boxes;
    this.sizes = sizes;
    this.shifts = new Map();
    this.root.style.height = `${height}px`;
    const last = frame.columns[frame.columns.length - 1];
    const width = Math.max(this.width, last.x + last.width + 12);
    for (const [key, box] of boxes) this.#put(key, box.x, box.y);
    const fresh = this.wires.draw({ routes: plan(arrangement, sizes, boxes, frame), boxes, frame, width });
    if (animate && !this.calm.matches && from.size) this.#move(from, fresh, seen);
  }

  /** The part of the picture that can be seen: only there is anything animated. */
  #window() {
    const { scrollTop, clientHeight } = /** @type {HTMLElement} */ (this.root.parentElement);
    return { top: scrollTop - BEYOND, bottom: scrollTop + clientHeight + BEYOND };
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

  /** @param {string} key @param {number} x @param {number} y */
  #put(key, x, y) {
    const element = this.elements.get(key);
    if (element) element.style.transform = `translate(${x}px,${y}px)`;
  }

  /**
   * @param {Map<string, Box>} from
   * @param {Element[]} wires  those that were not there
   * @param {{top: number, bottom: number}} seen
   */
  #move(from, wires, seen) {
    const isSeen = (/** @type {Box} */ { y, height }) => y < seen.bottom && y + height > seen.top;
    const moves = [...this.boxes].flatMap(([key, box]) => {
      const old = from.get(key);
      if (!isSeen(box) && !(old && isSeen(old))) return [];
      if (!old) this.elements.get(key)?.animate(ENTER, APPEAR);
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

  /** Copies of the cards that the new picture has no more. @param {Arrangement} arrangement */
  #leaving({ cards }) {
    const staying = new Set(cards.map(({ key }) => key));
    const gone = [...this.elements].filter(([key]) => !staying.has(key));
    return gone.length > MOST_MOVING
      ? []
      : gone.map(([, element]) => /** @type {HTMLElement} */ (element.cloneNode(true)));
  }

  /** @param {HTMLElement} ghost */
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
    return /** @type {HTMLButtonElement[]} */ ([...this.list.querySelectorAll("button")]);
  }

  #rove() {
    const buttons = this.#buttons();
    const here =
      buttons.find((button) => button === document.activeElement) ??
      buttons.find((button) => button.ariaPressed === "true") ??
      buttons[0];
    for (const button of buttons) button.tabIndex = button === here ? 0 : -1;
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

/**
 * Layout sizes, which a running transition does not change.
 *
 * @param {HTMLElement | undefined} element
 * @returns {Size}
 */
function sizeOf(element) {
  if (!element) return { height: 0, head: 0, rows: new Map() };
  const header = /** @type {HTMLElement} */ (element.firstElementChild);
  const rows = /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll(".slot"));
  return {
    height: element.offsetHeight,
    head: header.offsetTop + header.offsetHeight / 2,
    rows: new Map([...rows].map((row) => [row.dataset.key ?? "", row.offsetTop + row.offsetHeight / 2])),
  };
}
