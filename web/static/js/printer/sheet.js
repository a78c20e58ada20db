/**
 * Rectangles on a picture: drawn, moved and resized with the mouse, a finger or the keys. Knows no settings.
 *
 * A shape is {kind: "region" | "mask", rect}; the order is that of cameras.yaml, the region comes first.
 */

import { percent, t } from "../words.js";
import { lay, made } from "./made.js";
import { fromCorners, isMeant, moved, resized } from "./rectangle.js";

const EDGES = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 0.01;
const FINE_STEP = 0.002;

/** What a shape is called: "Region", "Mask 2". */
export function nameOf(shapes, shape) {
  if (shape.kind === "region") return t("printer.look.region");
  return t("printer.look.mask_n", { n: shapes.filter(({ kind }) => kind === "mask").indexOf(shape) + 1 });
}

export class Sheet {
  shapes = [];
  tool = "mask";
  #layer;
  #onChange;
  #isOpen = false;
  #elements = new Map();

  /** @param {HTMLElement} layer lies exactly on the picture @param {() => void} onChange after every change */
  constructor(layer, onChange) {
    this.#layer = layer;
    this.#onChange = onChange;
    layer.addEventListener("pointerdown", (event) => this.#isOpen && event.button === 0 && this.#press(event));
    layer.addEventListener("keydown", (event) => this.#isOpen && this.#key(event));
  }

  /** Shows shapes; they can be changed where ``isOpen``. */
  show(shapes, isOpen) {
    this.shapes = shapes;
    this.#isOpen = isOpen;
    this.#layer.dataset.open = String(isOpen);
    this.draw();
  }

  /** Adds a shape and leaves the focus on it; a second region replaces the first. */
  add(kind, rect) {
    const shape = { kind, rect };
    const others = this.shapes.filter((one) => kind !== "region" || one.kind !== "region");
    this.shapes = kind === "region" ? [shape, ...others] : [...others, shape];
    this.changed();
    this.#elements.get(shape).focus();
  }

  remove(shape) {
    this.shapes = this.shapes.filter((one) => one !== shape);
    this.changed();
    (this.#elements.get(this.shapes.at(-1)) ?? this.#layer).focus();
  }

  changed() {
    this.draw();
    this.#onChange();
  }

  draw() {
    for (const [shape, element] of this.#elements) {
      if (!this.shapes.includes(shape)) {
        element.remove();
        this.#elements.delete(shape);
      }
    }
    for (const shape of this.shapes) {
      if (!this.#elements.has(shape)) this.#layer.append(this.#make(shape));
      this.#place(shape);
    }
  }

  #make(shape) {
    const element = made("button", { type: "button", className: "rectangle" }, made("span", { className: "rectangle__name" }));
    for (const edges of EDGES) {
      element.append(made("span", { className: `rectangle__edge rectangle__edge--${edges}` }));
      element.lastElementChild.dataset.edges = edges;
    }
    element.dataset.kind = shape.kind;
    this.#elements.set(shape, element);
    return element;
  }

  #place(shape) {
    const element = this.#elements.get(shape);
    const { x, y, width, height } = shape.rect;
    lay(element, shape.rect);
    const name = nameOf(this.shapes, shape);
    element.firstElementChild.textContent = name;
    const numbers = { name, x: percent(x), y: percent(y), width: percent(width), height: percent(height) };
    element.setAttribute("aria-label", t("printer.look.at", numbers));
    element.tabIndex = this.#isOpen ? 0 : -1;
  }

  #shapeOf(element) {
    return [...this.#elements].find(([, one]) => one === element)?.[0];
  }

  #press(event) {
    const element = event.target.closest(".rectangle");
    const shape = element && this.#shapeOf(element);
    event.preventDefault(); // no text is selected, and the page does not scroll under a finger
    const start = this.#point(event);
    if (!shape) return this.#drag(event, (at) => this.#sketch(fromCorners(start, at)), (at) => this.#finish(fromCorners(start, at)));
    element.focus();
    const { rect } = shape;
    const { edges } = event.target.dataset;
    const change = edges ? resized : (r, _, dx, dy) => moved(r, dx, dy);
    return this.#drag(event, (at) => {
      shape.rect = change(rect, edges, at.x - start.x, at.y - start.y);
      this.changed();
    });
  }

  /** Follows a pointer until it is let go. One that is taken away (a call comes in) leaves what it has reached. */
  #drag({ pointerId }, onMove, onEnd = () => undefined) {
    const move = (event) => event.pointerId === pointerId && onMove(this.#point(event));
    const end = (event) => {
      if (event.pointerId !== pointerId) return;
      for (const [name, listener] of listeners) window.removeEventListener(name, listener);
      onEnd(this.#point(event));
    };
    const listeners = [["pointermove", move], ["pointerup", end], ["pointercancel", end]];
    for (const [name, listener] of listeners) window.addEventListener(name, listener);
  }

  /** What is about to be drawn. */
  #sketch(rect) {
    const ghost = this.#layer.querySelector(".rectangle--ghost") ?? made("div", { className: "rectangle rectangle--ghost" });
    ghost.dataset.kind = this.tool;
    lay(ghost, rect);
    this.#layer.append(ghost);
  }

  #finish(rect) {
    this.#layer.querySelector(".rectangle--ghost")?.remove();
    if (isMeant(rect)) this.add(this.tool, rect);
  }

  #point(event) {
    const box = this.#layer.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  }

  #key(event) {
    const shape = this.#shapeOf(event.target.closest(".rectangle"));
    if (!shape || event.altKey || event.metaKey) return;
    const arrow = ARROWS[event.key];
    if (arrow) {
      const step = event.ctrlKey ? FINE_STEP : STEP;
      const [dx, dy] = arrow.map((direction) => direction * step);
      shape.rect = event.shiftKey ? resized(shape.rect, "se", dx, dy) : moved(shape.rect, dx, dy);
      this.changed();
    } else if (["Delete", "Backspace"].includes(event.key)) this.remove(shape);
    else return;
    event.preventDefault();
  }
}
