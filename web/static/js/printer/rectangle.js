/**
 * Rectangles in fractions of the upright picture, as cameras.yaml has them: plain facts, no page.
 * @typedef {{x: number, y: number, width: number, height: number}} Rectangle
 */

const SMALLEST = 0.02;
export const WHOLE = Object.freeze({ x: 0, y: 0, width: 1, height: 1 });
const DIGITS = 4;

/** Between two corners, wherever they lie; cut off at the picture's edge. @returns {Rectangle} */
export function fromCorners(a, b) {
  const [left, right] = [a.x, b.x].map(inside).sort((p, q) => p - q);
  const [top, bottom] = [a.y, b.y].map(inside).sort((p, q) => p - q);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Elsewhere, of the same size, not out of the picture. @param {Rectangle} r @param {number} dx @param {number} dy */
export function moved(r, dx, dy) {
  return { ...r, x: limit(r.x + dx, 0, 1 - r.width), y: limit(r.y + dy, 0, 1 - r.height) };
}

/**
 * With some of its edges moved.
 * @param {Rectangle} r @param {string} edges of "n", "e", "s", "w", such as "se" @param {number} dx @param {number} dy
 */
export function resized(r, edges, dx, dy) {
  let [left, top, right, bottom] = [r.x, r.y, r.x + r.width, r.y + r.height];
  if (edges.includes("w")) left = limit(left + dx, 0, right - SMALLEST);
  if (edges.includes("e")) right = limit(right + dx, left + SMALLEST, 1);
  if (edges.includes("n")) top = limit(top + dy, 0, bottom - SMALLEST);
  if (edges.includes("s")) bottom = limit(bottom + dy, top + SMALLEST, 1);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** In the picture turned by a quarter, clockwise. @param {Rectangle} r */
export function turned({ x, y, width, height }) {
  return { x: 1 - y - height, y: x, width: height, height: width };
}

/** With one number as somebody has typed it, the others giving way where it does not fit. */
export function withNumber(r, name, value) {
  if (!Number.isFinite(value)) return r;
  const wanted = { ...r, [name]: value };
  const width = limit(wanted.width, SMALLEST, 1);
  const height = limit(wanted.height, SMALLEST, 1);
  return { x: limit(wanted.x, 0, 1 - width), y: limit(wanted.y, 0, 1 - height), width, height };
}

/** As it is written into cameras.yaml: four digits, and never a hair out of the picture. */
export function rounded(r) {
  const round = (value) => Number(value.toFixed(DIGITS));
  const [x, y] = [round(r.x), round(r.y)];
  return { x, y, width: round(Math.min(r.width, 1 - x)), height: round(Math.min(r.height, 1 - y)) };
}

/** Whether it is large enough to have been meant. */
export function isMeant(r) {
  return r.width >= SMALLEST && r.height >= SMALLEST;
}

/** Whether two are the same once written. */
export function isSame(a, b) {
  const [p, q] = [rounded(a), rounded(b)];
  return ["x", "y", "width", "height"].every((name) => p[name] === q[name]);
}

function inside(value) {
  return limit(value, 0, 1);
}

function limit(value, least, most) {
  return Math.min(Math.max(value, least), most);
}
