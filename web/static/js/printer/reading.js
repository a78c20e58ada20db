/**
 * Beside the chart: what the moment under the cursor was, in words, and the stored picture nearest to it.
 */

import { decimal, t } from "../words.js";
import { made } from "./made.js";
import { drawStored } from "./stored.js";
import { moment } from "./times.js";
import { now } from "./watch.js";

const $ = (id) => document.getElementById(id);
const PICTURE_AFTER_MS = 120; // a cursor that flies over the chart fetches no pictures
let waiting;

/** Time, score, state and events of a moment as one sentence; for the page and for who hears it. */
export function inWords({ at, point, state, events }) {
  const said = [moment(at, now()), scoreOf(point), state ? t(`state.${state}`) : t("printer.chart.unknown"), ...events.map(told)];
  return said.join(", ");
}

/**
 * @param {{at: number, point: number[] | null, state: string | null, events: object[]}} facts
 * @param {{taken_at: number, kept_for: string} | null} frame nearest to it
 * @param {boolean} isPinned whether somebody has chosen this moment; otherwise it is the newest
 */
export function read(facts, frame, isPinned) {
  $("reading").dataset.at = facts.at.toFixed(3);
  $("reading-newest").hidden = isPinned;
  $("reading-time").textContent = moment(facts.at, now());
  $("reading-score").textContent = scoreOf(facts.point);
  $("reading-state").textContent = facts.state ? t(`state.${facts.state}`) : t("printer.chart.unknown");
  $("reading-icon").setAttribute("href", facts.state ? `#icon-${facts.state}` : "");
  $("reading-events").replaceChildren(...facts.events.map(item));
  $("reading-frame").hidden = frame === null;
  $("reading-none").hidden = frame !== null;
  if (frame === null) return;
  const words = { time: moment(frame.taken_at, now()), kept: t(`printer.kept.${frame.kept_for}`) };
  $("reading-taken").textContent = t("printer.frame.line", words);
  $("reading-frame").dataset.takenAt = frame.taken_at.toFixed(3);
  clearTimeout(waiting);
  waiting = setTimeout(() => drawStored($("reading-picture"), frame.taken_at), PICTURE_AFTER_MS);
}

function scoreOf(point) {
  if (point === null) return t("printer.chart.no_score");
  const [, least, most] = point;
  if (most - least < 0.005) return t("printer.chart.score", { score: decimal(most) });
  return t("printer.chart.scores", { least: decimal(least), most: decimal(most) });
}

function told({ kind, detail }) {
  return [t(`event.${kind}`), detail].filter(Boolean).join(": ");
}

function item(event) {
  return made("li", {}, `${moment(event.at, now())} ${told(event)}`);
}
