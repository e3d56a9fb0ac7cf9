// The part of the picture that can be seen, and how another part is brought into it. Knows heights, not cards.

/** @typedef {{top: number, bottom: number}} Span  pixels from the picture's top */

/** Pixels outside of what is seen that are drawn with it. */
const BEYOND = 100;

export class Sight {
  /** Kept, as to ask for it lays out all that has changed. */
  #top = 0;
  #room = 0;

  /** @param {HTMLElement} scroller @param {{matches: boolean}} calm  whether to move at once */
  constructor(scroller, calm) {
    this.scroller = scroller;
    this.calm = calm;
    scroller.addEventListener("scroll", () => this.look(), { passive: true });
  }

  /** Where it begins. */
  get top() {
    return this.#top;
  }

  /** Its place or its room has changed. */
  look() {
    this.#top = this.scroller.scrollTop;
    this.#room = this.scroller.clientHeight;
  }

  /** Whether any of it is seen, or nearly so. @param {{y: number, height: number}} box */
  has({ y, height }) {
    return y < this.#top + this.#room + BEYOND && y + height > this.#top - BEYOND;
  }

  /** Scrolls as little as needed; where they do not fit together, to the last. @param {Span[]} spans */
  show(spans) {
    if (!spans.length) return;
    const { scroller } = this;
    const room = scroller.clientHeight;
    const all = { top: Math.min(...spans.map(({ top }) => top)), bottom: Math.max(...spans.map(({ bottom }) => bottom)) };
    const { top, bottom } = all.bottom - all.top <= room ? all : spans[spans.length - 1];
    if (top >= scroller.scrollTop && bottom <= scroller.scrollTop + room) return;
    const to = top < scroller.scrollTop ? top : Math.min(top, bottom - room);
    scroller.scrollTo({ top: Math.max(0, to), behavior: this.calm.matches ? "auto" : "smooth" });
  }
}
