/**
 * A hand on the chart: wheel, drag, pinch and keys, turned into wishes. Knows pixels and keys, no times.
 *
 * Dragging with the mouse marks a part, into which the chart then zooms; with a finger it moves the chart, as fingers
 * expect. Two fingers zoom.
 */

const STEP = 1.25; // of one notch of a wheel
const MEANT_PX = 6; // a shorter drag is a click
const SCROLLING_MS = 300; // a wheel that was scrolling the page goes on doing so when the chart comes under it

const KEYS = {
  ArrowLeft: (event) => ["step", event.shiftKey ? -10 : -1],
  ArrowRight: (event) => ["step", event.shiftKey ? 10 : 1],
  ArrowUp: () => ["event", -1],
  ArrowDown: () => ["event", 1],
  Home: () => ["end", -1],
  End: () => ["end", 1],
  PageUp: () => ["pan", -0.5],
  PageDown: () => ["pan", 0.5],
  "+": () => ["zoom", 1 / STEP ** 2],
  "=": () => ["zoom", 1 / STEP ** 2],
  "-": () => ["zoom", STEP ** 2],
  0: () => ["live"],
  Enter: () => ["open"],
  " ": () => ["open"],
};

/**
 * @param {HTMLElement} element
 * @param {Record<string, Function>} wishes in pixels from the element's left edge: hover, leave, pick, zoomAt, shift (tell
 *   whether anything moved), marking, marked; from keys: zoom, step, event, end, pan (a share of the width), live, open
 */
export function lay(element, wishes) {
  const fingers = new Map();
  let from = null;
  let scrolledAt = -Infinity;
  let place = "";
  const x = (event) => event.clientX - element.getBoundingClientRect().left;

  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const wish = KEYS[event.key]?.(event);
    if (!wish) return;
    event.preventDefault();
    wishes[wish[0]](wish[1]);
  });
  window.addEventListener("scroll", () => (scrolledAt = performance.now()), { passive: true });
  window.addEventListener("pointermove", ({ clientX, clientY, target }) => {
    const hasMoved = place !== `${clientX} ${clientY}`; // a browser tells of moves also when the page moves instead
    place = `${clientX} ${clientY}`;
    if (hasMoved && element.contains(target)) scrolledAt = -Infinity; // the chart is meant
  });
  element.addEventListener("wheel", (event) => {
    if (performance.now() - scrolledAt < SCROLLING_MS) return;
    const moves = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    const done = moves ? wishes.shift(event.deltaX || event.deltaY) : wishes.zoomAt(STEP ** Math.sign(event.deltaY), x(event));
    if (done) event.preventDefault();
  }, { passive: false });
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, x(event));
    from = fingers.size === 1 ? x(event) : null;
  });
  element.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) wishes.hover(x(event));
    else if (event.pointerType === "touch") touch(event);
    else wishes.marking(from, x(event));
  });
  const release = (event) => {
    const isPick = from !== null && Math.abs(x(event) - from) < MEANT_PX;
    if (fingers.delete(event.pointerId) && event.type === "pointerup" && from !== null) {
      if (isPick) wishes.pick(x(event));
      else if (event.pointerType !== "touch") wishes.marked(from, x(event));
    }
    wishes.marking(null, null);
  };
  for (const name of ["pointerup", "pointercancel"]) element.addEventListener(name, release);
  element.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && wishes.leave());

  function touch(event) {
    const [old, others] = [fingers.get(event.pointerId), [...fingers].filter(([id]) => id !== event.pointerId)];
    fingers.set(event.pointerId, x(event));
    if (!others.length) wishes.shift(old - x(event));
    else pinch(old, x(event), others[0][1]);
  }

  function pinch(old, present, other) {
    const [before, after] = [Math.abs(old - other), Math.abs(present - other)];
    if (before > MEANT_PX && after > MEANT_PX) wishes.zoomAt(before / after, (present + other) / 2);
  }
}
