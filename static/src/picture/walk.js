// The keyboard in the picture: one stop for Tab, arrows from card to card and from name to name.

const BUTTONS = ".thing:not([inert]) button";

export class Walk {
  /** @param {HTMLElement} list  of the cards */
  constructor(list) {
    this.list = list;
    list.addEventListener("keydown", (event) => this.#step(event));
  }

  /** Where Tab stops: where the focus is, else at what is selected, else at the first. @param {Element | null} [to] */
  rove(to = document.activeElement) {
    const inList = to instanceof HTMLButtonElement && this.list.contains(to);
    const stop = inList ? to : (this.list.querySelector(`${BUTTONS}[aria-pressed=true]`) ?? this.list.querySelector(BUTTONS));
    for (const old of this.list.querySelectorAll("button[tabindex='0']")) if (old !== stop) old.setAttribute("tabindex", "-1");
    stop?.setAttribute("tabindex", "0");
  }

  /** The focus goes to what is selected. */
  focusSelected() {
    const selected = /** @type {HTMLElement | null} */ (this.list.querySelector(`${BUTTONS}[aria-pressed=true]`));
    selected?.focus({ preventScroll: true });
  }

  /** Notes what has the focus; what it gives brings that back, once the card has another element. */
  keepFocus() {
    const focused = document.activeElement;
    if (!focused || !this.list.contains(focused)) return () => {};
    const card = /** @type {HTMLElement | null} */ (focused.closest(".thing"))?.dataset.key ?? "";
    const row = /** @type {HTMLElement | null} */ (focused.closest(".slot"))?.dataset.key;
    const part = row ? `[data-key="${CSS.escape(row)}"] .name` : `.${focused.classList[0]}`;
    return () => {
      const place = `.thing[data-key="${CSS.escape(card)}"] ${part}`;
      if (focused.closest("[inert]")) /** @type {HTMLElement | null} */ (this.list.querySelector(place))?.focus({ preventScroll: true });
    };
  }

  /** @param {KeyboardEvent} event */
  #step(event) {
    const buttons = /** @type {HTMLButtonElement[]} */ ([...this.list.querySelectorAll(BUTTONS)]);
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
    this.rove();
  }
}
