/**
 * The keyboard: arrows move between tiles as they lie on the screen, Enter opens one (it is a link), "a" acknowledges.
 */

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @param {(printer: string | null) => void} acknowledge called with the focused printer, or null when none is */
export function startKeys(acknowledge) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const focused = document.activeElement?.closest("[data-printer]") ?? null;
    if (event.key in ARROWS) {
      event.preventDefault();
      (focused ? nearest(focused, ...ARROWS[event.key]) : tiles()[0])?.querySelector("a").focus();
    } else if (event.key === "a" || event.key === "A") {
      event.preventDefault();
      acknowledge(focused?.dataset.printer ?? null);
    }
  });
}

function tiles() {
  return [...document.querySelectorAll("[data-printer]")];
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
