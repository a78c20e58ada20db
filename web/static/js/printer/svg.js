/**
 * Pieces of SVG, made by hand.
 */

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} name @param {Record<string, string | number>} attributes @param {...Node} children */
export function shape(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** @param {string} text @param {Record<string, string | number>} attributes */
export function label(text, attributes) {
  return shape("text", attributes, document.createTextNode(text));
}

/** With what a mouse that rests upon it is told. */
export function titled(element, text) {
  element.append(shape("title", {}, document.createTextNode(text)));
  return element;
}
