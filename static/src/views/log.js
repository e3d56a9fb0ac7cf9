// The console's log: what was typed and what came of it. Text reaches the DOM as text only.

import { Painter } from "../ansi.js";
import { element, make, paint } from "../dom.js";
import { untold } from "../picture/told.js";
import { Steps } from "../steps.js";

/** @typedef {import("../store.js").Item} Item */
/** @typedef {import("../store.js").Printed} Printed */
/** @typedef {import("../model.js").Model} Model */
/** @typedef {import("../model.js").Actions} Actions */

/** Lines and characters that share a block: the browser lays out only blocks that are seen. */
const BLOCK_LINES = 100;
const BLOCK_SIZE = 16_000;

/** @param {Model} model @param {Actions} actions */
export function mountLog({ state, pictures, waiting }, actions) {
  const root = element("log");
  const invitation = make("div", "invitation");
  const list = make("div", "items");
  const queue = make("div", "queue");
  root.append(invitation, list, queue);
  const drawn = new Drawn(list, actions.restart);
  const travel = (/** @type {number} */ seq) => {
    actions.travel(seq);
    actions.showPane("memory");
  };
  const explain = (/** @type {number} */ seq) => {
    actions.explain();
    travel(seq);
  };
  const steps = new Steps(travel, explain);
  paint(() => {
    invite(invitation, state.value);
    drawn.update(state.value);
    steps.update(drawn.items(), pictures.value);
    queue.replaceChildren(...waiting.value.map(({ source }) => entry(source, ">>> ", "waiting")));
    root.setAttribute("aria-busy", String(state.value.size > 50_000 && state.value.flight > 0));
  });
  paint(() => untold(pictures.value).forEach(actions.look));
  stayAtEnd(root);
}

/** Whoever reads the end goes on to, as it grows. Nothing is measured before the browser has laid it out. @param {HTMLElement} root */
function stayAtEnd(root) {
  let atEnd = true;
  root.addEventListener("scroll", () => (atEnd = root.scrollHeight - root.scrollTop - root.clientHeight < 40), { passive: true });
  const resize = new ResizeObserver(() => {
    if (atEnd) root.scrollTop = root.scrollHeight;
  });
  for (const one of [root, ...root.children]) resize.observe(one);
}

/** @param {HTMLElement} place @param {import("../store.js").State} state */
function invite(place, { shortened, cleared, python, session }) {
  const text = shortened ? "Earlier lines were left out." : "";
  if (!session || cleared) place.replaceChildren();
  else if (shortened) place.replaceChildren(make("p", "left-out", text));
  else if (!place.querySelector(".hint")) place.replaceChildren(...greeting());
  const version = place.querySelector(".version");
  if (version && version.textContent !== `Python ${python}`) version.textContent = python ? `Python ${python}` : "Python";
}

function greeting() {
  const code = (/** @type {string} */ text) => make("code", "", text);
  const first = make("p", "hint");
  first.append("Try it: ", code("import changer"), ", then ", code("changer.printer()"), ".");
  const second = make("p", "hint");
  second.append("Edit ", code("changer.py"), ", save, call it again. Then ", code("import importlib"), " and ", code("importlib.reload(changer)"), ".");
  return [make("p", "version"), first, second];
}

/** @typedef {{ item: Item, node: HTMLElement, grown: Grown | null }} Leaf */

/** The items that stand in the DOM. */
class Drawn {
  /** @type {Map<number, Leaf>} by key, oldest first */
  #nodes = new Map();

  /** @param {HTMLElement} list @param {() => void} restart */
  constructor(list, restart) {
    this.list = list;
    this.restart = restart;
  }

  /** @param {import("../store.js").State} state */
  update(state) {
    const keys = new Set(state.log.map((item) => item.key));
    for (const [key, { node }] of this.#nodes) {
      if (keys.has(key)) continue;
      node.remove();
      this.#nodes.delete(key);
    }
    const drawn = state.log.map((item) => this.#draw(item));
    if (drawn.some(({ node }) => !node.parentNode)) this.#place(drawn);
    this.#offer(state);
  }

  /** @param {Item} item @returns {Leaf} */
  #draw(item) {
    const old = this.#nodes.get(item.key);
    if (!old) return this.#make(item);
    if (old.grown && item.kind === "output" && old.item !== item) old.grown.grow(item);
    old.item = item;
    return old;
  }

  /** @param {Item} item @returns {Leaf} */
  #make(item) {
    const grown = item.kind === "output" ? new Grown(item) : null;
    return { item, node: grown ? grown.node : lineOf(/** @type {Exclude<Item, Printed>} */ (item)), grown };
  }

  /** What is new, each before what follows it. @param {Leaf[]} drawn */
  #place(drawn) {
    let next = null;
    for (const { node } of drawn.toReversed()) {
      if (!node.parentNode) this.list.insertBefore(node, next);
      next = node;
    }
    this.#nodes = new Map(drawn.map((leaf) => [leaf.item.key, leaf]));
  }

  /** What stands in the log, oldest first. */
  items() {
    return this.#nodes.values();
  }

  /** One button to go on, on the newest notice that offers it and only while it helps. @param {import("../store.js").State} state */
  #offer(state) {
    const helps = state.phase === "asleep" || state.flight > 0;
    const newest = state.log.findLast((item) => item.kind === "notice" && item.offer === "restart");
    const useful = newest?.kind === "notice" && helps && (newest.run === 0 ? state.phase === "asleep" : newest.run === state.flight);
    const node = useful ? this.#nodes.get(newest.key)?.node : undefined;
    for (const button of this.list.querySelectorAll(".notice .button")) if (button.parentNode !== node) button.remove();
    if (!node || node.querySelector(".button")) return;
    const button = make("button", "button mini", state.phase === "asleep" ? "Start Python again" : "Restart Python");
    button.addEventListener("click", this.restart);
    node.append(button);
  }
}

/** @param {Exclude<Item, Printed>} item */
function lineOf(item) {
  if (item.kind === "input") return entry(item.text, item.more ? "... " : ">>> ", "");
  if (item.kind === "event") return make("p", "event", item.text);
  const node = make("p", "notice");
  node.append(make("span", "", item.text));
  return node;
}

/** @param {string} text @param {string} prompt @param {string} className */
function entry(text, prompt, className) {
  const node = make("div", `entry ${className}`);
  text.split("\n").forEach((line, index) => {
    const row = make("div", "row");
    row.append(make("span", "ps", index ? "... " : prompt), make("code", "", line));
    node.append(row);
  });
  return node;
}

/** One output and its lines, painted as they come; the oldest blocks go when the store has let go of their text. */
class Grown {
  #painter = new Painter();
  #seen = 0;
  /** @type {{ node: HTMLElement, lines: number, size: number, end: number }[]} */
  #blocks = [];
  #open = make("div", "line");

  /** @param {Printed} item */
  constructor(item) {
    this.node = make("div", "output");
    this.left = make("p", "left-out", "Earlier output left out.");
    this.node.append(this.#open);
    this.grow(item);
  }

  /** @param {Printed} item */
  grow(item) {
    const fresh = item.text.slice(Math.max(0, this.#seen - item.start));
    this.#seen = item.start + item.text.length;
    this.#forget(item.start);
    this.#add(this.#painter.write(fresh));
    fill(this.#open, this.#painter.open);
    this.#open.hidden = this.#painter.open.length === 0;
  }

  /** @param {number} start  characters before this are gone */
  #forget(start) {
    while (this.#blocks.length && this.#blocks[0].end <= start) this.#blocks.shift()?.node.remove();
    if (start && !this.left.isConnected) this.node.prepend(this.left);
  }

  /** @param {import("../ansi.js").Line[]} lines */
  #add(lines) {
    /** @type {(Node | string)[]} */
    let parts = [];
    let block = this.#room();
    for (const line of lines) {
      parts.push(...spans(line), "\n");
      block.lines += 1;
      block.size += line.reduce((sum, { text }) => sum + text.length, 1);
      if (block.lines < BLOCK_LINES && block.size < BLOCK_SIZE) continue;
      block.node.append(...joined(parts));
      close(block);
      parts = [];
      block = this.#room();
    }
    block.node.append(...joined(parts));
    block.end = this.#seen;
  }

  #room() {
    const last = this.#blocks.at(-1);
    if (last && last.lines < BLOCK_LINES && last.size < BLOCK_SIZE) return last;
    const block = { node: make("div", "block"), lines: 0, size: 0, end: this.#seen };
    this.#blocks.push(block);
    this.#open.before(block.node);
    return block;
  }
}

/** A full block is laid out only while it is seen; until then it is as high as its lines. @param {{ node: HTMLElement, lines: number }} block */
function close({ node, lines }) {
  node.classList.add("full");
  node.style.containIntrinsicHeight = `auto ${1.65 * lines}em`;
}

/** @param {import("../ansi.js").Line} line @returns {(Node | string)[]} */
function spans(line) {
  return line.map(({ text, style }) => (style ? make("span", style, text) : text));
}

/** @param {HTMLElement} node @param {import("../ansi.js").Line} line */
function fill(node, line) {
  node.replaceChildren(...spans(line));
}

/** Neighbouring strings as one: fewer text nodes. @param {(Node | string)[]} parts @returns {(Node | string)[]} */
function joined(parts) {
  /** @type {(Node | string)[]} */
  const fewer = [];
  for (const part of parts) {
    const last = fewer.at(-1);
    if (typeof part === "string" && typeof last === "string") fewer[fewer.length - 1] = last + part;
    else fewer.push(part);
  }
  return fewer;
}
