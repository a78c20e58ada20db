/**
 * Score and state over time: holds the span and the cursor, draws, and asks for what is to be drawn.
 */

import { t } from "../words.js";
import { band, events, stored } from "./band.js";
import { chart } from "./chart.js";
import { listed, nearestFrame } from "./frames.js";
import { lay } from "./hand.js";
import { Plot, TOP } from "./plot.js";
import { inWords, read } from "./reading.js";
import { eventBeside, freshFor_s, momentAt, remember, series } from "./series.js";
import * as spans from "./span.js";
import { shape } from "./svg.js";
import { now, onRound } from "./watch.js";

const $ = (id) => document.getElementById(id);
const BOX = $("chart");
const SETTLED_MS = 150; // between the last move and the question
const REACH_PX = 8; // of the cursor, for events beside it
const STEP_PX = 4; // of an arrow key
const FIRST_SPAN_S = 15 * 60;

let span = spans.last(FIRST_SPAN_S, now());
let cursor = null; // unix seconds; null: the newest moment
let marking = null; // two places, in pixels
let plot = new Plot(600, 260, span);
let askedAt = -Infinity;
let settling;
let open = () => undefined;

/** Starts it. @param {(frame: object) => void} onOpen called for the stored picture that somebody wants large */
export function startScores(onOpen) {
  open = onOpen;
  lay(BOX, wishes);
  new ResizeObserver(draw).observe(BOX);
  BOX.addEventListener("focus", speak);
  $("spans").addEventListener("click", ({ target }) => press(target.closest("button")));
  $("reading-frame").addEventListener("click", () => wishes.open());
  onRound(refresh);
}

/** Shows a moment in the middle of the chart. @param {number} at */
export function showMoment(at) {
  cursor = at;
  move(spans.between(at - 150, at + 150, now()));
  BOX.scrollIntoView({ block: "center" });
  BOX.focus({ preventScroll: true });
}

const wishes = {
  hover: (x) => point(plot.at(x)),
  leave: () => document.activeElement !== BOX && point(null),
  pick: (x) => point(plot.at(x)),
  zoom: (factor) => move(spans.zoom(span, factor, cursor ?? span.to, now())),
  zoomAt: (factor, x) => moved(spans.zoom(span, factor, plot.at(x), now())),
  shift: (pixels) => moved(spans.pan(span, plot.seconds(pixels), now())),
  pan: (share) => move(spans.pan(span, share * spans.width(span), now())),
  live: () => [(cursor = null), move(spans.last(spans.width(span), now()))],
  marking: (from, to) => [(marking = from === null ? null : [from, to]), drawHand()],
  marked: (from, to) => move(spans.between(plot.at(from), plot.at(to), now())),
  step: (steps) => reach((cursor ?? span.to) + steps * plot.seconds(STEP_PX)),
  event: (direction) => reach(eventBeside(cursor ?? span.to, direction) ?? cursor ?? span.to),
  end: (direction) => reach(direction < 0 ? span.from : span.to),
  open: () => frame() && open(frame()),
};

function press(button) {
  if (!button) return;
  const { seconds, wish, value } = button.dataset;
  if (seconds && (span.isLive || cursor === null)) move(spans.last(Number(seconds), now()));
  else if (seconds) move(spans.zoom(span, Number(seconds) / spans.width(span), cursor, now()));
  else wishes[wish](value === undefined ? undefined : Number(value));
}

/** Moves and tells whether anything moved: where not, the wheel belongs to the page. */
function moved(wanted) {
  const same = Math.abs(spans.width(wanted) - spans.width(span)) < 0.5 && Math.abs(wanted.from - span.from) < 0.5;
  move(wanted);
  return !same;
}

function move(wanted) {
  span = wanted;
  draw();
  clearTimeout(settling);
  settling = setTimeout(() => load(), SETTLED_MS);
}

function point(at) {
  cursor = at;
  drawHand();
}

/** To a moment that may lie beside the chart: then the chart goes along. */
function reach(at) {
  const wanted = Math.min(at, now());
  if (wanted < span.from || wanted > span.to) move(spans.pan(span, wanted - (span.from + span.to) / 2, now()));
  point(Math.min(Math.max(wanted, span.from), span.to));
  speak();
}

/** Says what the cursor points at, to whoever hears the page: when they move it, not whenever time passes. */
function speak() {
  BOX.setAttribute("aria-valuetext", inWords(facts()));
}

function facts() {
  return momentAt(cursor ?? span.to, plot.seconds(REACH_PX));
}

function frame() {
  const at = cursor ?? span.to;
  return nearestFrame(at, spans.width(span) / 20 + 60, tell);
}

async function load() {
  askedAt = now();
  try {
    await remember(span, BOX.clientWidth);
    BOX.dataset.loaded = `${span.from.toFixed(0)}-${span.to.toFixed(0)}`;
    trouble(series?.problem ? t("printer.chart.problem", { detail: series.problem }) : "");
  } catch (error) {
    console.info("scores not answered:", error.message);
    trouble(t("printer.chart.trouble")); // what is drawn stays
  }
  draw();
}

function trouble(text) {
  $("chart-trouble").hidden = text === "";
  $("chart-trouble").textContent = text;
}

function refresh() {
  if (!span.isLive) return;
  span = spans.follow(span, now());
  if (now() - askedAt >= freshFor_s(span, BOX.clientWidth)) load();
  else draw();
}

function draw() {
  const [width, height] = [Math.max(280, BOX.clientWidth), BOX.clientHeight];
  plot = new Plot(width, height, span);
  const drawing = $("chart-drawing");
  drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const below = [...band(plot, series?.states ?? []), ...stored(plot, listed())];
  $("chart-past").replaceChildren(...chart(plot, series), ...below, ...events(plot, series?.events ?? []));
  drawHand();
}

/** What a hand moves, apart from what it moves over: a pointer moves often, and the past is large. */
function drawHand() {
  const parts = [];
  if (marking) {
    const [left, right] = [...marking].sort((a, b) => a - b);
    parts.push(shape("rect", { class: "chart__marking", x: left, y: TOP, width: right - left, height: plot.bottom - TOP }));
  }
  if (cursor !== null && plot.holds(cursor)) {
    const x = plot.x(cursor);
    parts.push(shape("line", { class: "chart__cursor", x1: x, x2: x, y1: TOP - 4, y2: plot.stored.y + plot.stored.height }));
  }
  $("chart-hand").replaceChildren(...parts);
  tell();
}

/** Writes what the cursor points at, and what the buttons have chosen. */
function tell() {
  read(facts(), frame(), cursor !== null);
  const numbers = { "aria-valuemin": span.from, "aria-valuemax": span.to, "aria-valuenow": cursor ?? span.to };
  for (const [name, value] of Object.entries(numbers)) BOX.setAttribute(name, value.toFixed(0));
  BOX.dataset.live = String(span.isLive);
  for (const button of $("spans").querySelectorAll("[data-seconds]")) {
    button.setAttribute("aria-pressed", String(Math.abs(Number(button.dataset.seconds) - spans.width(span)) < 1));
  }
  $("chart-live").setAttribute("aria-pressed", String(span.isLive));
}
