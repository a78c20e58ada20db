/**
 * Elements, made by hand.
 */

/**
 * An element with its properties and children.
 * @param {string} name @param {object} [properties] @param {...(Node | string)} children
 */
export function made(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/** Lays an element over a part of its holder. @param {HTMLElement} element @param {import("./rectangle.js").Rectangle} part */
export function lay({ style }, { x, y, width, height }) {
  const percent = (share) => `${share * 100}%`;
  Object.assign(style, { left: percent(x), top: percent(y), width: percent(width), height: percent(height) });
}
