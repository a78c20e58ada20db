/**
 * The wall's keyboard: arrows move between tiles as they lie on the screen, Enter opens one (it is a link), letters act.
 * The keys of every page (theme, sound, help) are in js/bar.js.
 */

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @param {Record<string, (printer: string | null) => void>} keys called with the focused printer, or null when none is */
export function startKeys(keys) {
  onKey((key) => {
    const focused = document.activeElement?.closest("[data-printer]") ?? null;
    if (key in ARROWS) {
      (focused ? nearest(focused, ...ARROWS[key]) : tiles()[0])?.querySelector("a").focus();
      return true;
    }
    keys[key]?.(focused?.dataset.printer ?? null);
    return key in keys;
  });
}

/**
 * Calls with every key that is not typed into something, letters in lower case; a key that was taken does nothing else.
 * @param {(key: string) => boolean} take tells whether it took the key
 */
export function onKey(take) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.matches?.("input, select, textarea")) return;
    if (take(event.key.length === 1 ? event.key.toLowerCase() : event.key)) event.preventDefault();
  });
}

function tiles() {
  return [...document.querySelectorAll(".tile[data-printer]")];
}

/** The tile that lies nearest in a direction; a step sideways counts more than one ahead. */
function nearest(from, dx, dy) {
  const here = centre(from);
  let best = null;
  let least = Infinity;
  for (const tile of tiles()) {
    const there = centre(tile);
    const ahead = (there.x - here.x) * dx + (there.y - here.y) * dy;
    const aside = Math.abs((there.x - here.x) * dy) + Math.abs((there.y - here.y) * dx);
    const cost = ahead + 3 * aside;
    if (tile !== from && ahead > 1 && cost < least) [best, least] = [tile, cost];
  }
  return best;
}

function centre(element) {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left + width / 2, y: top + height / 2 };
}
