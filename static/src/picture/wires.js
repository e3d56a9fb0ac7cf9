// The arrows as SVG paths. Between two pictures only the paths whose ends move are written.

import { pathOf } from "./route.js";
import { ORDER } from "./states.js";

/**
 * @typedef {import("./route.js").Route} Route
 * @typedef {import("./route.js").Shift} Shift
 * @typedef {import("./place.js").Box} Box
 * @typedef {import("./place.js").Frame} Frame
 */
/** @typedef {{routes: Route[], boxes: ReadonlyMap<string, Box>, frame: Frame, width: number}} Plan */
/** @typedef {(box: Box) => boolean} Sight  whether a part of the picture can be seen */

const SVG = "http://www.w3.org/2000/svg";
const NONE = new Map();
/** Where there are more arrows, those out of sight are drawn in frames of their own: so many in each. */
const MANY = 60;

export class Wires {
  /** @param {SVGSVGElement} svg */
  constructor(svg) {
    /** @type {Map<string, SVGPathElement>} */
    this.paths = new Map();
    /** @type {Plan | null} */
    this.plan = null;
    /** @type {(route: Route) => boolean} */
    this.isLit = () => false;
    this.frame = 0;
    this.group = document.createElementNS(SVG, "g");
    const defs = document.createElementNS(SVG, "defs");
    defs.append(...ORDER.map(markerOf));
    svg.append(defs, this.group);
  }

  /** Draws a new picture. @param {Plan} plan @param {Sight} isSeen @returns {Element[]} the paths in sight that were not there */
  draw(plan, isSeen) {
    cancelAnimationFrame(this.frame);
    this.plan = plan;
    const { routes } = plan;
    const keys = new Set(routes.map(({ arrow }) => arrow.key));
    for (const [key, path] of this.paths) if (!keys.has(key)) this.#remove(key, path);
    const near = routes.length > MANY ? routes.filter((route) => isSeen(spanOf(route, plan))) : routes;
    const drawn = new Set(near);
    this.#drawInTurn(routes.filter((route) => !drawn.has(route)));
    return near.flatMap((route) => this.#drawRoute(route, plan));
  }

  /** @param {Route[]} routes */
  #drawInTurn(routes) {
    if (!routes.length) return;
    this.frame = requestAnimationFrame(() => {
      for (const route of routes.slice(0, MANY)) this.#drawRoute(route, /** @type {Plan} */ (this.plan));
      this.#drawInTurn(routes.slice(MANY));
    });
  }

  /** @param {Route} route @param {Plan} plan */
  #drawRoute(route, { boxes, frame, width }) {
    const { key, to, state, back } = route.arrow;
    const known = this.paths.get(key);
    const path = known ?? document.createElementNS(SVG, "path");
    const wear = `wire s-${state}${back ? " back" : ""}`;
    if (path.getAttribute("class") !== wear) {
      path.setAttribute("class", wear);
      path.setAttribute("marker-end", `url(#wire-${back ? "same" : state})`);
    }
    set(path, "data-to", to);
    set(path, "d", pathOf(route, boxes, frame, width, NONE));
    path.classList.toggle("lit", this.isLit(route));
    if (known) return [];
    path.setAttribute("data-row", key);
    this.paths.set(key, path);
    this.group.append(path);
    return [path];
  }

  close() {
    cancelAnimationFrame(this.frame);
  }

  /** @param {string} key @param {SVGPathElement} path */
  #remove(key, path) {
    path.remove();
    this.paths.delete(key);
  }

  /** The arrows that a transition bends. @param {ReadonlySet<string>} moving  the keys of cards @returns {Route[]} */
  bentBy(moving) {
    return this.plan?.routes.filter(({ arrow }) => moving.has(arrow.from) || moving.has(arrow.to)) ?? [];
  }

  /** Draws some arrows with their cards shifted. @param {Route[]} routes @param {ReadonlyMap<string, Shift>} shifts */
  bend(routes, shifts) {
    if (!this.plan) return;
    const { boxes, frame, width } = this.plan;
    for (const route of routes)
      this.paths.get(route.arrow.key)?.setAttribute("d", pathOf(route, boxes, frame, width, shifts));
  }

  /** Brings out the arrows of one card or row. @param {(route: Route) => boolean} which */
  light(which) {
    this.isLit = which;
    for (const route of this.plan?.routes ?? []) this.paths.get(route.arrow.key)?.classList.toggle("lit", which(route));
  }
}

/** @param {Route} route @param {Plan} plan @returns {Box} around both of its cards */
function spanOf({ arrow }, { boxes }) {
  const [from, to] = [arrow.from, arrow.to].map((key) => /** @type {Box} */ (boxes.get(key)));
  const y = Math.min(from.y, to.y);
  return { ...from, y, height: Math.max(from.y + from.height, to.y + to.height) - y };
}

/** What is written again, though it is the same, is laid out again. @param {Element} element @param {string} name @param {string} value */
function set(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** @param {string} state */
function markerOf(state) {
  const marker = document.createElementNS(SVG, "marker");
  const head = document.createElementNS(SVG, "path");
  head.setAttribute("d", "M0 0L8 4L0 8L2 4Z");
  const form = {
    id: `wire-${state}`,
    class: `s-${state}`,
    viewBox: "0 0 8 8",
    refX: 7,
    refY: 4,
    markerWidth: 8,
    markerHeight: 8,
    orient: "auto",
    markerUnits: "userSpaceOnUse",
  };
  for (const [name, value] of Object.entries(form)) marker.setAttribute(name, String(value));
  marker.append(head);
  return marker;
}
