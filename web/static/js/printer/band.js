/**
 * Below the scores: what state the printer was in, by colour, pattern and word; and where pictures are stored.
 * Above them: what happened, each kind with a mark of its own shape.
 */

import { t } from "../words.js";
import { SEEN_PX } from "./chart.js";
import { EVENTS_Y, TOP } from "./plot.js";
import { label, shape, titled } from "./svg.js";

const PIXELS_A_LETTER = 7.6;
const CALM = ["watching", "idle", "muted"];
const ICON = 14;
const APART = 1; // pixels between two ticks of stored pictures: nearer ones are one tick

/** @param {import("./plot.js").Plot} plot @param {[number, number, string][]} states */
export function band(plot, states) {
  return states.flatMap(([from, to, state]) => {
    const piece = plot.piece(from, to, CALM.includes(state) ? 0 : SEEN_PX);
    if (!piece) return [];
    const { y, height } = plot.band;
    const box = { ...piece, y, height };
    const parts = [
      titled(shape("rect", { class: "band__state", "data-state": state, ...box }), t(`state.${state}`)),
      shape("rect", { class: "band__pattern", fill: `url(#pattern-${state})`, ...box }),
    ];
    return [...parts, ...named(state, piece, y + height / 2)];
  });
}

/** The icon and the word, as far as they have room. */
function named(state, { x, width }, middle) {
  const word = t(`state.${state}`);
  if (width < ICON + 10) return [];
  const square = { x: x + 5, y: middle - ICON / 2, width: ICON, height: ICON };
  const parts = [shape("use", { class: "band__icon", "data-state": state, href: `#icon-${state}`, ...square })];
  if (width < ICON + 16 + word.length * PIXELS_A_LETTER) return parts;
  return [...parts, label(word, { class: "band__word", "data-state": state, x: x + ICON + 10, y: middle + 4.5 })];
}

/** @param {import("./plot.js").Plot} plot @param {{taken_at: number}[]} frames oldest first */
export function stored(plot, frames) {
  const { y, height } = plot.stored;
  let last = -Infinity;
  let d = "";
  for (const { taken_at: at } of frames) {
    const x = plot.x(at);
    if (!plot.holds(at) || x - last < APART) continue;
    d += `M${x.toFixed(1)} ${y}v${height}`;
    last = x;
  }
  return d ? [shape("path", { class: "band__stored", d })] : [];
}

/** How an event is drawn; those that are not named are a person's. */
function groupOf(kind) {
  if (kind.startsWith("pause.")) return "pause";
  if (kind.startsWith("camera.")) return "camera";
  if (kind === "incident.opened") return "failure";
  if (kind.startsWith("incident.") || ["job.started", "suspected", "cleared", "recovered"].includes(kind)) return "judge";
  return "person";
}

/** Where marks meet, the last of these is seen. */
const ON_TOP = ["judge", "camera", "person", "pause", "failure"];
const SHAPES = {
  failure: (x, y) => shape("path", { d: `M${x} ${y - 7}l7.5 13h-15Z` }),
  pause: (x, y) => shape("path", { d: `M${x - 4.5} ${y - 6}h3.2v12h-3.200ZM${x + 1.3} ${y - 6}h3.2v12h-3.200Z` }),
  camera: (x, y) => shape("path", { d: `M${x} ${y - 6.5}l6.5 6.500l-6.5 6.500l-6.5 -6.500Z` }),
  person: (x, y) => shape("circle", { cx: x, cy: y, r: 5 }),
  judge: (x, y) => shape("path", { d: `M${x} ${y - 5}v10` }),
};

/** @param {import("./plot.js").Plot} plot @param {{at: number, kind: string, detail: string}[]} events */
export function events(plot, events) {
  const shown = events.filter(({ at }) => plot.holds(at)).map((event) => ({ ...event, group: groupOf(event.kind) }));
  shown.sort((a, b) => ON_TOP.indexOf(a.group) - ON_TOP.indexOf(b.group));
  return shown.flatMap(({ at, kind, detail, group }) => {
    const x = plot.x(at);
    const drawn = SHAPES[group](x, EVENTS_Y);
    drawn.setAttribute("class", `mark mark--${group}`);
    titled(drawn, [t(`event.${kind}`), detail].filter(Boolean).join(": "));
    if (group !== "failure") return [drawn];
    return [shape("line", { class: "chart__incident", x1: x, x2: x, y1: TOP, y2: plot.band.y + plot.band.height }), drawn];
  });
}
