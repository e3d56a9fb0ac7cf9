// The arrows as SVG paths. Between two pictures only the paths whose ends move are written.

import { pathOf } from "./route.js";
import { ORDER } from "./states.js";
import { pieces } from "./turns.js";

/**
 * @typedef {import("./route.js").Route} Route
 * @typedef {import("./route.js").Shift} Shift
 * @typedef {import("./place.js").Box} Box
 * @typedef {import("./place.js").Frame} Frame
 */
/** @typedef {{routes: Route[], boxes: ReadonlyMap<string, Box>, frame: Frame, width: number}} Plan */
/** An arrow as it is written. @typedef {{path: SVGPathElement, wear: string, to: string, d: string, lit: boolean}} Wire */

const SVG = "http://www.w3.org/2000/svg";
/** @type {ReadonlyMap<string, Shift>} */
const NONE = new Map();
/** So many arrows are drawn at a time. */
const BATCH = 20;

export class Wires {
  /** @param {SVGSVGElement} svg */
  constructor(svg) {
    /** @type {Map<string, Wire>} */
    this.wires = new Map();
    /** @type {Plan | null} */
    this.plan = null;
    /** @type {(route: Route) => boolean} */
    this.isLit = () => false;
    this.group = document.createElementNS(SVG, "g");
    const defs = document.createElementNS(SVG, "defs");
    defs.append(...ORDER.map(markerOf));
    svg.append(defs, this.group);
  }

  /**
   * Takes a new picture, and draws those of its arrows that are near and were there.
   *
   * @param {Plan} plan
   * @param {Route[]} near
   * @param {Route[]} far  the others
   * @param {() => ReadonlyMap<string, Shift>} shifts  of cards on their way
   * @param {(route: Route) => boolean} isLit  brought out
   * @returns {{fresh: () => Element[], far: (() => void)[]}} draws those that were not there; draws the others
   */
  draw(plan, near, far, shifts, isLit) {
    this.plan = plan;
    this.isLit = isLit;
    const fresh = near.filter(({ arrow }) => !this.wires.has(arrow.key));
    for (const route of near) if (this.wires.has(route.arrow.key)) this.#drawRoute(route, plan, shifts());
    return {
      fresh: () => fresh.map((route) => this.#drawRoute(route, plan, shifts())),
      far: pieces(far, BATCH).map((some) => () => some.forEach((route) => this.#drawRoute(route, plan, NONE))),
    };
  }

  /** @param {Route} route @param {Plan} plan @param {ReadonlyMap<string, Shift>} shifts @returns {Element} */
  #drawRoute(route, { boxes, frame, width }, shifts) {
    const { key, to, state, back } = route.arrow;
    const wire = this.wires.get(key) ?? this.#add(key);
    const wear = `wire s-${state}${back ? " back" : ""}`;
    const lit = this.isLit(route);
    if (wire.wear !== wear || wire.lit !== lit) wire.path.setAttribute("class", lit ? `${wear} lit` : wear);
    if (wire.wear !== wear) wire.path.setAttribute("marker-end", `url(#wire-${back ? "same" : state})`);
    if (wire.to !== to) wire.path.setAttribute("data-to", to);
    Object.assign(wire, { wear, lit, to });
    bend(wire, pathOf(route, boxes, frame, width, shifts));
    return wire.path;
  }

  /** @param {string} key @returns {Wire} */
  #add(key) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("data-row", key);
    this.group.append(path);
    const wire = { path, wear: "", to: "", d: "", lit: false };
    this.wires.set(key, wire);
    return wire;
  }

  /** Removes those that the picture has no more. */
  sweep() {
    const keys = new Set(this.plan?.routes.map(({ arrow }) => arrow.key));
    for (const [key, { path }] of this.wires) {
      if (keys.has(key)) continue;
      path.remove();
      this.wires.delete(key);
    }
  }

  /** Draws some arrows with their cards shifted. @param {Route[]} routes @param {ReadonlyMap<string, Shift>} shifts */
  bend(routes, shifts) {
    if (!this.plan) return;
    const { boxes, frame, width } = this.plan;
    for (const route of routes) {
      const wire = this.wires.get(route.arrow.key);
      if (wire) bend(wire, pathOf(route, boxes, frame, width, shifts));
    }
  }
}

/** What is written again, though it is the same, is laid out again. @param {Wire} wire @param {string} d */
function bend(wire, d) {
  if (wire.d === d) return;
  wire.d = d;
  wire.path.setAttribute("d", d);
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
