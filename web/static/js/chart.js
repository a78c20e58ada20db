/**
 * The score over time: a line, the threshold, and a mark where an incident was opened. Drawn as SVG by hand.
 */

import { clock, decimal, t } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 220;
const LEFT = 44;
const RIGHT = 12;
const TOP = 14;
const BOTTOM = 26;
const GAP_S = 20; // a longer silence is a gap in the line, not a straight stroke

/**
 * @param {SVGSVGElement} chart
 * @param {{at: number, minutes: number, threshold: number, scores: [number, number][]}} data as the API gives it
 * @param {{opened_at: number, class: string}[]} incidents
 */
export function drawChart(chart, { at, minutes, threshold, scores }, incidents) {
  const width = Math.max(320, chart.clientWidth);
  const x = (time) => LEFT + (1 - (at - time) / (minutes * 60)) * (width - LEFT - RIGHT);
  const y = (score) => TOP + (1 - score) * (HEIGHT - TOP - BOTTOM);
  chart.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  chart.setAttribute("aria-label", t("printer.chart", { n: minutes }));
  const inside = incidents.filter(({ opened_at: opened }) => opened > at - minutes * 60);
  chart.replaceChildren(
    ...scale(x, y, at, minutes, width),
    shape("rect", { class: "chart__above", x: LEFT, y: y(1), width: width - LEFT - RIGHT, height: y(threshold) - y(1) }),
    shape("line", { class: "chart__threshold", x1: LEFT, x2: width - RIGHT, y1: y(threshold), y2: y(threshold) }),
    label(`${t("printer.threshold")} ${decimal(threshold)}`, LEFT + 6, y(threshold) + (threshold > 0.8 ? 15 : -5), "chart__note", "start"),
    shape("path", { class: "chart__line", d: line(scores, x, y) }),
    ...inside.flatMap((incident) => mark(incident, x, y, width)),
    ...(scores.length ? [] : [label(t("printer.no_scores"), width / 2, HEIGHT / 2, "chart__note", "middle")]),
  );
}

function line(scores, x, y) {
  let last = -Infinity;
  return scores
    .map(([time, score]) => {
      const move = time - last > GAP_S ? "M" : "L";
      last = time;
      return `${move}${x(time).toFixed(1)} ${y(score).toFixed(1)}`;
    })
    .join("");
}

function scale(x, y, at, minutes, width) {
  const steps = [0, 0.5, 1].flatMap((score) => [
    shape("line", { class: "chart__grid", x1: LEFT, x2: width - RIGHT, y1: y(score), y2: y(score) }),
    label(decimal(score, 1), LEFT - 8, y(score) + 4, "chart__note", "end"),
  ]);
  const times = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const time = at - minutes * 60 * (1 - part);
    const anchor = part === 0 ? "start" : part === 1 ? "end" : "middle";
    return label(clock(time).slice(0, minutes > 5 ? 5 : 8), x(time), HEIGHT - 8, "chart__note", anchor);
  });
  return [...steps, ...times];
}

function mark(incident, x, y, width) {
  const at = x(incident.opened_at);
  const [beside, anchor] = at > 0.8 * width ? [-5, "end"] : [5, "start"];
  return [
    shape("line", { class: "chart__incident", x1: at, x2: at, y1: y(1), y2: y(0) }),
    label(t(`class.${incident.class}`), at + beside, y(1) + 12, "chart__note chart__note--incident", anchor),
  ];
}

function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function label(text, x, y, name, anchor) {
  const element = shape("text", { x, y, class: name, "text-anchor": anchor });
  element.textContent = text;
  return element;
}
