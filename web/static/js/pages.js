/**
 * Above some 120 printers one screen is too small: the places are shown page by page, rooms whole where they fit.
 * What needs somebody stands on every page, so that nothing waits for its turn. Pure, but for the Pager's clock.
 */

const AT_MOST = 120; // on one page
const AIM = 96; // on each of several
const TURNS_EVERY_MS = 15_000;
const RESTS_FOR_MS = 90_000; // after somebody has touched the wall

/**
 * @param {object[][]} rooms printers of each room, in order
 * @returns {object[][]} printers of each page, in order
 */
export function pagesOf(rooms) {
  const count = rooms.flat().length;
  if (count <= AT_MOST) return [rooms.flat()];
  const aim = Math.ceil(count / Math.ceil(count / AIM));
  const pages = [[]];
  for (const part of rooms.flatMap((room) => parts(room, aim))) {
    const page = pages.at(-1);
    if (page.length >= aim || page.length + part.length > AT_MOST) pages.push([...part]);
    else page.push(...part);
  }
  return pages;
}

/** A room that fits on no page, in parts that do. */
function parts(room, aim) {
  const n = Math.ceil(room.length / aim);
  const size = Math.ceil(room.length / n);
  return Array.from({ length: n }, (_, i) => room.slice(i * size, (i + 1) * size));
}

/** Turns the pages by itself, unless somebody has lately touched the wall. */
export class Pager {
  #turn;
  #count = 1;
  #touchedAt = -Infinity;
  page = 0;

  /** @param {() => void} turn called when another page is to be shown */
  constructor(turn) {
    this.#turn = turn;
    for (const kind of ["pointerdown", "pointermove", "keydown", "wheel"]) {
      addEventListener(kind, () => this.#touch(), { passive: true });
    }
    setInterval(() => this.#count > 1 && !this.rests() && this.go(1), TURNS_EVERY_MS);
  }

  /** Tells how many pages there are. */
  has(count) {
    this.#count = count;
    this.page = Math.min(this.page, count - 1);
  }

  /** Whether the pages stand still because somebody is here. */
  rests() {
    return performance.now() - this.#touchedAt < RESTS_FOR_MS;
  }

  /** Goes on, or back. @param {number} by */
  go(by) {
    if (this.#count < 2) return;
    this.page = (this.page + by + this.#count) % this.#count;
    this.#turn();
  }

  #touch() {
    this.#touchedAt = performance.now();
  }
}
