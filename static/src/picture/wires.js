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

const SVG = "http://www.w3.org/2000/svg";
const NONE = new Map();

export class Wires {
  /** @param {SVGSVGElement} svg */
  constructor(svg) {
    /** @type {Map<string, SVGPathElement>} */
    this.paths = new Map();
    /** @type {Plan | null} */
    this.plan = null;
    this.group = document.createElementNS(SVG, "g");
    const defs = document.createElementNS(SVG, "defs");
    defs.append(...ORDER.map(markerOf));
    svg.append(defs, this.group);
  }

  /** Draws a new picture. @param {Plan} plan @returns {Element[]} the paths that were not there */
  draw(plan) {
    this.plan = plan;
    const keys = new Set(plan.routes.map(({ arrow }) => arrow.key));
    for (const [key, path] of this.paths) if (!keys.has(key)) this.#remove(key, path);
    return plan.routes.flatMap((route) => this.#drawRoute(route, plan));
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
    path.setAttribute("data-row", key);
    path.setAttribute("data-to", to);
    path.setAttribute("d", pathOf(route, boxes, frame, width, NONE));
    this.paths.set(key, path);
    if (known) return [];
    this.group.append(path);
    return [path];
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
    for (const route of this.plan?.routes ?? []) this.paths.get(route.arrow.key)?.classList.toggle("lit", which(route));
  }
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
