/**
 * The score over time: between least and most a shade, the mean a line; the threshold; tints where Vigie was worried.
 */

import { decimal, t } from "../words.js";
import { marks, stepFor } from "./axis.js";
import { LEFT, TOP } from "./plot.js";
import { label, shape } from "./svg.js";
import { mark } from "./times.js";

const ALARMED = ["failing", "pausing", "paused", "pause-failed"];
const GAP_AT_LEAST_S = 20; // a longer silence is a gap in the line, not a straight stroke
const GAP_POINTS = 3.5;
const PIXELS_A_MARK = 90;
export const SEEN_PX = 2;

/** @param {import("./plot.js").Plot} plot @param {object | null} series as the API gives it */
export function chart(plot, series) {
  const parts = [...tints(plot, series?.states ?? []), ...scores(plot), ...times(plot)];
  if (series === null) return parts;
  if (!series.points.length) return [...parts, nothing(plot), ...threshold(plot, series.threshold)];
  return [...parts, ...lines(plot, series), ...threshold(plot, series.threshold)];
}

/** The runs of points without a gap between. @returns {[number, number, number, number | null][][]} */
export function runs(points, from, to, asked) {
  const gap = Math.max(GAP_AT_LEAST_S, (GAP_POINTS * (to - from)) / asked);
  const found = [];
  for (const [i, point] of points.entries()) {
    if (i === 0 || point[0] - points[i - 1][0] > gap) found.push([]);
    found.at(-1).push(point);
  }
  return found;
}

function lines(plot, { points, from, to, asked }) {
  const place = (at, score) => `${plot.x(at).toFixed(1)} ${plot.y(score).toFixed(1)}`;
  return runs(points, from, to, asked).flatMap((run) => {
    const above = run.map(([at, , most]) => place(at, most));
    const below = run.map(([at, least]) => place(at, least)).reverse();
    const middle = run.map(([at, , most, mean]) => place(at, mean ?? most));
    if (run.length === 1) return [shape("circle", { class: "chart__dot", cx: plot.x(run[0][0]), cy: plot.y(run[0][2]), r: 1.6 })];
    return [
      shape("path", { class: "chart__between", d: `M${[...above, ...below].join("L")}Z` }),
      shape("path", { class: "chart__line", d: `M${middle.join("L")}` }),
    ];
  });
}

/** None for a printer that is in cameras.yaml no more. */
function threshold(plot, score) {
  if (score === null) return [];
  const y = plot.y(score);
  return [
    shape("rect", { class: "chart__above", x: LEFT, y: plot.y(1), width: plot.right - LEFT, height: y - plot.y(1) }),
    shape("line", { class: "chart__threshold", x1: LEFT, x2: plot.right, y1: y, y2: y }),
    label(`${t("printer.threshold")} ${decimal(score)}`, { class: "chart__note", x: LEFT + 6, y: y + (score > 0.85 ? 15 : -5) }),
  ];
}

function scores(plot) {
  return [0, 0.5, 1].flatMap((score) => [
    shape("line", { class: "chart__grid", x1: LEFT, x2: plot.right, y1: plot.y(score), y2: plot.y(score) }),
    label(decimal(score, 1), { class: "chart__note", x: LEFT - 8, y: plot.y(score) + 4, "text-anchor": "end" }),
  ]);
}

function times(plot) {
  const { from, to } = plot.span;
  const step = stepFor(to - from, Math.max(2, (plot.right - LEFT) / PIXELS_A_MARK));
  return marks(from, to, step).flatMap((at) => {
    const x = plot.x(at);
    const inside = Math.min(Math.max(x, LEFT + 12), plot.right - 14);
    return [
      shape("line", { class: "chart__grid", x1: x, x2: x, y1: TOP, y2: plot.bottom }),
      label(mark(at, step), { class: "chart__note", x: inside, y: plot.axisY, "text-anchor": "middle" }),
    ];
  });
}

/** Behind the line: where Vigie suspected something, and where it was sure. */
function tints(plot, states) {
  return states.flatMap(([from, to, state]) => {
    const piece = state === "suspect" || ALARMED.includes(state) ? plot.piece(from, to, SEEN_PX) : null;
    if (!piece) return [];
    const name = state === "suspect" ? "chart__suspicion" : "chart__alarm";
    return [shape("rect", { class: name, ...piece, y: TOP, height: plot.bottom - TOP })];
  });
}

function nothing(plot) {
  const middle = { x: (LEFT + plot.right) / 2, y: (TOP + plot.bottom) / 2, "text-anchor": "middle" };
  return label(t("printer.no_scores"), { class: "chart__note chart__note--nothing", ...middle });
}
